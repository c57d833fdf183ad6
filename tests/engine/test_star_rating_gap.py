"""What the next level lacks: doing what it names reaches the level, and less does not (RULES section 1)."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from engine_cases import AS_OF, contract_customer, rated_customer
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cs_retention.engine.reasons import Reason
from cs_retention.engine.star_policy import STARS, LowerBounds, StarPolicy, StarWeights
from cs_retention.engine.star_rating import REASONS, RevenueStanding, rate
from cs_retention.engine.vocabulary import Level

POLICY = StarPolicy()
WEIGHTS = (
	StarWeights(),
	StarWeights(10, 50, 10, 15, 10, 5),
	StarWeights(0, 30, 20, 20, 20, 10),
	StarWeights(Decimal("33.33"), Decimal("21.67"), 10, 15, 10, 10),
)
CENTS = st.integers(-50_000, 200_000).map(lambda cents: cents / 100)


def moved(amount, more):
	return float(Decimal(str(amount)) + more)


def with_more_revenue(facts, revenues, company, more):
	own = dict(facts.revenue_12m_by_company)
	others = list(revenues[company])
	others.remove(own[company])
	own[company] = moved(own[company], more)
	changed = replace(
		facts,
		revenue_12m=moved(facts.revenue_12m, more),
		revenue_12m_by_company=tuple(own.items()),
	)
	return changed, {**revenues, company: sorted([*others, own[company]])}


def done(facts, revenues, lacking):
	"""Return facts and revenues of the book after doing what one reason names."""
	figures = lacking.as_mapping()
	if lacking.code == "more_revenue":
		return with_more_revenue(facts, revenues, figures["company"], figures["amount"])
	changes = {
		"more_purchase_days": lambda: {"purchase_days_12m": facts.purchase_days_12m + figures["days"]},
		"longer_commitment": lambda: {
			"has_contract": True,
			"contract_end": figures["until"],
			"is_open_ended": False,
		},
		"settle_overdue": lambda: {"overdue_amount": 0.0, "oldest_overdue": None},
		"more_item_groups": lambda: {"item_groups": facts.item_groups + figures["groups"]},
	}
	return replace(facts, **changes[lacking.code]()), revenues


def rated(facts, policy, revenues):
	return rate(facts, policy, RevenueStanding(revenues), AS_OF)


def reaches(rating, level):
	return STARS.index(rating.level) <= STARS.index(level)


@st.composite
def books(draw):
	"""Draw a rated customer and the revenues of the rated customers of its companies."""
	companies = draw(st.lists(st.sampled_from(("East", "North", "West")), unique=True, max_size=3))
	own = {company: draw(CENTS) for company in companies}
	revenues = {company: sorted([own[company], *draw(st.lists(CENTS, max_size=12))]) for company in companies}
	overdue = draw(st.sampled_from((0.0, 0.0, 0.01, 12.34, 100.0, 999.99)))
	complaints = draw(st.integers(0, 3))
	contract = draw(st.sampled_from(("none", "none", "dated", "open", "ended")))
	facts = rated_customer(
		revenue_12m=round(sum(own.values()), 2),
		revenue_12m_by_company=tuple(sorted(own.items())),
		purchase_days_12m=draw(st.integers(0, 14)),
		first_purchase=AS_OF - timedelta(days=draw(st.integers(200, 2500))),
		overdue_amount=overdue,
		oldest_overdue=AS_OF - timedelta(days=draw(st.integers(1, 90))) if overdue else None,
		complaints_12m=complaints,
		serious_complaints_12m=draw(st.integers(0, complaints)),
		last_satisfaction=draw(st.sampled_from((None, 1, 5))),
		item_groups=draw(st.sampled_from((None, 0, 1, 2, 4, 6))),
		is_billed=contract != "none",
		has_contract=contract in ("dated", "open"),
		is_open_ended=contract == "open",
		contract_end=AS_OF + timedelta(days=draw(st.integers(0, 500))) if contract == "dated" else None,
	)
	return facts, revenues


@settings(max_examples=300)
@given(books(), st.sampled_from(WEIGHTS))
def test_doing_what_is_lacking_reaches_the_next_level(book, weights):
	facts, revenues = book
	policy = StarPolicy(weights=weights)
	rating = rated(facts, policy, revenues)
	assert (rating.next_level is None) == (not rating.lacks)
	for lacking in rating.lacks:
		assert REASONS[lacking.code] == tuple(lacking.as_mapping())
	if rating.next_level is None:
		return
	if rating.lacks[0].code == "only_time_helps":
		assert_out_of_reach(facts, policy, revenues, rating)
		return
	for lacking in rating.lacks:
		facts, revenues = done(facts, revenues, lacking)
	assert reaches(rated(facts, policy, revenues), rating.next_level)


def assert_out_of_reach(facts, policy, revenues, rating):
	"""Everything that the customer could do at once does not reach the next level."""
	assert len(rating.lacks) == 1
	facts = replace(
		facts,
		purchase_days_12m=365,
		overdue_amount=0.0,
		oldest_overdue=None,
		has_contract=facts.is_contract_customer,
		contract_end=date(2040, 1, 1) if facts.is_contract_customer else None,
		item_groups=None if facts.item_groups is None else 99,
	)
	for company, _ in facts.revenue_12m_by_company:
		facts, revenues = with_more_revenue(facts, revenues, company, Decimal(100_000))
	best = rated(facts, policy, revenues)
	assert not reaches(best, rating.next_level)
	figures = rating.lacks[0].as_mapping()
	assert figures["gap"] == rating.next_level_gap
	assert best.score == rating.score + figures["reachable"]


@settings(max_examples=300)
@given(books(), st.sampled_from(WEIGHTS))
@example(
	(
		rated_customer(
			revenue=1000.0, overdue_amount=51.0, oldest_overdue=AS_OF - timedelta(days=9), complaints_12m=2
		),
		{"East": [1000.0, 1005.0, 1010.0, 1030.0]},
	),
	StarWeights(),
)
def test_a_cent_of_revenue_less_does_not_reach_it(book, weights):
	facts, revenues = book
	policy = StarPolicy(weights=weights)
	rating = rated(facts, policy, revenues)
	if len(rating.lacks) != 1 or rating.lacks[0].code != "more_revenue":
		return
	figures = rating.lacks[0].as_mapping()
	less = figures["amount"] - Decimal("0.01")
	assert less >= 0
	assert figures["revenue"] == moved(
		dict(facts.revenue_12m_by_company)[figures["company"]], figures["amount"]
	)
	facts, revenues = with_more_revenue(facts, revenues, figures["company"], less)
	assert not reaches(rated(facts, policy, revenues), rating.next_level)


@settings(max_examples=300)
@given(books())
def test_a_purchase_day_or_an_item_group_less_does_not_reach_it(book):
	facts, revenues = book
	policy = StarPolicy(weights=WEIGHTS[1])
	rating = rated(facts, policy, revenues)
	less = {"more_purchase_days": "days", "more_item_groups": "groups"}
	if len(rating.lacks) != 1 or rating.lacks[0].code not in less:
		return
	figure = less[rating.lacks[0].code]
	fewer = Reason.of(rating.lacks[0].code, **{figure: rating.lacks[0].as_mapping()[figure] - 1})
	facts, revenues = done(facts, revenues, fewer)
	assert not reaches(rated(facts, policy, revenues), rating.next_level)


def lacks_of(facts, revenues=(1000.0,), policy=POLICY):
	rating = rated(facts, policy, {"East": list(revenues)})
	return [(lacking.code, lacking.as_mapping()) for lacking in rating.lacks]


def test_the_smallest_revenue_leaves_the_old_place_behind():
	revenues = [100.0 * place for place in range(1, 11)]
	facts = rated_customer(revenue=100.0, purchase_days_12m=4)
	assert rated(facts, POLICY, {"East": revenues}).score == Decimal("56.00")
	more = {"amount": Decimal("400.00"), "company": "East", "revenue": 500.0}
	assert lacks_of(facts, revenues) == [("more_revenue", more)]


def test_more_revenue_that_lowers_the_overdue_share_counts_twice():
	facts = rated_customer(
		revenue=1000.0, overdue_amount=51.0, oldest_overdue=AS_OF - timedelta(days=9), complaints_12m=3
	)
	revenues = [1000.0, 1005.0, *([5000.0] * 8)]
	policy = StarPolicy(lower_bounds=LowerBounds(54, 40, 30, 20, 0))
	more = {"amount": Decimal("20.00"), "company": "East", "revenue": 1020.0}
	assert rated(facts, policy, {"East": revenues}).score == Decimal("48.00")
	assert lacks_of(facts, revenues, policy) == [("more_revenue", more)]


def test_a_cent_is_enough_where_nobody_earns():
	facts = rated_customer(revenue=-5.0)
	more = {"amount": Decimal("5.01"), "company": "East", "revenue": 0.01}
	assert lacks_of(facts, [-7.0, -5.0]) == [("more_revenue", more)]


def test_amounts_finer_than_a_cent_and_beyond_two_billion_stay_exact():
	facts = rated_customer(revenue=100.0, purchase_days_12m=7)
	revenues = [100.0, 100.255, 3e9, 4e9, 5e9]
	more = {"amount": Decimal("0.255000"), "company": "East", "revenue": 100.255}
	assert lacks_of(facts, revenues) == [("more_revenue", more)]
	facts = replace(facts, purchase_days_12m=4)
	more = {"amount": Decimal("2999999900.00"), "company": "East", "revenue": 3e9}
	assert lacks_of(facts, revenues) == [("more_revenue", more)]


def test_what_the_standing_does_not_know_is_a_newcomer_among_the_others():
	facts = rated_customer(revenue=5.0)
	more = {"amount": Decimal("5.00"), "company": "East", "revenue": 10.0}
	assert lacks_of(facts, [10.0, 20.0, 30.0]) == [("more_revenue", more)]


def test_the_first_at_revenue_needs_another_lever():
	facts = rated_customer(purchase_days_12m=0)
	facts = replace(facts, complaints_12m=1)
	assert lacks_of(facts) == [("more_purchase_days", {"days": 2, "total": 2})]
	facts = replace(
		facts, overdue_amount=90.0, oldest_overdue=AS_OF - timedelta(days=61), purchase_days_12m=12
	)
	facts = replace(facts, complaints_12m=3)
	settled = {"amount": Decimal("90.00"), "oldest": AS_OF - timedelta(days=61)}
	assert lacks_of(facts) == [("settle_overdue", settled)]
	facts = rated_customer(item_groups=0, complaints_12m=4, first_purchase=date(2025, 1, 1))
	assert lacks_of(facts, policy=StarPolicy(lower_bounds=LowerBounds(five_star=80))) == [
		("more_item_groups", {"groups": 2, "total": 2})
	]


@pytest.mark.parametrize(
	("end", "bound", "months", "until"),
	[
		(None, 89, 1, date(2026, 12, 20)),
		(None, 93, 6, date(2027, 5, 20)),
		(date(2027, 1, 1), 99, 12, date(2027, 11, 20)),
	],
)
def test_a_contract_customer_lacks_a_longer_commitment(end, bound, months, until):
	facts = contract_customer(
		contract_end=end, has_contract=end is not None, is_billed=True, complaints_12m=0
	)
	facts = replace(facts, first_purchase=date(2020, 1, 1))
	policy = StarPolicy(lower_bounds=LowerBounds(five_star=bound))
	assert lacks_of(facts, policy=policy) == [("longer_commitment", {"months": months, "until": until})]


def test_levers_are_combined_when_none_is_enough_and_revenue_takes_the_least():
	facts = rated_customer(revenue=600.0, purchase_days_12m=0, complaints_12m=2)
	revenues = [100.0 * place for place in range(1, 11)]
	rating = rated(facts, StarPolicy(lower_bounds=LowerBounds(five_star=82)), {"East": revenues})
	assert (rating.score, rating.next_level) == (Decimal("58.00"), Level.FOUR_STAR)
	policy = StarPolicy(lower_bounds=LowerBounds(five_star=82, four_star=58))
	more = {"amount": Decimal("100.00"), "company": "East", "revenue": 700.0}
	assert lacks_of(facts, revenues, policy) == [
		("more_revenue", more),
		("more_purchase_days", {"days": 12, "total": 12}),
	]


def test_when_only_time_helps_it_says_what_time_can_bring():
	facts = rated_customer(complaints_12m=5, first_purchase=date(2026, 1, 1))
	figures = {
		"gap": Decimal("5.00"),
		"reachable": 0,
		"tenure": Decimal("10.00"),
		"service": Decimal("10.00"),
	}
	assert lacks_of(facts) == [("only_time_helps", figures)]
