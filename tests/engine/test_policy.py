"""Policies that cannot be built wrong, and the plain mapping of a whole policy."""

import sys
from decimal import Decimal
from importlib import import_module

import pytest
from engine_cases import AS_OF, rated_customer
from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.cadence import PlanningPolicy
from cs_retention.engine.policy import ComplaintPolicy, Policy
from cs_retention.engine.reasons import PolicyError
from cs_retention.engine.star_policy import LowerBounds, StarPolicy, StarWeights
from cs_retention.engine.star_rating import RevenueStanding, rate
from cs_retention.engine.vocabulary import Channel, Level, ScheduledReviews

NAN, INFINITE = float("nan"), float("inf")


def refused(mapping):
	with pytest.raises(PolicyError) as caught:
		Policy.from_mapping(mapping)
	return str(caught.value)


@pytest.mark.parametrize(
	("weights", "message"),
	[
		({"revenue": 39.99}, "stars.weights = 99.99: let the six weights add to 100"),
		({"revenue": 40.01}, "stars.weights = 100.01: let the six weights add to 100"),
		({"revenue": 40, "tenure": 9}, "stars.weights = 99: let the six weights add to 100"),
		(
			{"revenue": NAN},
			"stars.weights.revenue = NaN: give a number from 0 to 100 with at most 6 decimals",
		),
		(
			{"revenue": INFINITE},
			"stars.weights.revenue = Infinity: give a number from 0 to 100 with at most 6 decimals",
		),
		({"revenue": -1, "tenure": 51}, "stars.weights.revenue = -1: give a number from 0 to 100"),
		({"revenue": 40.0000001}, "stars.weights.revenue = 40.0000001: give a number from 0 to 100"),
		({"revenue": "40"}, "stars.weights.revenue = '40': give a number"),
		({"revenue": True}, "stars.weights.revenue = True: give a number"),
		(
			{"colour": 1},
			"stars.weights.colour = 1: no such field; there are revenue, frequency, tenure, payment",
		),
		(
			{"revenue": 0, "frequency": 0, "tenure": 0, "payment": 0, "service": 0, "breadth": 100},
			"stars.weights.breadth = 100: leave some weight to the other factors",
		),
	],
)
def test_weights_that_do_not_add_to_a_hundred_are_refused(weights, message):
	assert refused({"stars": {"weights": weights}}).startswith(message)


@pytest.mark.parametrize(
	("bounds", "message"),
	[
		({"Four Star": 85}, "Four Star = 85: give less than 85, the bound of the level above"),
		({"Four Star": 90}, "Four Star = 90: give less than 85, the bound of the level above"),
		({"Five Star": 65}, "Four Star = 70: give less than 65, the bound of the level above"),
		({"One Star": 5}, "One Star = 5: give 0, so that every score has a level"),
		({"One Star": -1}, "One Star = -1: give a number from 0 to 100 with at most 2 decimals"),
		({"Two Star": 0}, "One Star = 0: give less than 0, the bound of the level above"),
		({"Five Star": 101}, "Five Star = 101: give a number from 0 to 100 with at most 2 decimals"),
		({"Five Star": 85.001}, "Five Star = 85.001: give a number from 0 to 100 with at most 2 decimals"),
		({"Two Star": NAN}, "Two Star = NaN: give a number from 0 to 100 with at most 2 decimals"),
		(
			{"New": 1},
			"New = 1: no such field; there are Five Star, Four Star, Three Star, Two Star, One Star",
		),
		({"five_star": 1}, "five_star = 1: no such field; there are Five Star"),
	],
)
def test_lower_bounds_descend_strictly_to_zero(bounds, message):
	assert refused({"stars": {"lower_bounds": bounds}}).startswith(f"stars.lower_bounds.{message}")


