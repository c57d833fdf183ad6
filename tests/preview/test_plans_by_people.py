"""What people do to a callback, as the next plan sees it; plans made of some customers, and plans only proposed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from random_exports import KINDS, write_exports

from cs_retention.engine.obligations import MadeContact
from cs_retention.engine.policy import Policy
from cs_retention.facts.book import read_rows
from cs_retention.facts.selection import Selection
from cs_retention.nightly.plan import Planner
from cs_retention.nightly.run import run_night
from cs_retention.preview.book import fill_book, opened

MONDAY = date(2026, 9, 21)
TABLES = ("Customer Callback", "Customer Callback Purpose", "Customer Retention State")
PLANNED = """
	SELECT callback.name, callback.customer, callback.state, callback.open_key FROM `tabCustomer Callback` callback
	WHERE callback.status = 'Planned' AND callback.channel = 'Phone' AND callback.open_key LIKE 'quota|%'
	ORDER BY callback.due_date, callback.name
"""
PLANNED_LATER = PLANNED.replace("ORDER BY", "AND callback.is_committed = 0 ORDER BY")
KEEPER = """
	SELECT callback.status, callback.channel, callback.responsible FROM `tabCustomer Callback` callback
	JOIN `tabCustomer Callback Purpose` purpose ON purpose.parent = callback.name
	WHERE purpose.open_key = %(key)s
