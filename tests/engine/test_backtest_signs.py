"""What spoke against a customer, when a loss counts, and what is told of what could not be known."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from engine_cases import contract_customer, rated_customer

from cs_retention.engine.backtest import BacktestSpan
from cs_retention.engine.backtest_signs import Afterwards, Knowledge, limits, observe
from cs_retention.engine.customer import CustomerFacts
from cs_retention.engine.health import assess
from cs_retention.engine.health_contract import ContractCustomerCard
from cs_retention.engine.health_free import FreeBuyerCard
from cs_retention.engine.health_policy import HealthPolicy
from cs_retention.engine.health_signs import best_points
from cs_retention.engine.reasons import Reason
from cs_retention.engine.vocabulary import Card

AS_OF = date(2026, 11, 20)
SPAN = BacktestSpan(AS_OF, date(2027, 11, 20), date(2020, 1, 1))
POLICY = HealthPolicy()
GAP = Fraction(30)


def seen(facts, last=None, span=SPAN):
	return observe(facts, assess(facts, POLICY, GAP, AS_OF), Afterwards(last), span, POLICY)


def test_a_prospect_is_not_observed():
	assert seen(CustomerFacts("Customer")) is None


def test_a_free_buyer_stays_by_buying_again_and_else_is_lost_after_a_year_without_an_order():
	assert seen(rated_customer(), AS_OF + timedelta(days=1)).lead is None
	assert seen(rated_customer()).lead == 355
	assert seen(rated_customer(last_purchase=AS_OF - timedelta(days=500))).lead == 0


def test_a_contract_customer_is_lost_with_the_first_bill_that_never_came():
	assert seen(contract_customer(), date(2027, 11, 1)).lead is None
	assert seen(contract_customer(), date(2027, 9, 7)).lead is None
	assert seen(contract_customer(), date(2027, 9, 6)).lead == (date(2027, 10, 6) - AS_OF).days
	assert seen(contract_customer()).lead == (date(2026, 12, 1) - AS_OF).days
	assert seen(contract_customer(last_purchase=date(2026, 1, 1))).lead == 0


@pytest.mark.parametrize(("start", "lead"), [(date(2026, 11, 10), 20), (None, 30)])
def test_one_never_billed_is_awaited_from_the_start_of_the_contract(start, lead):
	facts = contract_customer(first_purchase=None, last_purchase=None, contract_start=start)
	assert seen(facts).lead == lead


def test_what_spoke_against_is_caps_deductions_and_weak_parts():
	assert seen(rated_customer()).rules == ()
	late = rated_customer(
		last_purchase=AS_OF - timedelta(days=400), revenue_prior_12m=9000.0, unreached_in_a_row=3
	)
	assert seen(late).rules == (
		"days_against_own_gap",
		"days_since_last_purchase",
		"revenue_fallen",
		"unreached_in_a_row",
	)
	missing = contract_customer(last_purchase=date(2026, 9, 1), revenue_3m=10.0)
	assert seen(missing).rules == ("bill_missing", "bill_trend")


def test_the_best_points_are_those_of_the_cards():
	free, contract = FreeBuyerCard(POLICY, GAP, AS_OF), ContractCustomerCard(POLICY, AS_OF)
	for card, facts in ((free, rated_customer()), (contract, contract_customer())):
		named = dict(zip((part.name for part in card.parts(facts)), card.best, strict=True))
		found = {name: points for (kind, name), points in best_points(POLICY).items() if kind is card.kind}
		assert found == named
	assert {kind for kind, _ in best_points(POLICY)} == set(Card)


def test_what_could_not_be_known_is_told():
	assert limits(Knowledge(arrears=True, closings=True)) == ()
	assert limits(Knowledge(arrears=False, closings=False, billed=3)) == (
		Reason("arrears_unknown"),
		Reason("closing_dates_unknown"),
		Reason.of("billed_as_of_today", customers=3),
	)
