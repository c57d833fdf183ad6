"""What of open signals there is to talk about in a call."""

from collections.abc import Sequence

import frappe

from cs_retention.callbacks.talking_points import Points, by_customer, point
from cs_retention.churn_retention.signal_words import said
from cs_retention.engine.vocabulary import SignalStatus

SIGNAL = "Churn Signal"


def open_signals(customers: Sequence[str], lang: str) -> Points:
	"""Return the signals that speak, what people entered first, for who may read signals."""
	if not frappe.has_permission(SIGNAL, "read"):
		return {}
	speaking = {"customer": ("in", customers), "status": SignalStatus.OPEN.value}
	fields = [
		"name",
		"customer",
		"rule",
		"status",
		"competitor",
		"note",
		"reasons",
		"figures_on",
		"closed_on",
	]
	rows = frappe.get_list(SIGNAL, speaking, fields, order_by="raised_on desc, name", limit=0)
	rows.sort(key=lambda row: bool(row.reasons))
	return by_customer((row.customer, point("signal", said(row, lang), SIGNAL, row.name)) for row in rows)
