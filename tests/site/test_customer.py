"""A customer has one state from the first need of it; the mirrors belong to the set writers, the rest to people."""

from __future__ import annotations

import json

import pytest
from personas import make_customer

STATE = "Customer Retention State"


@pytest.fixture
def customer(frappe):
	"""A saved customer with the mirrors as the night wrote them."""
	from cs_retention.cs_retention.states import ensure_state

	doc = make_customer("A corner shop")
	ensure_state(doc.name)
	written = {"retention_star_level": "Four Star", "retention_health_band": "Watch"}
	frappe.db.set_value("Customer", doc.name, written, update_modified=False)
	return doc


def mirrors(frappe, name):
	fields = ["retention_star_level", "retention_health_band"]
	return frappe.db.get_value("Customer", name, fields)


def test_a_form_opened_before_the_night_does_not_overwrite_what_the_night_wrote(frappe, customer) -> None:
	stale = customer
	stale.retention_billed = 1
	stale.save()
	saved = frappe.get_doc("Customer", customer.name)
	assert (saved.retention_star_level, saved.retention_health_band) == ("Four Star", "Watch")
	assert saved.retention_billed == 1


def test_nobody_sets_a_star_level_by_hand_or_by_import(frappe, customer) -> None:
	fresh = frappe.get_doc("Customer", customer.name)
	fresh.retention_star_level = "Five Star"
	fresh.save()
	assert mirrors(frappe, customer.name) == ("Four Star", "Watch")


def test_rest_cannot_set_a_mirror(frappe, customer) -> None:
	from frappe.client import save, set_value

	set_value(
		"Customer", customer.name, {"retention_star_level": "Five Star", "retention_health_band": "Healthy"}
	)
	body = frappe.get_doc("Customer", customer.name).as_dict() | {"retention_star_level": "One Star"}
	save(json.dumps(body, default=str))
	assert mirrors(frappe, customer.name) == ("Four Star", "Watch")


def test_a_new_customer_starts_without_a_star_level(frappe) -> None:
	doc = make_customer("A new shop", retention_star_level="Five Star", retention_health_band="Healthy")
	assert not doc.retention_star_level
	assert mirrors(frappe, doc.name) == (None, None)


def test_the_first_callback_of_a_new_customer_makes_its_state_whatever_the_request_says(
	frappe, customer
) -> None:
	new = make_customer("A new shop").name
	foreign = frappe.db.get_value(STATE, {"customer": customer.name})
	callback = {"doctype": "Customer Callback", "customer": new, "state": foreign, "channel": "Phone"}
	state = frappe.get_doc(callback | {"due_date": "2026-12-01"}).insert().state
	assert frappe.db.get_value(STATE, {"customer": new}) == state != foreign


def test_a_second_state_of_a_customer_is_impossible(frappe, customer) -> None:
	# No role may create a state: past that refusal, the unique key is what is tested.
	with pytest.raises(frappe.UniqueValidationError):
		frappe.get_doc({"doctype": STATE, "customer": customer.name}).insert(ignore_permissions=True)


def test_a_state_asked_for_twice_is_one_and_what_it_holds_stays(frappe, customer) -> None:
	from cs_retention.cs_retention.states import add_states, ensure_state, ensure_states

	name = ensure_state(customer.name)
	frappe.db.set_value(STATE, name, "health", 62)
	assert ensure_state(customer.name.upper()) == name
	add_states([customer.name])
	assert (ensure_states(), frappe.db.get_value(STATE, name, "health")) == (0, 62)


def test_customers_who_lost_their_state_are_given_one_together(frappe, customer) -> None:
	from cs_retention.cs_retention.states import ensure_states

	frappe.db.delete(STATE)
	assert ensure_states() == frappe.db.count("Customer")
	assert frappe.db.count(STATE, {"customer": customer.name}) == 1


def test_a_key_account_needs_its_reason(frappe, customer) -> None:
	doc = frappe.get_doc("Customer", customer.name)
	doc.retention_key_account = 1
	with pytest.raises(
		frappe.MandatoryError, match=r"Say in .*Key Account Reason.* why .*A corner shop.* is a key"
	):
		doc.save()
	doc = frappe.get_doc("Customer", customer.name)
	doc.retention_key_account, doc.retention_key_account_reason = 1, "carries the whole street"
	doc.save()
	assert frappe.db.get_value("Customer", doc.name, "retention_key_account") == 1


