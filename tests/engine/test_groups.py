"""People planned together: tied ones never apart, everybody exactly once, the order of the input of no account."""

from __future__ import annotations

from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.groups import NOBODY, groups_of_people

PEOPLE = st.sampled_from([NOBODY, *"abcdefgh"])
CUSTOMERS = st.dictionaries(PEOPLE, st.integers(0, 9))
TIES = st.lists(st.tuples(PEOPLE, PEOPLE), max_size=6)


def test_people_fill_a_group_in_order_of_their_names() -> None:
	assert groups_of_people({"c": 2, "a": 2, "b": 2}, [], 4) == [("a", "b"), ("c",)]


def test_tied_people_stand_together_even_beyond_the_size() -> None:
	assert groups_of_people({"a": 3, "b": 3, "c": 3}, [("c", "a")], 4) == [("a", "c"), ("b",)]


def test_a_tie_may_name_somebody_without_customers() -> None:
	assert groups_of_people({"a": 1}, [("a", "z")], 4) == [("a", "z")]


def test_nobody_is_a_person_of_the_book() -> None:
	assert groups_of_people({NOBODY: 5, "a": 1}, [], 4) == [(NOBODY,), ("a",)]


def test_an_empty_book_has_no_group() -> None:
	assert groups_of_people({}, [], 4) == []


@given(CUSTOMERS, TIES, st.integers(1, 12))
def test_everybody_stands_in_one_group_with_those_tied(customers, ties, at_most) -> None:
	groups = groups_of_people(customers, ties, at_most)
	assert sorted(chain.from_iterable(groups)) == sorted({*customers, *chain.from_iterable(ties)})
	home = {person: group for group in groups for person in group}
	assert all(home[one] is home[other] for one, other in ties)


@given(CUSTOMERS, TIES, st.integers(1, 12), st.randoms())
def test_the_order_of_people_and_ties_is_of_no_account(customers, ties, at_most, random) -> None:
	shuffled = list(customers.items())
	random.shuffle(shuffled)
	turned = [(other, one) for one, other in ties]
	random.shuffle(turned)
	assert groups_of_people(dict(shuffled), turned, at_most) == groups_of_people(customers, ties, at_most)


@given(CUSTOMERS, st.integers(1, 12))
def test_a_group_is_larger_than_asked_for_only_by_one_person(customers, at_most) -> None:
	for group in groups_of_people(customers, [], at_most):
		assert len(group) == 1 or sum(customers[person] for person in group) <= at_most
