"""The mirrors on Customer belong to the night, the rest of the tab to people."""

from __future__ import annotations

import pytest


@pytest.fixture
def customer(frappe):
	"""A saved customer with the mirrors as the night wrote them."""
	doc = frappe.get_doc(
		{"doctype": "Customer", "customer_name": "A corner shop", "customer_type": "Company"}
	)
	doc.insert()
	written = {"retention_star_level": "Four Star", "retention_health_band": "Watch"}
	frappe.db.set_value("Customer", doc.name, written, update_modified=False)
	return doc


def test_a_form_opened_before_the_night_does_not_overwrite_what_the_night_wrote(frappe, customer) -> None:
	stale = customer
	stale.retention_key_account = 1
	stale.save()
	saved = frappe.get_doc("Customer", customer.name)
	assert (saved.retention_star_level, saved.retention_health_band) == ("Four Star", "Watch")
	assert saved.retention_key_account == 1


def test_nobody_sets_a_star_level_by_hand_or_by_import(frappe, customer) -> None:
	fresh = frappe.get_doc("Customer", customer.name)
	fresh.retention_star_level = "Five Star"
	fresh.save()
	assert frappe.db.get_value("Customer", customer.name, "retention_star_level") == "Four Star"


def test_a_new_customer_starts_without_a_star_level(frappe) -> None:
	fields = {"customer_name": "A new shop", "customer_type": "Company", "retention_star_level": "Five Star"}
	doc = frappe.get_doc({"doctype": "Customer", **fields}).insert()
	assert not doc.retention_star_level
