"""Callbacks that stand: planned, not yet made, with the obligations each is to meet."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from pypika import MySQLQuery
from pypika import functions as fn
from pypika.terms import Criterion

from cs_retention.engine.obligations import VISIT_NEEDED
from cs_retention.engine.vocabulary import CallbackStatus, Channel, ObligationKind
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import parameter, table
from cs_retention.facts.values import as_count, as_date

callback = table("Customer Callback")
purpose = table("Customer Callback Purpose")

CALLBACK_FIELDS = (
	"name",
	"responsible",
	"account_manager",
	"due_date",
	"window_start",
	"window_end",
	"channel",
	"is_committed",
)
PURPOSE_FIELDS = (
	"name",
	"kind",
	"obligation_key",
	"period_start",
	"period_end",
	"window_start",
	"window_end",
)


ENDED_BY_PEOPLE = (CallbackStatus.DONE, CallbackStatus.SKIPPED, CallbackStatus.UNREACHED)
"""States into which people bring a callback; what it then has not met is given up."""


class StandingPurpose(NamedTuple):
	"""An obligation a standing callback is to meet."""

	name: str
	kind: ObligationKind
	obligation_key: str
	period_start: date | None
	period_end: date | None
	window_start: date | None
	window_end: date | None


class StandingCallback(NamedTuple):
	"""A callback that is planned."""

	name: str
	responsible: str | None
	account_manager: str | None
	due_date: date
	window_start: date | None
	window_end: date | None
	channel: Channel
	is_committed: bool
	purposes: tuple[StandingPurpose, ...]


def read_callbacks(source: Source, selection: Selection) -> dict[str, tuple[StandingCallback, ...]]:
	"""Return the standing callbacks of the selected customers by folded customer, in order of due date and name."""
	values = {"planned": CallbackStatus.PLANNED.value}
	purposes: defaultdict[str, list[StandingPurpose]] = defaultdict(list)
	for parent, *figures in selection.rows(source, purposes_query(), values):
		purposes[parent].append(_purpose(figures))
	standing: defaultdict[str, list[StandingCallback]] = defaultdict(list)
	for customer, *figures in selection.rows(source, callbacks_query(), values):
		found = _callback(figures, tuple(purposes[figures[0]]))
		standing[fold(customer)].append(found)
	return {
		customer: tuple(sorted(found, key=lambda row: (row.due_date, row.name)))
		for customer, found in standing.items()
	}


def read_agreed(source: Source, selection: Selection) -> dict[str, tuple[StandingPurpose, ...]]:
	"""Return what people agreed with the selected customers and standing callbacks are to keep, by folded customer.

	That is a promised date, or a visit that somebody found needed.
	"""
	values = {
		"planned": CallbackStatus.PLANNED.value,
		"promise": ObligationKind.PROMISE.value,
		"visit_needed": f"{VISIT_NEEDED}|%",
	}
	agreed: defaultdict[str, list[StandingPurpose]] = defaultdict(list)
	for customer, *figures in selection.rows(source, agreed_query(), values):
		agreed[fold(customer)].append(_purpose(figures))
	return {customer: tuple(sorted(found)) for customer, found in agreed.items()}


def read_given_up(source: Source, selection: Selection, since: date) -> dict[str, frozenset[str]]:
	"""Return the keys of duties that people ended without a contact, of periods open on or after `since`.

	Such a duty's callback was skipped, unreached or, at a refusal, done; by folded customer.
	"""
	values = {"since": since, **{status.name.lower(): status.value for status in ENDED_BY_PEOPLE}}
	given_up: defaultdict[str, set[str]] = defaultdict(set)
	for customer, key in selection.rows(source, given_up_query(), values):
		given_up[fold(customer)].add(key)
	return {customer: frozenset(keys) for customer, keys in given_up.items()}


def read_loads(source: Source, people: Selection) -> dict[tuple[str, date], int]:
	"""Return how many standing callbacks each of the selected people has on a day; messages carry no load."""
	values = {"planned": CallbackStatus.PLANNED.value, "message": Channel.MESSAGE.value}
	loads: dict[tuple[str, date], int] = {}
	for person, day, count in people.rows(source, loads_query(), values):
		if person and (found := as_date(day)):
			loads[person, found] = as_count(count)
	return loads


def read_past_due(source: Source, people: Selection, as_of: date) -> set[str]:
	"""Return the folded customers whom one of the selected people was to contact before `as_of`."""
	values = {"planned": CallbackStatus.PLANNED.value, "as_of": as_of}
	query = _customers_query(selected(callback.responsible) & (callback.due_date < parameter("as_of")))
	return {fold(customer) for (customer,) in people.rows(source, query, values)}


def read_called_on(source: Source, person: str, day: date) -> set[str]:
	"""Return the folded customers whom a person is to contact on a day."""
	values = {"planned": CallbackStatus.PLANNED.value, "person": person, "day": day}
	is_theirs = (callback.responsible == parameter("person")) & (callback.due_date == parameter("day"))
	return {fold(customer) for (customer,) in source.rows(_customers_query(is_theirs), values)}


@cache
def callbacks_query() -> str:
	"""Return the query of customer and CALLBACK_FIELDS of the selected customers' standing callbacks."""
	columns = (callback[fieldname] for fieldname in CALLBACK_FIELDS)
	return str(MySQLQuery.from_(callback).select(callback.customer, *columns).where(_standing()))


