"""Callbacks that fell due within a range of days: counted by what decides their result, or one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from pypika import Case, MySQLQuery
from pypika import functions as fn
from pypika.queries import QueryBuilder
from pypika.terms import Term

from cs_retention.engine.kpi import CallRecord
from cs_retention.engine.vocabulary import KEY_ACCOUNT, CallbackStatus, Level, Outcome
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import parameter, table
from cs_retention.facts.values import as_count, as_date

callback, attempt = table("Customer Callback"), table("Customer Callback Attempt")
touch, state, customer = table("Customer Touch"), table("Customer Retention State"), table("Customer")
tried = MySQLQuery.from_(attempt).select(attempt.parent).distinct().as_("tried")

BY_PERSON, BY_LEVEL, BY_WEEK = "Person", "Level", "Week"


class DueGroup(NamedTuple):
	"""Callbacks of one person or level that are alike in what decides their result."""

	key: str
	due_date: date
	call: CallRecord
	callbacks: int
	answers: int
	satisfaction: int


class DueCallback(NamedTuple):
	"""One callback, with what a list of them shows."""

	name: str
	customer: str
	customer_name: str
	responsible: str | None
	level: str
	due_date: date
	call: CallRecord
	satisfaction: int | None = None
	account_manager: str = ""
	done_by: str = ""


def read_due_groups(
	source: Source, selection: Selection, first: date, last: date, by: str
) -> Iterator[DueGroup]:
	"""Yield the selected callbacks due from `first` to `last`, counted by person, by level, or by day alone."""
	for key, callbacks, answers, satisfaction, *rest in selection.rows(
		source, groups_query(by), values(first, last)
	):
		day, call = as_due(rest)
		yield DueGroup(
			str(key or ""), day, call, as_count(callbacks), as_count(answers), as_count(satisfaction)
		)


def read_due_callbacks(
	source: Source, selection: Selection, first: date, last: date
) -> Iterator[DueCallback]:
	"""Yield the selected callbacks due from `first` to `last`, one by one, the earliest first."""
	for name, who, called, responsible, level, answer, manager, done_by, *rest in selection.rows(
		source, callbacks_query(), values(first, last)
	):
		day, call = as_due(rest)
		yield DueCallback(
			*(name, who, called or who, responsible or None, level, day, call),
			*(as_count(answer) or None, manager or "", done_by or ""),
		)


def values(first: date, last: date) -> dict[str, Any]:
	"""Return the parameters of a query of the days of a period and of levels."""
	return {"first_day": first, "last_day": last, "new": Level.NEW.value}


def as_due(figures: list[Any]) -> tuple[date, CallRecord]:
	"""Return due date and what decides the result from the columns of `deciding`."""
	due, status, outcome, done, recorded, is_tried = figures
	day = as_date(due)
	assert day, "a callback has a due date"
	call = CallRecord(
		CallbackStatus(status),
		Outcome(outcome) if outcome else None,
		as_date(done),
		as_date(recorded),
		bool(as_count(is_tried)),
	)
	return day, call


@cache
def groups_query(by: str) -> str:
	"""Return the query of key, callbacks, answers, their sum, and what decides the result."""
	answered = Case().when(callback.satisfaction > 0, 1).else_(0)
	key = {BY_PERSON: callback.responsible, BY_LEVEL: level_of()}.get(by)
	keys = [key] if key is not None else []
	first = key if key is not None else callback.due_date
	query = due().select(first, fn.Count(callback.name), fn.Sum(answered), fn.Sum(callback.satisfaction))
	return str(query.select(*deciding()).groupby(*keys, *deciding()))


@cache
def callbacks_query() -> str:
	"""Return the query of callbacks one by one."""
	shown = (callback.name, callback.customer, customer.customer_name, callback.responsible, level_of())
	more = (callback.satisfaction, callback.account_manager, callback.done_by)
	query = due().left_join(customer).on(customer.name == callback.customer)
	return str(query.select(*shown, *more, *deciding()).orderby(callback.due_date, callback.name))


def due() -> QueryBuilder:
	"""Return the callbacks that fell due, with state, touch and whether somebody tried."""
	within = callback.due_date[parameter("first_day") : parameter("last_day")]
	return (
		MySQLQuery.from_(callback)
		.left_join(state)
		.on(state.name == callback.state)
		.left_join(touch)
		.on(touch.name == callback.touch)
		.left_join(tried)
		.on(tried.parent == callback.name)
		.where(selected(callback.name) & within & (callback.status != CallbackStatus.MERGED.value))
	)


def level_of() -> Term:
	"""Return the level whose cadence a customer has today."""
	star = fn.Coalesce(fn.NullIf(state.star_level, ""), parameter("new"))
	return Case().when(state.is_key_account == 1, KEY_ACCOUNT).else_(star)


def deciding() -> tuple[Term, ...]:
	"""Return the columns that `as_due` reads; a day out of a moment by its first ten letters, as all databases have it."""
	return (
		callback.due_date,
		callback.status,
		callback.outcome,
		fn.Coalesce(callback.done_on, touch.touch_date),
		fn.Substring(touch.creation, 1, 10),
		Case().when(tried.parent.isnull(), 0).else_(1),
	)
