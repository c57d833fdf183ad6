"""For how long a health stands while nothing but days pass."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from engine_cases import AS_OF, contract_customer, rated_customer
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_retention.engine.churn_signals import is_lost
from cs_retention.engine.health import HealthPolicy, assess, turns_in
from cs_retention.engine.health_parts import NEVER
from cs_retention.engine.health_policy import Caps, ContractCard, Deductions, SignalPolicy
from cs_retention.engine.steps import decimal_steps

POLICY = HealthPolicy()
OTHER = HealthPolicy(
	contract=replace(
		ContractCard(),
		commitment=decimal_steps((0, 6), (20.5, 14), (90, 20)),
		arrears=decimal_steps((0, 20), (7.5, 15), (21, 3)),
		service_days=30,
	),
	deductions=Deductions(contract_ending_days=14),
	caps=Caps(late_bill_days=0, missing_bill_days=9),
	signals=SignalPolicy(lost_after_days=100),
)
MONTH = Fraction(30)


def ago(days):
	return AS_OF - timedelta(days=days)


def seen(facts, policy, gap, day):
	"""Return what of a health anybody is told of, ages aside, and whether the customer is lost."""
	health = assess(facts, policy, gap, day)
	parts = [(part.name, part.points, part.reason.code) for part in (*health.parts, *health.deductions)]
	reasons = [reason.code for reason in health.reasons]
	return health.health, health.band, parts, health.deducted, reasons, is_lost(facts, health, policy, day)


DAYS = st.none() | st.integers(-120, 800)
FACTS = st.fixed_dictionaries(
	{
		"purchase_days": st.integers(1, 14),
		"contract_end": DAYS,
		"contract_start": DAYS,
		"oldest_overdue": st.none() | st.integers(1, 90),
		"last_satisfaction_on": st.none() | st.integers(0, 120),
		"last_satisfaction": st.sampled_from([1, 2, 4]),
		"is_open_ended": st.booleans(),
	}
)


@settings(max_examples=400)
@given(
	st.integers(0, 700),
	st.integers(0, 900),
	FACTS,
	st.sampled_from([rated_customer, contract_customer]),
	st.sampled_from([POLICY, OTHER]),
	st.fractions(1, 90, max_denominator=10),
)
def test_until_it_turns_a_health_is_the_same(days, span, told, customer, policy, gap):
	dates = ("contract_end", "contract_start", "oldest_overdue", "last_satisfaction_on")
	told = {name: ago(each) if name in dates and each is not None else each for name, each in told.items()}
	facts = customer(first_purchase=ago(days + span), last_purchase=ago(days), **told)
	turns = turns_in(facts, policy, gap, AS_OF)
	assert turns > 0
	now = seen(facts, policy, gap, AS_OF)
	for later in {1, 2, *range(0, min(turns, 400), 7), min(turns, 400) - 1}:
		if later < turns:
			assert seen(facts, policy, gap, AS_OF + timedelta(days=later)) == now


@pytest.mark.parametrize(
	("facts", "turns"),
	[
		# recency of 30 days: beyond 15, 30, 45, 60, 90 and 120 days since the last purchase
		(rated_customer(first_purchase=ago(10), last_purchase=ago(10), purchase_days=1), 6),
		(rated_customer(first_purchase=ago(15), last_purchase=ago(15), purchase_days=1), 1),
		(rated_customer(first_purchase=ago(91), last_purchase=ago(91), purchase_days=1), 30),
		# own gap of 30 too: beyond 150 days its lateness turns no more, and on the 366th the customer is lost
		(rated_customer(first_purchase=ago(151), last_purchase=ago(151), purchase_days=1), 215),
		(rated_customer(first_purchase=ago(365), last_purchase=ago(365), purchase_days=1), 1),
		(rated_customer(first_purchase=ago(366), last_purchase=ago(366), purchase_days=1), NEVER),
		# a contract that ends: said from the 60th day before to its last
		(rated_customer(first_purchase=ago(400), last_purchase=ago(400), contract_end=ago(-70)), 10),
		(rated_customer(first_purchase=ago(400), last_purchase=ago(400), contract_end=ago(-60)), 61),
		(rated_customer(first_purchase=ago(400), last_purchase=ago(400), contract_end=ago(1)), NEVER),
		# nobody who never bought turns
		(rated_customer(first_purchase=None, last_purchase=None, purchase_days=0), NEVER),
		# commitment: of 180, 60 and 0 days left no more points than of the next lower bound
		(contract_customer(contract_start=ago(2000), contract_end=ago(-190), last_purchase=AS_OF), 10),
		(contract_customer(contract_start=ago(2000), contract_end=ago(-5), last_purchase=AS_OF), 5),
		# arrears: up to 15, 30 and 60 days
		(contract_customer(contract_start=ago(2000), oldest_overdue=ago(12), last_purchase=AS_OF), 4),
		(contract_customer(contract_start=ago(2000), oldest_overdue=ago(61), last_purchase=AS_OF), 45),
		# a low satisfaction counts for 90 days
		(
			contract_customer(
				contract_start=ago(2000),
				last_satisfaction=1,
				last_satisfaction_on=ago(88),
				last_purchase=AS_OF,
			),
			2,
		),
		# months of tenure count up to 36, each on its day
		(contract_customer(contract_start=date(2026, 1, 31), last_purchase=AS_OF), 10),
		(contract_customer(contract_start=date(2023, 11, 21), last_purchase=AS_OF), 1),
		(contract_customer(contract_start=date(2023, 11, 20), last_purchase=AS_OF), 45),
		# without start, end or bill nothing passes
		(
			contract_customer(
				contract_start=None, first_purchase=None, last_purchase=None, contract_end=None
			),
			NEVER,
		),
	],
)
def test_it_turns_on_the_day_on_which_a_table_has_other_points(facts, turns):
	assert turns_in(facts, POLICY, MONTH, AS_OF) == turns


@pytest.mark.parametrize(
	("last", "turns"),
	[
		(date(2026, 10, 10), 5),
		(date(2026, 10, 5), 30),
		(date(2026, 9, 7), 1),
		(date(2026, 9, 5), NEVER),
	],
)
def test_a_missing_bill_turns_15_and_45_days_after_its_usual_date(last, turns):
	facts = contract_customer(contract_start=date(2020, 1, 1), contract_end=None, last_purchase=last)
	assert turns_in(facts, POLICY, None, AS_OF) == turns
