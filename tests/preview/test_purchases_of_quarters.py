"""Purchases of several quarters read together are those of every quarter counted day by day, company by company."""

from __future__ import annotations

from datetime import date

import pytest
from support_book import open_sqlite_book
from support_quarter import Truth, make_truths, write_down
from support_sellers import purchases_of, sold_by_several, write_sales

from cs_retention.engine.quarter_periods import QuarterPeriod, YearStart
from cs_retention.facts.keys import fold
from cs_retention.facts.quarter_purchases import Counted, Purchases, read_purchases, read_purchases_of
from cs_retention.facts.selection import Selection

AFTER = date(2026, 10, 15)
EVERYBODY = Selection("IS NOT NULL", {})
Q3 = QuarterPeriod(2026, 3)
COUNTED = [
	*(Counted(Q3.moved(-back), Q3.moved(-back).end) for back in range(8)),
	Counted(Q3, date(2026, 8, 20)),
	Counted(QuarterPeriod(2026, 2, YearStart(4, 6)), date(2026, 9, 30)),
]


def expected(truth: Truth, counted: Counted) -> list[Purchases]:
	days = [day for day, amount in truth.bought.items() if amount > 0 and day <= counted.until]
	before = [day for day in days if day <= counted.period.eve]
	if not days:
		return []
	first = counted.period.start
	months_before = [
		amount for day, amount in truth.bought.items() if counted.period.eve_before < day < first
	]
	within = truth.revenue(first, counted.until)
	return [Purchases("East", min(days), max(before, default=None), max(days), sum(months_before), within)]


@pytest.mark.parametrize("seed", range(3))
def test_every_quarter_of_one_query_equals_the_truth(seed: int) -> None:
	truths = make_truths(seed, 60, AFTER)
	store = write_down(truths)
	found = read_purchases_of(store, EVERYBODY, COUNTED)
	for counted, rows in zip(COUNTED, found, strict=True):
		for truth in truths:
			assert rows.get(fold(truth.name), []) == expected(truth, counted), (truth.name, counted)
		assert rows == read_purchases(store, EVERYBODY, *counted)
	assert any(len(rows) < len(truths) for rows in found) and all(found)


@pytest.mark.parametrize("seed", range(3))
def test_who_buys_of_several_companies_is_counted_of_each(seed: int) -> None:
	sales, store = sold_by_several(seed, 40, AFTER), open_sqlite_book()
	write_sales(store, sales)
	found = read_purchases_of(store, EVERYBODY, COUNTED)
	for counted, rows in zip(COUNTED, found, strict=True):
		assert rows == purchases_of(sales, counted)
	store.close()
