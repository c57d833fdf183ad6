"""What the engine refuses, said in the words of a form."""

from datetime import date
from enum import Enum
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, fmt_money, formatdate

from cs_retention.engine.policy import Policy
from cs_retention.engine.reasons import PolicyError, Refusal

GROUPS = {
	"weights": "Factors",
	"lower_bounds": "Bands",
	"tables": "Steps",
	"touches": "Touches in 30 Days, at Most",
	"keeps_free": "Places Kept Free",
	"hold_days": "Held for Days, at Most",
	"body": "Message Text",
}
"""Labels of the tables on the form in which the engine's groups of figures stand, and of columns in them."""


def validate_policy(mapping: dict[str, Any], doc: Document) -> None:
	"""Refuse figures that the engine cannot build a policy from, naming field, value and remedy."""
	try:
		Policy.from_mapping(mapping)
	except PolicyError as error:
		refuse(error, doc)


def refuse(error: Refusal, doc: Document, title: str | None = None) -> None:
	"""Throw the engine's refusal in the words of the form."""
	places = {
		name: fmt_money(value) if isinstance(value, float) else formatted(value, doc.doctype)
		for name, value in error.places.items()
	}
	frappe.throw(
		_("{0}: {1} cannot be used; {2}.").format(
			frappe.bold(label_of(error.field, doc)),
			frappe.bold(shown(error.value, doc.doctype)),
			_(error.template).format(**places),
		),
		title=title or _("Invalid Policy"),
	)


def shown(value: object, doctype: str = "") -> str:
	"""Return a refused value of a form as a person reads it."""
	if value is None or value in ("", (), []):
		return _("an empty value")
	values = value if isinstance(value, tuple | list) else [value]
	return escape_html(", ".join(str(formatted(each, doctype)) for each in values))


def formatted(value: object, doctype: str = "") -> object:
	"""Return a date as the reader writes it, a word of a form in the reader's language, several in a row."""
	if isinstance(value, tuple):
		return ", ".join(str(formatted(each, doctype)) for each in value)
	if isinstance(value, Enum):
		return _(value.value, context=doctype)
	return formatdate(value) if isinstance(value, date) else value


def label_of(field: str, doc: Document) -> str:
	"""Return the label of a dotted field of the engine: the form's own or that of its tables, else table and row."""
	parts = field.split(".")
	for fieldname in (parts[-1], "_".join(parts[-2:])):
		if doc.meta.has_field(fieldname):
			return _(doc.meta.get_label(fieldname), context=doc.doctype)
	for table in doc.meta.get_table_fields() if len(parts) == 1 else ():
		meta = frappe.get_meta(table.options)
		if meta.has_field(field):
			return _(meta.get_label(field), context=table.options)
	return ": ".join(_(GROUPS.get(part) or frappe.unscrub(part), context=doc.doctype) for part in parts[1:])
