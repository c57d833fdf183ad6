"""The free buyers' health card at every edge of its tables (RULES section 2)."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from engine_cases import AS_OF, rated_customer
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_retention.engine.health import HealthPolicy, assess, median_gap, proposes_billed
from cs_retention.engine.health_policy import Deductions
from cs_retention.engine.vocabulary import Band, Card

POLICY = HealthPolicy()
MONTH = Fraction(30)


def buyer(days_ago, span=0, repeats=0, **changes):
	last = AS_OF - timedelta(days=days_ago)
	days = {
		"first_purchase": last - timedelta(days=span),
		"last_purchase": last,
		"purchase_days": repeats + 1,
	}
	return rated_customer(**{**days, "revenue_prior_12m": 1000.0, **changes})


def points(facts, gap=MONTH):
	health = assess(facts, POLICY, gap, AS_OF)
	return {part.name: part.points for part in health.parts}


@pytest.mark.parametrize(
	("gap", "days", "expected"),
	[
		(MONTH, 0, 40),
		(MONTH, 15, 40),
		(MONTH, 16, 34),
		(MONTH, 30, 34),
		(MONTH, 31, 28),
		(MONTH, 45, 28),
		(MONTH, 46, 22),
		(MONTH, 60, 22),
		(MONTH, 61, 14),
		(MONTH, 90, 14),
		(MONTH, 91, 6),
		(MONTH, 120, 6),
		(MONTH, 121, 0),
		(Fraction(64, 3), 10, 40),
		(Fraction(64, 3), 11, 34),
		(Fraction(64, 3), 32, 28),
		(Fraction(64, 3), 33, 22),
		(Fraction(62, 3), 31, 28),
		(Fraction(62, 3), 62, 14),
		(Fraction(62, 3), 63, 6),
	],
)
def test_recency_is_days_since_the_last_purchase_over_the_median_gap(gap, days, expected):
	assert points(buyer(days), gap)["recency"] == expected


@pytest.mark.parametrize(
	("span", "repeats", "days", "expected"),
	[
		(0, 0, 15, 30),
		(0, 0, 16, 25),
		(0, 0, 30, 25),
		(0, 0, 31, 18),
		(0, 0, 60, 18),
		(0, 0, 61, 10),
		(0, 0, 90, 10),
		(0, 0, 91, 4),
		(0, 0, 150, 4),
		(0, 0, 151, 0),
		(40, 1, 50, 18),
		(41, 1, 67, 18),
		(41, 1, 68, 10),
		(1000, 9, 289, 10),
		(1000, 9, 290, 4),
		(73, 5, 19, 25),
		(73, 5, 20, 18),
	],
)
def test_lateness_is_days_since_the_last_purchase_over_the_own_gap(span, repeats, days, expected):
	own = Fraction(span + 60, repeats + 2)
	bounds = {Fraction(1, 2): 30, 1: 25, 2: 18, 3: 10, 5: 4}
	assert expected == next((given for bound, given in bounds.items() if days <= bound * own), 0)
	assert points(buyer(days, span, repeats))["lateness"] == expected


@given(st.integers(0, 400), st.integers(0, 900), st.integers(0, 12), st.fractions(1, 200, max_denominator=24))
def test_the_card_compares_exactly(days, span, repeats, gap):
	found = points(buyer(days, span, repeats), gap)
	own = (span + 2 * gap) / (repeats + 2)
	recency = ((Fraction(1, 2), 40), (1, 34), (Fraction(3, 2), 28), (2, 22), (3, 14), (4, 6))
	lateness = ((Fraction(1, 2), 30), (1, 25), (2, 18), (3, 10), (5, 4))
	assert found["recency"] == next((given for bound, given in recency if days / gap <= bound), 0)
	assert found["lateness"] == next((given for bound, given in lateness if days / own <= bound), 0)


@pytest.mark.parametrize(
	("repeats", "expected"),
	[(0, 0), (1, 8), (2, 13), (3, 18), (4, 18), (5, 24), (9, 24), (10, 30), (99, 30)],
)
def test_repeats(repeats, expected):
	assert points(buyer(1, 300, repeats))["repeats"] == expected


def test_who_never_bought_is_a_prospect_without_health():
	facts = rated_customer(
		first_purchase=None, last_purchase=None, purchase_days=0, warnings=("external_warning",)
	)
	health = assess(facts, POLICY, MONTH, AS_OF)
	assert (health.card, health.health, health.band) == (Card.FREE_BUYER, None, Band.PROSPECT)
	assert (health.parts, health.caps, [reason.code for reason in health.reasons]) == (
		(),
		(),
		["never_bought"],
	)


def test_a_book_without_repeat_buyers_takes_the_usual_gap_of_the_policy_and_says_so():
	health = assess(buyer(16), POLICY, None, AS_OF)
	assert [part.points for part in health.parts] == [34, 25, 0]
	assert health.reasons[-1].code == "no_repeat_buyers"
	assert health.reasons[-1].as_mapping() == {"usual": 30}


DEDUCTIONS = [
	("overdue_growing", 5, {"overdue_amount": 10.01, "overdue_before": 10.0}),
	("overdue_growing", 5, {"overdue_amount": 0.01, "overdue_before": 0.0}),
	("overdue_growing", 0, {"overdue_amount": 10.0, "overdue_before": 10.0}),
	("overdue_growing", 0, {"overdue_amount": 10.0, "overdue_before": None}),
	("two_complaints", 0, {"complaints_30d": 1}),
	("two_complaints", 8, {"complaints_30d": 2}),
	("serious_complaint", 12, {"complaints_30d": 1, "serious_complaints_30d": 1}),
	("serious_complaint", 12, {"complaints_30d": 4, "serious_complaints_30d": 2}),
	("low_satisfaction", 0, {"last_satisfaction": 3}),
	("low_satisfaction", 5, {"last_satisfaction": 2}),
	("low_satisfaction", 5, {"last_satisfaction": 1}),
	("unreached", 0, {"unreached_in_a_row": 1}),
	("unreached", 5, {"unreached_in_a_row": 2}),
	("unreached", 5, {"unreached_in_a_row": 7}),
	("contract_ending", 0, {"contract_end": AS_OF - timedelta(days=1)}),
	("contract_ending", 8, {"contract_end": AS_OF}),
	("contract_ending", 8, {"contract_end": AS_OF + timedelta(days=60)}),
	("contract_ending", 0, {"contract_end": AS_OF + timedelta(days=61)}),
	("revenue_fallen", 8, {"revenue_12m": 500.0, "revenue_prior_12m": 1000.0}),
	("revenue_fallen", 0, {"revenue_12m": 500.01, "revenue_prior_12m": 1000.0}),
	("revenue_fallen", 8, {"revenue_12m": 0.15, "revenue_prior_12m": 0.3}),
	("revenue_fallen", 8, {"revenue_12m": -1.0, "revenue_prior_12m": 1.0}),
	("revenue_fallen", 0, {"revenue_12m": -1.0, "revenue_prior_12m": 0.0}),
	("revenue_fallen", 0, {"revenue_12m": -9.0, "revenue_prior_12m": -1.0}),
]


@pytest.mark.parametrize(("name", "taken", "changes"), DEDUCTIONS)
def test_deductions(name, taken, changes):
	health = assess(buyer(1, 600, 20, **changes), POLICY, MONTH, AS_OF)
	assert {part.name: part.points for part in health.deductions} == ({name: taken} if taken else {})
	assert (health.deducted, health.health) == (taken, 100 - taken)


EVERYTHING = {
	"overdue_amount": 2.0,
	"overdue_before": 1.0,
	"serious_complaints_30d": 1,
	"last_satisfaction": 1,
	"unreached_in_a_row": 2,
	"contract_end": AS_OF,
	"revenue_12m": 1.0,
}


def test_deductions_take_thirty_together_and_health_is_not_below_zero():
	health = assess(buyer(1, 600, 20, **EVERYTHING), POLICY, MONTH, AS_OF)
	assert sum(part.points for part in health.deductions) == 43
	assert (health.deducted, health.health) == (30, 70)
	lost = assess(buyer(700, 30, 1, **EVERYTHING), POLICY, MONTH, AS_OF)
	assert (sum(part.points for part in lost.parts), lost.deducted, lost.health) == (8, 30, 0)
	assert lost.band is Band.CRITICAL


def test_a_policy_may_take_more():
	policy = HealthPolicy(deductions=Deductions(most=100))
	assert assess(buyer(1, 600, 20, **EVERYTHING), policy, MONTH, AS_OF).health == 57


@pytest.mark.parametrize(
	("health", "band"),
	[
		(60, Band.HEALTHY),
		(59, Band.WATCH),
		(40, Band.WATCH),
		(39, Band.AT_RISK),
		(20, Band.AT_RISK),
		(19, Band.CRITICAL),
	],
)
def test_bands(health, band):
	policy = HealthPolicy(deductions=Deductions(unreached=100 - health, most=100))
	found = assess(buyer(1, 600, 20, unreached_in_a_row=2), policy, MONTH, AS_OF)
	assert (found.health, found.band) == (health, band)


@pytest.mark.parametrize(
	"warning", ["cancellation_asked", "port_out_asked", "competitor_named", "external_warning"]
)
def test_an_open_warning_caps_health_and_comes_first(warning):
	health = assess(buyer(1, 600, 20, warnings=(warning,)), POLICY, MONTH, AS_OF)
	assert (health.health, health.band) == (39, Band.AT_RISK)
	assert health.caps == health.reasons[:1]
	assert (health.caps[0].code, health.caps[0].as_mapping()) == ("warning", {"warning": warning, "cap": 39})
	lower = assess(buyer(700, 30, 1, warnings=(warning, "external_warning")), POLICY, MONTH, AS_OF)
	assert (lower.health, len(lower.caps)) == (8, 2)


def test_reasons_come_by_what_they_cost():
	facts = buyer(46, 600, 10, last_satisfaction=1, serious_complaints_30d=1, complaints_30d=1)
	health = assess(facts, POLICY, MONTH, AS_OF)
	assert [reason.code for reason in health.reasons] == [
		"days_since_last_purchase",
		"serious_complaint_30d",
		"days_against_own_gap",
		"low_satisfaction",
		"repeat_purchases",
	]
	assert health.reasons[0].as_mapping() == {"days": 46, "last_purchase": date(2026, 10, 5), "usual": 30.0}
	assert health.reasons[2].as_mapping() == {"days": 46, "usual": 55.0}


@pytest.mark.parametrize(
	("spans", "gap"),
	[
		([], None),
		([(0, 0), (90, 0)], None),
		([(90, 3)], Fraction(30)),
		([(90, 3), (0, 0), (10, 1)], Fraction(20)),
		([(100, 3), (10, 1), (50, 1)], Fraction(100, 3)),
		([(1, 3), (2, 3), (100, 7), (9, 1)], Fraction(29, 6)),
	],
)
def test_the_median_gap_is_exact_and_only_of_repeat_buyers(spans, gap):
	assert median_gap(spans) == gap


@given(st.lists(st.tuples(st.integers(1, 4000), st.integers(1, 400)), min_size=1, max_size=30))
def test_the_median_gap_is_the_one_of_fractions(spans):
	ordered = sorted(Fraction(*span) for span in spans)
	middle = len(ordered) // 2
	expected = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
	assert median_gap(iter(spans)) == expected


BUYERS = st.tuples(st.integers(0, 500), st.integers(0, 900), st.integers(0, 14))
GAPS = st.fractions(1, 120, max_denominator=12)


@settings(max_examples=300)
@given(
	BUYERS, st.integers(0, 500), GAPS, st.sampled_from([{}, EVERYTHING, {"warnings": ("competitor_named",)}])
)
def test_a_later_purchase_never_lowers_health(case, later, gap, changes):
	days, span, repeats = case
	later = min(later, days)
	before = assess(buyer(days, span, repeats, **changes), POLICY, gap, AS_OF)
	after = assess(buyer(days - later, span + later, repeats, **changes), POLICY, gap, AS_OF)
	assert after.health >= before.health


@settings(max_examples=300)
@given(BUYERS, GAPS)
def test_one_more_purchase_today_never_lowers_health(case, gap):
	days, span, repeats = case
	before = assess(buyer(days, span, repeats), POLICY, gap, AS_OF)
	after = assess(buyer(0, span + days, repeats + 1), POLICY, gap, AS_OF)
	assert after.health >= before.health


@given(BUYERS, st.sampled_from([2.0, 1024.0, 0.5]), st.integers(-500, 500), st.integers(-500, 500))
def test_the_currency_does_not_matter(case, factor, revenue, before):
	facts = buyer(*case, overdue_amount=abs(revenue) / 4, overdue_before=abs(before) / 4)
	facts = replace(facts, revenue_12m=revenue / 4, revenue_prior_12m=before / 4)
	amounts = ("overdue_amount", "overdue_before", "revenue_12m", "revenue_prior_12m")
	other = replace(facts, **{name: getattr(facts, name) * factor for name in amounts})
	ours, theirs = (assess(each, POLICY, MONTH, AS_OF) for each in (facts, other))
	assert (ours.health, ours.deducted) == (theirs.health, theirs.deducted)


def days_apart(*gaps):
	days = [date(2026, 1, 1)]
	for gap in gaps:
		days.append(days[-1] + timedelta(days=gap))
	return days


@pytest.mark.parametrize(
	("days", "proposed"),
	[
		([], False),
		(days_apart(30, 31, 30, 31), False),
		(days_apart(25, 31, 35, 30, 31), True),
		(days_apart(24, 31, 35, 30, 31), False),
		(days_apart(36, 31, 35, 30, 31), False),
		(days_apart(3, 30, 31, 28, 30, 31), True),
		(days_apart(30, 31, 28, 30, 31, 3), False),
	],
)
def test_who_buys_every_month_is_proposed_as_billed(days, proposed):
	assert proposes_billed(days) is proposed
	assert proposes_billed([*reversed(days), *days]) is proposed
