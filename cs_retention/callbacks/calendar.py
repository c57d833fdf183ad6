"""Callbacks as a calendar shows them: those of the range on the screen that the reader sees."""

from typing import Any

import frappe
from frappe import _

from cs_retention.callbacks.customer import CALLBACK
from cs_retention.callbacks.working_days import today
from cs_retention.cs_retention.inputs import read_date, read_filters
from cs_retention.cs_retention.reader import language
from cs_retention.engine.vocabulary import CallbackStatus, Channel
from cs_retention.render.translate import translate

MOST = 1000
"""Calls of one screen; a month of a person has about 400."""


@frappe.whitelist(methods=["GET"])
def get_events(start: str, end: str, filters: str | None = None) -> list[dict[str, Any]]:
	"""Return the callbacks from `start` up to `end` under the filters of the list."""
	frappe.has_permission(CALLBACK, "read", throw=True)
	within = [CALLBACK, "due_date", "between", (read_date(start, _("Start")), read_date(end, _("End")))]
	fields = ["name", "customer", "customer.customer_name as called", "status", "due_date", "channel"]
	rows = frappe.get_list(
		CALLBACK,
		[*read_filters(filters), within],
		fields,
		order_by="due_date, status desc",
		limit=MOST,
	)
	return [event(row) for row in rows]


def event(row: Any) -> dict[str, Any]:
	"""Return one callback as an event of a whole day; what has ended cannot be dragged."""
	is_open = row.status == CallbackStatus.PLANNED.value
	channel = "" if row.channel == Channel.PHONE.value else f" · {translate(row.channel, language())}"
	return {
		"name": row.name,
		"title": f"{row.called or row.customer}{channel}",
		"start": row.due_date,
		"end": row.due_date,
		"allDay": 1,
		"docstatus": 0 if is_open else 1,
		"due": due_state(row.due_date) if is_open else "",
	}


def due_state(due_date: Any) -> str:
	"""Return whether an open call is overdue, due today, or later."""
	if due_date == today():
		return "today"
	return "overdue" if due_date < today() else "later"