def test_mirrors_follow_the_states_and_the_cached_document_with_them(frappe, customer) -> None:
	from cs_retention.cs_retention.states import clear_customers, open_store
	from cs_retention.facts.selection import Selection
	from cs_retention.nightly.mirrors import copy_mirrors, read_stale

	store, selection = open_store(), Selection.of([customer.name])
	modified = frappe.db.get_value("Customer", customer.name, "modified")
	frappe.db.set_value(
		STATE, {"customer": customer.name}, {"star_level": "Two Star", "health_band": "At Risk"}
	)
	assert frappe.get_cached_value("Customer", customer.name, "retention_star_level") == "Four Star"
	assert read_stale(store, selection) == [customer.name]
	copy_mirrors(store, [customer.name])
	clear_customers([customer.name])
	assert mirrors(frappe, customer.name) == ("Two Star", "At Risk")
	assert frappe.get_cached_value("Customer", customer.name, "retention_star_level") == "Two Star"
	assert frappe.db.get_value("Customer", customer.name, "modified") == modified
	assert read_stale(store, selection) == [], "nothing differs any more"


def save_again(frappe, customer) -> None:
	frappe.get_doc("Customer", customer.name).save()


def insert_another(frappe, customer) -> None:
	make_customer(frappe.generate_hash())


@pytest.mark.parametrize("act", [save_again, insert_another])
def test_saving_a_customer_costs_no_query_more_than_without_the_app(
	frappe, customer, monkeypatch, act
) -> None:
	counted, sql, hooks = [], frappe.db.sql, frappe.get_doc_hooks()
	monkeypatch.setattr(frappe.db, "sql", lambda *a, **k: counted.append(1) or sql(*a, **k))

	def queries() -> int:
		act(frappe, customer)
		counted.clear()
		act(frappe, customer)
		return len(counted)

	with_app = queries()
	monkeypatch.setattr(frappe, "get_doc_hooks", lambda: without_ours(hooks))
	assert with_app == queries() > 0


def without_ours(hooks) -> dict:
	"""Return the document hooks of all other apps."""
	return {
		doctype: {
			event: [handler for handler in handlers if not handler.startswith("cs_retention.")]
			for event, handlers in events.items()
		}
		for doctype, events in hooks.items()
	}


class TestDeleting:
	def test_what_was_computed_goes_with_the_customer(self, frappe, customer) -> None:
		state = frappe.db.get_value(STATE, {"customer": customer.name})
		callback = {"doctype": "Customer Callback", "customer": customer.name, "state": state}
		purposes = [{"kind": "Quota", "obligation_key": "k", "open_key": "k"}]
		planned = {"due_date": "2026-12-01", "channel": "Phone", "open_key": "o", "purposes": purposes}
		name = frappe.get_doc(callback | planned).insert().name
		frappe.delete_doc("Customer", customer.name)
		assert not frappe.db.exists(STATE, state)
		assert not frappe.db.exists("Customer Callback", name)
		assert not frappe.db.exists("Customer Callback Purpose", {"parent": name})

	def test_a_recorded_touch_keeps_the_customer(self, frappe, customer) -> None:
		touch = {
			"doctype": "Customer Touch",
			"customer": customer.name,
			"channel": "Phone",
			"outcome": "Reached",
		}
		frappe.get_doc(touch).insert()
		with pytest.raises(frappe.LinkExistsError, match="disable this Customer instead"):
			frappe.delete_doc("Customer", customer.name)


class TestRenaming:
	def test_a_new_name_takes_the_state_along(self, frappe, customer) -> None:
		state = frappe.db.get_value(STATE, {"customer": customer.name})
		frappe.rename_doc("Customer", customer.name, "A shop at the corner", force=True)
		assert frappe.db.get_value(STATE, state, "customer") == "A shop at the corner"
		assert mirrors(frappe, "A shop at the corner") == ("Four Star", "Watch")

	def test_another_case_of_the_same_name_is_a_rename_and_nothing_is_folded(self, frappe, customer) -> None:
		state = frappe.db.get_value(STATE, {"customer": customer.name})
		frappe.rename_doc("Customer", customer.name, customer.name.upper(), force=True)
		assert frappe.db.get_value("Customer", customer.name, "name") == "A CORNER SHOP"
		assert frappe.get_all(STATE, {"customer": customer.name}, ["name", "customer"]) == [
			{"name": state, "customer": "A CORNER SHOP"}
		]

	def test_merging_into_another_case_of_the_same_name_is_refused_and_changes_nothing(
		self, frappe, customer
	) -> None:
		with pytest.raises(frappe.ValidationError, match="select a new target to merge"):
			frappe.rename_doc("Customer", customer.name, customer.name.upper(), merge=True, force=True)
		assert frappe.db.count(STATE, {"customer": customer.name}) == 1
