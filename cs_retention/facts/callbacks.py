"""Callbacks that stand: planned, not yet made, with the obligations each is to meet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from pypika import MySQLQuery
from pypika import functions as fn
from pypika.terms import Criterion

from cs_retention.engine.obligations import AGREED_KINDS, VISIT_NEEDED, is_agreed
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
	"open_key",
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


ENDED = (*ENDED_BY_PEOPLE, CallbackStatus.MERGED)
DATED_KINDS = (
	ObligationKind.COMPLAINT,
	ObligationKind.CASE,
	ObligationKind.AFTER_SERVICE,
	ObligationKind.VISIT,
	ObligationKind.CARE,
)
"""Kinds of what documents and dates make owed."""


class StandingPurpose(NamedTuple):
	"""An obligation a standing callback is to meet."""

	name: str
	kind: ObligationKind
	obligation_key: str
	period_start: date | None
	period_end: date | None
	window_start: date | None
	window_end: date | None


class AgreedPurpose(NamedTuple):
	"""What people agreed with a customer, and the day on which they did."""

	purpose: StandingPurpose
	agreed_on: date | None


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
	key: str
	"""Obligation key that it holds: of one of its purposes."""
	purposes: tuple[StandingPurpose, ...]

	def agreed(self) -> set[str]:
		"""Return the keys that people asked for."""
		keys = ((row.kind, row.obligation_key) for row in self.purposes)
		return {key for kind, key in keys if is_agreed(kind, key)}


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


class MetCallback(NamedTuple):
	"""A callback that a contact met: its touch, its key, and its purposes, name to obligation key."""

	name: str
	touch: str
	occurrence_key: str
	purposes: dict[str, str]

	def keys(self) -> list[str]:
		"""Return every key it would hold again."""
		return [self.occurrence_key, *self.purposes.values()]


def read_met(source: Source, selection: Selection) -> list[MetCallback]:
	"""Return the selected customers' callbacks that a contact on record has met, in order of their names."""
	found: dict[str, MetCallback] = {}
	for name, touch, key, row, obligation_key in selection.rows(
		source, met_query(), {"met": CallbackStatus.MET.value}
	):
		found.setdefault(name, MetCallback(name, touch, key, {})).purposes[row] = obligation_key
	return [found[name] for name in sorted(found)]


def read_open_keys(source: Source, keys: Sequence[str]) -> set[str]:
	"""Return those of the keys that a standing callback or its purposes hold."""
	if not keys:
		return set()
	queries = (
		MySQLQuery.from_(holder).select(holder.open_key).where(selected(holder.open_key))
		for holder in (callback, purpose)
	)
	return {key for query in queries for (key,) in Selection.of(keys).rows(source, str(query))}


def read_agreed(source: Source, selection: Selection) -> dict[str, tuple[AgreedPurpose, ...]]:
	"""Return what people agreed with the selected customers and standing callbacks are to keep, by folded customer.

	That is a promised date, a retention call, or a visit that somebody found needed.
	"""
	values = {
		"planned": CallbackStatus.PLANNED.value,
		**{kind.name.lower(): kind.value for kind in AGREED_KINDS},
		"visit_needed": f"{VISIT_NEEDED}|%",
	}
	agreed: defaultdict[str, list[AgreedPurpose]] = defaultdict(list)
	for customer, agreed_on, *figures in selection.rows(source, agreed_query(), values):
		agreed[fold(customer)].append(AgreedPurpose(_purpose(figures), as_date(agreed_on)))
	return {
		customer: tuple(sorted(found, key=lambda row: row.purpose.name)) for customer, found in agreed.items()
	}


def read_given_up(source: Source, selection: Selection, since: date) -> dict[str, frozenset[str]]:
	"""Return the keys of duties that people ended without a contact, of periods open on or after `since`.

	Such a duty's callback was skipped, unreached or, at a refusal, done; by folded customer.
	"""
	values = {"since": since, **{status.name.lower(): status.value for status in ENDED_BY_PEOPLE}}
	given_up: defaultdict[str, set[str]] = defaultdict(set)
	for customer, key in selection.rows(source, given_up_query(), values):
		given_up[fold(customer)].add(key)
	return {customer: frozenset(keys) for customer, keys in given_up.items()}


