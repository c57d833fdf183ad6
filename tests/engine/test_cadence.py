"""The contact quota of each level, and cadences that cannot be built wrong (RULES section 1)."""

import pytest

from cs_retention.engine.cadence import Cadence, PlanningPolicy, default_cadences
from cs_retention.engine.reasons import PolicyError
from cs_retention.engine.vocabulary import Band, PeriodKind


@pytest.mark.parametrize(
	("level", "quotas"),
	[("Five Star", [1, 2, 3, 3, 1]), ("Four Star", [1, 1, 1, 1, 1]), ("Key Account", [1, 1, 1, 1, 1])],
)
def test_the_band_moves_the_quota_between_its_ends(level, quotas):
	cadence = PlanningPolicy().by_level()[level]
	bands = (Band.HEALTHY, Band.WATCH, Band.AT_RISK, Band.CRITICAL, Band.PROSPECT)
	assert [cadence.quota(band) for band in bands] == quotas


def test_a_new_customer_keeps_the_cadence_of_the_level_that_the_policy_names():
	by_level = PlanningPolicy().by_level()
	assert by_level["New"] is by_level["Three Star"]


@pytest.mark.parametrize(
	("values", "message"),
	[
		((-1, 1, 5, 0), "Two Star.contacts_min = -1: give 0 or more"),
		((2, 1, 5, 0), "Two Star.contacts_max = 1: give 2 or more, the least number of contacts"),
		((1, 8, 5, 0), "Two Star.contacts_max = 8: give at most 7"),
		((1, 1, 0, 0), "Two Star.min_gap_days = 0: give 1 day or more"),
		((1, 1, 5, 5), "Two Star.visit_months = 5: give 0, 1, 2, 3, 4, 6 or 12"),
	],
)
def test_a_cadence_names_what_is_wrong(values, message):
	least, most, gap, visit = values
	with pytest.raises(PolicyError) as caught:
		Cadence("Two Star", least, most, PeriodKind.MONTH, gap, visit_months=visit)
	assert str(caught.value) == message


@pytest.mark.parametrize(
	("values", "message"),
	[
		(
			{"cadences": default_cadences()[1:]},
			"cadences = 'Key Account': give every level exactly one cadence",
		),
		({"capacity": -1}, "capacity = -1: give 0 or more callbacks a day"),
		({"reserve": 21}, "reserve = 21: give 0 to 20, the capacity"),
		({"horizon_days": 0}, "horizon_days = 0: give 1 to 366 days"),
	],
)
def test_a_planning_policy_names_what_is_wrong(values, message):
	with pytest.raises(PolicyError) as caught:
		PlanningPolicy(**values)
	assert str(caught.value) == message
