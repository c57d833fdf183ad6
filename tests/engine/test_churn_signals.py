"""Which facts warn, with their figures, and what becomes of the signals that stand."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from engine_cases import AS_OF, contract_customer, rated_customer
from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.churn_signals import (
	REASONS,
	RULES,
	StandingSignal,
	find_signals,
	is_lost,
	looks_billed,
	may_have_moved,
	may_look_billed,
	settle,
	value_at_risk,
)
from cs_retention.engine.customer import CustomerFacts
from cs_retention.engine.health import REASONS as OF_HEALTH
from cs_retention.engine.health import assess
from cs_retention.engine.health_policy import NIGHT_RULES, HealthPolicy, SignalPolicy
from cs_retention.engine.reasons import PolicyError, Reason
from cs_retention.engine.vocabulary import SignalClosing, SignalRule, SignalStatus

POLICY = HealthPolicy()
GAP = Fraction(30)
OPEN, SNOOZED, CLOSED = SignalStatus


def found(facts, policy=POLICY, as_of=AS_OF):
	return find_signals(facts, assess(facts, policy, GAP, as_of), policy, as_of)


def days_ago(days):
	return AS_OF - timedelta(days=days)


def test_every_reason_that_raises_a_rule_is_one_of_health_and_every_rule_of_the_night_is_raised():
	assert set(RULES) <= set(OF_HEALTH)
	assert {*RULES.values(), SignalRule.LOOKS_BILLED} == set(NIGHT_RULES)


def test_a_customer_without_a_fault_and_one_who_never_bought_raise_nothing():
	assert found(rated_customer()) == {}
	assert found(contract_customer()) == {}
	assert found(CustomerFacts("Customer")) == {}


@pytest.mark.parametrize(
	("changes", "rule", "code"),
	[
		({"last_purchase": days_ago(200)}, SignalRule.LATENESS, "days_against_own_gap"),
		(
			{"revenue_12m": 50.0, "revenue_prior_12m": 100.0},
			SignalRule.REVENUE_HALVED,
			"revenue_fallen",
		),
		({"overdue_amount": 9.0, "overdue_before": 4.0}, SignalRule.OVERDUE_GROWING, "overdue_growing"),
		({"complaints_30d": 2}, SignalRule.COMPLAINTS, "two_complaints_30d"),
		(
			{"complaints_30d": 1, "serious_complaints_30d": 1},
			SignalRule.COMPLAINTS,
			"serious_complaint_30d",
		),
		({"last_satisfaction": 2}, SignalRule.LOW_SATISFACTION, "low_satisfaction"),
		({"unreached_in_a_row": 2}, SignalRule.UNREACHED, "unreached_in_a_row"),
	],
)
def test_a_fact_of_a_free_buyer_raises_its_rule(changes, rule, code):
	signals = found(rated_customer(**changes))
	assert {known: reason.code for known, reason in signals.items()} == {rule: code}
	assert dict(signals[rule].figures)


@pytest.mark.parametrize(
	("changes", "rule", "code"),
	[
		({"revenue_3m": 200.0}, SignalRule.BILL_TREND, "bill_trend"),
		({"revenue_3m": 0.0}, SignalRule.BILL_TREND, "bill_trend"),
		({"last_purchase": days_ago(50)}, SignalRule.MISSING_BILL, "bill_missing"),
		({"overdue_amount": 9.0, "overdue_before": 4.0}, SignalRule.OVERDUE_GROWING, "overdue_growing"),
		({"complaints_90d": 1, "open_complaints_90d": 1}, SignalRule.COMPLAINTS, "complaints_90d"),
		(
			{"complaints_90d": 1, "serious_complaints_90d": 1},
			SignalRule.COMPLAINTS,
			"serious_complaint_90d",
		),
		(
			{"last_satisfaction": 1, "last_satisfaction_on": days_ago(3)},
			SignalRule.LOW_SATISFACTION,
			"low_satisfaction_90d",
		),
		({"unreached_in_a_row": 2}, SignalRule.UNREACHED, "callbacks_missed"),
		({"has_refused": True}, SignalRule.UNREACHED, "contact_refused"),
		({"contract_end": AS_OF + timedelta(days=40)}, SignalRule.CONTRACT_ENDING, "contract_days_left"),
	],
)
def test_a_fact_of_a_contract_customer_raises_its_rule(changes, rule, code):
	signals = found(contract_customer(**changes))
	assert {known: reason.code for known, reason in signals.items()} == {rule: code}


NEVER_BILLED = {
	**{"first_purchase": None, "last_purchase": None, "purchase_days": 0, "purchase_days_12m": 0},
	**{"revenue_3m": 0.0, "revenue_prior_3m": 0.0, "revenue_12m": 0.0, "revenue_prior_12m": 0.0},
}
UNBOUND = {"has_contract": False, "contract_start": None, "contract_end": None}
REVERSED = {"has_contract": False, "contract_start": days_ago(20), "contract_end": days_ago(300)}


@pytest.mark.parametrize(
	("changes", "rules"),
	[
		({**NEVER_BILLED, "contract_start": days_ago(10)}, set()),
		({**NEVER_BILLED, "contract_start": days_ago(50)}, {SignalRule.MISSING_BILL}),
		({**NEVER_BILLED, **UNBOUND, "is_billed": True}, set()),
		({**NEVER_BILLED, **UNBOUND, "is_billed": True, "revenue_12m": -80.0, "revenue_3m": -80.0}, set()),
		({**REVERSED, "is_billed": True}, set()),
		({"revenue_3m": -10.0, "revenue_prior_3m": -300.0}, set()),
	],
	ids=["new", "never billed", "marked only", "only returns", "dates reversed", "returns for months"],
)
def test_bad_facts_of_a_contract_customer_raise_nothing_that_is_not_so(changes, rules):
	facts = contract_customer(**changes)
	health = assess(facts, POLICY, GAP, AS_OF)
	assert set(found(facts)) == rules
	assert health.health is not None and 0 <= health.health <= 100
	assert value_at_risk(facts, health) >= 0


def test_a_free_buyer_with_nothing_but_returns_is_a_prospect_and_warned_of_by_nothing():
	facts = rated_customer(
		first_purchase=None, last_purchase=None, purchase_days=0, purchase_days_12m=0, revenue_12m=-80.0
	)
	assert found(facts) == {}
	assert value_at_risk(facts, assess(facts, POLICY, GAP, AS_OF)) == 0


def test_the_subscriber_of_the_rules_is_warned_of_before_the_first_missing_bill():
	facts = contract_customer(
		contract_end=AS_OF + timedelta(days=40),
		revenue_3m=200.0,
		overdue_amount=50.0,
		oldest_overdue=days_ago(20),
		complaints_90d=1,
		open_complaints_90d=1,
		unreached_in_a_row=1,
	)
	assert set(found(facts)) == {SignalRule.BILL_TREND, SignalRule.COMPLAINTS, SignalRule.CONTRACT_ENDING}


def test_lateness_needs_a_rhythm_and_ends_when_the_customer_is_lost():
	late = {"first_purchase": days_ago(260), "last_purchase": days_ago(200)}
	once = rated_customer(**late, purchase_days=2, purchase_days_12m=2)
	assert found(once) == {}
	keen = HealthPolicy(signals=SignalPolicy(lateness_repeats=1))
	assert set(found(once, keen)) == {SignalRule.LATENESS}
	lost = rated_customer(last_purchase=days_ago(366), unreached_in_a_row=2)
	assert found(lost) == {}
	assert set(found(rated_customer(last_purchase=days_ago(365)))) == {SignalRule.LATENESS}


def test_who_is_lost():
	def lost(facts):
		return is_lost(facts, assess(facts, POLICY, GAP, AS_OF), POLICY, AS_OF)

	assert lost(rated_customer(last_purchase=days_ago(366)))
	assert not lost(rated_customer(last_purchase=days_ago(365)))
	assert not lost(contract_customer(last_purchase=days_ago(900)))
	assert not lost(CustomerFacts("Customer"))


@pytest.mark.parametrize(
	("signals", "last_purchase", "may"),
	[
		((), 366, False),
		(((SignalRule.LATENESS, OPEN, None),), 365, False),
		(((SignalRule.LATENESS, OPEN, None),), 366, True),
		(((SignalRule.LOOKS_BILLED, OPEN, None),), 10, True),
		(((SignalRule.LATENESS, SNOOZED, days_ago(-1)),), 10, False),
		(((SignalRule.LATENESS, SNOOZED, AS_OF),), 10, True),
		(((SignalRule.LATENESS, SNOOZED, None),), 10, True),
		(((SignalRule.LATENESS, OPEN, AS_OF),), 10, False),
		(((SignalRule.LATENESS, CLOSED, None),), 10, True),
	],
)
def test_what_only_time_may_move(signals, last_purchase, may):
	facts = rated_customer(last_purchase=days_ago(last_purchase))
	health = assess(facts, POLICY, GAP, AS_OF)
	standing = [StandingSignal("one", *signal) for signal in signals]
	assert may_have_moved(standing, facts, health, POLICY, AS_OF) is may


def test_a_silent_rule_raises_nothing():
	policy = HealthPolicy(signals=SignalPolicy(silent=("Unreached", "Looks Billed")))
	facts = rated_customer(unreached_in_a_row=3, last_satisfaction=1)
	assert set(found(facts, policy)) == {SignalRule.LOW_SATISFACTION}
	assert not may_look_billed(facts, policy, AS_OF)


def test_only_rules_of_the_night_can_be_silent():
	with pytest.raises(PolicyError, match=r"signals\.silent = 'Competitor Named'"):
		SignalPolicy(silent=("Competitor Named",))


def test_value_at_risk_is_the_missing_health_of_the_revenue():
	facts = rated_customer(revenue=1000.0, last_purchase=days_ago(366))
	health = assess(facts, POLICY, GAP, AS_OF)
	assert value_at_risk(facts, health) == 10 * (100 - health.health)
	assert value_at_risk(rated_customer(revenue=-5.0), health) == 0
	prospect = CustomerFacts("Customer")
	assert value_at_risk(prospect, assess(prospect, POLICY, GAP, AS_OF)) == 0


@pytest.mark.parametrize(
	("changes", "may"),
	[
		({}, True),
		({"last_purchase": days_ago(70)}, True),
		({"last_purchase": days_ago(71)}, False),
		({"purchase_days_12m": 5}, False),
		({"is_billed": True}, False),
		({"has_contract": True}, False),
		({"last_purchase": None}, False),
	],
)
def test_who_may_look_billed(changes, may):
	assert may_look_billed(rated_customer(**changes), POLICY, AS_OF) is may


def test_six_purchases_a_month_apart_look_billed():
	days = [days_ago(10 + 30 * place) for place in range(7)]
	reason = looks_billed(days)
	assert reason == Reason.of("looks_billed", purchases=6, first=days[5], last=days[0])
	assert set(dict(reason.figures)) == set(REASONS["looks_billed"])
	assert looks_billed(days[:5]) is None
	assert looks_billed([]) is None


LATE = Reason.of("days_against_own_gap", days=90, usual=30.0)


def standing(rule=SignalRule.LATENESS, status=OPEN, until=None):
	return StandingSignal("one", rule, status, until)


def test_a_fact_without_a_signal_raises_one_and_with_one_tells_its_figures():
	assert settle([], {SignalRule.LATENESS: LATE}, AS_OF).raised == ((SignalRule.LATENESS, LATE),)
	told = settle([standing()], {SignalRule.LATENESS: LATE}, AS_OF)
	assert (told.raised, told.told) == ((), ((standing(), LATE),))


def test_a_signal_whose_fact_is_gone_ends_and_says_whether_the_customer_is_lost():
	assert settle([standing()], {}, AS_OF).ended == ((standing(), SignalClosing.FACT_GONE),)
	assert settle([standing()], {}, AS_OF, True).ended == ((standing(), SignalClosing.CUSTOMER_LOST),)


def test_a_signal_that_a_person_closed_keeps_its_rule_silent_until_the_fact_is_gone():
	closed = standing(status=CLOSED)
	still = settle([closed], {SignalRule.LATENESS: LATE}, AS_OF)
	assert (still.raised, still.told, still.ended, still.released) == ((), (), (), ())
	assert settle([closed], {}, AS_OF).released == (closed,)


@pytest.mark.parametrize("found_now", [{}, {SignalRule.LATENESS: LATE}])
def test_a_snoozed_signal_is_silent_until_its_date_whatever_becomes_of_the_fact(found_now):
	silent = standing(status=SNOOZED, until=AS_OF + timedelta(days=1))
	settled = settle([silent], found_now, AS_OF)
	assert (settled.raised, settled.told, settled.woken, settled.ended) == ((), (), (), ())


def test_a_snoozed_signal_wakes_on_its_date_or_ends_when_its_fact_is_gone():
	due = standing(status=SNOOZED, until=AS_OF)
	assert settle([due], {SignalRule.LATENESS: LATE}, AS_OF).woken == ((due, LATE),)
	assert settle([due], {}, AS_OF).ended == ((due, SignalClosing.FACT_GONE),)
	dateless = standing(status=SNOOZED)
	assert settle([dateless], {SignalRule.LATENESS: LATE}, AS_OF).woken == ((dateless, LATE),)


def test_what_people_entered_is_only_woken():
	asked = standing(SignalRule.CANCELLATION_ASKED)
	assert settle([asked], {}, AS_OF).ended == ()
	due = standing(SignalRule.EXTERNAL_WARNING, SNOOZED, AS_OF)
	assert settle([due], {}, AS_OF).woken == ((due, None),)


RULE = st.sampled_from(SignalRule)
STANDING = st.builds(
	StandingSignal,
	st.uuids().map(str),
	RULE,
	st.sampled_from(SignalStatus),
	st.one_of(st.none(), st.dates(date(2026, 11, 1), date(2026, 12, 31))),
)
FOUND = st.dictionaries(st.sampled_from(NIGHT_RULES), st.just(LATE))


def after(signals, settled):
	"""The signals that hold their key once a settlement is written."""
	gone = {each.name for each, _ in settled.ended} | {each.name for each in settled.released}
	woken = {each.name for each, _ in settled.woken}
	kept = [each for each in signals if each.name not in gone]
	kept = [each._replace(status=OPEN) if each.name in woken else each for each in kept]
	return kept + [StandingSignal(f"new {rule}", rule, OPEN) for rule, _ in settled.raised]


@given(st.lists(STANDING, unique_by=lambda each: each.rule), FOUND, st.booleans())
def test_what_is_settled_stays_settled_on_the_same_date_and_a_rule_speaks_once(signals, facts, lost):
	first = settle(signals, facts, AS_OF, lost)
	now = after(signals, first)
	assert len({each.rule for each in now}) == len(now)
	again = settle(now, facts, AS_OF, lost)
	assert (again.raised, again.woken, again.ended, again.released) == ((), (), (), ())
	assert {rule for rule in facts} <= {each.rule for each in now}
	touched = [each.name for part in (first.told, first.woken, first.ended) for each, _ in part]
	touched += [each.name for each in first.released]
	assert len(set(touched)) == len(touched)
