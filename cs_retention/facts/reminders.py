"""What people are reminded of: planned calls that are due, promises that are open, timed calls, a week of calls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from functools import cache

from pypika import MySQLQuery
from pypika import functions as fn
from pypika.queries import QueryBuilder
from pypika.terms import Criterion

from cs_retention.engine.reminders import DueCall, DuePromise
from cs_retention.engine.vocabulary import CallbackStatus, PromiseStatus
from cs_retention.facts.book import customer
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import parameter, table
from cs_retention.facts.values import as_count, as_date, as_time

callback = table("Customer Callback")
promise = table("Customer Callback Promise")

PLANNED = {"planned": CallbackStatus.PLANNED.value}
OPEN = {"open": PromiseStatus.OPEN.value}


def read_callers(source: Source) -> list[str]:
	"""Return everybody whom a callback names as responsible."""
	query = MySQLQuery.from_(callback).select(callback.responsible).distinct()
	return [person for (person,) in source.rows(str(query.where(callback.responsible > "")))]


def read_due_calls(source: Source, people: Selection, today: date) -> list[DueCall]:
	"""Return the planned calls of the selected people that are due or overdue, the oldest first."""
	rows = people.rows(source, due_calls_query(), {**PLANNED, "today": today})
	return sorted(map(_call, rows), key=lambda call: (call.due_date, call.due_time or time.max, call.name))


def read_timed_calls(
	source: Source, people: Selection, today: date, first: time, last: time
) -> list[DueCall]:
	"""Return the planned calls of the selected people that are to be made today between two times."""
	calls = people.rows(source, timed_calls_query(), {**PLANNED, "today": today})
	found = (_call(row) for row in calls)
	return [call for call in found if call.due_time is not None and first <= call.due_time <= last]


def read_due_promises(source: Source, today: date) -> list[DuePromise]:
	"""Return the open promises that are due or overdue, the oldest first."""
	rows = source.rows(due_promises_query(), {**OPEN, "today": today})
	found = [
		DuePromise(name, text, customer_name, by, as_date(due) or date.max)
		for name, text, customer_name, by, due in rows
	]
	return sorted(found, key=lambda promise: (promise.due_date, promise.callback, promise.promise))


def read_week(
	source: Source, people: Selection, first: date, last: date
) -> Iterator[tuple[str, CallbackStatus, int]]:
	"""Yield how many calls of each of the selected people were due from `first` to `last`, by state."""
	rows = people.rows(source, week_query(), {"first": first, "last": last})
	return ((person, CallbackStatus(status), as_count(count)) for person, status, count in rows)


def read_overdue(source: Source, people: Selection, today: date) -> dict[str, int]:
	"""Return how many planned calls of each of the selected people are overdue."""
	rows = people.rows(source, overdue_query(), {**PLANNED, "today": today})
	return {person: as_count(count) for person, count in rows}


@cache
def due_calls_query() -> str:
	"""Return the query of planned calls due up to a day."""
	return str(_calls().where(callback.due_date <= parameter("today")))


@cache
def timed_calls_query() -> str:
	"""Return the query of planned calls of a day that have a time."""
	return str(_calls().where((callback.due_date == parameter("today")) & callback.due_time.isnotnull()))


@cache
def due_promises_query() -> str:
	"""Return the query of open promises due up to a day."""
	return str(
		MySQLQuery.from_(promise)
		.join(callback)
		.on(callback.name == promise.parent)
		.join(customer)
		.on(customer.name == callback.customer)
		.select(callback.name, promise.promise, customer.customer_name, promise.promised_by, promise.due_date)
		.where((promise.status == parameter("open")) & (promise.due_date <= parameter("today")))
	)


@cache
def week_query() -> str:
	"""Return the query of calls due within days, by person and state."""
	return str(
		MySQLQuery.from_(callback)
		.select(callback.responsible, callback.status, fn.Count("*"))
		.where(selected(callback.responsible))
		.where(callback.due_date[parameter("first") : parameter("last")])
		.groupby(callback.responsible, callback.status)
	)


@cache
def overdue_query() -> str:
	"""Return the query of overdue calls by person."""
	return str(
		MySQLQuery.from_(callback)
		.select(callback.responsible, fn.Count("*"))
		.where(_planned() & (callback.due_date < parameter("today")))
		.groupby(callback.responsible)
	)


def _calls() -> QueryBuilder:
	return (
		MySQLQuery.from_(callback)
		.join(customer)
		.on(customer.name == callback.customer)
		.select(callback.name, customer.customer_name, callback.responsible, callback.due_date)
		.select(callback.due_time, customer.account_manager, customer.retention_backup_manager)
		.select(callback.escalated_on)
		.where(_planned())
	)


def _planned() -> Criterion:
	return selected(callback.responsible) & (callback.status == parameter("planned"))


def _call(row: tuple[object, ...]) -> DueCall:
	name, customer_name, responsible, due, at, manager, backup, escalated = row
	return DueCall(
		str(name),
		str(customer_name),
		str(responsible),
		as_date(due) or date.max,
		as_time(at),
		str(manager) if manager else None,
		str(backup) if backup else None,
		as_date(escalated),
	)
