"""The life of a merchant: every pair of status and action, admission, sanctions, notices, replacements, parents."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.alliance_life import (
	TRANSITIONS,
	AdmissionItem,
	Candidate,
	LifePolicy,
	Sanction,
	admission_points,
	after_action,
	check_admission,
	check_parents,
	contract_notice,
	exchange_months,
	replacements,
	sanction,
	sanction_on,
)
from cs_retention.engine.reasons import PolicyError, WorkError
from cs_retention.engine.vocabulary import MerchantAction, MerchantStatus, Tier

TODAY, POLICY = date(2026, 6, 30), LifePolicy()
DAYS = st.dates(date(2024, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize("status", MerchantStatus)
@pytest.mark.parametrize("action", MerchantAction)
def test_every_pair_of_status_and_action_leads_somewhere_or_is_refused(status, action):
	if (status, action) in TRANSITIONS:
		assert after_action(status, action) is TRANSITIONS[status, action]
		return
	with pytest.raises(WorkError) as refused:
		after_action(status, action)
	allowed = tuple(each for before, each in TRANSITIONS if before is status)
	assert refused.value.places == {"status": status, "allowed": allowed}
	assert allowed


def test_whoever_was_eliminated_comes_back_only_through_admission():
	assert [after for (before, _), after in TRANSITIONS.items() if before is MerchantStatus.ELIMINATED] == [
		MerchantStatus.CANDIDATE
	]


GOOD = (
	AdmissionItem("business licence", 40, is_met=True, is_required=True),
	AdmissionItem("shop inspected", 40, is_met=True),
	AdmissionItem("takes vouchers", 20, is_met=False),
)


def test_a_checklist_gives_points_by_weight():
	assert admission_points(GOOD) == 80
	assert admission_points([]) == 0
	check_admission(GOOD, TODAY, POLICY, TODAY)


@pytest.mark.parametrize(
	("items", "contract_end", "field", "remedy"),
	[
		(
			(AdmissionItem("business licence", 1, is_met=False, is_required=True), *GOOD),
			TODAY,
			"checklist",
			"it is required for admission; have it met first",
		),
		(GOOD[1:], TODAY, "checklist", "admission asks for 70.0 of 100 points"),
		(GOOD, None, "contract", "name the contract with the merchant"),
		(GOOD, TODAY - timedelta(days=1), "contract", "the contract has ended; name one in force"),
	],
)
def test_nobody_is_admitted_without_the_bar_the_required_and_a_contract(items, contract_end, field, remedy):
	with pytest.raises(WorkError) as refused:
		check_admission(items, contract_end, POLICY, TODAY)
	assert (refused.value.field, refused.value.remedy) == (field, remedy)


@pytest.mark.parametrize(
	("figures", "field"),
	[
		({"admission_bar": 0}, "admission_bar"),
		({"admission_bar": 101}, "admission_bar"),
		({"sanction_months": 0}, "sanction_months"),
		({"sanction_months": 121}, "sanction_months"),
	],
)
def test_a_policy_that_makes_no_sense_is_refused(figures, field):
	with pytest.raises(PolicyError) as refused:
		LifePolicy(**figures)
	assert refused.value.field == field


def test_a_sanction_lasts_a_year():
	made = sanction(date(2024, 2, 29), "false prices", "receipt", POLICY, TODAY)
	assert (made.decided_on, made.ends_on) == (date(2024, 2, 29), date(2025, 2, 28))


@pytest.mark.parametrize(
	("breach", "evidence", "decided_on", "field"),
	[
		(" ", "receipt", TODAY, "breach"),
		("false prices", "", TODAY, "evidence"),
		("false prices", "receipt", TODAY + timedelta(days=1), "decided_on"),
	],
)
def test_a_sanction_needs_a_breach_and_its_proof(breach, evidence, decided_on, field):
	with pytest.raises(WorkError) as refused:
		sanction(decided_on, breach, evidence, POLICY, TODAY)
	assert refused.value.field == field


@given(DAYS, DAYS, st.none() | DAYS, DAYS)
def test_a_sanction_holds_from_its_day_to_its_end_or_to_the_day_before_it_is_lifted(one, other, lifted, day):
	first, last = sorted((one, other))
	held = Sanction(first, last, "false prices", lifted)
	expected = first <= day <= last and (lifted is None or day < lifted)
	assert held.is_in_force(day) is expected
	longer = Sanction(first, last + timedelta(days=1), "again")
	assert sanction_on([held, longer], day) is (longer if longer.is_in_force(day) else None)


@pytest.mark.parametrize(("left", "notice"), [(-1, 0), (0, 14), (14, 14), (15, 60), (60, 60), (61, None)])
def test_an_ending_contract_is_told_of_sixty_and_fourteen_days_before(left, notice):
	assert contract_notice(TODAY + timedelta(days=left), TODAY) == notice


def test_strategic_merchants_are_met_every_month_all_others_every_quarter():
	assert [exchange_months(tier) for tier in (*Tier, None)] == [1, 3, 3, 3, 3]


def test_the_best_candidates_of_the_same_trade_and_place_come_first():
	rows = [
		Candidate("B", "Food", "Harbour", 80),
		Candidate("A", "Food", "Harbour", 80),
		Candidate("C", "Food", "Harbour", 90),
		Candidate("D", "Motor", "Harbour", 99),
		Candidate("E", "Food", "Old Town", 99),
	]
	assert [each.name for each in replacements(rows, "Food", "Harbour")] == ["C", "A", "B"]


def test_no_merchant_stands_above_itself():
	parents = {"a": "b", "b": "c", "c": None, "x": "y", "y": "z", "z": "x", "u": "x", "s": "s"}
	check_parents("a", parents)
	check_parents("u", parents)
	for merchant in "xyzs":
		with pytest.raises(WorkError) as refused:
			check_parents(merchant, parents)
		assert refused.value.remedy == f"it belongs to {merchant} itself; name another"