@pytest.mark.parametrize(
	("mapping", "message"),
	[
		({"item_groups": [[0, 0], [2, 2], [2, 3]]}, "item_groups = 2: give a bound above 2, the one before"),
		({"item_groups": [[0, 0], [2, 2], [1, 3]]}, "item_groups = 1: give a bound above 2, the one before"),
		({"item_groups": [[1, 1]]}, "item_groups = 1: let the first bound be 0"),
		({"item_groups": [[0, 5], [1, 3]]}, "item_groups = 3: let better figures never give fewer points"),
		({"item_groups": [[0, 0], [1.5, 3]]}, "item_groups = 1.5: give whole numbers as bounds"),
		({"item_groups": [[0, 0], [1, 0]]}, "item_groups = 0: let the last step give points"),
		({"item_groups": [[0, 0], [1, 2.5]]}, "item_groups = 2.5: give a whole number from 0 to 100"),
		({"item_groups": [[0, 0], [1]]}, "item_groups = (1,): give pairs of bound and points"),
		({"item_groups": [0, 1]}, "item_groups = 0: give pairs of bound and points"),
		({"item_groups": []}, "item_groups = (): give at least one pair of bound and points"),
		({"item_groups": 5}, "item_groups = 5: give a list"),
		(
			{"overdue_share": [[0, 15], [0.1, 16]]},
			"overdue_share = 15: let better figures never give fewer points",
		),
		(
			{"overdue_share": [[0.1, 15]]},
			"overdue_share = (Decimal('0.1'), 15): begin with bound 0 and its points",
		),
		({"overdue_share": [[0, 0]]}, "overdue_share = (Decimal('0'), 0): begin with bound 0 and its points"),
		({"old_overdue_points": 16}, "old_overdue_points = 16: give a whole number from 0 to 15"),
		({"complaint": 11}, "complaint = 11: give a whole number from 0 to 10"),
		({"low_satisfaction_at": 6}, "low_satisfaction_at = 6: give a whole number from 0 to 5"),
		({"commitment_months": [[0, 21]]}, "commitment_months = 21: give at most 20"),
		({"no_commitment": 13}, "no_commitment = 13: give a whole number from 0 to 12"),
		({"old_overdue_days": 1.5}, "old_overdue_days = 1.5: give a whole number"),
	],
)
def test_star_tables_that_contradict_themselves_are_refused(mapping, message):
	assert refused({"stars": {"tables": mapping}}).startswith(f"stars.tables.{message}")


@pytest.mark.parametrize(
	("mapping", "message"),
	[
		(
			{"free": {"recency": [[1, 41]]}},
			"free = 101: let the best points of recency, lateness and repeats add",
		),
		(
			{"free": {"recency": [[1, 40], [0.5, 34]]}},
			"free.recency = 0.5: give a bound above 1, the one before",
		),
		({"free": {"usual_gap": 0}}, "free.usual_gap = 0: give a whole number from 1 to 3650"),
		(
			{"contract": {"arrears": [[0, 21]]}},
			"contract = 101: let the best points of the six parts add to 100",
		),
		({"contract": {"arrears": [[1, 20]]}}, "contract.arrears = 1: let the first bound be 0"),
		({"contract": {"tenure": [[0, 0], [1.5, 10]]}}, "contract.tenure = 1.5: give whole months as bounds"),
		(
			{"contract": {"no_commitment": 21}},
			"contract.no_commitment = 21: give a whole number from 0 to 20",
		),
		({"contract": {"service": [15, 10, 4]}}, "contract.service = (15, 10, 4): give four whole numbers"),
		(
			{"contract": {"contact": [10, 6, 7, 0]}},
			"contract.contact = (10, 6, 7, 0): give four whole numbers, none",
		),
		({"contract": {"contact": [10, 6, "2", 0]}}, "contract.contact = '2': give a whole number"),
		({"deductions": {"most": -1}}, "deductions.most = -1: give a whole number from 0 to 100"),
		({"deductions": {"unreached": 101}}, "deductions.unreached = 101: give a whole number from 0 to 100"),
		(
			{"caps": {"missing_bill_days": 15}},
			"caps.missing_bill_days = 15: give a whole number from 16 to 732",
		),
		({"caps": {"missing_bill": 40}}, "caps.missing_bill = 40: give a whole number from 0 to 39"),
		({"bands": {"watch": 60}}, "bands.watch = 60: give less than 60, the bound of the band above"),
		({"bands": {"at_risk": 0}}, "bands.at_risk = 0: give a whole number from 1 to 100"),
		({"low_satisfaction_at": 6}, "low_satisfaction_at = 6: give a whole number from 0 to 5"),
		({"free": 3}, "free = 3: give a table"),
	],
)
def test_health_policies_that_contradict_themselves_are_refused(mapping, message):
	assert refused({"health": mapping}).startswith(f"health.{message}")


