"""What Customer is connected with, and what becomes of callbacks and their schedule at a merge or deletion."""

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from cs_retention.callbacks.customer_facts import read_customer_facts
from cs_retention.callbacks.customer_file import get_file_words
from cs_retention.callbacks.replanning import leave_to_night
from cs_retention.cs_retention.merging import states_to_fold
from cs_retention.cs_retention.states import open_store
from cs_retention.engine.vocabulary import CallbackStatus, TouchDecision
from cs_retention.nightly.contacts import fold_contacts

TOUCH, CONSENT = "Customer Touch", "Customer Consent"
CALLBACK, PURPOSE, SCHEDULE = "Customer Callback", "Customer Callback Purpose", "Callback Schedule"
ROWS = (PURPOSE, "Customer Callback Attempt", "Customer Callback Promise", "Customer Callback Reschedule")
"""The tables of a callback."""
CONNECTED = (
	*("Star Rating", "Star Override", CALLBACK, TOUCH, CONSENT),
	*("Churn Signal", "Customer Health Change"),
)
"""Our records that the Customer form leads to, beside those that higher rooms name in `retention_connections`."""
NEVER_SENT = [TouchDecision.HELD.value, TouchDecision.SKIPPED.value]
NOT_WORKED_ON = [CallbackStatus.PLANNED.value, CallbackStatus.MET.value, CallbackStatus.MERGED.value]


def fold_callbacks(doc: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""Close the loser's open callbacks as Merged and hand all of them to the winner; touches follow the customer."""
	if merge:
		leave_to_night([new])
	states = states_to_fold(old, new, merge)
	if not states:
		return
	loser, winner = states
	closed = {"status": CallbackStatus.MERGED.value, "open_key": None}
	frappe.db.set_value(CALLBACK, {"state": loser, "status": CallbackStatus.PLANNED.value}, closed)
	purpose = frappe.qb.DocType(PURPOSE)
	frappe.qb.update(purpose).set(purpose.open_key, None).where(of_callbacks({"state": loser})).run()
	frappe.db.set_value(CALLBACK, {"state": loser}, "state", winner)
	fold_contacts(open_store(), old, new, winner)
	if frappe.db.exists(SCHEDULE, {"customer": new}):
		frappe.db.delete(SCHEDULE, {"customer": old})


def delete_callbacks(doc: Document, method: str | None = None) -> None:
	"""Delete a customer's plan, its consents, and automatic touches that never reached it.

	A callback that somebody worked on, like a touch of a person and a message that was sent, keeps the customer.
	"""
	planned = {"customer": doc.name, "status": ("in", NOT_WORKED_ON)}
	for table in ROWS:
		row = frappe.qb.DocType(table)
		frappe.qb.from_(row).delete().where(of_callbacks(planned, table)).run()
	frappe.db.delete(CALLBACK, planned)
	for doctype in (SCHEDULE, CONSENT):
		frappe.db.delete(doctype, {"customer": doc.name})
	# The documents that they tell of stand as they are.
	frappe.db.delete(TOUCH, {"customer": doc.name, "source_name": ("is", "set")})
	frappe.db.delete(TOUCH, {"customer": doc.name, "decision": ("in", NEVER_SENT)})


def of_callbacks(filters: dict, table: str = PURPOSE) -> object:
	"""Return the condition that a row of a table belongs to one of the callbacks."""
	callbacks = frappe.qb.get_query(CALLBACK, filters=filters, fields=["name"])
	return frappe.qb.DocType(table).parent.isin(callbacks)


def connected() -> list[str]:
	"""Return the DocTypes of ours that the Customer form leads to."""
	return [*CONNECTED, *frappe.get_hooks("retention_connections")]


def add_connections(data: dict[str, Any]) -> dict[str, Any]:
	"""Add our records to the connections that Customer shows."""
	data["transactions"].append({"label": _("Retention"), "items": connected()})
	return data


@frappe.whitelist(methods=["GET"])
def get_next_call(customer: str) -> dict[str, Any]:
	"""Return what a Customer form shows of calls: the next one planned that the reader may log, and the facts chosen."""
	frappe.has_permission("Customer", "read", customer, throw=True)
	found: list[str] = []
	if frappe.has_permission(CALLBACK, "write"):
		planned = {"customer": customer, "status": CallbackStatus.PLANNED.value}
		found = frappe.get_list(CALLBACK, planned, pluck="name", order_by="due_date, name", limit=1)
	return {
		"callback": next(iter(found), None),
		"facts": read_customer_facts([customer]).get(customer, []),
		"file": get_file_words(customer),
	}
