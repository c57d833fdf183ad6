"""Points of every factor at every edge of its table (RULES section 1)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from engine_cases import AS_OF, contract_customer, rated_customer

from cs_retention.engine.star_factors import Place
from cs_retention.engine.star_policy import FACTORS, KeyAccountRule, StarPolicy, StarTables, StarWeights
from cs_retention.engine.star_rating import RevenueStanding, is_rated, rate
from cs_retention.engine.vocabulary import Level

POLICY = StarPolicy()
ALONE = RevenueStanding({"East": [1000.0]})


def points_of(factor, facts, policy=POLICY, standing=ALONE):
	rating = rate(facts, policy, standing, AS_OF)
	return rating.points[FACTORS.index(factor)]


def test_a_customer_without_a_fault_has_all_points_and_no_next_level():
	rating = rate(rated_customer(), POLICY, ALONE, AS_OF)
	assert [row.factor for row in rating.points] == list(FACTORS)
	assert [str(row.points) for row in rating.points] == ["40.00", "20.00", "10.00", "15.00", "10.00", "5.00"]
	assert (rating.level, str(rating.score)) == (Level.FIVE_STAR, "100.00")
	assert (rating.next_level, rating.next_level_gap, rating.lacks) == (None, None, ())


@pytest.mark.parametrize(
	("own", "revenues", "points", "rank"),
	[
		(10.0, [10.0, 20.0, 30.0], "13.33", 3),
		(20.0, [10.0, 20.0, 30.0], "26.67", 2),
		(30.0, [10.0, 20.0, 30.0], "40.00", 1),
		(20.0, [10.0, 20.0, 20.0, 30.0], "30.00", 2),
		(0.01, [-5.0, 0.0, 0.01, 9.0], "30.00", 2),
		(1.0, [1.0] + [2.0] * 31, "1.25", 32),
		(1.0, [1.0] + [2.0] * 63, "0.63", 64),
	],
)
def test_revenue_points_are_the_share_of_customers_with_at_most_as_much_ties_up_and_half_up(
	own, revenues, points, rank
):
	row = points_of("revenue", rated_customer(revenue=own), standing=RevenueStanding({"East": revenues}))
	assert str(row.points) == points
	figures = row.reason.as_mapping()
	assert (figures["company"], figures["revenue"], figures["rank"]) == ("East", own, rank)
	assert figures["customers"] == len(revenues)


@pytest.mark.parametrize("own", [0.0, -3.5])
def test_no_net_revenue_gives_no_revenue_points_even_at_the_top(own):
	row = points_of("revenue", rated_customer(revenue=own), standing=RevenueStanding({"East": [own, -9.0]}))
	assert (str(row.points), row.reason.code) == ("0.00", "no_revenue")
	assert row.reason.as_mapping() == {"company": "East", "revenue": own}


def test_revenue_points_are_the_best_over_the_companies():
	facts = rated_customer(revenue_12m_by_company=(("East", 900.0), ("North", 5.0), ("West", 100.0)))
	standing = RevenueStanding(
		{"East": [900.0, 1000.0], "North": [5.0, 6.0, 7.0], "West": [50.0, 80.0, 100.0]}
	)
	row = points_of("revenue", facts, standing=standing)
	assert (row.reason.as_mapping()["company"], str(row.points)) == ("West", "40.00")


def test_a_customer_of_no_company_has_no_revenue_points():
	row = points_of("revenue", rated_customer(revenue_12m_by_company=()))
	assert (str(row.points), row.reason.as_mapping()) == ("0.00", {"company": None, "revenue": 0.0})


def test_a_standing_counts_who_has_at_most_as_much():
	standing = RevenueStanding({"East": [-1.0, 2.0, 3.0], "West": []})
	assert standing.best_place((("East", 2.0),)) == Place("East", 2.0, 2, 3)
	assert standing.best_place((("East", 0.0),)) == Place("East", 0.0, 0, 3)
	assert standing.best_place((("West", 5.0), ("South", 5.0))) is None


@pytest.mark.parametrize(
	("days", "points"),
	[(0, 0), (1, 4), (2, 8), (3, 8), (4, 12), (6, 12), (7, 16), (11, 16), (12, 20), (365, 20)],
)
def test_purchase_days(days, points):
	row = points_of("frequency", rated_customer(purchase_days_12m=days))
	assert row.points == points
	assert (row.reason.code, row.reason.as_mapping()) == ("purchase_days", {"days": days})


@pytest.mark.parametrize(
	("end", "points", "months"),
	[
		(AS_OF, 12, 0),
		(date(2027, 5, 19), 12, 0),
		(date(2027, 5, 20), 16, 6),
		(date(2027, 11, 19), 16, 6),
		(date(2027, 11, 20), 20, 12),
		(date(2031, 1, 1), 20, 12),
	],
)
def test_commitment_left_of_a_contract_customer(end, points, months):
	row = points_of("frequency", contract_customer(contract_end=end))
	assert (row.points, row.reason.code) == (points, "commitment_left")
	assert row.reason.as_mapping() == {"contract_end": end, "months": months}


def test_months_of_commitment_left_are_anchored_at_the_date_of_the_rating():
	facts = contract_customer(contract_end=date(2027, 2, 28))
	standing, month_end = RevenueStanding({"East": [1000.0]}), date(2026, 8, 31)
	assert rate(facts, POLICY, standing, month_end).points[1].points == 16
	assert (
		rate(replace(facts, contract_end=date(2027, 2, 27)), POLICY, standing, month_end).points[1].points
		== 12
	)


@pytest.mark.parametrize(
	("changes", "code"),
	[
		({"contract_end": None, "is_open_ended": True}, "commitment_open_ended"),
		({"has_contract": False, "is_billed": True, "contract_end": None}, "no_commitment"),
		(
			{"has_contract": False, "is_billed": True, "contract_end": AS_OF - timedelta(days=1)},
			"no_commitment",
		),
		(
			{"has_contract": False, "is_billed": True, "contract_end": AS_OF + timedelta(days=900)},
			"no_commitment",
		),
	],
)
def test_a_contract_customer_without_a_running_dated_commitment_has_eight_points(changes, code):
	row = points_of("frequency", contract_customer(**changes))
	assert (row.points, row.reason.code) == (8, code)


@pytest.mark.parametrize(
	("first", "points", "years"),
	[
		(date(2026, 5, 20), 0, 0),
		(date(2025, 11, 21), 0, 0),
		(date(2025, 11, 20), 3, 1),
		(date(2024, 11, 21), 3, 1),
		(date(2024, 11, 20), 5, 2),
		(date(2023, 11, 21), 5, 2),
		(date(2023, 11, 20), 8, 3),
		(date(2021, 11, 21), 8, 4),
		(date(2021, 11, 20), 10, 5),
		(date(1996, 1, 1), 10, 30),
	],
)
def test_tenure_by_anniversaries_of_the_first_purchase(first, points, years):
	row = points_of("tenure", rated_customer(first_purchase=first))
	assert (row.points, row.reason.as_mapping()) == (points, {"first_purchase": first, "years": years})


def test_an_anniversary_of_a_leap_day_is_the_last_of_february():
	facts = rated_customer(first_purchase=date(2024, 2, 29))
	for as_of, points in ((date(2025, 2, 27), 0), (date(2025, 2, 28), 3)):
		assert rate(facts, POLICY, ALONE, as_of).points[2].points == points


@pytest.mark.parametrize(
	("overdue", "revenue", "days", "points", "code"),
	[
		(0.0, 1000.0, None, 15, "nothing_overdue"),
		(0.0, 0.0, None, 15, "nothing_overdue"),
		(0.01, 1000.0, 1, 12, "overdue_share"),
		(50.0, 1000.0, 60, 12, "overdue_share"),
		(50.01, 1000.0, 60, 8, "overdue_share"),
		(150.0, 1000.0, 60, 8, "overdue_share"),
		(150.01, 1000.0, 60, 4, "overdue_share"),
		(300.0, 1000.0, 60, 4, "overdue_share"),
		(300.01, 1000.0, 60, 0, "overdue_share"),
		(50.0, 1000.0, 61, 8, "overdue_too_old"),
		(150.0, 1000.0, 61, 8, "overdue_share"),
		(200.0, 1000.0, 61, 4, "overdue_share"),
		(0.15, 3.0, 5, 12, "overdue_share"),
		(0.01, 0.0, 5, 0, "overdue_without_revenue"),
		(5.0, -10.0, 5, 0, "overdue_without_revenue"),
		(5e9, 1e11, 5, 12, "overdue_share"),
		(0.0, 1000.0, 61, 8, "overdue_too_old"),
	],
)
def test_payment(overdue, revenue, days, points, code):
	oldest = AS_OF - timedelta(days=days) if days else None
	facts = rated_customer(revenue=revenue, overdue_amount=overdue, oldest_overdue=oldest)
	row = points_of("payment", facts)
	assert (row.points, row.reason.code) == (points, code)


@pytest.mark.parametrize(
	("complaints", "serious", "satisfaction", "points"),
	[
		(0, 0, None, 10),
		(0, 0, 3, 10),
		(0, 0, 2, 8),
		(1, 0, None, 7),
		(1, 1, None, 4),
		(2, 1, None, 1),
		(2, 1, 1, 0),
		(2, 0, 2, 2),
		(3, 0, None, 1),
		(4, 0, None, 0),
		(2, 2, None, 0),
	],
)
def test_service(complaints, serious, satisfaction, points):
	facts = rated_customer(
		complaints_12m=complaints, serious_complaints_12m=serious, last_satisfaction=satisfaction
	)
	row = points_of("service", facts)
	assert row.points == points
	low = satisfaction if satisfaction in (1, 2) else None
	assert row.reason.as_mapping() == {"complaints": complaints, "serious": serious, "satisfaction": low}


@pytest.mark.parametrize(("groups", "points"), [(0, 0), (1, 1), (2, 2), (3, 3), (4, 3), (5, 5), (80, 5)])
def test_breadth(groups, points):
	row = points_of("breadth", rated_customer(item_groups=groups))
	assert (row.points, row.reason.as_mapping()) == (points, {"groups": groups})


def test_breadth_of_unknown_items_spreads_over_the_others_and_the_rating_says_so():
	facts = rated_customer(item_groups=None, complaints_12m=1, purchase_days_12m=2)
	rating = rate(facts, POLICY, RevenueStanding({"East": [1000.0, 2000.0, 3000.0]}), AS_OF)
	assert [str(row.points) for row in rating.points] == ["14.04", "8.42", "10.53", "15.79", "7.37", "0.00"]
	assert rating.score == Decimal("56.15")
	assert rating.points[-1].reason.code == "item_groups_unknown"
	assert [reason.code for reason in rating.reasons] == ["items_unknown"]
	assert rating.reasons[0].as_mapping() == {"weight": 5}


def test_points_of_a_table_follow_the_weight_of_its_factor():
	weights = StarWeights(
		revenue=30, frequency=Decimal("25.5"), tenure=10, payment=20, service=Decimal("9.5")
	)
	policy = StarPolicy(weights=weights)
	facts = rated_customer(
		purchase_days_12m=7, overdue_amount=100.0, oldest_overdue=AS_OF - timedelta(days=1), complaints_12m=1
	)
	rating = rate(facts, policy, ALONE, AS_OF)
	assert [str(row.points) for row in rating.points] == ["30.00", "20.40", "10.00", "10.67", "6.65", "5.00"]


def test_a_policy_changes_a_table():
	policy = StarPolicy(tables=StarTables(item_groups=((0, 0), (10, 50)), complaint=1))
	assert points_of("breadth", rated_customer(item_groups=9), policy).points == 0
	assert points_of("breadth", rated_customer(item_groups=10), policy).points == 5
	assert points_of("service", rated_customer(complaints_12m=4), policy).points == 6


@pytest.mark.parametrize(
	("first", "rated"),
	[
		(None, False),
		(date(2026, 5, 20), True),
		(date(2026, 5, 21), False),
		(AS_OF, False),
	],
)
def test_a_rating_needs_six_months_of_history(first, rated):
	assert is_rated(first, POLICY, AS_OF) is rated
	rating = rate(rated_customer(first_purchase=first), POLICY, ALONE, AS_OF)
	assert (rating.level is Level.NEW) is not rated


def test_six_months_after_the_end_of_august_end_with_february():
	assert is_rated(date(2026, 8, 31), POLICY, date(2027, 2, 28))
	assert not is_rated(date(2026, 8, 31), POLICY, date(2027, 2, 27))


@pytest.mark.parametrize(
	("first", "code", "figures"),
	[
		(None, "never_bought", {}),
		(
			date(2026, 8, 31),
			"history_too_short",
			{"first_purchase": date(2026, 8, 31), "rated_from": date(2027, 2, 28)},
		),
	],
)
def test_a_new_customer_has_no_score_and_says_why(first, code, figures):
	rating = rate(rated_customer(first_purchase=first), POLICY, ALONE, AS_OF)
	assert (rating.level, rating.score, rating.points, rating.lacks) == (Level.NEW, None, (), ())
	assert (rating.next_level, rating.next_level_gap, rating.is_key_account) == (None, None, False)
	assert (rating.reasons[0].code, rating.reasons[0].as_mapping()) == (code, figures)


def scored(score):
	"""Return the rating of a customer whose revenue points alone give `score`, in hundredths."""
	policy = StarPolicy(weights=StarWeights(100, 0, 0, 0, 0, 0))
	revenues = [1.0] * score + [2.0] * (10_000 - score)
	return rate(rated_customer(revenue=1.0), policy, RevenueStanding({"East": revenues}), AS_OF)


@pytest.mark.parametrize(
	("score", "level", "next_level", "gap"),
	[
		(1, Level.ONE_STAR, Level.TWO_STAR, "29.99"),
		(2999, Level.ONE_STAR, Level.TWO_STAR, "0.01"),
		(3000, Level.TWO_STAR, Level.THREE_STAR, "20.00"),
		(4999, Level.TWO_STAR, Level.THREE_STAR, "0.01"),
		(5000, Level.THREE_STAR, Level.FOUR_STAR, "20.00"),
		(6999, Level.THREE_STAR, Level.FOUR_STAR, "0.01"),
		(7000, Level.FOUR_STAR, Level.FIVE_STAR, "15.00"),
		(8499, Level.FOUR_STAR, Level.FIVE_STAR, "0.01"),
		(8500, Level.FIVE_STAR, None, None),
		(10000, Level.FIVE_STAR, None, None),
	],
)
def test_the_level_follows_the_written_score(score, level, next_level, gap):
	rating = scored(score)
	assert rating.score == Decimal(score) / 100
	assert (rating.level, rating.next_level) == (level, next_level)
	assert rating.next_level_gap == (Decimal(gap) if gap else None)


def test_a_named_key_account_keeps_its_star_even_as_a_new_customer():
	rating = rate(rated_customer(is_named_key_account=True, purchase_days_12m=0), POLICY, ALONE, AS_OF)
	assert (rating.level, rating.is_key_account) == (Level.FOUR_STAR, True)
	assert rating.key_account_reason.code == "key_account_named"
	new = rate(rated_customer(is_named_key_account=True, first_purchase=None), POLICY, ALONE, AS_OF)
	assert (new.level, new.is_key_account, new.key_account_reason.code) == (
		Level.NEW,
		True,
		"key_account_named",
	)


@pytest.mark.parametrize(
	("rule", "is_key_account"),
	[
		({}, False),
		({"minimum_score": 80}, True),
		({"minimum_score": Decimal("80.01")}, False),
		({"minimum_revenue": 1000}, True),
		({"minimum_revenue": Decimal("1000.01")}, False),
		({"minimum_score": 80, "minimum_revenue": 1000}, True),
		({"minimum_score": 81, "minimum_revenue": 1000}, False),
	],
)
def test_a_rule_makes_key_accounts(rule, is_key_account):
	policy = StarPolicy(key_account=KeyAccountRule(**rule))
	rating = rate(rated_customer(purchase_days_12m=0), policy, ALONE, AS_OF)
	assert (rating.score, rating.is_key_account) == (80, is_key_account)
	if is_key_account:
		assert rating.key_account_reason.code == "key_account_by_rule"
		assert rating.key_account_reason.as_mapping()["score"] == 80
	new = rate(rated_customer(first_purchase=AS_OF), policy, ALONE, AS_OF)
	assert not new.is_key_account


@pytest.mark.parametrize("factor", [2.0, 0.125, 4096.0])
@pytest.mark.parametrize("overdue", [0.0, 37.5, 37.75, 225.25])
def test_the_currency_does_not_matter(factor, overdue):
	revenues = [-3.0, 12.5, 750.0, 750.0, 9000.25]
	facts = rated_customer(revenue=750.0, overdue_amount=overdue, oldest_overdue=AS_OF - timedelta(days=5))
	other = replace(
		facts,
		revenue_12m=facts.revenue_12m * factor,
		revenue_12m_by_company=(("East", facts.revenue_12m * factor),),
		overdue_amount=overdue * factor,
	)
	ours = rate(facts, POLICY, RevenueStanding({"East": revenues}), AS_OF)
	theirs = rate(other, POLICY, RevenueStanding({"East": [revenue * factor for revenue in revenues]}), AS_OF)
	assert [row.points for row in ours.points] == [row.points for row in theirs.points]
