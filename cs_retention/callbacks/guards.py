"""What a request may change of a callback: everything else is changed by its actions, which say so."""

from collections.abc import Iterator
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, formatdate, getdate, nowdate

from cs_retention.engine.callback_work import is_last
from cs_retention.engine.vocabulary import CallbackStatus, PromiseStatus

ACTING = object()
"""What `flags.acting` holds while an action changes a callback; no request can hand it over."""

EDITABLE = frozenset({"channel", "contact"})
"""Fields of a planned callback that anybody with the right to write changes freely."""

ASKED_OF_PEOPLE = frozenset({"customer", "responsible", "due_date", "due_time", *EDITABLE})
"""Fields that a callback made by a person is made from; all others follow from them."""


def validate_inserted(doc: Document) -> None:
	"""Refuse a callback that begins anywhere but planned, and drop what only actions and the plan may fill."""
	if doc.status and doc.status != CallbackStatus.PLANNED.value:
		frappe.throw(
			_("A callback begins as {0}, not as {1}. Save it, then log the call.").format(
				frappe.bold(_("Planned", context="Customer Callback")), frappe.bold(escape_html(doc.status))
			),
			title=_("Not Possible"),
		)
	for field in doc.meta.fields:
		if field.fieldname not in ASKED_OF_PEOPLE and field.fieldtype not in frappe.model.no_value_fields:
			doc.set(field.fieldname, None)
	for table in doc.meta.get_table_fields():
		doc.set(table.fieldname, [])
	doc.status = CallbackStatus.PLANNED.value


def validate_changed(doc: Document) -> None:
	"""Refuse what a request changes beside the fields that are free, naming field, value and remedy."""
	before = doc.get_doc_before_save()
	status = CallbackStatus(before.status)
	for fieldname in changed_fields(doc, before):
		if fieldname == "promises":
			keep_promises(doc, before)
		elif is_last(status):
			refuse_closed(doc, fieldname, status)
		elif fieldname not in EDITABLE:
			refuse_field(doc, fieldname)


def changed_fields(doc: Document, before: Document) -> Iterator[str]:
	"""Yield the fields whose value is another; `owner` and stamps are Frappe's own business."""
	for field in doc.meta.fields:
		if field.fieldtype in frappe.model.table_fields:
			if rows_of(doc, field.fieldname) != rows_of(before, field.fieldname):
				yield field.fieldname
		elif field.fieldtype not in frappe.model.no_value_fields and differs(doc, before, field.fieldname):
			yield field.fieldname


def differs(doc: Document, before: Document, fieldname: str) -> bool:
	"""Tell whether a value is another; nothing and an empty text or zero are the same."""
	if not doc.get(fieldname) and not before.get(fieldname):
		return False
	return doc.has_value_changed(fieldname)


def rows_of(doc: Document, fieldname: str) -> list[tuple[Any, ...]]:
	"""Return the rows of a table as comparable values, in their order."""
	rows = doc.get(fieldname)
	columns = [field.fieldname for row in rows[:1] for field in row.meta.fields]
	return [(row.name, *(str(row.get(column) or "") for column in columns)) for row in rows]


def keep_promises(doc: Document, before: Document) -> None:
	"""Let a promise be kept or dropped, note the day, and refuse any other change of the promises."""
	known = {row.name: row for row in before.promises}
	if [row.name for row in doc.promises] != list(known):
		refuse_field(doc, "promises")
	for row in doc.promises:
		was = known[row.name]
		if row.status != was.status and was.status != PromiseStatus.OPEN.value:
			refuse_field(doc, "promises")
		row.kept_on = was.kept_on if row.status == was.status else getdate(nowdate())
		for fieldname in ("promise", "promised_by", "todo"):
			row.set(fieldname, was.get(fieldname))
		row.due_date = was.due_date


def refuse_closed(doc: Document, fieldname: str, status: CallbackStatus) -> None:
	"""Throw that a closed callback stays as it was recorded."""
	frappe.throw(
		_(
			"This callback is {0} and stays as recorded: {1} cannot become {2}. Make a new callback instead."
		).format(
			frappe.bold(_(status.value, context=doc.doctype)),
			frappe.bold(label_of(doc, fieldname)),
			shown(doc, fieldname),
		),
		title=_("Callback Closed"),
	)


def refuse_field(doc: Document, fieldname: str) -> None:
	"""Throw that a field is changed by an action, and by which."""
	frappe.throw(
		_("{0} cannot be changed to {1} here. {2}").format(
			frappe.bold(label_of(doc, fieldname)),
			shown(doc, fieldname),
			remedy_of(fieldname),
		),
		title=_("Not Possible"),
	)


def remedy_of(fieldname: str) -> str:
	"""Return which action changes a field, in the reader's language."""
	remedies = {
		"due_date": _("Use Reschedule, which asks for the reason."),
		"responsible": _("Use Reassign, which asks for the reason."),
		"status": _("Use Log Call, Not Reached or Skip Call."),
		"skip_reason": _("Use Skip Call."),
		"attempts": _("Use Not Reached."),
	}
	return remedies.get(fieldname) or _("Use Log Call.")


def label_of(doc: Document, fieldname: str) -> str:
	"""Return the label of a field in the reader's language."""
	return _(doc.meta.get_label(fieldname), context=doc.doctype)


def shown(doc: Document, fieldname: str) -> str:
	"""Return a refused value as a person reads it, rows by their number."""
	value = doc.get(fieldname)
	if isinstance(value, list):
		return _("{0} rows").format(len(value))
	if doc.meta.get_field(fieldname).fieldtype == "Date" and value:
		value = formatdate(value)
	return frappe.bold(escape_html(str(value))) if value else _("an empty value")
