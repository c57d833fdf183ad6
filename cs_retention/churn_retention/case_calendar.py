"""Next actions of open cases as a calendar shows them; a case without one stands on its first-contact day."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import frappe
from frappe import _

from cs_retention.churn_retention.case_rules import CASE
from cs_retention.cs_retention.inputs import read_date, read_filters


@frappe.whitelist(methods=["GET"])
def get_events(start: str, end: str, filters: str | None = None) -> list[dict[str, Any]]:
	"""Return the open cases with something to do from `start` to `end`, of those that the reader sees."""
	frappe.has_permission(CASE, "read", throw=True)
	first, last = read_date(start, _("Start")), read_date(end, _("End"))
	rows: list[Any] = []
	for asked in of_days(first, last):
		given = [*read_filters(filters), [CASE, "open_key", "is", "set"], *asked]
		fields = ["name", "customer", "exit_type", "next_action_on", "first_contact_due"]
		rows += frappe.get_list(CASE, given, fields, order_by="next_action_on, first_contact_due", limit=0)
	return [event(row) for row in rows]


def of_days(first: date, last: date) -> Iterator[list[list[Any]]]:
	"""Yield the conditions on cases that ask for something within days; one that was reached and waits asks for nothing."""
	days = ["between", [first, last]]
	yield [[CASE, "next_action_on", *days]]
	waiting = [CASE, "next_action_on", "is", "not set"], [CASE, "reached_on", "is", "not set"]
	yield [*waiting, [CASE, "first_contact_due", *days]]


def event(row: Any) -> dict[str, Any]:
	"""Return one case as an event of a whole day."""
	day = row.next_action_on or row.first_contact_due
	return {
		"name": row.name,
		"title": f"{row.customer} · {_(row.exit_type)}",
		"start": day,
		"end": day,
		"allDay": 1,
	}
