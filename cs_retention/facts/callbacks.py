"""Callbacks that stand: planned, not yet made, with the obligations each is to meet."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from pypika import MySQLQuery
from pypika.terms import Criterion

from cs_retention.engine.vocabulary import CallbackStatus, Channel, ObligationKind
from cs_retention.facts.keys import fold
from cs_retention.facts.source import Source
from cs_retention.facts.sql import in_page, parameter, table
from cs_retention.facts.values import as_date

callback = table("Customer Callback")
purpose = table("Customer Callback Purpose")

CALLBACK_FIELDS = (
	"name",
	"occurrence_key",
	"responsible",
	"account_manager",
	"due_date",
	"window_start",
	"window_end",
	"channel",
	"planned_on",
	"is_committed",
	"reasons",
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
	"""A callback that is planned; `reasons` is the JSON it was stored with."""

	name: str
	occurrence_key: str
	responsible: str | None
	account_manager: str | None
	due_date: date
	window_start: date | None
	window_end: date | None
	channel: Channel
	planned_on: date | None
	is_committed: bool
	reasons: str | None
	purposes: tuple[StandingPurpose, ...]


def read_callbacks(source: Source, first: str, last: str) -> dict[str, tuple[StandingCallback, ...]]:
	"""Return the standing callbacks of a page's customers by folded customer, in order of due date and name."""
	values = {"first": first, "last": last, "planned": CallbackStatus.PLANNED.value}
	purposes: defaultdict[str, list[StandingPurpose]] = defaultdict(list)
	for parent, *figures in source.rows(purposes_query(), values):
		purposes[parent].append(_purpose(figures))
	standing: defaultdict[str, list[StandingCallback]] = defaultdict(list)
	for customer, *figures in source.rows(callbacks_query(), values):
		found = _callback(figures, tuple(purposes[figures[0]]))
		standing[fold(customer)].append(found)
	return {
		customer: tuple(sorted(found, key=lambda row: (row.due_date, row.name)))
		for customer, found in standing.items()
	}


@cache
def callbacks_query() -> str:
	"""Return the query of customer and CALLBACK_FIELDS of a page's standing callbacks."""
	columns = (callback[fieldname] for fieldname in CALLBACK_FIELDS)
	return str(MySQLQuery.from_(callback).select(callback.customer, *columns).where(_standing()))


@cache
def purposes_query() -> str:
	"""Return the query of callback and PURPOSE_FIELDS of a page's standing callbacks, in their order."""
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


def _standing() -> Criterion:
	return in_page(callback.customer) & (callback.status == parameter("planned"))


def _purpose(figures: list[Any]) -> StandingPurpose:
	name, kind, obligation_key, *dates = figures
	return StandingPurpose(name, ObligationKind(kind), obligation_key, *map(as_date, dates))


def _callback(figures: list[Any], purposes: tuple[StandingPurpose, ...]) -> StandingCallback:
	name, key, responsible, manager, due, start, end, channel, planned_on, is_committed, reasons = figures
	return StandingCallback(
		name,
		key,
		responsible or None,
		manager or None,
		as_date(due) or date.max,
		as_date(start),
		as_date(end),
		Channel(channel),
		as_date(planned_on),
		bool(is_committed),
		reasons,
		purposes,
	)
