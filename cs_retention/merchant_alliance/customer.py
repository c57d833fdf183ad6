"""Customers of the alliance: merchants and members when they are merged, members when they are deleted."""

import frappe
from frappe import _
from frappe.model.document import Document

from cs_retention.cs_retention.merging import delete_collisions, states_to_fold
from cs_retention.engine.vocabulary import VoucherStatus
from cs_retention.merchant_alliance.invitations import VOUCHER
from cs_retention.merchant_alliance.merchants import MERCHANT


def refuse_two_merchants(doc: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""Refuse to merge two customers that are both merchants: each has a history of its own."""
	if not merge:
		return
	found = [frappe.db.get_value(MERCHANT, {"customer": name}) for name in (old, new)]
	if all(found):
		frappe.throw(
			_(
				"{0} and {1} are both merchants of the alliance. Eliminate or delete one of them first."
			).format(*map(frappe.bold, found)),
			title=_("Two Merchants"),
		)


def fold_vouchers(doc: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""Hand the loser's vouchers to the winner; of two of a campaign that which was redeemed stands, else the winner's."""
	states = states_to_fold(old, new, merge)
	if not states:
		return
	loser, winner = states
	# The winner as the one to give way: only where the loser has redeemed and the winner has not.
	used = {"state": loser, "status": VoucherStatus.REDEEMED.value}
	campaigns = frappe.get_all(VOUCHER, used, pluck="campaign")
	unused = {"state": winner, "status": VoucherStatus.OPEN.value, "campaign": ("in", campaigns)}
	if campaigns:
		frappe.db.delete(VOUCHER, unused)
	delete_collisions(VOUCHER, loser, winner, ("campaign",))
	frappe.db.set_value(VOUCHER, {"state": loser}, "state", winner)


def delete_vouchers(doc: Document, method: str | None = None) -> None:
	"""Delete the vouchers that a customer never redeemed; one that it did keeps the customer."""
	frappe.db.delete(VOUCHER, {"customer": doc.name, "status": VoucherStatus.OPEN.value})
