from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, formatdate

from cs_retention.callbacks.customer import CALLBACK
from cs_retention.callbacks.report_rows import column, get_period, inert, percent, seen, share_of
from cs_retention.callbacks.working_days import today
from cs_retention.cs_retention.inputs import report_filters
from cs_retention.cs_retention.people import full_names
from cs_retention.cs_retention.settings import SETTINGS
from cs_retention.cs_retention.states import open_store
from cs_retention.engine.kpi import CallResult, Ratio, completion, result_of
from cs_retention.engine.vocabulary import KEY_ACCOUNT, Level, PeriodKind
from cs_retention.engine.workdays import add_working_days, period_label, period_of
from cs_retention.facts.calendars import read_calendars
from cs_retention.facts.compliance import BY_LEVEL, BY_PERSON, BY_WEEK, read_due_callbacks, read_due_groups

Row = dict[str, Any]
NOBODY = "-"
"""Stands in the filter for callbacks that nobody is responsible for."""
DUE = "Due"
LONGEST_GRACE = timedelta(days=60)
ORDER = (KEY_ACCOUNT, *(level.value for level in Level))
SHOWN = {DUE: tuple(CallResult), **{result.value: (result,) for result in CallResult}}


def execute(filters: dict[str, Any] | None = None) -> tuple[Any, ...]:
	"""Return what became of the callbacks due in a period, or those that a figure counted."""
	filters = report_filters(filters)
	period = get_period(filters)
	by = filters.group_by if filters.group_by in (BY_LEVEL, BY_WEEK) else BY_PERSON
	if filters.figure in SHOWN:
		return callback_columns(), list(callback_rows(filters, period, by))
	counted = count(period, by)
	called = full_names({*counted}) if by == BY_PERSON else {}
	rows = [as_row(key, by, called, *found) for key, found in sorted(counted.items(), key=place(by))]
	return columns(by), rows, None, chart(rows), summary(rows)


def count(period: tuple[date, date], by: str) -> dict[str, tuple[Counter, Counter]]:
	"""Return per person, level or week the callbacks by result, and the answers on satisfaction with their sum."""
	result, found = judge(period), defaultdict(lambda: (Counter(), Counter()))
	for group in read_due_groups(open_store(), seen(CALLBACK, "name"), *period, by):
		if became := result(group.call, group.due_date):
			results, answers = found[key_of(group.key, group.due_date, by)]
			results[became] += group.callbacks
			answers.update(given=group.answers, total=group.satisfaction)
	return dict(found)


def judge(period: tuple[date, date]) -> Callable:
	"""Return the judge over a callback and its due date: the grace in working days of the company."""
	grace = cint(frappe.get_cached_doc(SETTINGS).grace_days)
	first, last = period
	calendar = read_calendars(open_store(), first, last + LONGEST_GRACE).of_company()
	deadline = cache(lambda day: add_working_days(day, grace, calendar) if grace else day)
	return lambda call, due_date: result_of(call, deadline(due_date), today())


def key_of(key: str, day: date, by: str) -> str:
	"""Return the row that a callback belongs to: a user, a level, or the Monday of its week."""
	if by == BY_WEEK:
		return period_of(day, PeriodKind.WEEK)[0].isoformat()
	return key or NOBODY


def place(by: str) -> Callable:
	"""Return the order of rows: levels from the highest, others by name."""
	return lambda item: ORDER.index(item[0]) if by == BY_LEVEL else item[0]


def label_of(key: str, by: str, called: Mapping[str, str]) -> str:
	"""Return what a row says it is of; people are called by their names."""
	if by == BY_WEEK:
		monday = date.fromisoformat(key)
		return f"{period_label(monday, PeriodKind.WEEK)} ({formatdate(monday)})"
	if key == NOBODY:
		return _("Nobody")
	return _(key) if by == BY_LEVEL else called.get(key) or key


