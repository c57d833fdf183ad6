"""The rows of a quarter against the truth they were made from, counted by looking at every customer and day."""

from __future__ import annotations

from datetime import date

import pytest
from support_book import add, add_invoices, open_sqlite_book
from support_quarter import Truth, expected, make_truths, write_down

from cs_retention.engine.kpis import measure
from cs_retention.engine.policy import Policy
from cs_retention.engine.quarter_periods import QuarterPeriod, YearStart
from cs_retention.engine.vocabulary import Loss, PeriodKind
from cs_retention.nightly.cohort import read_cohort
from cs_retention.nightly.quarter import COHORT_KPIS, read_quarter
from cs_retention.nightly.quarter_evidence import periods_within

Q3 = QuarterPeriod(2026, 3)
AFTER = date(2026, 10, 15)
QUARTERS = [Q3.before, Q3, QuarterPeriod.of(date(2026, 8, 1), YearStart(4, 6))]


@pytest.mark.parametrize("quarter", QUARTERS, ids=lambda quarter: quarter.label)
@pytest.mark.parametrize("seed", range(3))
def test_every_figure_of_the_snapshot_equals_the_truth(quarter: QuarterPeriod, seed: int) -> None:
	truths = make_truths(seed, 80, AFTER)
	rows = read_quarter(write_down(truths), Policy(), quarter, AFTER, "East", has_levels=False)
	found = {kpi: measure(kpi, (each.row for each in rows.cohort)).ratio for kpi in COHORT_KPIS}
	assert {kpi: tuple(ratio) for kpi, ratio in found.items()} == expected(truths, quarter)


def test_a_quarter_that_runs_is_counted_up_to_its_day() -> None:
	store = write_down(make_truths(1, 10, AFTER))
	add_invoices(store, "Customer 000", {"posting_date": date(2026, 9, 2), "base_net_total": 7_000})
	running = read_quarter(store, Policy(), Q3, date(2026, 9, 1), "East", has_levels=False)
	ended = read_quarter(store, Policy(), Q3, AFTER, "East", has_levels=False)
	assert (running.until, ended.until) == (date(2026, 9, 1), Q3.end)
	amounts = [
		{each.row.customer: each.row.revenue_within for each in rows.cohort} for rows in (running, ended)
	]
	assert amounts[1]["Customer 000"] - amounts[0].get("Customer 000", 0) >= 7_000


def test_levels_are_those_of_the_day_and_know_nothing_later() -> None:
	store = write_down(make_truths(2, 40, AFTER))
	before = {each.row.customer: each.row.level_before for each in read_cohort(store, Policy(), Q3, AFTER)}
	for name in list(before)[:5]:
		add_invoices(store, name, {"posting_date": Q3.start, "base_net_total": 90_000})
	after = {each.row.customer: each.row.level_before for each in read_cohort(store, Policy(), Q3, AFTER)}
	assert {name: after[name] for name in before} == before and len(set(before.values())) > 2


def test_a_customer_has_a_row_in_every_company_with_its_currency_and_its_agreement_in_one() -> None:
	store = open_sqlite_book()
	add(
		store,
		"Company",
		[{"name": "East", "default_currency": "CNY"}, {"name": "West", "default_currency": "USD"}],
	)
	add(
		store,
		"Customer",
		[
			{"name": "A", "disabled": 0, "is_internal_customer": 0},
			{"name": "B", "disabled": 0, "is_internal_customer": 0},
		],
	)
	add_invoices(
		store, "A", {"posting_date": date(2026, 5, 1)}, {"posting_date": date(2026, 8, 1), "company": "West"}
	)
	contract = {"party_type": "Customer", "docstatus": 1, "start_date": date(2026, 8, 1)}
	add(store, "Contract", [{**contract, "party_name": name} for name in "AB"])
	rows = [each.row for each in read_cohort(store, Policy(), Q3, AFTER, has_levels=False)]
	assert [(row.customer, row.company, row.currency, row.has_agreement) for row in rows] == [
		("A", "East", "CNY", False),
		("A", "West", "USD", True),
	]
	assert rows[1].is_new and not rows[0].is_new


def test_who_bought_nothing_but_is_bound_stands_in_the_only_company() -> None:
	truth = Truth("B", contract=(date(2026, 1, 1), None))
	(found,) = read_cohort(write_down([truth]), Policy(), Q3, AFTER, has_levels=False)
	assert (found.row.company, found.row.was_active, found.row.is_active) == ("East", True, True)


def test_a_case_after_which_the_customer_bought_again_is_no_loss() -> None:
	back = Truth("A", {date(2026, 5, 1): 100, date(2026, 9, 1): 100}, left_on=date(2026, 8, 1))
	went = Truth("B", {date(2026, 5, 1): 100}, left_on=date(2026, 8, 1))
	rows = [each.row for each in read_cohort(write_down([back, went]), Policy(), Q3, AFTER, has_levels=False)]
	assert [row.loss for row in rows] == [None, Loss.LEFT]


def test_weeks_and_months_count_that_lie_within_the_quarter() -> None:
	weeks = list(periods_within(Q3.start, Q3.end, PeriodKind.WEEK))
	assert weeks[0][0] == date(2026, 7, 6) and weeks[-1][1] == date(2026, 9, 27) and len(weeks) == 12
	assert len(list(periods_within(Q3.start, Q3.end, PeriodKind.MONTH))) == 3
