"""What Customer is connected with, and what becomes of callbacks and their schedule at a merge or deletion."""

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from cs_retention.cs_retention.merging import states_to_fold
from cs_retention.engine.vocabulary import CallbackStatus

CALLBACK, PURPOSE, SCHEDULE = "Customer Callback", "Customer Callback Purpose", "Callback Schedule"
NOT_WORKED_ON = [CallbackStatus.PLANNED.value, CallbackStatus.MET.value, CallbackStatus.MERGED.value]


def fold_callbacks(doc: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""Close the loser's open callbacks as Merged and hand all of them to the winner; touches follow the customer."""
	states = states_to_fold(old, new, merge)
	if not states:
		return
	loser, winner = states
	closed = {"status": CallbackStatus.MERGED.value, "open_key": None}
	frappe.db.set_value(CALLBACK, {"state": loser, "status": CallbackStatus.PLANNED.value}, closed)
	purpose = frappe.qb.DocType(PURPOSE)
	frappe.qb.update(purpose).set(purpose.open_key, None).where(of_callbacks({"state": loser})).run()
	frappe.db.set_value(CALLBACK, {"state": loser}, "state", winner)
	if frappe.db.exists(SCHEDULE, {"customer": new}):
		frappe.db.delete(SCHEDULE, {"customer": old})


def delete_callbacks(doc: Document, method: str | None = None) -> None:
	"""Delete a customer's plan; a callback that somebody worked on, like a touch, keeps the customer."""
	planned = {"customer": doc.name, "status": ("in", NOT_WORKED_ON)}
	purpose = frappe.qb.DocType(PURPOSE)
	frappe.qb.from_(purpose).delete().where(of_callbacks(planned)).run()
	frappe.db.delete(CALLBACK, planned)
	frappe.db.delete(SCHEDULE, {"customer": doc.name})


def of_callbacks(filters: dict) -> object:
	"""Return the condition that a purpose belongs to one of the callbacks."""
	callbacks = frappe.qb.get_query(CALLBACK, filters=filters, fields=["name"])
	purpose = frappe.qb.DocType(PURPOSE)
	return purpose.parent.isin(callbacks)


def add_connections(data: dict[str, Any]) -> dict[str, Any]:
	"""Add our records to the connections that Customer shows."""
	items = ["Star Rating", "Star Override", CALLBACK, "Customer Touch"]
	data["transactions"].append({"label": _("Retention"), "items": items})
	return data
