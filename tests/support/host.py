"""What the contract tier takes for granted of Frappe and ERPNext 15; the site tier reads it again from a bench."""

from __future__ import annotations

from cs_retention.facts.erpnext_schema import ERPNEXT

FRAPPE_DOCTYPES = frozenset({"Contact", "DocType", "Email Queue", "Language", "Role", "ToDo", "User"})
LINKED_DOCTYPES = frozenset(
	{
		*("Branch", "Competitor", "Country", "Customer Group", "Industry Type", "Item Group", "Opportunity"),
		*("Supplier", "Territory"),
	}
)
"""DocTypes of ERPNext that our records name and no query of ours reads."""
DOCTYPES = frozenset(ERPNEXT) | FRAPPE_DOCTYPES | LINKED_DOCTYPES
RESERVED_FIELDNAMES = frozenset(
	{"name", "owner", "creation", "modified", "modified_by", "docstatus", "idx", "doctype"}
	| {"parent", "parentfield", "parenttype"}
)
