"""Who sees which records: whatever a list shows can be opened, whatever can be opened is in the list."""

from __future__ import annotations

import pytest
from app_files import doctypes
from personas import OF_A_CUSTOMER, PERSONAS, SEES, make_branch, user

from cs_retention.setup.permission_table import PERMISSIONS

LISTED = sorted(
	name for name, doc in doctypes().items() if not doc.get("istable") and not doc.get("issingle")
)
OPEN_COUNT = "frappe.desk.notifications.get_open_count"


@pytest.fixture(scope="module")
def filled(site):
	"""The personas and their customers, made once for all tests of this file."""
	import frappe

	make_branch()
	yield frappe
	frappe.db.rollback()


@pytest.fixture
def frappe(filled):
	"""Frappe over the branch; what a test writes is undone, the branch stays."""
	filled.db.savepoint("branch")
	yield filled
	filled.set_user("Administrator")
	filled.db.rollback(save_point="branch")
	filled.clear_cache(user=user("manager"))


def listed(frappe, doctype):
	"""Return the names a list shows to the user; nothing when the list is refused."""
	try:
		return set(frappe.get_list(doctype, pluck="name", limit_page_length=0))
	except frappe.PermissionError:
		return set()


def test_every_list_shows_exactly_what_can_be_opened_to_every_persona(frappe) -> None:
	for persona in PERSONAS:
		frappe.set_user(user(persona))
		for doctype in LISTED:
			records = [frappe.get_doc(doctype, name) for name in frappe.get_all(doctype, pluck="name")]
			opened = {record.name for record in records if record.has_permission("read")}
			assert listed(frappe, doctype) == opened, (persona, doctype)


@pytest.mark.parametrize("doctype", OF_A_CUSTOMER)
def test_a_person_sees_the_records_of_the_customers_they_answer_for(frappe, doctype) -> None:
	for persona, customers in SEES.items():
		may_read = set(PERSONAS[persona]) & set(PERMISSIONS[doctype])
		frappe.set_user(user(persona))
		if not may_read:
			assert listed(frappe, doctype) == set()
			continue
		seen = frappe.get_list(doctype, pluck="customer", limit_page_length=0)
		assert (set(seen), len(seen)) == (customers, len(customers)), persona


def test_without_a_role_of_ours_nothing_of_ours_is_seen(frappe) -> None:
	frappe.set_user(user("clerk"))
	for doctype in LISTED:
		with pytest.raises(frappe.PermissionError):
			frappe.get_list(doctype)


ROWS = {
	"Customer Callback Purpose": {},
	"Customer Callback Attempt": {"attempted_on": "2026-11-24", "person": user("east")},
	"Customer Callback Promise": {"promise": "offer", "promised_by": user("east"), "due_date": "2026-12-01"},
	"Customer Callback Reschedule": {"was": "2026-11-24", "due_date": "2026-12-01", "reason": "away"},
}


@pytest.mark.parametrize("table", ROWS)
def test_rows_of_callbacks_are_listed_with_their_callbacks_only(frappe, table) -> None:
	if ROWS[table]:
		for callback in frappe.get_all("Customer Callback", pluck="name"):
			place = {"parent": callback, "parenttype": "Customer Callback", "parentfield": "rows", "idx": 1}
			frappe.get_doc({"doctype": table, **place, **ROWS[table]}).db_insert()
	for persona, customers in SEES.items():
		frappe.set_user(user(persona))
		callbacks = set(frappe.get_list("Customer Callback", pluck="name"))
		rows = frappe.get_list(table, pluck="parent", parent_doctype="Customer Callback")
		assert (set(rows), len(rows)) == (callbacks, len(customers)), persona


def test_customers_themselves_keep_erpnexts_rules(frappe) -> None:
	frappe.set_user(user("clerk"))
	assert {*SEES["manager"]} <= set(frappe.get_list("Customer", pluck="name", limit_page_length=0))


def test_nobody_records_for_another_persons_customer(frappe) -> None:
	touch = {"doctype": "Customer Touch", "channel": "Phone", "outcome": "Reached"}
	frappe.set_user(user("east"))
	frappe.get_doc(touch | {"customer": "East shop"}).insert()
	with pytest.raises(frappe.PermissionError):
		frappe.get_doc(touch | {"customer": "West shop"}).insert()


def test_nobody_takes_a_record_over_by_writing_an_own_customer_into_it(frappe) -> None:
	name = frappe.db.get_value("Customer Touch", {"customer": "Team shop"})
	frappe.set_user(user("east"))
	touch = frappe.get_doc("Customer Touch", name)
	touch.customer = "East shop"
	assert touch.has_permission("write") is False
	with pytest.raises(frappe.PermissionError):
		touch.save()


def test_a_record_keeps_its_customer(frappe) -> None:
	touch = frappe.get_doc("Customer Touch", {"customer": "Team shop"})
	touch.customer = "East shop"
	with pytest.raises(frappe.CannotChangeConstantError, match="Customer"):
		touch.save()


def test_a_manager_of_another_territory_is_held_to_erpnexts_user_permissions(frappe) -> None:
	permission = {
		"doctype": "User Permission",
		"user": user("manager"),
		"allow": "Customer",
		"for_value": "West shop",
	}
	frappe.get_doc(permission).insert()
	frappe.clear_cache(user=user("manager"))
	frappe.set_user(user("manager"))
	for doctype in OF_A_CUSTOMER:
		assert set(frappe.get_list(doctype, pluck="customer")) == {"West shop"}, doctype


def test_the_criterion_takes_a_users_name_for_a_name(frappe) -> None:
	from cs_retention.cs_retention.permissions import customer_condition

	for odd in ("x' OR '1'='1", 'x" OR 1=1 -- ', "x\\' OR 1=1 -- ", "%", "100%s"):
		condition = customer_condition(odd, "Customer Touch")
		assert frappe.db.sql(f"SELECT name FROM `tabCustomer Touch` WHERE {condition}") == ()


def test_both_hooks_answer_explicitly(frappe) -> None:
	from cs_retention.cs_retention.permissions import customer_condition, has_customer_permission

	touch = frappe.get_doc("Customer Touch", {"customer": "East shop"})
	assert has_customer_permission(touch, "read", user("east")) is True
	assert has_customer_permission(touch, "read", user("team")) is False
	assert has_customer_permission(frappe.new_doc("Customer Touch"), "create", user("team")) is True
	assert customer_condition(user("auditor"), "Customer Touch") == ""


def test_connections_of_a_customer_count_what_the_reader_sees(frappe) -> None:
	from cs_retention.callbacks.customer import connected

	assert not frappe.get_meta("Customer").get_dashboard_data().method
	count = frappe.get_attr(frappe.override_whitelisted_method(OPEN_COUNT))
	for persona in PERSONAS:
		frappe.set_user(user(persona))
		for shop in SEES["manager"]:
			links = count("Customer", shop)["count"]["external_links_found"]
			counted = {link["doctype"]: link["count"] for link in links}
			seen = int(shop in SEES.get(persona, ()))
			readable = {doctype: bool(frappe.has_permission(doctype)) for doctype in connected()}
			assert {doctype: counted[doctype] for doctype in connected()} == {
				doctype: seen * readable[doctype] * frappe.db.count(doctype, {"customer": shop})
				for doctype in connected()
			}, (persona, shop)
			assert "Sales Invoice" in counted


def test_connections_are_counted_for_who_reads_the_customer_only(frappe) -> None:
	frappe.set_user("Guest")
	with pytest.raises(frappe.PermissionError):
		frappe.get_attr(frappe.override_whitelisted_method(OPEN_COUNT))("Customer", "East shop")
