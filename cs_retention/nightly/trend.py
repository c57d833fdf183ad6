"""What was kept of customers and revenue quarter after quarter, put together today from what is dated; nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cs_retention.engine.kpi_evidence import Customership, is_active
from cs_retention.engine.quarter_periods import QuarterPeriod
from cs_retention.engine.quarter_sections import SectionRow, Sums
from cs_retention.facts.agreements import AgreementFacts, read_agreements
from cs_retention.facts.book import CustomerRow, page_of
from cs_retention.facts.cohort import Left, read_currencies, read_left
from cs_retention.facts.past import past_pages
from cs_retention.facts.quarter_purchases import Counted, Purchases, read_purchases_of
from cs_retention.nightly.snapshot import in_some_company, left_by
from cs_retention.store.base import Store

QUARTERS = 8
NOBODY = AgreementFacts()


@dataclass(slots=True)
class Kept:
	"""Customers of a company that a quarter began with, those of them still active, and their revenue before and within."""

	began: int = 0
	kept: int = 0
	before: Decimal = Decimal(0)
	within: Decimal = Decimal(0)

	def add(self, then: Purchases, now: Purchases, is_kept: bool) -> None:
		"""Count a customer that was active at the beginning."""
		self.began += 1
		self.kept += is_kept
		self.before += then.revenue_before
		self.within += now.revenue_within

	def row(self, name: str) -> SectionRow:
		"""Return the sums as a row of a table."""
		sums: Sums = {"began": self.began, "kept": self.kept, "before": self.before, "within": self.within}
		return SectionRow(name, sums)


@dataclass(frozen=True, slots=True)
class Standings:
	"""Who had left and who was bound at the end of a day, by folded customer."""

	day: date
	left: Mapping[str, Left]
	bound: Mapping[str, AgreementFacts]

	def active(
		self, key: str, bought: Sequence[Purchases], last: Callable[[Purchases], date | None]
	) -> dict[str, Purchases]:
		"""Return the companies in which a customer was active; agreements stand where it bought last."""
		main = max(bought, key=lambda each: (last(each) or date.min, each.company), default=None)
		is_bound = self.bound.get(key, NOBODY).has_contract
		return {
			each.company: each
			for each in bought
			if is_active(
				Customership(
					each.first,
					last(each),
					is_bound and each is main,
					left_by(self.left.get(key), last(each)),
				),
				self.day,
			)
		}


def read_trend(
	store: Store, until_quarter: QuarterPeriod, as_of: date, company: str
) -> tuple[SectionRow, ...]:
	"""Return the last quarters of a company up to one, the earliest first, one that runs up to a day.

	Of a page of customers purchases are asked for once, whatever the number of quarters.
	"""
	quarters = [until_quarter.moved(-back) for back in reversed(range(QUARTERS))]
	counted = [Counted(quarter, min(quarter.end, as_of)) for quarter in quarters]
	found, currencies = [Kept() for _ in quarters], read_currencies(store)
	for page in past_pages(store):
		purchases = read_purchases_of(store, page_of(page), counted)
		standings = read_standings(store, page, counted, as_of)
		for row in page:
			for kept, each, of_quarter in zip(found, counted, purchases, strict=True):
				bought = of_quarter.get(row.key, ())
				then = in_some_company([one for one in bought if one.last_before], currencies)
				now = in_some_company(bought, currencies)
				began = standings[each.period.eve].active(row.key, then, last_before)
				if company in began:
					ended = standings[each.until].active(row.key, now, last_ever)
					(bought_now,) = (one for one in now if one.company == company)
					kept.add(began[company], bought_now, company in ended)
	return tuple(kept.row(quarter.label) for kept, quarter in zip(found, quarters, strict=True))


def read_standings(
	store: Store, page: Sequence[CustomerRow], counted: Sequence[Counted], as_of: date
) -> dict[date, Standings]:
	"""Return how the customers of a page stood at both ends of every quarter."""
	days = {day for each in counted for day in (each.period.eve, each.until)}
	selection = page_of(page)
	return {
		day: Standings(
			day,
			read_left(store, selection, day),
			read_agreements(store, selection, day, is_past=day < as_of),
		)
		for day in sorted(days)
	}


def last_before(bought: Purchases) -> date | None:
	"""Return the last purchase before a quarter."""
	return bought.last_before


def last_ever(bought: Purchases) -> date | None:
	"""Return the last purchase up to the end of a quarter."""
	return bought.last
