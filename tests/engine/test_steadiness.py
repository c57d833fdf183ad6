"""For how many days a look holds: until the first thing that days alone bring."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from engine_cases import AS_OF, rated_customer

from cs_retention.engine.health import turns_in
from cs_retention.engine.overdue_marks import MARK_DAYS, OverdueMarks
from cs_retention.engine.policy import Policy
from cs_retention.engine.steadiness import Looked, days_to_next_month, holds_for

POLICY, GAP = Policy(), Fraction(30)
NOTHING = OverdueMarks(0, None, 0, None)
LOOKED = Looked(True, date(2024, 1, 1), NOTHING)
LONG = 1000


def days(looked=LOOKED, facts=None, at_most=LONG):
	return holds_for(facts or FACTS, looked, POLICY, GAP, AS_OF, at_most)


FACTS = rated_customer(last_purchase=AS_OF)
HEALTH = turns_in(FACTS, POLICY.health, GAP, AS_OF)


@pytest.mark.parametrize(
	("day", "left"), [(date(2026, 11, 1), 30), (date(2026, 11, 30), 1), (date(2028, 2, 1), 29)]
)
def test_the_next_month_begins_on_its_first(day, left):
	assert days_to_next_month(day) == left


def test_a_look_holds_until_health_turns_or_the_month_ends():
	assert HEALTH > 2 and days() == HEALTH
	assert days(at_most=2) == 2


def test_a_level_that_was_given_is_looked_at_every_night():
	assert days(LOOKED._replace(is_own_level=False)) == 1


@pytest.mark.parametrize(("mark", "overdue"), [(5.0, 0.0), (0.0, 5.0)])
def test_an_overdue_amount_comes_to_count_as_the_one_before(mark, overdue):
	facts = replace(FACTS, overdue_amount=overdue)
	for age in (MARK_DAYS - 2, MARK_DAYS - 1):
		marks = NOTHING._replace(mark=mark, mark_on=AS_OF - timedelta(days=age))
		assert days(LOOKED._replace(overdue=marks), facts) == MARK_DAYS - age
	past = NOTHING._replace(mark=mark, mark_on=AS_OF - timedelta(days=MARK_DAYS))
	assert days(LOOKED._replace(overdue=past), facts) == days(facts=facts)


def test_nothing_overdue_and_nothing_remembered_brings_nothing():
	marks = NOTHING._replace(mark_on=AS_OF - timedelta(days=MARK_DAYS - 1))
	assert days(LOOKED._replace(overdue=marks)) == HEALTH


def test_who_was_never_rated_is_looked_at_when_a_rating_can_be():
	never = LOOKED._replace(rated_on=None)
	months = POLICY.stars.months_before_rating
	assert days(never, replace(FACTS, first_purchase=date(2020, 11, 20))) == 1
	bought = date(2026, 11 - months, 22)
	assert days(never, replace(FACTS, first_purchase=bought)) == 2
	assert days(never, replace(FACTS, first_purchase=None, last_purchase=None)) == LONG
