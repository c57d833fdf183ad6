"""When a night looks at every plan, and when at those alone that may be another."""

from dataclasses import replace
from datetime import date

import pytest

from cs_retention.engine.plan_look import PlanFrame, are_few, looks_at_everybody

FRAME = PlanFrame("rules", date(2026, 10, 1), date(2026, 12, 31), date(2026, 11, 1))


def test_a_night_in_the_frame_of_the_one_before_looks_at_few():
	assert not looks_at_everybody(FRAME, FRAME.mark)


@pytest.mark.parametrize(
	"other",
	[
		{"rules": "other rules"},
		{"since": date(2026, 11, 1)},
		{"until": date(2027, 1, 3)},
		{"month": date(2026, 12, 1)},
	],
	ids=str,
)
def test_other_rules_days_or_a_new_month_look_at_everybody(other):
	assert looks_at_everybody(replace(FRAME, **other), FRAME.mark)


def test_without_a_night_before_everybody_is_looked_at():
	assert looks_at_everybody(FRAME, None)


def test_half_of_the_book_is_few_and_one_more_is_not():
	assert are_few(0, 0)
	assert are_few(49, 99)
	assert not are_few(50, 99)
