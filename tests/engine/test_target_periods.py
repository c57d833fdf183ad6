"""The periods of targets: fiscal years of any first day, parts without gap or overlap, weeks where their Thursday lies."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.target_periods import SPLITS, TargetSpan
from cs_retention.engine.vocabulary import TargetPeriod

YEAR, QUARTER, MONTH, WEEK = TargetPeriod


@pytest.mark.parametrize(
	("kind", "start", "end", "before"),
	[
		(YEAR, "2026-01-01", "2026-12-31", "2025-01-01"),
		(YEAR, "2026-04-06", "2027-04-05", "2025-04-06"),
		(QUARTER, "2026-07-01", "2026-09-30", "2025-07-01"),
		(MONTH, "2028-02-01", "2028-02-29", "2027-02-01"),
		(WEEK, "2026-11-23", "2026-11-29", "2025-11-24"),
	],
)
def test_a_period_has_its_last_day_its_eve_and_its_like_a_year_before(
	kind: TargetPeriod, start: str, end: str, before: str
) -> None:
	span = TargetSpan(kind, date.fromisoformat(start))
	assert span.end == date.fromisoformat(end)
	assert span.eve == span.start - timedelta(days=1)
	assert TargetSpan(kind, span.eve_before + timedelta(days=1)).end == span.eve
	assert span.year_before == TargetSpan(kind, date.fromisoformat(before))


@pytest.mark.parametrize(("kind", "day", "said"), [(WEEK, 24, "Monday"), (MONTH, 29, "1 to 28")])
def test_a_day_that_begins_no_period_is_refused(kind: TargetPeriod, day: int, said: str) -> None:
	with pytest.raises(ValueError, match=said):
		TargetSpan(kind, date(2026, 11, day))


@given(
	st.dates(date(2020, 1, 1), date(2040, 1, 1)).filter(lambda day: day.day <= 28),
	st.sampled_from([(kind, part) for kind, parts in SPLITS.items() for part in parts]),
)
def test_parts_follow_one_another_and_fill_the_period(
	start: date, kinds: tuple[TargetPeriod, TargetPeriod]
) -> None:
	kind, part = kinds
	whole = TargetSpan(kind, start)
	parts = whole.parts(part)
	assert all(a.end + timedelta(days=1) == b.start for a, b in pairwise(parts))
	if part is WEEK:
		thursdays = [week.start + timedelta(days=3) for week in parts]
		assert whole.start <= thursdays[0] < whole.start + timedelta(days=7)
		assert whole.end - timedelta(days=7) < thursdays[-1] <= whole.end
	else:
		assert (parts[0].start, parts[-1].end) == (whole.start, whole.end)


def test_every_week_belongs_to_one_month_and_an_iso_year_has_52_or_53() -> None:
	year = TargetSpan(YEAR, date(2026, 1, 1))
	weeks = [week for month in year.parts(MONTH) for week in month.parts(WEEK)]
	assert tuple(weeks) == year.parts(WEEK) and len(weeks) == 53
