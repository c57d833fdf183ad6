"""The chart of calls on the workspace, in the reader's language, of the customers that the reader sees."""

from collections import Counter
from datetime import timedelta
from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate

from cs_retention.callbacks.working_days import today
from cs_retention.engine.vocabulary import Outcome, PeriodKind
from cs_retention.engine.workdays import period_label, period_of

TOUCH = "Customer Touch"
WEEKS = 12
OUTCOMES = (Outcome.REACHED, Outcome.VISITED, Outcome.NOT_REACHED, Outcome.REFUSED)


@frappe.whitelist(methods=["POST"])
def calls_by_week() -> dict[str, Any]:
	"""Return the calls of people in the last twelve weeks by what came of them; nothing where there were none."""
	frappe.has_permission(TOUCH, "read", throw=True)
	this_week, _end = period_of(today(), PeriodKind.WEEK)
	weeks = [this_week - timedelta(weeks=back) for back in reversed(range(WEEKS))]
	counts = count_by_week(weeks[0])
	if not counts:
		return {}
	return {
		"labels": [period_label(week, PeriodKind.WEEK).rpartition("-")[2] for week in weeks],
		"datasets": [
			{
				"name": _(outcome.value, context=TOUCH),
				"values": [counts[week, outcome.value] for week in weeks],
			}
			for outcome in OUTCOMES
		],
	}


def count_by_week(first: Any) -> Counter:
	"""Return calls since a day by the Monday of their week and their outcome; messages have no outcome."""
	filters = {"touch_date": (">=", first), "outcome": ("in", [outcome.value for outcome in OUTCOMES])}
	fields = ["touch_date", "outcome", "count(name) as calls"]
	counts: Counter = Counter()
	for row in frappe.get_list(TOUCH, filters, fields, group_by="touch_date, outcome", limit=0):
		counts[period_of(getdate(row.touch_date), PeriodKind.WEEK)[0], row.outcome] += row.calls
	return counts
