"""Somebody away, night by night: what is due shows at the backup, nothing is lost, and it all returns."""

from datetime import date, timedelta

import pytest

from cs_retention.engine.vocabulary import Channel, Outcome
from cs_retention.preview.book import opened
from cs_retention.preview.calls import MadeCall, log_call
from cs_retention.preview.demo import AS_OF, DAYS, fill
from cs_retention.preview.listings import read_calls, read_standings
from cs_retention.preview.nights import play_night

PROMISED_TO = "Riverside University"
EAST, WEST = "manager.east@branch.example", "manager.west@branch.example"
FIRST, LAST = date(2026, 9, 29), date(2026, 9, 30)
"""Days of an illness: the last working days of a month, so that no other day is left for what the month owes."""
MADE = """
	SELECT touch.person, callback.account_manager, callback.customer FROM `tabCustomer Touch` touch
	JOIN `tabCustomer Callback` callback ON callback.name = touch.callback WHERE touch.touch_date >= %(first)s
"""


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
	"""Path of the sample branch, played to the evening before the illness."""
	path = tmp_path_factory.mktemp("branch") / "branch.sqlite"
	fill(path)
	with opened(path, is_written=True) as book:
		play_night(book, AS_OF, DAYS)
		play_days(book, AS_OF, FIRST - timedelta(days=1))
	return path


@pytest.fixture
def book(filled, tmp_path):
	copy = tmp_path / "branch.sqlite"
	copy.write_bytes(filled.read_bytes())
	with opened(copy, is_written=True) as book:
		play_night(book, FIRST)
		yield book


def play_days(book, first, last):
	"""Play the night of each day, and let everybody make the calls of the day."""
	day = first
	while day <= last:
		play_night(book, day)
		standings = {row.customer: row for row in read_standings(book.store, day)}
		for call in list(read_calls(book.store, on=day)):
			channel = Channel(call.channel)
			outcome = Outcome.VISITED if channel is Channel.VISIT else Outcome.REACHED
			log_call(
				book.store, MadeCall(call.customer, day, channel, outcome, "-"), standings[call.customer]
			)
		book.store.commit()
		day += timedelta(days=1)


def fall_ill(book, last=LAST):
	fields = ("name", "person", "from_date", "to_date")
	book.store.insert_rows("Owner Absence", fields, [("ill", WEST, FIRST, last)])
	book.store.commit()
	play_night(book, FIRST)


def due(book, person):
	"""Return the customers whom a person is to call on the days of the illness."""
	return {
		call.customer: call
		for call in read_calls(book.store)
		if call.responsible == person and FIRST <= call.due_date <= LAST
	}


def covered(book):
	return [call for call in read_calls(book.store) if call.covered == WEST]


def test_what_is_due_shows_at_the_backup_with_its_reason(book):
	was = due(book, WEST)
	assert was and not covered(book)
	fall_ill(book)
	assert not due(book, WEST)
	now = covered(book)
	assert now and {call.customer for call in now} <= set(was)
	for call in now:
		assert (call.responsible, call.account_manager) == (EAST, WEST)
		codes = {reason.code for reason in call.reasons}
		assert {"covered", "moved"} <= codes


def test_nothing_that_was_due_is_lost_without_being_told(book):
	was = set(due(book, WEST))
	fall_ill(book)
	planned = {call.customer for call in read_calls(book.store) if call.due_date <= LAST}
	told = "SELECT customer FROM `tabCustomer Retention State` WHERE plan_shortfall IS NOT NULL"
	short = {customer for (customer,) in book.store.rows(told)}
	met = {
		customer
		for (customer,) in book.store.rows("SELECT customer FROM `tabCustomer Callback` WHERE status = 'Met'")
	}
	assert was <= planned | short | met


def test_the_backup_is_credited_and_afterwards_all_is_with_the_account_manager_again(book):
	fall_ill(book)
	expected = {call.customer for call in covered(book)}
	play_days(book, FIRST, LAST)
	made = {
		customer
		for person, manager, customer in book.store.rows(MADE, {"first": FIRST})
		if (person, manager) == (EAST, WEST)
	}
	assert made == expected != set()
	play_night(book, LAST + timedelta(days=1))
	assert not covered(book)
	assert any(call.responsible == WEST for call in read_calls(book.store))


def test_a_promise_the_backup_did_not_get_to_returns_overdue_to_the_account_manager(book):
	standing = next(row for row in read_standings(book.store, FIRST) if row.customer == PROMISED_TO)
	call = MadeCall(PROMISED_TO, FIRST - timedelta(days=1), Channel.PHONE, Outcome.REACHED, "-", None, LAST)
	log_call(book.store, call, standing)
	book.store.commit()
	fall_ill(book)
	assert [(kept.responsible, kept.due_date) for kept in promises(book)] == [(EAST, LAST)]
	play_night(book, LAST + timedelta(days=1))
	(kept,) = promises(book)
	assert kept.responsible == WEST
	assert kept.due_date > LAST
	assert "overdue_since" in {reason.code for reason in kept.reasons}


def promises(book):
	return [call for call in read_calls(book.store, PROMISED_TO) if "Promise" in call.purposes]


def test_an_absence_that_ends_early_takes_nothing_from_the_backup_and_gives_nothing_more(book):
	fall_ill(book)
	shown = {(call.name, call.due_date) for call in covered(book)}
	book.store.update_rows("Owner Absence", ("name", "from_date", "to_date"), [("ill", AS_OF, AS_OF)])
	book.store.commit()
	play_night(book, FIRST)
	assert {(call.name, call.due_date) for call in covered(book)} == shown != set()


def test_an_absence_told_twice_or_planned_twice_changes_nothing(book):
	fall_ill(book)
	before = list(read_calls(book.store))
	fields = ("name", "person", "from_date", "to_date")
	book.store.insert_rows("Owner Absence", fields, [("again", WEST, FIRST, FIRST)])
	book.store.commit()
	assert play_night(book, FIRST).rows_written == 0
	assert list(read_calls(book.store)) == before
