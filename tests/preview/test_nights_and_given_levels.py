"""Nights and what people decide: reviews of the calendar left to a manager, levels given for a time and taken back."""

from contextlib import closing
from datetime import date, timedelta

import pytest
from support_book import AS_OF, add, open_sqlite_book
from support_random_book import fill, random_book

from cs_retention.engine.policy import Policy
from cs_retention.engine.star_policy import STARS, StarPolicy
from cs_retention.engine.vocabulary import ScheduledReviews
from cs_retention.nightly.reason_json import load_reasons
from cs_retention.nightly.run import rate_book

PROPOSED = Policy(stars=StarPolicy(scheduled_reviews=ScheduledReviews.PROPOSED))
RATINGS = """
	SELECT as_of, kind, previous_level, level, own_level, reasons, override FROM `tabStar Rating`
	WHERE customer = %(customer)s ORDER BY as_of
"""
OWN = "SELECT rated_on, rating_valid_until, interim_below, own_level FROM `tabCustomer Retention State` WHERE customer = %(customer)s"


@pytest.fixture
def book():
	with closing(open_sqlite_book()) as store:
		fill(store, random_book(5, 60, spell=False))
		night(store, 0)
		yield store


def night(store, number, policy=PROPOSED):
	counts = rate_book(store, policy, AS_OF + timedelta(days=number), lambda phase, done: None)
	store.commit()
	return counts


def kinds(store):
	return {kind for (kind,) in store.rows("SELECT DISTINCT kind FROM `tabStar Rating`")}


def level_of(store, customer):
	query = "SELECT star_level FROM `tabCustomer Retention State` WHERE customer = %(customer)s"
	((level,),) = store.rows(query, {"customer": customer})
	return level


def somebody(store):
	"""Return a rated customer and a star that is not its level."""
	query = "SELECT customer, star_level FROM `tabCustomer Retention State` WHERE rated_on IS NOT NULL ORDER BY customer"
	customer, level = next(iter(store.rows(query)))
	return customer, next(star.value for star in STARS if star.value != level)


def give(store, customer, level, first, last, name="o1"):
	"""Approve an override from one night to another."""
	days = {"approved_on": AS_OF + timedelta(days=first), "until": AS_OF + timedelta(days=last)}
	told = {"reason": "new branch", "approver": "manager.east@branch.example", "docstatus": 1}
	add(store, "Star Override", [{"name": name, "customer": customer, "level": level, **days, **told}])
	store.commit()


def ratings(store, customer):
	"""Return the ratings after the first: night, kind, level before, after and our own, the last two reasons, override."""
	found = list(store.rows(RATINGS, {"customer": customer}))[1:]
	return [
		(
			(date.fromisoformat(as_of) - AS_OF).days,
			*words,
			[reason.code for reason in load_reasons(reasons)][-2:],
			override,
		)
		for as_of, *words, reasons, override in found
	]


def test_reviews_of_the_calendar_are_no_nights_where_they_are_proposed(book):
	for number in (1, 20, 60, 400):
		night(book, number)
	assert kinds(book) == {"Initial"}


def test_reviews_of_the_calendar_are_applied_by_the_night_where_they_are_automatic(book):
	for number in (20, 60, 400):
		night(book, number, Policy())
	assert {"Initial", "Annual"} <= kinds(book)


def test_an_override_begins_and_ends_with_the_night_after_each(book):
	customer, given = somebody(book)
	before, own = level_of(book, customer), list(book.rows(OWN, {"customer": customer}))
	give(book, customer, given, first=2, last=9)
	seen = {}
	for number in range(1, 13):
		night(book, number)
		assert night(book, number).rows_written == 0
		seen[number] = level_of(book, customer)
	assert seen == {number: given if 2 <= number <= 9 else before for number in seen}
	assert ratings(book, customer) == [
		(2, "Given Level", before, given, before, ["own_level_kept", "overridden"], "o1"),
		(10, "Given Level", given, before, before, ["own_level_kept", "override_ended"], None),
	]
	assert list(book.rows(OWN, {"customer": customer})) == own


def test_an_override_to_our_own_level_is_told_to_have_ended_too(book):
	customer, _given = somebody(book)
	own = level_of(book, customer)
	give(book, customer, own, first=-1, last=5)
	for number in (1, 5, 6, 7):
		night(book, number)
	assert ratings(book, customer) == [
		(6, "Given Level", own, own, own, ["own_level_kept", "override_ended"], None)
	]


def test_after_nights_that_were_missed_an_override_ends_with_the_next_one(book):
	customer, given = somebody(book)
	give(book, customer, given, first=1, last=3)
	night(book, 1)
	night(book, 30)
	assert [row[:2] for row in ratings(book, customer)] == [(1, "Given Level"), (30, "Given Level")]
	assert level_of(book, customer) != given


def test_a_withdrawn_override_gives_way_and_a_level_of_head_office_takes_its_place(book):
	customer, given = somebody(book)
	own = level_of(book, customer)
	give(book, customer, given, first=1, last=100)
	night(book, 1)
	book.update_rows("Star Override", ("name", "docstatus"), [("o1", 2)])
	third = next(star.value for star in STARS if star.value not in (given, own))
	decided = {"decided_on": AS_OF + timedelta(days=3), "source": "List 7"}
	add(book, "Head Office Level", [{"customer": customer, "level": third, **decided}])
	book.commit()
	seen = [night(book, number) and level_of(book, customer) for number in (2, 3, 4)]
	assert seen == [own, third, third]
	assert [row[0] for row in ratings(book, customer)] == [1, 2, 3]


def test_a_review_of_the_calendar_settles_what_was_given_and_no_second_one_follows(book):
	customer, given = somebody(book)
	give(book, customer, given, first=-1, last=15)
	for number in (1, 16, 17):
		night(book, number, Policy())
	assert AS_OF + timedelta(days=16) == date(2026, 12, 1)
	begun, ended = ratings(book, customer)
	assert begun[:2] == (1, "Given Level")
	assert ended[:2] == (16, "Interim")
	assert ended[-2][-1] == "override_ended"