"""
OPEN_KEYS = "SELECT open_key FROM `tabCustomer Callback` WHERE customer = %(customer)s AND status = 'Planned'"


@pytest.fixture
def store(tmp_path):
	"""A book after its first night."""
	folder = write_exports(tmp_path / "exports", 4, 60, MONDAY)
	path = tmp_path / "book.sqlite"
	fill_book(path, {kind: folder / f"{kind}.csv" for kind in KINDS}, {}, lambda read: None)
	with opened(path, is_written=True) as book:
		run_night(book.store, Policy(), MONDAY)
		yield book.store


def content(store):
	return [list(store.rows(f"SELECT * FROM `tab{table}` ORDER BY name")) for table in TABLES]


def end(store, callback, status, met=0):
	"""End a callback as a person does."""
	store.update_rows("Customer Callback", ("name", "status", "open_key"), [(callback, status, None)])
	query = "SELECT name FROM `tabCustomer Callback Purpose` WHERE parent = %(parent)s"
	names = [name for (name,) in list(store.rows(query, {"parent": callback}))]
	store.update_rows(
		"Customer Callback Purpose", ("name", "met", "open_key"), [(n, met, None) for n in names]
	)
	store.commit()


def open_keys(store, customer):
	return {key for (key,) in store.rows(OPEN_KEYS, {"customer": customer})}


@pytest.mark.parametrize("status", ["Skipped", "Unreached", "Done"])
def test_what_was_given_up_is_not_planned_again_in_its_period(store, status):
	callback, customer, _state, key = next(iter(store.rows(PLANNED)))
	end(store, callback, status)
	for day in range(1, 4):
		run_night(store, Policy(), MONDAY + timedelta(days=day))
		assert key not in open_keys(store, customer)
	assert open_keys(store, customer), "the next period is owed as ever"


def test_a_missed_or_merged_call_is_not_given_up(store):
	callback, customer, _state, key = next(iter(store.rows(PLANNED)))
	end(store, callback, "Merged")
	run_night(store, Policy(), MONDAY + timedelta(days=1))
	assert key in open_keys(store, customer)


def test_a_visit_that_is_needed_is_planned_as_a_visit_and_stays_open_until_it_is_made(store):
	_callback, customer, state, _key = next(iter(store.rows(PLANNED)))
	key, last = f"visit_needed|{state}|CB-1", MONDAY + timedelta(days=11)
	window = {"window_start": MONDAY + timedelta(days=1), "window_end": last}
	callback = {
		**{"name": "visit", "customer": customer, "state": state, "status": "Planned", "due_date": last},
		**{"channel": "Visit", "open_key": key, "occurrence_key": key, **window},
	}
	purpose = {
		**{"parent": "visit", "parenttype": "Customer Callback", "parentfield": "purposes", "idx": 1},
		**{"kind": "Visit", "obligation_key": key, "open_key": key, **window},
	}
	store.insert_rows("Customer Callback", list(callback), [list(callback.values())])
	store.insert_rows("Customer Callback Purpose", list(purpose), [list(purpose.values())])
	store.commit()
	for day in (1, 30):
		run_night(store, Policy(), MONDAY + timedelta(days=day))
		((status, channel, responsible),) = store.rows(KEEPER, {"key": key})
		assert (status, channel) == ("Planned", "Visit")
		assert responsible


def test_replanning_some_customers_of_a_planned_book_changes_nothing(store):
	before = content(store)
	names = [customer for _name, customer, *_rest in store.rows(PLANNED)][:7]
	planner = Planner(store, Policy(), MONDAY)
	outcome = planner.replan(read_rows(store, Selection.of(names)))
	assert outcome.counts.callbacks_added == outcome.counts.callbacks_dropped == 0
	assert content(store) == before


def test_a_replanned_customer_follows_a_contact_and_the_others_stay(store):
	callback, customer, *_rest = next(iter(store.rows(PLANNED)))
	others = "SELECT * FROM `tabCustomer Callback` WHERE customer <> %(customer)s ORDER BY name"
	before = list(store.rows(others, {"customer": customer}))
	store.insert_rows(
		"Customer Touch",
		("customer", "touch_date", "channel", "outcome"),
		[(customer, MONDAY, "Phone", "Reached")],
	)
	Planner(store, Policy(), MONDAY).replan(read_rows(store, Selection.of([customer])))
	status = "SELECT status FROM `tabCustomer Callback` WHERE name = %(name)s"
	assert list(store.rows(status, {"name": callback})) == [("Met",)]
	assert list(store.rows(others, {"customer": customer})) == before


def test_a_proposal_is_what_replanning_then_writes_and_writes_nothing_itself(store):
	callback, customer, *_rest = next(iter(store.rows(PLANNED)))
	rows, before = read_rows(store, Selection.of([customer])), content(store)
	made = MadeContact(MONDAY)
	plan = Planner(store, Policy(), MONDAY).propose(
		rows, lambda inputs: replace(inputs, last_contact=MONDAY, contacts=(*inputs.contacts, made))
	)
	proposed = sorted(contact.due_date.isoformat() for contact in plan.contacts)
	assert content(store) == before
	touch = ("customer", "touch_date", "channel", "outcome", "callback")
	store.insert_rows("Customer Touch", touch, [(customer, MONDAY, "Phone", "Reached", callback)])
	Planner(store, Policy(), MONDAY).replan(rows)
	due = "SELECT due_date FROM `tabCustomer Callback` WHERE customer = %(customer)s AND status = 'Planned'"
	assert sorted(day for (day,) in store.rows(due, {"customer": customer})) == proposed


def add_need(store, callback, customer, state, first, last):
	"""Have a visit that somebody found needed ride on a callback that stands; return its key."""
	key = f"visit_needed|{state}|CB-1"
	purpose = {
		**{"parent": callback, "parenttype": "Customer Callback", "parentfield": "purposes", "idx": 2},
		**{"kind": "Visit", "obligation_key": key, "open_key": key},
		**{"window_start": first, "window_end": last},
	}
	store.insert_rows("Customer Callback Purpose", list(purpose), [list(purpose.values())])
	store.commit()
	return key


def test_a_callback_that_keeps_the_nearer_of_its_duties_leaves_the_key_of_the_other(store):
	callback, customer, state, key = next(iter(store.rows(PLANNED_LATER)))
	need = add_need(store, callback, customer, state, MONDAY, MONDAY + timedelta(days=2))
	Planner(store, Policy(), MONDAY).replan(read_rows(store, Selection.of([customer])))
	held = dict(store.rows("SELECT open_key, name FROM `tabCustomer Callback` WHERE status = 'Planned'"))
	assert held[need] == callback
	assert held[key] != callback
	parents = (
		"SELECT open_key, parent FROM `tabCustomer Callback Purpose` WHERE open_key IN (%(key)s, %(need)s)"
	)
	assert dict(store.rows(parents, {"key": key, "need": need})) == {key: held[key], need: callback}


def test_what_was_agreed_stays_on_its_callback_while_a_pause_covers_its_window(store):
	callback, customer, state, _key = next(iter(store.rows(PLANNED_LATER)))
	need = add_need(store, callback, customer, state, MONDAY, MONDAY + timedelta(days=2))
	pause = {"customer": customer, "pause_from": MONDAY, "pause_to": MONDAY + timedelta(days=4)}
	store.insert_rows("Callback Schedule", list(pause), [list(pause.values())])
	Planner(store, Policy(), MONDAY).replan(read_rows(store, Selection.of([customer])))
	parent = "SELECT parent FROM `tabCustomer Callback Purpose` WHERE open_key = %(need)s"
	assert list(store.rows(parent, {"need": need})) == [(callback,)]
