"""Two customers become one: open work is closed as Merged, history goes to the winner, one state is left."""

from __future__ import annotations

import pytest
from personas import make_customer

STATE = "Customer Retention State"


@pytest.fixture
def pair(frappe):
	"""The states of loser and winner, by customer."""
	from cs_retention.cs_retention.states import ensure_state

	return {name: ensure_state(make_customer(name).name) for name in ("Shop to drop", "Shop to keep")}


def state_of(frappe, customer):
	return frappe.db.get_value(STATE, {"customer": customer})


def merge(frappe):
	frappe.rename_doc("Customer", "Shop to drop", "Shop to keep", merge=True, force=True)


def add_callback(frappe, pair, customer, key, **fields):
	purposes = [{"kind": "Quota", "obligation_key": key, "open_key": key}]
	document = {
		**{"doctype": "Customer Callback", "customer": customer, "state": pair[customer]},
		**{"due_date": "2026-12-01", "channel": "Phone", "open_key": key, "occurrence_key": key},
		**{"purposes": purposes},
		**fields,
	}
	from cs_retention.callbacks.guards import ACTING

	# As the plan or an action would: what a person enters begins planned.
	doc = frappe.get_doc(document)
	doc.flags.acting = ACTING
	return doc.insert()


def add_rating(frappe, pair, customer, level, **fields):
	document = {
		**{"doctype": "Star Rating", "customer": customer, "state": pair[customer], "as_of": "2026-11-01"},
		**{"kind": "Annual", "status": "Applied", "level": level, "policy_version": "Standard v1"},
		**fields,
	}
	# No role may create a rating: only reviews write them.
	return frappe.get_doc(document).insert(ignore_permissions=True, ignore_links=True).name


def test_one_state_is_left_and_it_is_the_winners(frappe, pair) -> None:
	frappe.db.set_value(STATE, pair["Shop to keep"], {"health": 70, "plan_fingerprint": "as planned"})
	merge(frappe)
	assert frappe.get_all(STATE, {"customer": "Shop to keep"}, ["name", "health", "plan_fingerprint"]) == [
		{"name": pair["Shop to keep"], "health": 70, "plan_fingerprint": None}
	]
	assert not frappe.db.exists(STATE, pair["Shop to drop"])


def test_open_callbacks_of_the_loser_are_closed_as_merged_and_done_ones_go_over(frappe, pair) -> None:
	planned = add_callback(frappe, pair, "Shop to drop", "a")
	done = add_callback(frappe, pair, "Shop to drop", "b", status="Done", open_key=None, summary="all well")
	kept = add_callback(frappe, pair, "Shop to keep", "c")
	merge(frappe)
	fields = ["name", "customer", "state", "status", "open_key"]
	of_winner = {"customer": "Shop to keep", "state": pair["Shop to keep"]}
	assert frappe.get_all("Customer Callback", of_winner, fields, order_by="occurrence_key") == [
		{"name": planned.name, **of_winner, "status": "Merged", "open_key": None},
		{"name": done.name, **of_winner, "status": "Done", "open_key": None},
		{"name": kept.name, **of_winner, "status": "Planned", "open_key": "c"},
	]
	purposes = frappe.get_all(
		"Customer Callback Purpose", {"parent": planned.name}, ["obligation_key", "open_key"]
	)
	assert purposes == [{"obligation_key": "a", "open_key": None}]


def test_touches_and_the_only_schedule_go_over(frappe, pair) -> None:
	touch = {
		"doctype": "Customer Touch",
		"customer": "Shop to drop",
		"channel": "Phone",
		"outcome": "Reached",
	}
	name = frappe.get_doc(touch).insert().name
	frappe.get_doc({"doctype": "Callback Schedule", "customer": "Shop to drop", "friday": 1}).insert()
	merge(frappe)
	assert frappe.db.get_value("Customer Touch", name, "customer") == "Shop to keep"
	assert frappe.get_all("Callback Schedule", {"customer": "Shop to keep"}, pluck="friday") == [1]


def test_of_two_schedules_the_winners_stands(frappe, pair) -> None:
	for customer, channel in (("Shop to drop", "Visit"), ("Shop to keep", "Message")):
		schedule = {"doctype": "Callback Schedule", "customer": customer, "preferred_channel": channel}
		frappe.get_doc(schedule).insert()
	merge(frappe)
	assert frappe.get_all("Callback Schedule", pluck="preferred_channel") == ["Message"]


def test_ratings_go_over_as_history_and_the_winners_stands_where_one_review_rated_both(frappe, pair) -> None:
	older = add_rating(frappe, pair, "Shop to drop", "Five Star", as_of="2025-11-01")
	add_rating(frappe, pair, "Shop to drop", "Five Star", review="Review of November")
	own = add_rating(frappe, pair, "Shop to keep", "Two Star", review="Review of November")
	merge(frappe)
	fields = ["name", "customer", "state", "level", "status"]
	of_winner = {"customer": "Shop to keep", "state": pair["Shop to keep"]}
	assert frappe.get_all("Star Rating", of_winner, fields, order_by="as_of") == [
		{"name": older, **of_winner, "level": "Five Star", "status": "Reverted"},
		{"name": own, **of_winner, "level": "Two Star", "status": "Applied"},
	]


def test_a_level_handed_down_for_both_on_one_list_is_the_winners(frappe, pair) -> None:
	for customer, level in (("Shop to drop", "Five Star"), ("Shop to keep", "Three Star")):
		handed = {"doctype": "Head Office Level", "customer": customer, "level": level}
		frappe.get_doc(handed | {"decided_on": "2026-10-01", "source": "List 7"}).insert()
	merge(frappe)
	assert frappe.get_all("Head Office Level", {"customer": "Shop to keep"}, pluck="level") == ["Three Star"]


def test_the_winners_plan_is_looked_at_by_the_next_night_whatever_the_loser_had(frappe) -> None:
	from cs_retention.cs_retention.states import ensure_state

	make_customer("Shop to drop")
	frappe.db.delete(STATE, {"customer": "Shop to drop"})
	winner = ensure_state(make_customer("Shop to keep").name)
	frappe.db.set_value(STATE, winner, {"plan_valid_until": "2027-01-01", "plan_fingerprint": "as planned"})
	merge(frappe)
	assert frappe.db.get_value(STATE, winner, "plan_valid_until") is None


def test_a_winner_without_a_state_takes_over_the_losers(frappe, pair) -> None:
	frappe.db.delete(STATE, {"name": pair["Shop to keep"]})
	callback = add_callback(frappe, pair, "Shop to drop", "a")
	merge(frappe)
	assert state_of(frappe, "Shop to keep") == pair["Shop to drop"]
	assert frappe.db.get_value("Customer Callback", callback.name, "status") == "Planned"


def test_a_rename_that_frappe_queues_folds_nothing_twice(frappe, pair) -> None:
	"""Frappe runs before_rename once when the rename is queued and once more in the job."""
	add_callback(frappe, pair, "Shop to drop", "a")
	loser = frappe.get_doc("Customer", "Shop to drop")
	loser.run_method("before_rename", "Shop to drop", "Shop to keep", True)
	merge(frappe)
	assert frappe.get_all("Customer Callback", {"state": pair["Shop to keep"]}, pluck="status") == ["Merged"]
