"""What cases give to talk about: the open one of each customer, for who sees it."""

from collections.abc import Sequence

import frappe

from cs_retention.callbacks.talking_points import Points, by_customer, point
from cs_retention.churn_retention.case_rules import CASE
from cs_retention.render.translate import translate


def open_cases(customers: Sequence[str], lang: str) -> Points:
	"""Return the open cases: how the customer wants to leave and how far the talk is."""
	if not frappe.has_permission(CASE, "read"):
		return {}
	still_open = {"customer": ("in", customers), "open_key": ("is", "set")}
	fields = ["customer", "name", "exit_type", "status"]
	rows = frappe.get_list(CASE, still_open, fields, limit=0)
	text = translate("wants to leave: {0}, {1}", lang)
	return by_customer(
		(
			row.customer,
			point(
				"case",
				text.format(frappe._(row.exit_type, lang), frappe._(row.status, lang, context=CASE)),
				CASE,
				row.name,
			),
		)
		for row in rows
	)