@cache
def purposes_query() -> str:
	"""Return the query of callback and PURPOSE_FIELDS of the same callbacks, in their order."""
	columns = (purpose[fieldname] for fieldname in PURPOSE_FIELDS)
	return str(
		MySQLQuery.from_(callback)
		.join(purpose)
		.on(purpose.parent == callback.name)
		.select(callback.name, *columns)
		.where(_standing())
		.orderby(purpose.parent)
		.orderby(purpose.idx)
	)


@cache
def given_up_query() -> str:
	"""Return the query of customer and obligation key of purposes that ended without a contact."""
	ended = callback.status.isin([parameter(status.name.lower()) for status in ENDED_BY_PEOPLE])
	unmet = (purpose.met == 0) & (purpose.period_end >= parameter("since"))
	return str(
		MySQLQuery.from_(callback)
		.join(purpose)
		.on(purpose.parent == callback.name)
		.select(callback.customer, purpose.obligation_key)
		.where(selected(callback.customer) & ended & unmet)
	)


@cache
def agreed_query() -> str:
	"""Return the query of customer and PURPOSE_FIELDS of what was agreed and stands."""
	columns = (purpose[fieldname] for fieldname in PURPOSE_FIELDS)
	return str(
		MySQLQuery.from_(callback)
		.join(purpose)
		.on(purpose.parent == callback.name)
		.select(callback.customer, *columns)
		.where(
			_standing()
			& (
				(purpose.kind == parameter("promise"))
				| purpose.obligation_key.like(parameter("visit_needed"))
			)
		)
	)


@cache
def loads_query() -> str:
	"""Return the query of standing callbacks per selected person and day."""
	is_standing = selected(callback.responsible) & (callback.status == parameter("planned"))
	carries = is_standing & (callback.channel != parameter("message"))
	return str(
		MySQLQuery.from_(callback)
		.select(callback.responsible, callback.due_date, fn.Count("*"))
		.where(carries)
		.groupby(callback.responsible, callback.due_date)
	)


def _customers_query(condition: Criterion) -> str:
	is_planned = callback.status == parameter("planned")
	return str(MySQLQuery.from_(callback).select(callback.customer).distinct().where(is_planned & condition))


def _standing() -> Criterion:
	return selected(callback.customer) & (callback.status == parameter("planned"))


def _purpose(figures: list[Any]) -> StandingPurpose:
	name, kind, obligation_key, *dates = figures
	return StandingPurpose(name, ObligationKind(kind), obligation_key, *map(as_date, dates))


def _callback(figures: list[Any], purposes: tuple[StandingPurpose, ...]) -> StandingCallback:
	name, responsible, manager, due, start, end, channel, is_committed = figures
	return StandingCallback(
		name,
		responsible or None,
		manager or None,
		as_date(due) or date.max,
		as_date(start),
		as_date(end),
		Channel(channel),
		bool(is_committed),
		purposes,
	)
