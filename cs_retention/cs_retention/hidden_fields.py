"""A field of a higher level is also no way to filter, sort or group: whoever may not read it would read it by its order."""

import re
from collections.abc import Iterator
from typing import Any

import frappe
from frappe import _
from frappe.utils import get_safe_filters

HIDING = ("Alliance Merchant", "Churn Signal", "Retention Case")
"""The DocTypes with fields of a higher level."""
FILTERS = ("filters", "or_filters", "current_filters")
COLUMNS = (
	"order_by",
	"group_by",
	"field",
	"sort_field",
	"searchfield",
	"aggregate_on_field",
	"chart",
	"field_map",
)
"""What requests of Frappe call their filters and the columns that they sort and group by."""


def refuse_hidden_columns(user: str | None = None, doctype: str = "") -> str:
	"""Refuse a list whose request filters, sorts or groups by a field that its reader may not read; no condition else.

	Frappe leaves such a field out of the answer and lets it choose the rows. Every list asks for its conditions, so
	this is asked with all of them.
	"""
	asked = " ".join(asked_columns(frappe.local.form_dict))
	if asked and any(re.search(pattern, asked) for pattern in hidden_names(user, doctype)):
		frappe.throw(
			_("You may not filter or sort by a field that you may not read."), frappe.PermissionError
		)
	return ""


def asked_columns(request: Any) -> Iterator[str]:
	"""Yield every text of a request that names columns; the values of filters are none."""
	for key in FILTERS:
		yield from filtered_columns(get_safe_filters(request.get(key)))
	yield from (str(request[key]) for key in COLUMNS if request.get(key))


def filtered_columns(filters: Any) -> Iterator[str]:
	"""Yield the names in filters, given as a dict, a list of conditions, or one condition."""
	if isinstance(filters, dict):
		yield from map(str, filters)
	elif isinstance(filters, list):
		if filters and isinstance(filters[0], str):
			yield from map(str, filters[:-1])
		else:
			for condition in filters:
				yield from filtered_columns(condition)


def hidden_names(user: str | None, doctype: str) -> Iterator[str]:
	"""Yield patterns of the hidden fields, of the DocType itself and of those that it links to, which a list can join."""
	if doctype in HIDING:
		yield from (rf"\b{field}\b" for field in hidden_fields(user, doctype))
	for link in frappe.get_meta(doctype).get_link_fields():
		if link.options in HIDING:
			for field in hidden_fields(user, link.options):
				yield rf"(\b{link.fieldname}|`?tab{link.options}`?)\.`?{field}\b"


def hidden_fields(user: str | None, doctype: str) -> list[str]:
	"""Return the fields of a DocType that somebody may not read."""
	meta = frappe.get_meta(doctype)
	reached = meta.get_permlevel_access("read", user=user or frappe.session.user)
	return [field.fieldname for field in meta.fields if field.permlevel and field.permlevel not in reached]
