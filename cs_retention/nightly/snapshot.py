"""The snapshot of a quarter: who stood how at the end of the day before it, one row per customer and company.

It is put together from what is dated: purchases, agreements, cases closed. Who looks after a customer and where it is
are those of the day on which it is put together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from cs_retention.engine.kpi_evidence import Customership, is_active
from cs_retention.engine.quarter_periods import Period, QuarterPeriod
from cs_retention.engine.vocabulary import Loss
from cs_retention.facts.agreements import AgreementFacts, read_agreements
from cs_retention.facts.book import CustomerRow, page_of
from cs_retention.facts.cohort import (
	SNAPSHOT_FIELDS,
	Described,
	Left,
	SnapshotCustomer,
	read_currencies,
	read_described,
	read_left,
)
from cs_retention.facts.quarter_purchases import NOTHING, Purchases, read_purchases
from cs_retention.nightly.levels_then import LevelsThen
from cs_retention.store.base import Store

COHORT = "Quarterly Cohort Customer"
FIELDS = (*SNAPSHOT_FIELDS, "quarter", "quarter_start", "written_on", "is_reconstructed")


class KnownThen(NamedTuple):
	"""What is known of a customer at the beginning of a quarter, whatever the company."""

	name: str
	described: Described
	left: Left | None
	is_bound: bool
	level: str


def write_snapshot(
	store: Store, page: Sequence[CustomerRow], quarter: QuarterPeriod, levels: LevelsThen, written_on: date
) -> int:
	"""Write the rows of a page that nobody has written yet, and return how many."""
	bought = read_purchases(store, page_of(page), quarter, quarter.eve)
	rows = read_snapshot_now(store, page, quarter, levels.of(page), bought, read_currencies(store))
	stamps = (quarter.label, quarter.start, written_on, int(written_on != quarter.start))
	found = [(*row, *stamps) for each in rows.values() for row in each]
	return store.add_missing(COHORT, FIELDS, found)


def read_snapshot_now(
	store: Store,
	page: Sequence[CustomerRow],
	quarter: Period,
	levels: Mapping[str, str],
	bought: Mapping[str, Sequence[Purchases]],
	currencies: Mapping[str, str],
) -> dict[str, list[SnapshotCustomer]]:
	"""Return the customers of a page as the quarter began with them, put together today, by folded customer."""
	selection = page_of(page)
	described = read_described(store, selection)
	left = read_left(store, selection, quarter.eve)
	bound = read_agreements(store, selection, quarter.eve, is_past=True)
	found = {}
	for row in page:
		known = KnownThen(
			row.name,
			described.get(row.key, Described()),
			left.get(row.key),
			bound.get(row.key, AgreementFacts()).has_contract,
			levels.get(row.key, ""),
		)
		then = [each for each in bought.get(row.key, ()) if each.last_before is not None]
		found[row.key] = list(snapshots_of(known, then, currencies, quarter))
	return found


def snapshots_of(
	known: KnownThen, bought: Sequence[Purchases], currencies: Mapping[str, str], quarter: Period
) -> Iterator[SnapshotCustomer]:
	"""Yield a customer's row in every company it had bought in, or in the only one there is.

	Agreements name no company: they stand where the customer bought last.
	"""
	then = in_some_company(bought, currencies)
	main = max(then, key=lambda each: (each.last_before or date.min, each.company), default=None)
	for each in then:
		is_bound = known.is_bound and each is main
		left = left_by(known.left, each.last_before)
		standing = Customership(each.first, each.last_before, is_bound, left)
		yield SnapshotCustomer(
			known.name,
			each.company,
			currencies.get(each.company, ""),
			known.described.account_manager,
			known.described.territory,
			known.level,
			is_active(standing, quarter.eve),
			is_bound,
			each.revenue_before,
			known.described.customer_group,
		)


def in_some_company(bought: Iterable[Purchases], currencies: Mapping[str, str]) -> Sequence[Purchases]:
	"""Return the purchases by company; of a customer that bought nowhere, none in the only company there is."""
	found = list(bought)
	if not found and len(currencies) == 1:
		found = [Purchases(next(iter(currencies)), None, None, None, NOTHING, NOTHING)]
	return found


def left_by(left: Left | None, last_purchase: date | None) -> Loss | None:
	"""Return how a customer left; one that bought afterwards came back."""
	if left is None or (last_purchase and last_purchase > left.day):
		return None
	return left.how
