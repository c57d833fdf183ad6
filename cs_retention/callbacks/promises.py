"""Promises given in a call: a ToDo and a reminder for who keeps them, and back when they are kept."""

from datetime import datetime, time

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, getdate, now_datetime, nowdate

from cs_retention.cs_retention.settings import SETTINGS, work_policy
from cs_retention.engine.vocabulary import PromiseStatus

CALLBACK, PROMISE = "Customer Callback", "Customer Callback Promise"
KEPT_BY = {"Closed": PromiseStatus.KEPT.value, "Cancelled": PromiseStatus.DROPPED.value}
"""What becomes of a promise when its ToDo is closed or cancelled."""


def make_todos(callback: Document) -> None:
	"""Give every promise of a call that was just logged its ToDo and its reminder."""
	for row in callback.promises:
		todo = make_todo(callback, row)
		row.db_set("todo", todo.name, update_modified=False)
		remind(callback, row)


def make_todo(callback: Document, row: Document) -> Document:
	"""Insert the ToDo of a promise; its text is shown as HTML and escaped for that."""
	name = frappe.db.get_value("Customer", callback.customer, "customer_name")
	promise = escape_html(row.promise)
	return frappe.get_doc(
		{
			"doctype": "ToDo",
			"allocated_to": row.promised_by,
			"assigned_by": frappe.session.user,
			"date": row.due_date,
			"description": _("Promised to {0}: {1}").format(escape_html(name or callback.customer), promise),
			"reference_type": CALLBACK,
			"reference_name": callback.name,
		}
	).insert()


def remind(callback: Document, row: Document) -> None:
	"""Remind who keeps a promise on its day, at the hour of the settings."""
	hour = work_policy(frappe.get_cached_doc(SETTINGS)).reminder_hour
	at = datetime.combine(getdate(row.due_date), time(hour))
	if at <= now_datetime():
		return
	reminder = frappe.get_doc(
		{
			"doctype": "Reminder",
			"remind_at": at,
			"description": _("Promise due today: {0}").format(row.promise),
			"reminder_doctype": CALLBACK,
			"reminder_docname": callback.name,
		}
	).insert()
	if row.promised_by != frappe.session.user:
		# Frappe gives every reminder to who makes it; this one is for who keeps the promise.
		reminder.db_set("user", row.promised_by)


def follow_todo(todo: Document, method: str | None = None) -> None:
	"""Mark the promise of a ToDo as kept when that is closed, as dropped when it is cancelled."""
	status = KEPT_BY.get(todo.status)
	if not status or todo.reference_type != CALLBACK:
		return
	# The ToDo is the promise's other half: whoever may close it keeps the promise.
	of_todo = {"todo": todo.name, "parent": todo.reference_name, "status": PromiseStatus.OPEN.value}
	if frappe.db.exists(PROMISE, of_todo):
		frappe.db.set_value(PROMISE, of_todo, {"status": status, "kept_on": getdate(nowdate())})


def close_todos(callback: Document) -> None:
	"""Close the ToDos of promises that were kept, cancel those of promises that were dropped, on the form."""
	known = {row.name: row.status for row in callback.get_doc_before_save().promises}
	statuses = {kept: closed for closed, kept in KEPT_BY.items()}
	for row in callback.promises:
		if row.todo and row.status != known.get(row.name) and frappe.db.exists("ToDo", row.todo):
			todo = frappe.get_doc("ToDo", row.todo)
			todo.db_set("status", statuses[row.status])
			todo.update_in_reference()
