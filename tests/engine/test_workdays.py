"""Working days, periods and anchored months."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_retention.engine.vocabulary import PeriodKind
from cs_retention.engine.workdays import (
	CalendarError,
	WorkCalendar,
	add_months,
	add_working_days,
	month_span,
	named_span,
	next_working_day,
	period_label,
	period_of,
	previous_working_day,
	span_label,
	working_mask,
)

FIRST = date(2026, 2, 1)
DAYS = st.integers(0, 90).map(lambda n: FIRST + timedelta(days=n))
CALENDARS = st.builds(
	WorkCalendar,
	weekly_offs=st.frozensets(st.integers(0, 6), max_size=6),
	off=st.frozensets(DAYS, max_size=12),
	work=st.frozensets(DAYS, max_size=6),
	away=st.frozensets(DAYS, max_size=6),
)
FESTIVAL = WorkCalendar(
	off=frozenset(date(2026, 2, day) for day in range(16, 24)),
	work=frozenset({date(2026, 2, 14), date(2026, 2, 28)}),
)


@settings(derandomize=True, max_examples=150)
@given(CALENDARS, DAYS, st.integers(0, 80))
def test_mask_says_of_every_day_what_the_calendar_says(calendar, first, days):
	mask = working_mask(calendar, first, days)
	assert mask >> days == 0
	for n in range(days):
		assert bool(mask >> n & 1) == calendar.is_working(first + timedelta(days=n))


@settings(derandomize=True, max_examples=80)
@given(CALENDARS, DAYS, st.integers(1, 15))
def test_adding_working_days_and_taking_them_away_meets_itself(calendar, day, count):
	start = next_working_day(day, calendar)
	there = add_working_days(start, count, calendar)
	assert add_working_days(there, -count, calendar) == start
	between = (start + timedelta(days=n) for n in range(1, (there - start).days + 1))
	assert sum(map(calendar.is_working, between)) == count


def test_make_up_saturday_is_worked_and_the_festival_week_is_not():
	assert FESTIVAL.is_working(date(2026, 2, 14))
	assert next_working_day(date(2026, 2, 15), FESTIVAL) == date(2026, 2, 24)
	assert previous_working_day(date(2026, 2, 23), FESTIVAL) == date(2026, 2, 14)
	assert add_working_days(date(2026, 2, 13), 0, FESTIVAL) == date(2026, 2, 13)


def test_make_up_day_wins_over_a_holiday_and_an_absence_over_both():
	day = date(2026, 2, 18)
	calendar = WorkCalendar(off=frozenset({day}), work=frozenset({day}))
	assert calendar.is_working(day)
	assert not calendar.without([day]).is_working(day)


def test_calendar_without_any_working_day_is_refused():
	with pytest.raises(CalendarError, match="all seven weekdays are off and no day is worked"):
		WorkCalendar(weekly_offs=frozenset(range(7)))
	only = WorkCalendar(weekly_offs=frozenset(range(7)), work=frozenset({FIRST}))
	assert next_working_day(FIRST, only) == FIRST
	with pytest.raises(CalendarError, match="no working day within 366 days of 2026-02-02"):
		next_working_day(date(2026, 2, 2), only)


def test_weekday_outside_the_week_is_refused():
	with pytest.raises(CalendarError, match=r"weekly_offs = \[7\]: give weekdays from 0"):
		WorkCalendar(weekly_offs=frozenset({7}))


@pytest.mark.parametrize(
	("anchor", "months", "expected"),
	[
		(date(2026, 1, 31), 1, date(2026, 2, 28)),
		(date(2026, 1, 31), 2, date(2026, 3, 31)),
		(date(2027, 11, 30), 3, date(2028, 2, 29)),
		(date(2026, 1, 15), -1, date(2025, 12, 15)),
		(date(2026, 12, 31), 0, date(2026, 12, 31)),
	],
)
def test_months_are_added_to_the_anchor(anchor, months, expected):
	assert add_months(anchor, months) == expected


@pytest.mark.parametrize(
	("day", "kind", "start", "end", "label"),
	[
		(date(2026, 11, 25), PeriodKind.WEEK, date(2026, 11, 23), date(2026, 11, 29), "2026-W48"),
		(date(2027, 1, 1), PeriodKind.WEEK, date(2026, 12, 28), date(2027, 1, 3), "2026-W53"),
		(date(2028, 2, 29), PeriodKind.MONTH, date(2028, 2, 1), date(2028, 2, 29), "2028-02"),
		(date(9999, 12, 31), PeriodKind.MONTH, date(9999, 12, 1), date(9999, 12, 31), "9999-12"),
	],
)
def test_periods_are_iso_weeks_and_calendar_months(day, kind, start, end, label):
	assert period_of(day, kind) == (start, end)
	assert period_label(day, kind) == label


@pytest.mark.parametrize(
	("months", "start", "end", "label"),
	[
		(1, date(2026, 11, 1), date(2026, 11, 30), "2026-11"),
		(2, date(2026, 11, 1), date(2026, 12, 31), "2026-B6"),
		(3, date(2026, 10, 1), date(2026, 12, 31), "2026-Q4"),
		(4, date(2026, 9, 1), date(2026, 12, 31), "2026-T3"),
		(6, date(2026, 7, 1), date(2026, 12, 31), "2026-H2"),
		(12, date(2026, 1, 1), date(2026, 12, 31), "2026"),
	],
)
def test_spans_of_months_are_counted_from_january(months, start, end, label):
	assert month_span(date(2026, 11, 11), months) == (start, end)
	assert span_label(date(2026, 11, 11), months) == label


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)), st.sampled_from((1, 2, 3, 4, 6, 12)))
def test_the_name_of_a_span_leads_back_to_its_days(day: date, months: int) -> None:
	assert named_span(span_label(day, months)) == month_span(day, months)


@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)), st.sampled_from(list(PeriodKind)))
def test_the_name_of_a_period_leads_back_to_its_days(day: date, kind: PeriodKind) -> None:
	assert named_span(period_label(day, kind)) == period_of(day, kind)
