"""Quarters of calendar and fiscal years."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.quarter_periods import CALENDAR, QuarterPeriod, YearStart

BEGINS = st.builds(YearStart, st.integers(1, 12), st.integers(1, 28))


def test_a_calendar_quarter_has_its_days_and_name() -> None:
	quarter = QuarterPeriod.named("2026q3")
	assert (quarter.start, quarter.end, quarter.eve) == (
		date(2026, 7, 1),
		date(2026, 9, 30),
		date(2026, 6, 30),
	)
	assert quarter.label == "2026Q3" and quarter == QuarterPeriod.named(" 2026-Q3")
	assert (quarter.before.label, quarter.year_before.label) == ("2026Q2", "2025Q3")
	assert QuarterPeriod.named("2026Q1").before.label == "2025Q4"


def test_a_fiscal_quarter_is_named_by_the_year_it_begins_in() -> None:
	april = YearStart(4, 6)
	quarter = QuarterPeriod.of(date(2027, 2, 1), april)
	assert (quarter.label, quarter.start, quarter.end) == ("FY2026Q4", date(2027, 1, 6), date(2027, 4, 5))
	assert QuarterPeriod.of(date(2027, 1, 5), april).label == "FY2026Q3"
	assert QuarterPeriod.named("FY2026Q4", april) == quarter


@pytest.mark.parametrize("label", ["2026Q5", "2026", "Q3", "26Q1", ""])
def test_what_is_no_quarter_is_refused(label: str) -> None:
	with pytest.raises(ValueError, match="write a quarter"):
		QuarterPeriod.named(label)


@pytest.mark.parametrize(("month", "day"), [(0, 1), (13, 1), (1, 0), (1, 29)])
def test_a_year_begins_on_a_day_that_every_month_has(month: int, day: int) -> None:
	with pytest.raises(ValueError, match="give a month"):
		YearStart(month, day)


@pytest.mark.parametrize("number", [0, 5])
def test_there_are_four_quarters(number: int) -> None:
	with pytest.raises(ValueError, match="1 to 4"):
		QuarterPeriod(2026, number, CALENDAR)


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)), BEGINS)
def test_every_day_lies_in_exactly_one_quarter(day: date, begins: YearStart) -> None:
	quarter = QuarterPeriod.of(day, begins)
	assert quarter.start <= day <= quarter.end
	assert QuarterPeriod.named(quarter.label, begins) == quarter
	following = quarter.moved(1)
	assert following.eve == quarter.end and following.before == quarter
	assert following.eve_before == quarter.eve
	assert QuarterPeriod.of(quarter.end + timedelta(days=1), begins) == following
	assert quarter.moved(-9).moved(9) == quarter


def test_a_year_begins_on_the_day_that_a_text_names() -> None:
	assert YearStart.named("04-06") == YearStart(4, 6)
	for text in ("31", "4-31", "a-b", "04-06-01"):
		with pytest.raises(ValueError):
			YearStart.named(text)