def read_ended(source: Source, selection: Selection, since: date) -> dict[str, frozenset[str]]:
	"""Return the keys of dated duties that people ended, met or not, of windows that end on or after `since`.

	By folded customer. One that the plan itself closed is not among them: it may be owed again.
	"""
	values: dict[str, Any] = {"since": since}
	values |= {status.name.lower(): status.value for status in ENDED}
	values |= {kind.name.lower(): kind.value for kind in DATED_KINDS}
	ended: defaultdict[str, set[str]] = defaultdict(set)
	for customer, key in selection.rows(source, ended_query(), values):
		ended[fold(customer)].add(key)
	return {customer: frozenset(keys) for customer, keys in ended.items()}


def read_loads(source: Source, people: Selection) -> dict[tuple[str, date], int]:
	"""Return how many standing callbacks each of the selected people has on a day; messages carry no load."""
	values = {"planned": CallbackStatus.PLANNED.value, "message": Channel.MESSAGE.value}
	loads: dict[tuple[str, date], int] = {}
	for person, day, count in people.rows(source, loads_query(), values):
		if person and (found := as_date(day)):
			loads[person, found] = as_count(count)
	return loads


def read_days_called(source: Source, since: date) -> list[tuple[str, date]]:
	"""Return the people and days from `since` on on which callbacks stand."""
	query = (
		MySQLQuery.from_(callback)
		.select(callback.responsible, callback.due_date)
		.distinct()
		.where((callback.status == parameter("planned")) & (callback.due_date >= parameter("since")))
	)
	values = {"planned": CallbackStatus.PLANNED.value, "since": since}
	found = ((person, as_date(day)) for person, day in source.rows(str(query), values))
	return [(person, day) for person, day in found if person and day]


def read_past_due(source: Source, people: Selection, as_of: date) -> set[str]:
	"""Return the customers whom one of the selected people was to contact before `as_of`."""
	values = {"planned": CallbackStatus.PLANNED.value, "as_of": as_of}
	query = _customers_query(selected(callback.responsible) & (callback.due_date < parameter("as_of")))
	return {customer for (customer,) in people.rows(source, query, values)}


def read_called_on(source: Source, days: Collection[tuple[str, date]]) -> set[str]:
	"""Return the customers whom a person is to contact on a day, of several people and days; one query at most."""
	if not days:
		return set()
	dates = [day for _, day in days]
	values = {"planned": CallbackStatus.PLANNED.value, "since": min(dates), "until": max(dates)}
	within = callback.due_date[parameter("since") : parameter("until")]
	query = (
		MySQLQuery.from_(callback)
		.select(callback.customer, callback.responsible, callback.due_date)
		.where((callback.status == parameter("planned")) & selected(callback.responsible) & within)
	)
	found = Selection.of(sorted({person for person, _ in days})).rows(source, str(query), values)
	return {customer for customer, person, day in found if (person, as_date(day)) in days}


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
def ended_query() -> str:
	"""Return the query of customer and obligation key of dated purposes that people ended."""
	ended = callback.status.isin([parameter(status.name.lower()) for status in ENDED])
	dated = purpose.kind.isin([parameter(kind.name.lower()) for kind in DATED_KINDS])
	return str(
		MySQLQuery.from_(callback)
		.join(purpose)
		.on(purpose.parent == callback.name)
		.select(callback.customer, purpose.obligation_key)
		.where(selected(callback.customer) & ended & dated & (purpose.period_end >= parameter("since")))
	)


@cache
def agreed_query() -> str:
	"""Return the query of customer, day of the agreement and PURPOSE_FIELDS of what was agreed and stands."""
	columns = (purpose[fieldname] for fieldname in PURPOSE_FIELDS)
	return str(
		MySQLQuery.from_(callback)
		.join(purpose)
		.on(purpose.parent == callback.name)
		.select(callback.customer, callback.planned_on, *columns)
		.where(
			_standing()
			& (
				purpose.kind.isin([parameter(kind.name.lower()) for kind in AGREED_KINDS])
				| purpose.obligation_key.like(parameter("visit_needed"))
			)
		)
	)


@cache
def met_query() -> str:
	"""Return the query of callbacks that a touch met: name, touch, key; name and key of each purpose."""
	is_met = selected(callback.customer) & (callback.status == parameter("met")) & (callback.touch > "")
	return str(
		MySQLQuery.from_(callback)
		.join(purpose)
		.on(purpose.parent == callback["name"])
		.select(
			callback["name"],
			callback.touch,
			callback.occurrence_key,
			purpose["name"],
			purpose.obligation_key,
		)
		.where(is_met)
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
	name, responsible, manager, due, start, end, channel, is_committed, key = figures
	return StandingCallback(
		name,
		responsible or None,
		manager or None,
		as_date(due) or date.max,
		as_date(start),
		as_date(end),
		Channel(channel),
		bool(is_committed),
		key or "",
		purposes,
	)