def as_row(key: str, by: str, called: Mapping[str, str], results: Counter, answers: Counter) -> Row:
	"""Return a row; `key` names it in links, untranslated."""
	ratio = completion(results)
	return {
		"key": key,
		"label": inert(label_of(key, by, called)),
		"due": ratio.denominator,
		**{frappe.scrub(result.value): results[result] for result in CallResult},
		"completion": float(ratio.percent() or 0),
		"satisfaction": round(answers["total"] / answers["given"], 2) if answers["given"] else None,
	}


def columns(by: str) -> list[Row]:
	"""Return the columns of figures."""
	first = {
		BY_PERSON: _("Responsible", context="Customer Callback"),
		BY_LEVEL: _("Star Level"),
		BY_WEEK: _("Week"),
	}[by]
	return [
		column("label", first, "Data", 190),
		column("due", _("Calls Due")),
		*(column(frappe.scrub(name), label, width=125) for name, label in labels().items()),
		percent("completion", _("Completion", context="Callback Compliance")),
		column("satisfaction", _("Mean Satisfaction"), "Float", 140, precision=2),
	]


def labels() -> dict[str, str]:
	"""Return what became of calls in the reader's language."""
	return {
		CallResult.IN_TIME.value: _("Reached in Time"),
		CallResult.LATE.value: _("Reached Late"),
		CallResult.ATTEMPTED.value: _("Only Attempted"),
		CallResult.SKIPPED.value: _("Skipped", context="Customer Callback"),
		CallResult.NOT_CALLED.value: _("Not Called"),
	}


def chart(rows: Sequence[Row]) -> Row:
	"""Return what became of calls per row, stacked."""
	datasets = [
		{"name": label, "values": [row[frappe.scrub(name)] for row in rows]}
		for name, label in labels().items()
	]
	return {
		"data": {"labels": [row["label"] for row in rows], "datasets": datasets},
		"type": "bar",
		"colors": ["green", "orange", "yellow", "grey", "red"],
		"barOptions": {"stacked": True},
	}


def summary(rows: Sequence[Row]) -> list[Row]:
	"""Return the figures of all rows."""
	due, in_time = (sum(row[name] for row in rows) for name in ("due", "in_time"))
	late = sum(row["late"] for row in rows)
	share = Ratio(in_time, due).percent()
	return [
		{"label": _("Calls Due"), "value": due, "datatype": "Int", "indicator": "Blue"},
		{"label": _("Reached in Time"), "value": in_time, "datatype": "Int", "indicator": "Green"},
		{"label": _("Reached Late"), "value": late, "datatype": "Int", "indicator": "Orange"},
		share_of(_("Completion", context="Callback Compliance"), share, "Blue"),
	]


def callback_rows(filters: frappe._dict, period: tuple[date, date], by: str) -> Iterator[Row]:
	"""Yield the callbacks that a figure counted, of one row or of all."""
	result, words = judge(period), labels()
	for found in read_due_callbacks(open_store(), seen(CALLBACK, "name"), *period):
		key = key_of(
			{BY_PERSON: found.responsible or "", BY_LEVEL: found.level}.get(by, ""), found.due_date, by
		)
		became = result(found.call, found.due_date)
		if became in SHOWN[filters.figure] and filters.row in (None, "", key):
			yield {
				"callback": found.name,
				"customer": found.customer,
				"customer_name": inert(found.customer_name),
				"level": _(found.level),
				"responsible": found.responsible,
				"due_date": found.due_date,
				"done_on": found.call.done_on,
				"result": words[became.value],
			}


def callback_columns() -> list[Row]:
	"""Return the columns of a list of callbacks."""
	return [
		column("callback", _("Customer Callback"), "Link", 130, options=CALLBACK),
		column("customer", _("Customer"), "Link", 180, options="Customer"),
		column("customer_name", _("Customer Name"), "Data", 180),
		column("level", _("Star Level"), "Data"),
		column("responsible", _("Responsible", context="Customer Callback"), "Link", 180, options="User"),
		column("due_date", _("Due Date", context="Customer Callback"), "Date"),
		column("done_on", _("Done On"), "Date"),
		column("result", _("Result"), "Data", 130),
	]
