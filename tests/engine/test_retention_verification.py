"""Saves checked at D+30, D+60 and D+90 from invoices or a contract: verified, downgraded, relapsed, too early."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.reasons import PolicyError, Reason
from cs_retention.engine.retention_verification import (
	Check,
	Saved,
	SaveEvidence,
	Verification,
	VerificationPolicy,
	due_checks,
	is_verified,
	next_check,
	standing,
	usual_days,
	verify,
)

SAVED_ON = date(2026, 6, 1)
POLICY = VerificationPolicy()
NOTHING = SaveEvidence({})
REASON = Reason.of("save_contract_runs", day=SAVED_ON)


def day(number: int) -> date:
	return SAVED_ON + timedelta(days=number)


def made(days: int, result: Verification) -> Check:
	return Check(days, result, REASON)


def test_an_invoice_after_the_save_verifies_it() -> None:
	saved = Saved(SAVED_ON, monthly_before=100.0)
	check = verify(saved, 30, SaveEvidence({day(30): 100.0}), POLICY)
	assert check == Check(
		30, Verification.VERIFIED, Reason.of("save_bought", amount=100.0, since=SAVED_ON, day=day(30))
	)
	for outside in (0, -1, 31):
		assert verify(saved, 30, SaveEvidence({day(outside): 100.0}), POLICY).result is Verification.RELAPSED


def test_a_contract_in_force_verifies_a_customer_who_is_not_billed() -> None:
	check = verify(Saved(SAVED_ON, had_contract=True), 60, SaveEvidence({}, has_contract=True), POLICY)
	assert check == Check(60, Verification.VERIFIED, Reason.of("save_contract_runs", day=day(60)))


def test_revenue_far_below_what_it_was_is_a_downgrade() -> None:
	saved = Saved(SAVED_ON, monthly_before=100.0, had_contract=True)
	for amount, result in ((150.0, Verification.VERIFIED), (149.0, Verification.DOWNGRADED)):
		evidence = SaveEvidence({day(10): amount}, has_contract=True)
		assert verify(saved, 60, evidence, POLICY).result is result
	assert verify(saved, 60, SaveEvidence({}, has_contract=True), POLICY).reason == Reason.of(
		"save_worth_less", monthly=0.0, before=100.0
	)


def test_a_contract_that_ended_without_a_bill_is_a_relapse_with_its_reason() -> None:
	check = verify(Saved(SAVED_ON, had_contract=True, usual_days=200), 30, NOTHING, POLICY)
	assert (check.result, check.reason.code) == (Verification.RELAPSED, "save_contract_ended")


def test_a_slow_buyer_is_waited_for_until_the_last_check() -> None:
	saved = Saved(SAVED_ON, usual_days=97)
	assert [verify(saved, days, NOTHING, POLICY).result for days in POLICY.check_days] == [
		Verification.PENDING,
		Verification.PENDING,
		Verification.RELAPSED,
	]
	assert verify(saved, 90, SaveEvidence({day(5): 10.0}), POLICY).result is Verification.VERIFIED
	assert verify(saved, 30, NOTHING, POLICY).reason == Reason.of("save_too_early", usual_days=97)
	quick = Saved(SAVED_ON, usual_days=10)
	assert verify(quick, 90, SaveEvidence({day(59): 10.0}), POLICY).result is Verification.RELAPSED


def test_a_return_takes_back_what_was_bought() -> None:
	evidence = SaveEvidence({day(3): 50.0, day(9): -50.0})
	assert verify(Saved(SAVED_ON), 30, evidence, POLICY).result is Verification.RELAPSED


def test_a_check_is_due_once_and_none_after_a_relapse() -> None:
	saved = Saved(SAVED_ON)
	assert due_checks(saved, [], POLICY, day(29)) == []
	assert due_checks(saved, [], POLICY, day(30)) == [30]
	assert due_checks(saved, [], POLICY, day(95)) == [30, 60, 90], "days that were missed are caught up"
	assert due_checks(saved, [made(30, Verification.VERIFIED)], POLICY, day(60)) == [60]
	assert due_checks(saved, [made(30, Verification.RELAPSED)], POLICY, day(90)) == []


def test_the_next_check_is_named_until_there_is_none() -> None:
	saved = Saved(SAVED_ON)
	assert next_check(saved, [], POLICY) == day(30)
	assert next_check(saved, [made(30, Verification.PENDING)], POLICY) == day(60)
	assert next_check(saved, [made(30, Verification.RELAPSED)], POLICY) is None
	assert next_check(saved, [made(days, Verification.VERIFIED) for days in (30, 60, 90)], POLICY) is None


def test_a_save_stands_as_its_last_telling_check_says() -> None:
	early = made(60, Verification.PENDING)
	assert standing([]) is standing([early]) is Verification.PENDING
	assert standing([made(30, Verification.DOWNGRADED), early]) is Verification.DOWNGRADED
	checks = [made(90, Verification.VERIFIED), made(30, Verification.DOWNGRADED)]
	assert standing(checks) is Verification.VERIFIED
	assert is_verified(checks, POLICY)
	assert not is_verified(checks[1:], POLICY)
	assert not is_verified([made(90, Verification.RELAPSED)], POLICY)


def test_the_usual_time_between_purchases_is_rounded_up() -> None:
	assert usual_days([]) == usual_days([day(3), day(3)]) == 0
	assert usual_days([day(0), day(30), day(61)]) == 31
	assert usual_days([day(60), day(0)]) == 60


@pytest.mark.parametrize(
	("field", "value"),
	[
		("check_days", ()),
		("check_days", (0, 30)),
		("check_days", (30, 30)),
		("check_days", (60, 30)),
		("downgraded_share", -0.1),
		("downgraded_share", 1.1),
	],
)
def test_a_policy_that_cannot_be_is_refused(field: str, value: object) -> None:
	with pytest.raises(PolicyError) as refused:
		VerificationPolicy(**{field: value})
	assert (refused.value.field, refused.value.value) == (field, value)


AMOUNTS = st.dictionaries(st.integers(-40, 130).map(day), st.integers(-500, 500).map(float), max_size=12)


@given(AMOUNTS, st.booleans(), st.booleans(), st.integers(0, 200), st.integers(0, 300))
def test_whatever_was_billed_the_checks_agree(revenue, had_contract, has_contract, usual, before) -> None:
	"""More revenue never makes a check worse; the last check always tells; a customer under contract never relapses."""
	saved = Saved(SAVED_ON, float(before), usual, had_contract)
	order = (Verification.RELAPSED, Verification.PENDING, Verification.DOWNGRADED, Verification.VERIFIED)
	for days in POLICY.check_days:
		check = verify(saved, days, SaveEvidence(revenue, has_contract), POLICY)
		more = dict(revenue)
		more[day(days)] = more.get(day(days), 0.0) + 1000.0
		better = verify(saved, days, SaveEvidence(more, has_contract), POLICY)
		assert order.index(better.result) >= order.index(check.result)
		assert not (has_contract and check.result in (Verification.RELAPSED, Verification.PENDING))
		future = {when: amount for when, amount in revenue.items() if when <= day(days)}
		assert verify(saved, days, SaveEvidence(future, has_contract), POLICY) == check, (
			"nothing later is looked at"
		)
	assert verify(saved, 90, SaveEvidence(revenue, has_contract), POLICY).result is not Verification.PENDING
