"""Nights in a row over one book: what people do moves the plan, and nothing else does."""

import random
from collections import Counter
from datetime import date, timedelta

import pytest
from random_exports import KINDS, write_exports

from cs_retention.engine.policy import Policy
from cs_retention.nightly.reason_json import load_reasons
from cs_retention.nightly.run import run_night
from cs_retention.preview.book import fill_book, opened
from cs_retention.preview.listings import read_standings

MONDAY = date(2026, 9, 21)
PLANNED_ON = """
	SELECT name, customer, channel FROM `tabCustomer Callback`
	WHERE status = 'Planned' AND due_date = %(day)s ORDER BY name
"""
COMMITTED = """
	SELECT name, due_date, responsible FROM `tabCustomer Callback` WHERE status = 'Planned' AND is_committed = 1
"""
TOUCH = ("customer", "touch_date", "channel", "outcome", "callback")


@pytest.fixture
def book(tmp_path):
	folder = write_exports(tmp_path / "exports", 1, 120, MONDAY)
	path = tmp_path / "book.sqlite"
	fill_book(path, {kind: folder / f"{kind}.csv" for kind in KINDS}, {}, lambda read: None)
	with opened(path, is_written=True) as opened_book:
		yield opened_book


def make_most_calls(store, day, dice):
	calls = [
		(customer, day, channel, "Visited" if channel == "Visit" else "Reached", name)
		for name, customer, channel in list(store.rows(PLANNED_ON, {"day": day}))
		if dice.random() < 0.85
	]
	store.insert_rows("Customer Touch", TOUCH, calls)
	store.commit()
	return {call[-1] for call in calls}


def test_second_run_on_a_date_writes_nothing_on_any_of_forty_nights(book):
	dice, made = random.Random(1), 0
	for number in range(40):
		day = MONDAY + timedelta(days=number)
		run_night(book.store, Policy(), day)
		assert run_night(book.store, Policy(), day).rows_written == 0, day
		made += len(make_most_calls(book.store, day, dice))
	assert made > 100


def test_a_date_people_were_shown_stays_until_the_call_is_made_or_the_date_is_past(book):
	dice = random.Random(2)
	seen = Counter()
	run_night(book.store, Policy(), MONDAY)
	for number in range(25):
		day = MONDAY + timedelta(days=number)
		shown = {name: (due, person) for name, due, person in book.store.rows(COMMITTED)}
		made = make_most_calls(book.store, day, dice)
		run_night(book.store, Policy(), day + timedelta(days=1))
		after = {name: (due, person) for name, due, person in book.store.rows(COMMITTED)}
		moved = {
			name
			for name, what in shown.items()
			if name in after and after[name] != what and date.fromisoformat(what[0]) > day
		}
		gone = set(shown) - set(after) - made
		seen.update(shown=len(shown), made=len(made), gone=len(gone))
		assert not moved, "nothing disturbs this book"
		assert not made & set(after)
		for name in gone:
			query = """
				SELECT callback.status, state.plan_shortfall, MAX(purpose.period_end)
				FROM `tabCustomer Callback` callback
				JOIN `tabCustomer Callback Purpose` purpose ON purpose.parent = callback.name
				JOIN `tabCustomer Retention State` state ON state.name = callback.state
				WHERE callback.name = %(name)s GROUP BY callback.status, state.plan_shortfall
			"""
			((status, shortfall, period_end),) = book.store.rows(query, {"name": name})
			is_told = period_end <= str(day) or shortfall
			assert status == "Met" or (status == "Missed" and is_told), (day, name, status)
	assert all(seen[what] for what in ("shown", "made", "gone")), seen


def test_every_row_a_night_leaves_open_has_the_key_of_its_first_purpose(book):
	run_night(book.store, Policy(), MONDAY)
	keys = """
		SELECT callback.open_key, purpose.obligation_key FROM `tabCustomer Callback` callback
		JOIN `tabCustomer Callback Purpose` purpose ON purpose.parent = callback.name AND purpose.idx = 1
		WHERE callback.status = 'Planned'
	"""
	found = list(book.store.rows(keys))
	assert found
	assert all(open_key == key for open_key, key in found)
	assert len({open_key for open_key, _ in found}) == len(found)


