"""Offers: exit type, cap, dates, conditions, approval limit, answers, and the ladder."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.reasons import PolicyError, WorkError
from cs_retention.engine.retention_exit import ExitRule
from cs_retention.engine.retention_offers import (
	Condition,
	Eligibility,
	Offer,
	OfferAnswer,
	Offered,
	OfferFacts,
	OfferPolicy,
	approval_limit,
	check_answer,
	check_offer,
	is_candidate,
	ladder,
	made_within_a_year,
	may_be_made,
	needs_approval,
	stands_until,
)
from cs_retention.engine.vocabulary import KEY_ACCOUNT

TODAY = date(2026, 11, 26)
CANCELLATION = ExitRule("Cancellation")
PORT_OUT = ExitRule("Port-out Applied", allows_offers=False, clock_days=1)
POLICY = OfferPolicy()
OFFER = Offer("Free month", 40.0)
FACTS = OfferFacts(frozenset({"Five Star"}), revenue=1200.0, balance=100.0)
DECLINED = Offered("Router", 20.0, TODAY, OfferAnswer.DECLINED)


def test_an_offer_that_meets_everything_may_be_made() -> None:
	check_offer(OFFER, CANCELLATION, FACTS, POLICY, TODAY)
	assert may_be_made(OFFER, CANCELLATION, FACTS, POLICY, TODAY) is None


@pytest.mark.parametrize(
	("changes", "sentence"),
	[
		({"from_date": TODAY + timedelta(days=1)}, "it does not stand on 2026-11-26"),
		({"to_date": TODAY - timedelta(days=1)}, "it does not stand on 2026-11-26"),
		(
			{
				"conditions": (
					Eligibility(Condition.LEVEL, "One Star"),
					Eligibility(Condition.LEVEL, KEY_ACCOUNT),
				)
			},
			"it is for One Star, Key Account",
		),
		({"conditions": (Eligibility(Condition.BALANCE, amount=100.5),)}, "a balance of at least 100.5"),
		(
			{"conditions": (Eligibility(Condition.REVENUE, amount=1300),)},
			"at least 1300, the customer has 1200",
		),
	],
)
def test_an_offer_that_is_not_for_the_customer_says_why(changes: dict, sentence: str) -> None:
	refused = may_be_made(replace(OFFER, **changes), CANCELLATION, FACTS, POLICY, TODAY)
	assert refused is not None and sentence in refused.remedy
	assert (refused.field, refused.value) == ("offer", OFFER.name)


def test_an_offer_for_those_without_a_commitment_asks_for_the_first_payment() -> None:
	conditions = (
		Eligibility(Condition.LEVEL, "Four Star"),
		Eligibility(Condition.LEVEL, "Five Star"),
		Eligibility(Condition.NO_COMMITMENT),
		Eligibility(Condition.BALANCE, amount=100),
		Eligibility(Condition.REVENUE, amount=1200),
	)
	offer = replace(OFFER, conditions=conditions)
	check_offer(offer, CANCELLATION, FACTS, POLICY, TODAY)
	with pytest.raises(WorkError, match="without a running commitment"):
		check_offer(offer, CANCELLATION, replace(FACTS, is_committed=True), POLICY, TODAY)


def test_a_port_out_after_application_gets_no_offer_whatever_else_holds() -> None:
	with pytest.raises(
		WorkError, match="Port-out Applied allows no offer; let the customer go without delay"
	):
		check_offer(OFFER, PORT_OUT, FACTS, POLICY, TODAY)
	assert ladder([OFFER], PORT_OUT, FACTS, POLICY, TODAY) == []


def test_one_offer_at_a_time_and_two_in_a_year() -> None:
	pending = replace(FACTS, made=(Offered("Router", 20.0, TODAY),))
	with pytest.raises(WorkError, match="note the answer"):
		check_offer(OFFER, CANCELLATION, pending, POLICY, TODAY)
	first, second = replace(DECLINED, made_on=date(2026, 3, 1)), replace(DECLINED, made_on=date(2026, 9, 1))
	with pytest.raises(
		WorkError, match="2 offers within a year, the limit; the next may be made on 2027-03-01"
	):
		check_offer(OFFER, CANCELLATION, replace(FACTS, made=(second, first)), POLICY, TODAY)
	check_offer(OFFER, CANCELLATION, replace(FACTS, made=(first, second)), POLICY, date(2027, 3, 1))


@given(
	st.lists(st.dates(date(2024, 1, 1), date(2027, 12, 31)), max_size=8),
	st.integers(1, 4),
	st.dates(date(2025, 1, 1), date(2027, 12, 31)),
)
def test_the_cap_names_the_first_day_on_which_the_next_may_be_made(days, most, today) -> None:
	policy = OfferPolicy(offers_per_year=most)
	facts = replace(FACTS, made=tuple(replace(DECLINED, made_on=day) for day in days if day <= today))
	refused = may_be_made(OFFER, CANCELLATION, facts, policy, today)
	assert (refused is None) == (len(made_within_a_year(facts.made, today)) < most)
	if refused:
		again_on = refused.places["again_on"]
		assert isinstance(again_on, date) and again_on > today
		assert may_be_made(OFFER, CANCELLATION, facts, policy, again_on) is None
		assert may_be_made(OFFER, CANCELLATION, facts, policy, again_on - timedelta(days=1)) is not None


def test_above_the_limit_a_manager_approves_before_it_is_accepted() -> None:
	assert approval_limit(FACTS, POLICY) == 60.0
	assert not needs_approval(60.0, FACTS, POLICY) and needs_approval(60.01, FACTS, POLICY)
	assert needs_approval(0.01, OfferFacts(frozenset(), revenue=-5.0), POLICY)
	dear = Offered("New router", 90.0, TODAY)
	check_answer(dear, OfferAnswer.DECLINED, FACTS, POLICY, TODAY)
	with pytest.raises(WorkError, match=r"costs 90\.0, more than the limit of 60\.0") as refused:
		check_answer(dear, OfferAnswer.ACCEPTED, FACTS, POLICY, TODAY)
	assert refused.value.field == "answer"
	check_answer(
		replace(dear, approved_by="manager@branch.example"), OfferAnswer.ACCEPTED, FACTS, POLICY, TODAY
	)
	check_answer(replace(dear, cost=60.0), OfferAnswer.ACCEPTED, FACTS, POLICY, TODAY)


def test_an_offer_is_accepted_while_it_stands() -> None:
	assert stands_until(OFFER, TODAY) is None
	until = stands_until(replace(OFFER, valid_days=3), TODAY)
	assert until == date(2026, 11, 29)
	made = Offered("Free month", 40.0, TODAY, stands_until=until)
	check_answer(made, OfferAnswer.ACCEPTED, FACTS, POLICY, until)
	with pytest.raises(WorkError, match="the offer stood until 2026-11-29; note that it is declined"):
		check_answer(made, OfferAnswer.ACCEPTED, FACTS, POLICY, date(2026, 11, 30))
	check_answer(made, OfferAnswer.DECLINED, FACTS, POLICY, date(2026, 11, 30))
	for days in (-1, 367):
		with pytest.raises(PolicyError, match="give a number from 0 to 366"):
			replace(OFFER, valid_days=days)


def test_an_answer_is_given_once() -> None:
	with pytest.raises(WorkError, match="answered already"):
		check_answer(DECLINED, OfferAnswer.ACCEPTED, FACTS, POLICY, TODAY)


def test_the_ladder_begins_with_the_cheapest_and_leaves_out_what_may_not_be_made() -> None:
	dear, cheap = replace(OFFER, name="Phone", cost=300.0), replace(OFFER, name="Data", cost=5.0)
	gone = replace(OFFER, name="Gone", to_date=date(2026, 1, 1))
	assert ladder([dear, gone, OFFER, cheap], CANCELLATION, FACTS, POLICY, TODAY) == [cheap, OFFER, dear]


@pytest.mark.parametrize(
	("kind", "values"),
	[
		(Offer, {"name": "x", "cost": -1.0}),
		(Offer, {"name": "x", "cost": 1.0, "from_date": TODAY, "to_date": date(2026, 1, 1)}),
		(OfferPolicy, {"approval_share": 1.5}),
		(OfferPolicy, {"approval_share": -0.1}),
		(OfferPolicy, {"offers_per_year": 0}),
		(OfferPolicy, {"offers_per_year": 53}),
	],
)
def test_what_cannot_be_is_refused_when_it_is_built(kind: type, values: dict) -> None:
	with pytest.raises(PolicyError) as refused:
		kind(**values)
	assert refused.value.field in values


@pytest.mark.parametrize(
	("facts", "is_one"),
	[
		(FACTS, True),
		(replace(FACTS, made=(DECLINED, DECLINED)), False),
		(replace(FACTS, made=(Offered("Router", 20.0, TODAY),)), False),
		(replace(FACTS, levels=frozenset({"One Star"})), False),
	],
)
def test_a_candidate_meets_conditions_and_cap_whatever_it_may_leave_for(facts, is_one) -> None:
	offer = replace(OFFER, conditions=(Eligibility(Condition.LEVEL, "Five Star"),))
	assert is_candidate(offer, facts, POLICY, TODAY) is is_one


def test_an_offer_that_does_not_stand_today_has_no_candidate() -> None:
	assert not is_candidate(replace(OFFER, to_date=TODAY - timedelta(days=1)), FACTS, POLICY, TODAY)
