"""Seeds come once: a manager's changes and deletions outlive every migration."""

from __future__ import annotations

import json

import pytest
from personas import PERSONAS, make_customer, make_personas, user

from cs_retention.engine.cadence import default_cadences


@pytest.fixture
def seed(frappe):
	"""What a migration does after the tables are there."""
	from cs_retention.setup.install import after_migrate

	return after_migrate


def stored(frappe):
	"""Return every seeded record with its time of change."""
	doctypes = (
		"Star Level",
		"Star Policy",
		"Star Policy Step",
		"Contact Policy",
		"Contact Policy Cap",
		"Role Profile",
		"Has Role",
		"DefaultValue",
		"Retention Obligation Source",
	)
	return {doctype: frappe.get_all(doctype, ["name", "modified"], order_by="name") for doctype in doctypes}


def test_every_level_of_the_engine_is_there_in_its_order(frappe) -> None:
	levels = frappe.get_list("Star Level", ["name", "contacts_max", "min_gap_days"], order_by="position")
	wanted = [(cadence.level, cadence.contacts_max, cadence.min_gap_days) for cadence in default_cadences()]
	assert [(level.name, level.contacts_max, level.min_gap_days) for level in levels] == wanted


def test_seeding_again_writes_nothing(frappe, seed) -> None:
	before = stored(frappe)
	seed()
	assert stored(frappe) == before


def test_what_a_manager_changed_or_deleted_stays_so(frappe, seed) -> None:
	from cs_retention.cs_retention.policy_life import record_trial

	frappe.get_doc("Star Level", "Two Star").update({"min_gap_days": 9}).save()
	frappe.get_doc("CS Retention Settings").update({"capacity": 12}).save()
	frappe.delete_doc("Role Profile", "Alliance Manager")
	copy = frappe.get_doc("Star Policy", frappe.get_doc("Star Policy", "Standard v1").new_version())
	record_trial(copy, "nobody moves")
	copy.activate()
	seed()
	assert frappe.db.get_value("Star Level", "Two Star", "min_gap_days") == 9
	assert frappe.db.get_single_value("CS Retention Settings", "capacity") == 12
	assert not frappe.db.exists("Role Profile", "Alliance Manager")
	assert frappe.get_all("Star Policy", {"status": "Active"}, pluck="name") == ["Standard v2"]


def test_a_role_profile_of_the_sites_own_is_left_alone(frappe, seed) -> None:
	from cs_retention.setup.seeds import REGISTER, read_register

	frappe.delete_doc("Role Profile", "Retention Auditor")
	frappe.db.set_global(
		REGISTER, frappe.as_json(sorted(read_register() - {"Role Profile: Retention Auditor"}))
	)
	own = {"doctype": "Role Profile", "role_profile": "Retention Auditor", "roles": [{"role": "Sales User"}]}
	frappe.get_doc(own).insert()
	seed()
	assert frappe.get_all("Has Role", {"parent": "Retention Auditor"}, pluck="role") == ["Sales User"]
	assert "Role Profile: Retention Auditor" not in read_register()


def test_a_role_profile_gives_its_roles(frappe) -> None:
	make_personas()
	account = frappe.get_doc("User", user("clerk"))
	account.role_profile_name = "Customer Account Manager"
	account.save()
	assert {"Customer Account Manager", "Sales User"} <= set(frappe.get_roles(user("clerk")))
	assert set(PERSONAS["east"]) <= set(frappe.get_roles(user("clerk")))


def test_customers_from_before_the_app_are_given_a_state(frappe, seed) -> None:
	customer = make_customer("An old shop").name
	frappe.db.delete("Customer Retention State", {"customer": customer})
	seed()
	assert frappe.db.count("Customer Retention State", {"customer": customer}) == 1


@pytest.mark.parametrize(
	("fields", "is_mended"),
	[
		(["exit_type", "account_manager", "opened_on"], True),
		(["exit_type", "account_manager"], False),
		(None, False),
	],
)
def test_a_board_of_the_first_seed_shows_the_age_of_cases_and_a_changed_one_stays(
	frappe, fields, is_mended
) -> None:
	from cs_retention.patches.v15.show_the_age_of_cases_on_their_board import execute

	before = json.dumps(fields) if fields else None
	frappe.db.set_value("Kanban Board", "Retention Cases", "fields", before)
	execute()
	after = frappe.db.get_value("Kanban Board", "Retention Cases", "fields")
	assert ("status_since" in (after or "")) is is_mended
	assert is_mended or after == before