def test_a_name_given_makes_a_key_account_at_once_and_weekly_calls_follow(book):
	run_night(book.store, Policy(), MONDAY)
	((customer, state),) = book.store.rows(
		"SELECT customer, name FROM `tabCustomer Retention State` WHERE is_key_account = 0 ORDER BY customer LIMIT 1"
	)
	book.store.update_rows("Customer", ("name", "retention_key_account"), [(customer, 1)])
	run_night(book.store, Policy(), MONDAY + timedelta(days=1))
	((is_key, before, changed_on),) = book.store.rows(
		"SELECT is_key_account, cadence_before, cadence_changed_on FROM `tabCustomer Retention State` WHERE name = %(name)s",
		{"name": state},
	)
	assert (is_key, changed_on) == (1, "2026-09-22")
	assert before
	weeks = {
		date.fromisoformat(due).isocalendar()[:2]
		for (due,) in book.store.rows(
			"SELECT due_date FROM `tabCustomer Callback` WHERE customer = %(customer)s AND status = 'Planned'",
			{"customer": customer},
		)
	}
	assert len(weeks) >= 3


def test_reasons_age_with_the_days_and_are_written_anew_only_for_new_facts(book):
	store = book.store
	run_night(store, Policy(), MONDAY)
	before = {row.customer: row for row in read_standings(store, MONDAY)}
	later = MONDAY + timedelta(days=1)
	run_night(store, Policy(), later)
	after = {row.customer: row for row in read_standings(store, later)}
	seen = 0
	for name, row in before.items():
		old = {reason.code: dict(reason.figures) for reason in row.health_reasons}
		new = {reason.code: dict(reason.figures) for reason in after[name].health_reasons}
		last = "days_since_last_purchase"
		if last in old and last in new and old[last]["last_purchase"] == new[last]["last_purchase"]:
			assert new[last]["days"] == old[last]["days"] + 1
			seen += 1
	assert seen > 50
	((written,),) = store.rows(
		"SELECT COUNT(*) FROM `tabCustomer Retention State` WHERE health_as_of = %(day)s", {"day": later}
	)
	assert written < len(before) / 3


PLAN_OF_A_DAY = """
	SELECT customer, channel FROM `tabCustomer Callback` WHERE status = 'Planned' AND due_date = %(day)s
	ORDER BY customer, channel
"""
PLAN = """
	SELECT customer, due_date, responsible, channel, window_start, window_end, is_committed, status, reasons
	FROM `tabCustomer Callback` ORDER BY customer, due_date, occurrence_key, status
"""


def test_people_planned_in_small_groups_get_the_plan_of_the_whole_book(tmp_path, monkeypatch):
	"""Two books, the same days, the same calls made; in one the night plans a handful of customers at a time."""
	plans = []
	for size in (10, 1_000_000):
		monkeypatch.setattr("cs_retention.nightly.plan.GROUP", size)
		folder = write_exports(tmp_path / str(size), 1, 120, MONDAY)
		path = tmp_path / f"{size}.sqlite"
		fill_book(path, {kind: folder / f"{kind}.csv" for kind in KINDS}, {}, lambda read: None)
		with opened(path, is_written=True) as book:
			for number in range(12):
				day = MONDAY + timedelta(days=number)
				run_night(book.store, Policy(), day)
				due = list(book.store.rows(PLAN_OF_A_DAY, {"day": day}))
				calls = [(row[0], day, row[1], "Reached") for place, row in enumerate(due) if place % 5]
				book.store.insert_rows("Customer Touch", TOUCH[:-1], calls)
				book.store.commit()
			plans.append(list(book.store.rows(PLAN)))
	assert len(plans[0]) > 200
	assert plans[0] == plans[1]


def test_who_stays_new_is_reviewed_again_once_something_of_it_has_changed(book):
	"""A customer without a rating keeps its reasons from night to night, until the first purchase gives it others."""
	store, policy = book.store, Policy()
	store.insert_rows("Customer", ("name", "customer_name"), [("Newcomer", "Newcomer")])
	store.commit()

	def reasons_on(day):
		run_night(store, policy, day)
		query = (
			"SELECT star_level, rating_reasons FROM `tabCustomer Retention State` WHERE customer = 'Newcomer'"
		)
		((level, reasons),) = store.rows(query)
		return level, [reason.code for reason in load_reasons(reasons)]

	assert reasons_on(MONDAY) == ("New", ["never_bought"])
	assert reasons_on(MONDAY + timedelta(days=1)) == ("New", ["never_bought"])
	bought = ("INV-Newcomer", "Newcomer", "Harbour Telecom", 1, MONDAY, MONDAY, 0, "No", 100)
	fields = (
		*("name", "customer", "company", "docstatus", "posting_date", "due_date"),
		*("is_return", "is_opening", "base_net_total"),
	)
	store.insert_rows("Sales Invoice", fields, [bought])
	store.commit()
	later = MONDAY + timedelta(days=2)
	assert reasons_on(later) == ("New", ["history_too_short"])
	rated = MONDAY + timedelta(days=190)
	level, codes = reasons_on(rated)
	assert level != "New"
	assert "first_rating" in codes
