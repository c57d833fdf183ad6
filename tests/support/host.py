"""What the contract tier takes for granted of Frappe and ERPNext 15; the site tier reads it again from a bench."""

from __future__ import annotations

from cs_retention.facts.erpnext_schema import ERPNEXT

FRAPPE_DOCTYPES = frozenset({"User", "Role"})
DOCTYPES = frozenset(ERPNEXT) | FRAPPE_DOCTYPES
RESERVED_FIELDNAMES = frozenset(
	{"name", "owner", "creation", "modified", "modified_by", "docstatus", "idx", "doctype"}
	| {"parent", "parentfield", "parenttype"}
)
