"""Tiers of the alliance: tables of scores, monotone in every score, reasons, what lacks, probation and elimination."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.alliance import (
	AXES,
	AlliancePolicy,
	Lack,
	MerchantStanding,
	PartScore,
	TierOverride,
	assess_merchant,
	earned_tier,
	scores_of,
)
from cs_retention.engine.reasons import PolicyError, WorkError
from cs_retention.engine.vocabulary import Axis, Criterion, Tier

POLICY, AS_OF = AlliancePolicy(), date(2026, 6, 30)
OLD = MerchantStanding(date(2024, 1, 1), Tier.STANDARD)
RANK = {tier: rank for rank, tier in enumerate(Tier)}
A_SCORE = st.floats(1, 5).map(lambda score: round(score, 2))
SCORES = st.tuples(A_SCORE, A_SCORE, A_SCORE, A_SCORE).map(
	lambda four: dict(zip(Criterion, four, strict=True))
)


def scores(quality, price, cooperation, satisfaction):
	return dict(zip(Criterion, (quality, price, cooperation, satisfaction), strict=True))


def codes(assessment):
	return [reason.code for reason in assessment.reasons]


@pytest.mark.parametrize(
	("four", "tier"),
	[
		((4, 4, 4, 4), Tier.STRATEGIC),
		((5, 4, 4, 3.99), Tier.PREFERRED),
		((3.99, 5, 4, 4), Tier.PREFERRED),
		((3.99, 5, 5, 3.99), Tier.STANDARD),
		((2.5, 2.5, 2.5, 2.5), Tier.STANDARD),
		((5, 5, 5, 2.49), Tier.PROBATION),
		((1, 1, 1, 1), Tier.PROBATION),
	],
)
def test_the_tier_follows_from_the_axes_and_from_what_is_too_low(four, tier):
	found = assess_merchant(scores(*four), OLD, POLICY, AS_OF)
	assert (found.tier, found.earned) == (tier, tier)


def test_both_axes_are_told_and_what_lacks_for_the_nearer_one():
	found = assess_merchant(scores(4.2, 3.9, 3.5, 3.8), OLD, POLICY, AS_OF)
	assert codes(found) == ["alliance_axis_missed", "alliance_axis_missed"]
	assert (found.next_tier, found.lacks) == (Tier.PREFERRED, (Lack(Criterion.PRICE, 0.1),))
	found = assess_merchant(scores(4.2, 4, 3.5, 3.8), OLD, POLICY, AS_OF)
	assert found.axes == {Axis.DOUBLE_EXCELLENT}
	assert codes(found) == ["alliance_axis_earned", "alliance_axis_missed"]
	assert found.next_tier is Tier.STRATEGIC
	assert found.lacks == (Lack(Criterion.COOPERATION, 0.5), Lack(Criterion.SATISFACTION, 0.2))
	found = assess_merchant(scores(5, 5, 4, 4), OLD, POLICY, AS_OF)
	assert (found.next_tier, found.lacks) == (None, ())


def test_whoever_is_on_probation_is_told_every_score_that_is_too_low():
	found = assess_merchant(scores(2.1, 4.5, 2.4, 5), OLD, POLICY, AS_OF)
	assert codes(found) == ["alliance_too_low", "alliance_too_low"]
	assert found.reasons[0].as_mapping() == {"criterion": "Quality", "score": 2.1, "bar": 2.5}
	assert found.next_tier is Tier.STANDARD
	assert found.lacks == (Lack(Criterion.QUALITY, 0.4), Lack(Criterion.COOPERATION, 0.1))
	found = assess_merchant(scores(4, 4, 2.4, 5), OLD, POLICY, AS_OF)
	assert (found.axes, found.next_tier) == ({Axis.DOUBLE_EXCELLENT}, Tier.PREFERRED)


def test_elimination_is_proposed_after_two_reviews_in_probation_without_a_break():
	low, standing, seen = scores(2, 3, 3, 3), OLD, []
	for four in (low, scores(3, 3, 3, 3), low, low, low):
		found = assess_merchant(four, standing, POLICY, AS_OF)
		standing = MerchantStanding(standing.admitted_on, found.tier, found.reviews_in_probation)
		seen.append((found.reviews_in_probation, found.is_elimination_proposed))
	assert seen == [(1, False), (0, False), (1, False), (2, True), (3, True)]
	assert found.reasons[-1].as_mapping() == {"times": 3}


def test_a_new_merchant_is_spared_probation_for_a_while():
	low, admitted = scores(2, 3, 3, 3), MerchantStanding(AS_OF - timedelta(days=89))
	found = assess_merchant(low, admitted, POLICY, AS_OF)
	assert (found.tier, found.earned, found.reviews_in_probation) == (Tier.STANDARD, Tier.PROBATION, 0)
	assert codes(found)[-1] == "alliance_grace"
	assert found.reasons[-1].as_mapping()["until"] == AS_OF + timedelta(days=1)
	found = assess_merchant(low, MerchantStanding(AS_OF - timedelta(days=90)), POLICY, AS_OF)
	assert found.tier is Tier.PROBATION


def test_an_override_counts_up_to_its_day_and_says_who_and_why():
	override = TierOverride(Tier.PREFERRED, AS_OF, "moves its shop", "manager@branch.example")
	found = assess_merchant(scores(2, 3, 3, 3), OLD, POLICY, AS_OF, override)
	assert (found.tier, found.earned, found.reviews_in_probation) == (Tier.PREFERRED, Tier.PROBATION, 0)
	assert found.reasons[-1].as_mapping() == {
		"tier": "Preferred",
		"until": AS_OF,
		"approver": "manager@branch.example",
		"reason": "moves its shop",
	}
	later = assess_merchant(scores(2, 3, 3, 3), OLD, POLICY, AS_OF + timedelta(days=1), override)
	assert later.tier is Tier.PROBATION


@pytest.mark.parametrize(
	("before", "four", "tier"),
	[
		(Tier.STANDARD, (5, 5, 5, 5), Tier.STANDARD),
		(Tier.PREFERRED, (5, 5, 5, 5), Tier.PREFERRED),
		(Tier.STRATEGIC, (5, 5, 5, 5), Tier.STRATEGIC),
		(Tier.STRATEGIC, (5, 5, 3, 3), Tier.PREFERRED),
		(Tier.PROBATION, (5, 5, 5, 5), Tier.STANDARD),
		(None, (5, 5, 3, 3), Tier.STANDARD),
		(Tier.STANDARD, (2, 5, 5, 5), Tier.PROBATION),
	],
)
def test_under_a_sanction_nobody_rises_but_out_of_probation(before, four, tier):
	until = AS_OF + timedelta(days=100)
	standing = MerchantStanding(date(2024, 1, 1), before, 0, until)
	found = assess_merchant(scores(*four), standing, POLICY, AS_OF)
	assert (found.tier, found.earned) == (tier, earned_tier(scores(*four), POLICY))
	said = [reason.as_mapping() for reason in found.reasons if reason.code == "alliance_no_promotion"]
	assert said == ([{"tier": tier.value, "until": until}] if found.tier is not found.earned else [])


def test_a_decision_lifts_no_sanction():
	override = TierOverride(Tier.STRATEGIC, AS_OF, "moves its shop", "manager@branch.example")
	standing = MerchantStanding(date(2024, 1, 1), Tier.PREFERRED, 0, AS_OF)
	found = assess_merchant(scores(2, 3, 3, 3), standing, POLICY, AS_OF, override)
	assert (found.tier, codes(found)[-2:]) == (
		Tier.PREFERRED,
		["alliance_overridden", "alliance_no_promotion"],
	)


STANDINGS = st.builds(
	MerchantStanding,
	st.integers(0, 200).map(lambda age: AS_OF - timedelta(days=age)),
	st.sampled_from([None, *Tier]),
	st.integers(0, 5),
	st.sampled_from([None, AS_OF + timedelta(days=30)]),
)


@given(SCORES, st.sampled_from(Criterion), A_SCORE, STANDINGS)
def test_a_better_score_never_makes_a_worse_tier(before, criterion, score, standing):
	after = {**before, criterion: max(score, before[criterion])}
	worse, better = (assess_merchant(four, standing, POLICY, AS_OF) for four in (before, after))
	assert RANK[better.tier] <= RANK[worse.tier]
	assert RANK[better.earned] <= RANK[worse.earned]
	assert better.axes >= worse.axes
	assert better.is_elimination_proposed <= worse.is_elimination_proposed


@given(SCORES)
def test_what_lacks_is_enough_for_the_next_tier_and_a_hundredth_less_is_not(four):
	found = assess_merchant(four, OLD, POLICY, AS_OF)
	assert (found.next_tier is None) == (found.tier is Tier.STRATEGIC)
	missing = {lack.criterion: lack.missing for lack in found.lacks}
	lifted = {criterion: round(score + missing.get(criterion, 0), 6) for criterion, score in four.items()}
	assert earned_tier(lifted, POLICY) is (found.next_tier or found.earned)
	for criterion in missing:
		short = {**lifted, criterion: round(lifted[criterion] - 0.01, 6)}
		assert earned_tier(short, POLICY) is found.earned


@given(SCORES)
def test_the_tier_is_what_the_rules_say_in_other_words(four):
	met = [all(four[each] >= 4 for each in pair) for pair in AXES.values()]
	expected = {0: Tier.STANDARD, 1: Tier.PREFERRED, 2: Tier.STRATEGIC}[sum(met)]
	if any(score < 2.5 for score in four.values()):
		expected = Tier.PROBATION
	assert assess_merchant(four, OLD, POLICY, AS_OF).tier is expected


@pytest.mark.parametrize("score", [0.99, 5.01, -1, float("nan")])
def test_a_score_outside_one_to_five_is_refused(score):
	with pytest.raises(WorkError) as refused:
		assess_merchant(scores(3, 3, score, 3), OLD, POLICY, AS_OF)
	assert (refused.value.field, refused.value.remedy) == ("score", "give a score from 1 to 5")


@pytest.mark.parametrize(
	("figures", "field"),
	[
		({"earned_at": 1}, "earned_at"),
		({"earned_at": 5.1}, "earned_at"),
		({"probation_below": 4.1}, "probation_below"),
		({"probation_below": 1}, "probation_below"),
		({"reviews_to_elimination": 0}, "reviews_to_elimination"),
		({"reviews_to_elimination": 9}, "reviews_to_elimination"),
		({"grace_days": -1}, "grace_days"),
		({"grace_days": 731}, "grace_days"),
	],
)
def test_a_policy_that_makes_no_sense_is_refused(figures, field):
	with pytest.raises(PolicyError) as refused:
		AlliancePolicy(**figures)
	assert refused.value.field == field


def part(criterion, score, weight=1.0, evidence="inspection"):
	return PartScore(criterion, "shop floor", weight, score, evidence)


def test_a_criterion_is_the_weighted_mean_of_its_parts():
	rest = [part(each, 3) for each in list(Criterion)[1:]]
	found = scores_of([part(Criterion.QUALITY, 5, 3), part(Criterion.QUALITY, 2, 1), *rest])
	assert found == scores(4.25, 3, 3, 3)


@pytest.mark.parametrize(
	("bad", "field"),
	[
		(part(Criterion.PRICE, 5.5), "score"),
		(part(Criterion.PRICE, 3, 0), "weight"),
		(part(Criterion.PRICE, 3, 101), "weight"),
		(part(Criterion.PRICE, 3, evidence=" "), "evidence"),
	],
)
def test_a_part_that_cannot_count_is_refused(bad, field):
	with pytest.raises(WorkError) as refused:
		scores_of([part(Criterion.QUALITY, 3), bad])
	assert refused.value.field == field


def test_a_criterion_without_a_score_is_refused():
	with pytest.raises(WorkError) as refused:
		scores_of([part(Criterion.QUALITY, 3)])
	assert (refused.value.field, refused.value.value) == ("criterion", Criterion.PRICE)
