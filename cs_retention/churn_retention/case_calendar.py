"""Next actions of open cases as a calendar shows them; a case without one stands on its first-contact day."""

from typing import Any

import frappe
from frappe import _

from cs_retention.churn_retention.case_rules import CASE
from cs_retention.cs_retention.inputs import read_date, read_filters

MOST = 1000


@frappe.whitelist(methods=["GET"])
def get_events(start: str, end: str, filters: str | None = None) -> list[dict[str, Any]]:
	"""Return the open cases with something to do from `start` to `end`, of those that the reader sees."""
	frappe.has_permission(CASE, "read", throw=True)
	first, last = read_date(start, _("Start")), read_date(end, _("End"))
	fields = ["name", "customer", "exit_type", "next_action_on", "first_contact_due", "reached_on"]
	rows = frappe.get_list(
		CASE,
		[*read_filters(filters), [CASE, "open_key", "is", "set"]],
		fields,
		order_by="next_action_on, first_contact_due",
		limit=MOST,
	)
	return [event(row) for row in rows if (day := next_day(row)) and first <= day <= last]


def next_day(row: Any) -> Any:
	"""Return the day on which a case asks for something; None for one that was reached and waits."""
	return row.next_action_on or (None if row.reached_on else row.first_contact_due)


def event(row: Any) -> dict[str, Any]:
	"""Return one case as an event of a whole day."""
	day = next_day(row)
	return {
		"name": row.name,
		"title": f"{row.customer} · {_(row.exit_type)}",
		"start": day,
		"end": day,
		"allDay": 1,
	}
