"""What the app asks of ERPNext's Customer, and what becomes of a customer's state."""

import frappe
from frappe import _
from frappe.model.document import Document

from cs_retention.cs_retention.merging import states_to_fold
from cs_retention.cs_retention.outbox import OUTBOX
from cs_retention.cs_retention.states import STATE, get_state
from cs_retention.nightly.mirrors import MIRRORS


def keep_mirrors(doc: Document, method: str | None = None) -> None:
	"""Put the mirrors back to the database's values, which only the set writers change.

	Frappe does not enforce read-only fields on the server: a form opened yesterday, an import or REST would otherwise
	overwrite what the night has written. The row was read and locked for this save, so that it costs no query.
	"""
	stored = doc.get_doc_before_save()
	doc.update({field: stored.get(field) if stored else None for field in MIRRORS})


def validate_key_account(doc: Document, method: str | None = None) -> None:
	"""Refuse a key account named without a reason."""
	if doc.retention_key_account and not (doc.retention_key_account_reason or "").strip():
		frappe.throw(
			_("Say in {0} why {1} is a key account.").format(
				frappe.bold(_("Key Account Reason", context="Customer")), frappe.bold(doc.customer_name)
			),
			frappe.MandatoryError,
			title=_("Reason Missing"),
		)


def fold_state(doc: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""Drop the loser's state, emptied by the rooms above, hand on its messages, and have the winner planned anew."""
	if states := states_to_fold(old, new, merge):
		loser, winner = states
		frappe.db.set_value(OUTBOX, {"customer_state": loser}, "customer_state", winner)
		frappe.db.delete(STATE, {"name": loser})
		frappe.db.set_value(STATE, winner, "plan_fingerprint", None)


def delete_state(doc: Document, method: str | None = None) -> None:
	"""Delete the state with its customer, and the messages to the customer."""
	if state := get_state(doc.name):
		frappe.db.delete(OUTBOX, {"customer_state": state})
	frappe.db.delete(STATE, {"customer": doc.name})
