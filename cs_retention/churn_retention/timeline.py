"""Cases in the timeline of a customer."""

from datetime import datetime, time
from typing import Any

import frappe
from frappe.utils import escape_html, get_url_to_form

from cs_retention.churn_retention.case_rules import CASE

SHOWN = 20


def get_content(doctype: str, docname: str) -> list[dict[str, Any]]:
	"""Return the newest cases of a customer that the reader sees, as Frappe's timeline takes them."""
	if not frappe.has_permission(CASE, "read"):
		return []
	fields = ["name", "opened_on", "closed_on", "status", "exit_type", "kept_by", "lost_words"]
	rows = frappe.get_list(CASE, {"customer": docname}, fields, order_by="opened_on desc", limit=SHOWN)
	return [entry(row) for row in rows]


def entry(row: Any) -> dict[str, Any]:
	"""Return one case: how the customer wanted to leave, how it stands, and how it ended."""
	words = " · ".join((row.name, frappe._(row.exit_type), frappe._(row.status, context=CASE)))
	link = f'<a href="{get_url_to_form(CASE, row.name)}">{escape_html(words)}</a>'
	return {
		"icon": "users",
		"is_card": False,
		"creation": str(datetime.combine(row.closed_on or row.opened_on, time(12))),
		"content": f"{link}<div>{escape_html(row.kept_by or row.lost_words or '')}</div>",
	}
