"""Callbacks that stand: planned, not yet made, with the obligations each is to meet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from pypika import MySQLQuery
from pypika import functions as fn
from pypika.terms import Criterion

from cs_retention.engine.vocabulary import CallbackStatus, Channel, ObligationKind
from cs_retention.facts.keys import fold
from cs_retention.facts.source import Source
from cs_retention.facts.sql import in_page, parameter, table
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
FEW = 500
"""Customers that are picked out by name instead of being read with their page."""

PURPOSE_FIELDS = (
	"name",
	"kind",
	"obligation_key",
	"period_start",
	"period_end",
	"window_start",
	"window_end",
)


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


def read_callbacks(
	source: Source, first: str, last: str, customers: Sequence[str] | None = None
) -> dict[str, tuple[StandingCallback, ...]]:
	"""Return the standing callbacks of a page's customers by folded customer, in order of due date and name.

	With `customers` only theirs are read; a handful is picked out, more are read as the page they are of.
	"""
	few = customers is not None and len(customers) <= FEW
	picked = {f"customer_{place}": name for place, name in enumerate(customers if few and customers else ())}
	values = {"first": first, "last": last, "planned": CallbackStatus.PLANNED.value, **picked}
	purposes: defaultdict[str, list[StandingPurpose]] = defaultdict(list)
	for parent, *figures in source.rows(purposes_query(len(picked)), values):
		purposes[parent].append(_purpose(figures))
	standing: defaultdict[str, list[StandingCallback]] = defaultdict(list)
	for customer, *figures in source.rows(callbacks_query(len(picked)), values):
		found = _callback(figures, tuple(purposes[figures[0]]))
		standing[fold(customer)].append(found)
	return {
		customer: tuple(sorted(found, key=lambda row: (row.due_date, row.name)))
		for customer, found in standing.items()
	}


def read_promises(source: Source, first: str, last: str) -> dict[str, tuple[StandingPurpose, ...]]:
	"""Return the promised dates that standing callbacks of a page's customers are to keep, by folded customer."""
	values = {
		"first": first,
		"last": last,
		"planned": CallbackStatus.PLANNED.value,
		"promise": ObligationKind.PROMISE.value,
	}
	promises: defaultdict[str, list[StandingPurpose]] = defaultdict(list)
	for customer, *figures in source.rows(promises_query(), values):
		promises[fold(customer)].append(_purpose(figures))
	return {customer: tuple(sorted(found)) for customer, found in promises.items()}


def read_loads(source: Source) -> dict[tuple[str, date], int]:
	"""Return how many standing callbacks a person has on a day; messages carry no load."""
	values = {"planned": CallbackStatus.PLANNED.value, "message": Channel.MESSAGE.value}
	loads: dict[tuple[str, date], int] = {}
	for person, day, count in source.rows(loads_query(), values):
		if person and (found := as_date(day)):
			loads[person, found] = as_count(count)
	return loads


def read_past_due(source: Source, as_of: date) -> set[str]:
	"""Return the folded customers who have a standing callback from before `as_of`."""
	values = {"planned": CallbackStatus.PLANNED.value, "as_of": as_of}
	query = _customers_query(callback.due_date < parameter("as_of"))
	return {fold(customer) for (customer,) in source.rows(query, values)}


def read_called_on(source: Source, person: str, day: date) -> set[str]:
	"""Return the folded customers whom a person is to contact on a day."""
	values = {"planned": CallbackStatus.PLANNED.value, "person": person, "day": day}
	is_theirs = (callback.responsible == parameter("person")) & (callback.due_date == parameter("day"))
	return {fold(customer) for (customer,) in source.rows(_customers_query(is_theirs), values)}


@cache
def callbacks_query(few: int = 0) -> str:
	"""Return the query of customer and CALLBACK_FIELDS of a page's standing callbacks, or of `few` customers'."""
	columns = (callback[fieldname] for fieldname in CALLBACK_FIELDS)
	return str(MySQLQuery.from_(callback).select(callback.customer, *columns).where(_standing(few)))


@cache
def purposes_query(few: int = 0) -> str:
	"""Return the query of callback and PURPOSE_FIELDS of the same callbacks, in their order."""
	columns = (purpose[fieldname] for fieldname in PURPOSE_FIELDS)
	return str(
		MySQLQuery.from_(callback)
		.join(purpose)
		.on(purpose.parent == callback.name)
		.select(callback.name, *columns)
		.where(_standing(few))
		.orderby(purpose.parent)
		.orderby(purpose.idx)
	)


@cache
def promises_query() -> str:
	"""Return the query of customer and PURPOSE_FIELDS of promised dates that stand."""
	columns = (purpose[fieldname] for fieldname in PURPOSE_FIELDS)
	return str(
		MySQLQuery.from_(callback)
		.join(purpose)
		.on(purpose.parent == callback.name)
		.select(callback.customer, *columns)
		.where(_standing(0) & (purpose.kind == parameter("promise")))
	)


@cache
def loads_query() -> str:
	"""Return the query of standing callbacks per person and day."""
	carries = (callback.status == parameter("planned")) & (callback.channel != parameter("message"))
	return str(
		MySQLQuery.from_(callback)
		.select(callback.responsible, callback.due_date, fn.Count("*"))
		.where(carries)
		.groupby(callback.responsible, callback.due_date)
	)


def _customers_query(condition: Criterion) -> str:
	is_planned = callback.status == parameter("planned")
	return str(MySQLQuery.from_(callback).select(callback.customer).distinct().where(is_planned & condition))


def _standing(few: int) -> Criterion:
	names = callback.customer.isin([parameter(f"customer_{place}") for place in range(few)])
	return (names if few else in_page(callback.customer)) & (callback.status == parameter("planned"))


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
