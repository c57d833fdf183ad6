from typing import Any

import frappe

from cs_retention.cs_retention.record import Record
from cs_retention.merchant_alliance import vouchers
from cs_retention.store.keys import UNIQUE_KEYS


class AllianceVoucher(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		amount: DF.Currency
		campaign: DF.Link
		code: DF.Data
		customer: DF.Link
		invited_on: DF.Date | None
		message_key: DF.Data | None
		redeemed_at: DF.Link | None
		redeemed_by: DF.Link | None
		redeemed_on: DF.Datetime | None
		satisfaction: DF.Int
		state: DF.Link
		status: DF.Literal["Open", "Redeemed"]
		way: DF.Literal["Phone", "Message"]
	# end: auto-generated types

	def validate(self) -> None:
		vouchers.keep_written(self)


def on_doctype_update() -> None:
	"""Invite a customer to a campaign once."""
	for name, fields in UNIQUE_KEYS["Alliance Voucher"].items():
		frappe.db.add_unique("Alliance Voucher", list(fields), name)


@frappe.whitelist(methods=["POST"])
def redeem(code: str, merchant: str, amount: float = 0, satisfaction: int = 0) -> dict[str, Any]:
	"""Honour a voucher at a merchant, once, and return whose it is."""
	frappe.has_permission("Alliance Voucher", "write", throw=True)
	return vouchers.redeem(code, merchant, amount, satisfaction)


@frappe.whitelist(methods=["GET"])
def list_merchants() -> list[dict[str, str]]:
	"""Return the merchants at which vouchers are redeemed at present, as a list of choices."""
	frappe.has_permission("Alliance Voucher", "write", throw=True)
	return vouchers.merchants_at_work()