@pytest.mark.parametrize(
	("mapping", "message"),
	[
		(
			{"starz": {}},
			"starz = {}: no such field; there are cadence, stars, health, planning, complaints, contacts, obligations, cases, "
			"version, churn_version",
		),
		({"stars": [1]}, "stars = [1]: give a table"),
		({"version": " "}, "version = ' ': give the policy a name for its version"),
		({"version": 3}, "version = 3: give a text"),
		({"churn_version": ""}, "churn_version = '': give the policy a name for its version"),
		(
			{"stars": {"months_before_rating": -1}},
			"stars.months_before_rating = -1: give a whole number from 0",
		),
		({"stars": {"valid_months": 0}}, "stars.valid_months = 0: give a whole number from 1 to 120"),
		(
			{"stars": {"scheduled_reviews": "Sometimes"}},
			"stars.scheduled_reviews = 'Sometimes': give one of Automatic, Proposed",
		),
		(
			{"stars": {"interim_below_limit": 0}},
			"stars.interim_below_limit = 0: give a whole number from 1 to 12",
		),
		(
			{"stars": {"key_account": {"minimum_score": 101}}},
			"stars.key_account.minimum_score = 101: give a number",
		),
		({"planning": {"capacity": True}}, "planning.capacity = True: give a whole number"),
		({"planning": {"reserve": 21}}, "planning.reserve = 21: give 0 to 20, the capacity"),
		(
			{"planning": {"new_customer_level": "Six"}},
			"planning.new_customer_level = 'Six': give one of Five Star",
		),
		({"planning": {"cadences": []}}, "planning.cadences = []: give cadences under cadence.<level>"),
		({"cadence": []}, "cadence = []: give a table by level"),
		(
			{"cadence": {"Six Star": {}}},
			"cadence.Six Star = {}: no such field; there are Key Account, Five Star",
		),
		({"cadence": {"Five Star": 3}}, "cadence.Five Star = 3: give a table"),
		(
			{"cadence": {"Five Star": {"level": "x"}}},
			"cadence.Five Star.level = 'x': name the level in the table's",
		),
		(
			{"cadence": {"Five Star": {"contacts_min": 4}}},
			"cadence.Five Star.contacts_max = 3: give 4 or more",
		),
		(
			{"cadence": {"Five Star": {"channel": "Fax"}}},
			"cadence.Five Star.channel = 'Fax': give one of Phone, Visit",
		),
		({"complaints": {"issue_types": "Complaint"}}, "complaints.issue_types = 'Complaint': give a list"),
		({"complaints": {"issue_types": [""]}}, "complaints.issue_types = '': give names"),
		({"complaints": {"serious_priorities": [3]}}, "complaints.serious_priorities = 3: give a text"),
		({"contacts": {"call_seconds": 0}}, "contacts.call_seconds = 0: give at least 1 second"),
		({"contacts": {"documents": ["Fax"]}}, "contacts.documents = 'Fax': give one of Call Log, "),
	],
)
def test_the_message_names_the_dotted_field_the_value_and_the_remedy(mapping, message):
	assert refused(mapping).startswith(message)


def test_an_empty_mapping_gives_the_defaults():
	assert Policy.from_mapping({}) == Policy()
	assert Policy().version == "default-1"


