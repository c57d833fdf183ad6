"""The whole book as of a past date, assessed and held against what happened since; nothing is written."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from cs_retention.engine.backtest import BacktestPolicy, BacktestSpan, CardResult, Observation, judge
from cs_retention.engine.backtest_signs import Afterwards, Knowledge, limits, observe
from cs_retention.engine.health import assess, median_gap
from cs_retention.engine.policy import Policy
from cs_retention.engine.reasons import Reason
from cs_retention.engine.workdays import add_months
from cs_retention.facts.book import page_of
from cs_retention.facts.past import (
	past_pages,
	read_afterwards,
	read_knowledge,
	read_past_customers,
	read_past_spans,
)
from cs_retention.nightly.collector import collector_paused
from cs_retention.store.base import Store

MONTHS_BEFORE = (12, 9, 6, 3)
"""The past dates of a back-test, the furthest first: its words are those of the form."""

Told = Callable[[date, int], None]
"""Told a past date and how many of its customers are done."""


@dataclass(frozen=True, slots=True)
class Backtest:
	"""What the cards were worth as of one past date, and what of the past could not be known."""

	span: BacktestSpan
	cards: tuple[CardResult, ...]
	limits: tuple[Reason, ...]


def past_dates(until: date) -> tuple[date, ...]:
	"""Return the past dates of a back-test that looks back from a date."""
	return tuple(add_months(until, -months) for months in MONTHS_BEFORE)


def run_backtest(
	store: Store,
	policy: Policy,
	until: date,
	told: Told = lambda as_of, done: None,
	least: BacktestPolicy | None = None,
) -> Iterator[Backtest]:
	"""Yield a back-test per past date.

	Each date is judged on its own: customers come back at every date, so the dates are no independent trials.
	"""
	known = read_knowledge(store)
	for as_of in past_dates(until):
		yield judge_date(store, policy, as_of, until, known, told, least or BacktestPolicy())


@collector_paused()
def judge_date(
	store: Store,
	policy: Policy,
	as_of: date,
	until: date,
	known: Knowledge,
	told: Told,
	least: BacktestPolicy,
) -> Backtest:
	"""Assess the book as of a past date, page by page, and judge it by what happened until another."""
	gap, first = _rhythm(store, as_of)
	span = BacktestSpan(as_of, until, first)
	seen = _observations(store, policy, span, gap, known, told)
	return Backtest(span, judge(seen, span, least), limits(known))


def _rhythm(store: Store, as_of: date) -> tuple[Fraction | None, date | None]:
	"""Return the median gap between purchases and the first purchase of the book as it was."""
	days, repeats, first = array("l"), array("l"), None
	for bought_first, length, count in read_past_spans(store, as_of):
		first = bought_first if first is None else min(first, bought_first)
		if count > 0:
			days.append(length)
			repeats.append(count)
	return median_gap(zip(days, repeats, strict=True)), first


def _observations(
	store: Store, policy: Policy, span: BacktestSpan, gap: Fraction | None, known: Knowledge, told: Told
) -> Iterator[Observation]:
	"""Yield what every customer was on the past date and became; prospects are left out."""
	done = 0
	for page in past_pages(store):
		came = read_afterwards(store, page_of(page), span.as_of, span.until)
		for row, facts in zip(
			page, read_past_customers(store, page, policy.complaints, span.as_of, known), strict=True
		):
			health = assess(facts, policy.health, gap, span.as_of)
			seen = observe(facts, health, came.get(row.key, Afterwards()), span, policy.health)
			if seen is not None:
				yield seen
		done += len(page)
		told(span.as_of, done)
