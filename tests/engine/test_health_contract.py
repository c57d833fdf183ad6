"""The contract customers' health card at every edge of its tables (RULES section 2)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from engine_cases import AS_OF, contract_customer
from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.health import REASONS, HealthPolicy, assess
from cs_retention.engine.vocabulary import Band, Card

POLICY = HealthPolicy()


def assessed(**changes):
	health = assess(contract_customer(**changes), POLICY, None, AS_OF)
	assert health.card is Card.CONTRACT_CUSTOMER
	assert (health.deductions, health.deducted) == ((), 0)
	for part in health.parts:
		assert REASONS[part.reason.code] == tuple(part.reason.as_mapping())
	return health


def part(name, **changes):
	return next(part for part in assessed(**changes).parts if part.name == name)


def ago(days):
	return AS_OF - timedelta(days=days)


def test_the_worked_check_of_the_rules():
	health = assessed(
		contract_start=ago(730),
		contract_end=AS_OF + timedelta(days=40),
		revenue_3m=200.0,
		revenue_prior_3m=300.0,
		overdue_amount=100.0,
		oldest_overdue=ago(20),
		complaints_90d=1,
		open_complaints_90d=1,
		unreached_in_a_row=1,
	)
	assert [part.points for part in health.parts] == [6, 6, 9, 4, 7, 6]
	assert (health.health, health.band, health.caps) == (38, Band.AT_RISK, ())
	assert assessed(contract_start=ago(730)).band is Band.HEALTHY


def test_the_parts_have_their_names_and_come_with_reasons_by_what_they_cost():
	health = assessed(unreached_in_a_row=2)
	names = ["bill_trend", "commitment", "arrears", "service", "tenure", "contact"]
	assert [part.name for part in health.parts] == names
	assert [reason.code for reason in health.reasons] == [
		"callbacks_missed",
		"months_since_start",
		"bill_trend",
		"contract_days_left",
		"no_arrears",
		"no_complaint_90d",
	]


@pytest.mark.parametrize(
	("bills", "before", "points", "code"),
	[
		(300.01, 300.0, 25, "bill_trend"),
		(300.0, 300.0, 25, "bill_trend"),
		(299.99, 300.0, 21, "bill_trend"),
		(270.0, 300.0, 21, "bill_trend"),
		(0.27, 0.3, 21, "bill_trend"),
		(269.99, 300.0, 14, "bill_trend"),
		(225.0, 300.0, 14, "bill_trend"),
		(224.99, 300.0, 6, "bill_trend"),
		(150.0, 300.0, 6, "bill_trend"),
		(149.99, 300.0, 0, "bill_trend"),
		(0.0, 300.0, 0, "bill_trend"),
		(-300.0, 300.0, 0, "bill_trend"),
		(0.01, 0.0, 25, "no_earlier_bills"),
		(0.01, -5.0, 25, "no_earlier_bills"),
		(0.0, 0.0, 0, "no_bills"),
		(-1.0, -5.0, 0, "no_bills"),
	],
)
def test_bill_trend(bills, before, points, code):
	found = part("bill_trend", revenue_3m=bills, revenue_prior_3m=before)
	assert (found.points, found.reason.code) == (points, code)


@given(st.integers(1, 10**9), st.sampled_from([100, 90, 75, 50]))
def test_bill_trend_is_exact_at_its_edges(cents, percent):
	edge = {100: (25, 21), 90: (21, 14), 75: (14, 6), 50: (6, 0)}[percent]
	before = cents / 100
	bills = round(cents * percent / 10_000, 6)
	assert part("bill_trend", revenue_3m=bills, revenue_prior_3m=before).points == edge[0]
	less = round(bills - 0.000001, 6)
	assert part("bill_trend", revenue_3m=less, revenue_prior_3m=before).points == edge[1]


@pytest.mark.parametrize(
	("changes", "points", "code"),
	[
		({"contract_end": AS_OF + timedelta(days=181)}, 20, "contract_days_left"),
		({"contract_end": AS_OF + timedelta(days=180)}, 14, "contract_days_left"),
		({"contract_end": AS_OF + timedelta(days=61)}, 14, "contract_days_left"),
		({"contract_end": AS_OF + timedelta(days=60)}, 6, "contract_days_left"),
		({"contract_end": AS_OF + timedelta(days=1)}, 6, "contract_days_left"),
		({"contract_end": AS_OF}, 4, "no_contract_in_force"),
		({"contract_end": ago(1), "has_contract": False, "is_billed": True}, 4, "no_contract_in_force"),
		({"contract_end": None, "has_contract": False, "is_billed": True}, 4, "no_contract_in_force"),
		({"contract_end": None, "is_open_ended": True}, 12, "commitment_unknown"),
		({"contract_end": AS_OF + timedelta(days=61), "is_open_ended": True}, 14, "contract_days_left"),
	],
)
def test_commitment_left(changes, points, code):
	found = part("commitment", **changes)
	assert (found.points, found.reason.code) == (points, code)


@pytest.mark.parametrize(
	("days", "points"),
	[(None, 20), (1, 15), (15, 15), (16, 9), (30, 9), (31, 3), (60, 3), (61, 0), (999, 0)],
)
def test_arrears_by_the_oldest_overdue(days, points):
	oldest = ago(days) if days else None
	found = part("arrears", overdue_amount=9.0 if days else 0.0, oldest_overdue=oldest)
	assert found.points == points
	assert found.reason.code == ("arrears" if days else "no_arrears")


@pytest.mark.parametrize(
	("changes", "points", "code"),
	[
		({}, 15, "no_complaint_90d"),
		({"complaints_90d": 1}, 10, "one_closed_complaint_90d"),
		({"complaints_90d": 1, "open_complaints_90d": 1}, 4, "complaints_90d"),
		({"complaints_90d": 2}, 4, "complaints_90d"),
		({"complaints_90d": 5, "open_complaints_90d": 2}, 4, "complaints_90d"),
		({"complaints_90d": 1, "serious_complaints_90d": 1}, 0, "serious_complaint_90d"),
		({"last_satisfaction": 2, "last_satisfaction_on": ago(89)}, 0, "low_satisfaction_90d"),
		({"last_satisfaction": 2, "last_satisfaction_on": ago(90)}, 15, "no_complaint_90d"),
		({"last_satisfaction": 3, "last_satisfaction_on": ago(1)}, 15, "no_complaint_90d"),
		({"last_satisfaction": 1, "last_satisfaction_on": None}, 15, "no_complaint_90d"),
	],
)
def test_service_over_ninety_days(changes, points, code):
	found = part("service", **changes)
	assert (found.points, found.reason.code) == (points, code)


@pytest.mark.parametrize(
	("start", "points", "months"),
	[
		(date(2023, 11, 20), 10, 36),
		(date(2023, 11, 21), 7, 35),
		(date(2025, 11, 20), 7, 12),
		(date(2025, 11, 21), 5, 11),
		(date(2026, 5, 20), 5, 6),
		(date(2026, 5, 21), 3, 5),
		(AS_OF, 3, 0),
		(date(2026, 12, 1), 3, -1),
	],
)
def test_tenure_by_anchored_months_since_the_start(start, points, months):
	found = part("tenure", contract_start=start)
	assert (found.points, found.reason.as_mapping()) == (points, {"start": start, "months": months})


def test_tenure_starts_with_the_first_purchase_when_no_contract_is_known():
	assert part("tenure", contract_start=None, first_purchase=date(2020, 1, 1)).points == 10
	unknown = part("tenure", contract_start=None, first_purchase=None, last_purchase=None)
	assert (unknown.points, unknown.reason.code) == (3, "start_unknown")


@pytest.mark.parametrize(
	("unreached", "refused", "points", "code"),
	[
		(0, False, 10, "callbacks_reached"),
		(1, False, 6, "callbacks_missed"),
		(2, False, 2, "callbacks_missed"),
		(9, False, 2, "callbacks_missed"),
		(0, True, 0, "contact_refused"),
		(2, True, 0, "contact_refused"),
	],
)
def test_contact(unreached, refused, points, code):
	reached_on = date(2026, 1, 5)
	found = part("contact", unreached_in_a_row=unreached, has_refused=refused, last_contact=reached_on)
	assert (found.points, found.reason.code) == (points, code)


@pytest.mark.parametrize(
	("last", "start", "health", "days"),
	[
		(date(2026, 10, 6), None, None, None),
		(date(2026, 10, 5), None, 39, 15),
		(date(2026, 9, 7), None, 39, 44),
		(date(2026, 9, 6), None, 19, 45),
		(None, date(2026, 10, 6), None, None),
		(None, date(2026, 10, 5), 39, 15),
		(None, date(2026, 9, 6), 19, 45),
		(None, None, None, None),
	],
)
def test_a_missing_bill_caps_health_from_its_usual_date(last, start, health, days):
	start = start or (date(2024, 11, 20) if last else None)
	changes = {"contract_start": start, "first_purchase": last and date(2020, 1, 1), "last_purchase": last}
	found = assessed(**changes, is_billed=True)
	assert found.caps == found.reasons[: len(found.caps)]
	assert [(reason.code, reason.as_mapping()["days"]) for reason in found.caps] == (
		[("bill_missing", days)] if days else []
	)
	assert found.health == (health or sum(part.points for part in found.parts))


def test_the_usual_date_of_a_bill_is_a_month_after_the_last_by_the_calendar():
	facts = contract_customer(last_purchase=date(2026, 1, 31))
	for as_of, capped in ((date(2026, 3, 14), False), (date(2026, 3, 15), True)):
		assert bool(assess(facts, POLICY, None, as_of).caps) is capped


def test_the_lower_of_two_caps_holds_and_both_are_named():
	health = assessed(last_purchase=date(2026, 9, 6), warnings=("port_out_asked", "competitor_named"))
	assert [reason.code for reason in health.caps] == ["bill_missing", "warning", "warning"]
	assert (health.health, health.band) == (19, Band.CRITICAL)


@given(st.integers(-4000, 4000), st.integers(-4000, 4000), st.sampled_from([2.0, 0.25, 4096.0]))
def test_the_currency_does_not_matter(bills, before, factor):
	facts = contract_customer(revenue_3m=bills / 4, revenue_prior_3m=before / 4, overdue_amount=3.5)
	amounts = ("revenue_3m", "revenue_prior_3m", "overdue_amount")
	other = replace(facts, **{name: getattr(facts, name) * factor for name in amounts})
	assert assess(facts, POLICY, None, AS_OF).health == assess(other, POLICY, None, AS_OF).health


def test_customer_nobody_called_yet_missed_nothing_and_the_card_says_so():
	found = part("contact", unreached_in_a_row=0, has_refused=False, last_contact=None)
	assert (found.points, found.reason.code) == (10, "no_callback_yet")
