"""A book handed over: nobody is lost, nobody is given to who already stands beside, shares are as even as can be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.handover import Book, Share, SplitRule, split

PEOPLE = ("ann", "ben", "cem")
shares = st.lists(
	st.builds(
		Share,
		st.text("abcdef", min_size=1, max_size=4),
		st.integers(0, 50).map(float),
		st.sampled_from((None, *PEOPLE)),
	),
	unique_by=lambda share: share.customer,
	max_size=25,
)
books = st.lists(
	st.builds(Book, st.sampled_from(PEOPLE), st.integers(0, 9), st.integers(0, 99).map(float)),
	unique_by=lambda book: book.person,
	min_size=1,
)
rules = st.sampled_from(SplitRule)


@given(shares, books, rules)
def test_everybody_has_one_place_and_never_the_other_one(given_away, takers, rule) -> None:
	found = split(given_away, takers, rule)
	assert set(found) == {share.customer for share in given_away}
	people = {book.person for book in takers}
	for share in given_away:
		able = people - {share.other}
		assert (found[share.customer] in able) if able else found[share.customer] is None


@given(shares, books, rules, st.randoms())
def test_order_does_not_matter(given_away, takers, rule, draw) -> None:
	found = split(given_away, takers, rule)
	draw.shuffle(given_away)
	draw.shuffle(takers)
	assert split(given_away, takers, rule) == found


@given(st.integers(0, 40), books)
def test_fewest_customers_levels_the_number(count, takers) -> None:
	found = split((Share(f"c{n:02d}") for n in range(count)), takers, SplitRule.FEWEST_CUSTOMERS)
	ends = {
		book.person: book.customers + sum(person == book.person for person in found.values())
		for book in takers
	}
	given_to = {person: end for person, end in ends.items() if person in found.values()}
	assert max(given_to.values(), default=0) <= min(ends.values()) + 1


@given(st.integers(0, 40), books)
def test_in_turn_everybody_gets_the_same_number(count, takers) -> None:
	found = split((Share(f"c{n:02d}") for n in range(count)), takers, SplitRule.ROUND_ROBIN)
	turns = [list(found.values()).count(book.person) for book in takers]
	assert max(turns) - min(turns) <= 1


@given(st.lists(st.integers(1, 50), max_size=25))
def test_least_revenue_is_no_further_apart_than_the_largest_customer(revenues) -> None:
	takers = [Book("ann"), Book("ben")]
	found = split(
		(Share(f"c{n:02d}", float(r)) for n, r in enumerate(revenues)), takers, SplitRule.LEAST_REVENUE
	)
	sums = [
		sum(revenues[int(c[1:])] for c, person in found.items() if person == book.person) for book in takers
	]
	assert abs(sums[0] - sums[1]) <= max(revenues, default=0)


@pytest.mark.parametrize("rule", SplitRule)
def test_the_books_given_in_are_left_as_they_are(rule) -> None:
	takers = [Book("ann", 3, 10.0)]
	split([Share("c1", 5.0)], takers, rule)
	assert takers == [Book("ann", 3, 10.0)]
