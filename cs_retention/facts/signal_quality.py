"""The signals raised in a period, counted alike, and one by one for the report's lists."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import NamedTuple

from pypika import Case, MySQLQuery
from pypika import functions as fn
from pypika.terms import Criterion

from cs_retention.engine.signal_quality import JudgedSignals
from cs_retention.engine.vocabulary import SignalClosing, SignalRule
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.signals import signal
from cs_retention.facts.source import Source
from cs_retention.facts.sql import parameter, table
from cs_retention.facts.values import as_amount, as_count, as_date

customer = table("Customer")


class RaisedSignal(NamedTuple):
	"""One signal of a report's list."""

	name: str
	customer: str
	customer_name: str
	raised_on: date | None
	closed_on: date | None
	callback: str | None
	value_at_risk: float
	judged: JudgedSignals


def read_signal_groups(source: Source, seen: Selection, first: date, last: date) -> Iterator[JudgedSignals]:
	"""Yield the signals raised in a period, those alike together; `seen` selects the names that are seen."""
	values = {"first": first, "last": last}
	for rule, closed_as, acted, raised_on, closed_on, count in seen.rows(source, groups_query(), values):
		yield _judged(rule, closed_as, acted, raised_on, closed_on, as_count(count))


def read_raised_signals(source: Source, seen: Selection, first: date, last: date) -> Iterator[RaisedSignal]:
	"""Yield the same signals one by one, in the order of their days."""
	values = {"first": first, "last": last}
	for name, of, called, callback, value, *rest in seen.rows(source, signals_query(), values):
		judged = _judged(*rest)
		raised_on, closed_on = as_date(rest[3]), as_date(rest[4])
		yield RaisedSignal(
			name, of, called or of, raised_on, closed_on, callback or None, as_amount(value), judged
		)


@cache
def groups_query() -> str:
	"""Return the query of rule, closing, whether acted on, both days, and how many."""
	columns = (signal.rule, signal.closed_as, _is_acted_on(), signal.raised_on, signal.closed_on)
	return str(
		MySQLQuery.from_(signal)
		.select(*columns, fn.Count("*"))
		.where(_raised())
		.groupby(signal.rule, signal.closed_as, _is_acted_on(), signal.raised_on, signal.closed_on)
	)


@cache
def signals_query() -> str:
	"""Return the query of the signals with their customers' names."""
	return str(
		MySQLQuery.from_(signal)
		.left_join(customer)
		.on(customer.name == signal.customer)
		.select(signal.name, signal.customer, customer.customer_name, signal.callback, signal.value_at_risk)
		.select(signal.rule, signal.closed_as, _is_acted_on(), signal.raised_on, signal.closed_on)
		.where(_raised())
		.orderby(signal.raised_on)
		.orderby(signal.name)
	)


def _raised() -> Criterion:
	return selected(signal.name) & signal.raised_on[parameter("first") : parameter("last")]


def _is_acted_on() -> Case:
	return Case().when(signal.callback > "", 1).else_(0)


def _judged(
	rule: str, closed_as: str | None, acted: object, raised_on: object, closed_on: object, count: int = 1
) -> JudgedSignals:
	raised, closed = as_date(raised_on), as_date(closed_on)
	days = (closed - raised).days if raised and closed else None
	closing = SignalClosing(closed_as) if closed_as else None
	return JudgedSignals(SignalRule(rule), closing, as_count(acted) == 1, days, count)