def test_a_mapping_changes_only_what_it_names():
	policy = Policy.from_mapping(
		{
			"version": "2027-1",
			"stars": {
				"weights": {"revenue": 33.33, "tenure": 16.67},
				"lower_bounds": {"Five Star": 90},
				"key_account": {"minimum_score": 95},
				"scheduled_reviews": "Proposed",
			},
			"health": {"free": {"recency": [[0.75, 40], [2, 10]]}, "contract": {"contact": [10, 5, 5, 0]}},
			"planning": {"capacity": 12, "new_customer_level": "Two Star"},
			"cadence": {"Four Star": {"channel": "Message", "contacts_max": 2}},
			"complaints": {"issue_types": ["Beschwerde"]},
		}
	)
	assert policy.version == "2027-1"
	assert (policy.stars.weights.revenue, policy.stars.weights.tenure) == (Decimal("33.33"), Decimal("16.67"))
	assert policy.stars.lower_bounds == LowerBounds(five_star=Decimal(90))
	assert (policy.stars.key_account.minimum_score, policy.stars.key_account.minimum_revenue) == (95, None)
	assert policy.stars.scheduled_reviews is ScheduledReviews.PROPOSED
	assert policy.health.free.recency == ((Decimal("0.75"), 40), (Decimal(2), 10))
	assert policy.health.contract.contact == (10, 5, 5, 0)
	assert (policy.planning.capacity, policy.planning.reserve) == (12, PlanningPolicy().reserve)
	assert policy.planning.new_customer_level is Level.TWO_STAR
	four_star = policy.planning.by_level()["Four Star"]
	assert (four_star.channel, four_star.contacts_min, four_star.contacts_max) == (Channel.MESSAGE, 1, 2)
	assert policy.complaints.issue_types == ("Beschwerde",)
	assert Policy.from_mapping(policy.to_mapping()) == policy


@given(st.integers(0, 6000), st.integers(1, 9), st.sampled_from(["Phone", "Message"]))
def test_a_policy_comes_back_from_its_mapping(revenue, most, channel):
	weights = StarWeights(Decimal(revenue) / 100, Decimal(6000 - revenue) / 100, 10, 15, 10, 5)
	mapping = Policy(stars=StarPolicy(weights=weights)).to_mapping()
	mapping["health"]["deductions"]["most"] = most
	mapping["cadence"]["Key Account"]["channel"] = channel
	policy = Policy.from_mapping(mapping)
	assert policy.to_mapping() == mapping
	assert policy.stars.weights == weights


def test_a_policy_reads_from_toml():
	tomllib = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
	text = '[stars.lower_bounds]\n"Five Star" = 90.5\n[health.free]\nlateness = [[1, 30], [2.5, 7]]\n'
	policy = Policy.from_mapping(tomllib.loads(text))
	assert policy.stars.lower_bounds.five_star == Decimal("90.5")
	assert policy.health.free.lateness == ((1, 30), (Decimal("2.5"), 7))


def test_equal_policies_hash_alike_and_different_ones_are_told_apart():
	assert hash(StarPolicy()) == hash(StarPolicy(weights=StarWeights(40.0)))
	assert hash(Policy().health) == hash(Policy.from_mapping({}).health)
	standing, facts = RevenueStanding({"East": [1000.0]}), rated_customer(item_groups=0)
	other = StarPolicy(weights=StarWeights(tenure=5, breadth=10))
	assert hash(other) == hash(StarPolicy())
	assert rate(facts, StarPolicy(), standing, AS_OF).score == 95
	assert rate(facts, other, standing, AS_OF).score == 90


@pytest.mark.parametrize(
	("build", "message"),
	[
		(
			lambda: StarPolicy(lower_bounds=LowerBounds(five_star="85")),
			"lower_bounds.Five Star = '85': give a number",
		),
		(lambda: ComplaintPolicy(issue_types=(3,)), "issue_types = 3: give names"),
		(lambda: Policy(version=None), "version = None: give the policy a name for its version"),
	],
)
def test_a_policy_built_in_python_is_checked_alike(build, message):
	with pytest.raises(PolicyError) as caught:
		build()
	assert str(caught.value).startswith(message)
	assert caught.value.field in message
