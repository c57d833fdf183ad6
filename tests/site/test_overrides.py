"""An override is asked for by one person and approved by another, for a time."""

from __future__ import annotations

import pytest
from personas import make_customer, make_personas, user


@pytest.fixture
def customer(frappe):
	make_personas()
	return make_customer("A corner shop", account_manager="east").name


def override(frappe, customer, **fields):
	document = {
		**{"doctype": "Star Override", "customer": customer, "level": "Five Star", "reason": "new branch"},
		**{"approver": user("manager"), "until": frappe.utils.add_months(frappe.utils.nowdate(), 6)},
		**fields,
	}
	return frappe.get_doc(document)


def approve(frappe, doc):
	frappe.set_user(doc.approver)
	frappe.get_doc("Star Override", doc.name).submit()
	frappe.set_user("Administrator")


def test_the_account_manager_asks_and_the_manager_approves(frappe, customer) -> None:
	frappe.set_user(user("east"))
	asked = override(frappe, customer, requested_by=user("west"), approved_on="2020-01-01").insert()
	assert (asked.requested_by, asked.approved_on) == (user("east"), None)
	approve(frappe, asked)
	stored = frappe.db.get_value("Star Override", asked.name, ["docstatus", "approved_on"])
	assert stored == (1, frappe.utils.getdate())


def test_who_asks_cannot_approve(frappe, customer) -> None:
	frappe.set_user(user("manager"))
	with pytest.raises(frappe.ValidationError, match=r"asks for this override and cannot approve it"):
		override(frappe, customer).insert()


def test_who_asks_cannot_become_another_person_by_a_request(frappe, customer) -> None:
	frappe.set_user(user("manager"))
	asked = override(frappe, customer, approver=user("second-manager"), owner=user("east")).insert()
	asked.update({"requested_by": user("east"), "approver": user("manager")})
	with pytest.raises(frappe.ValidationError, match=r"asks for this override and cannot approve it"):
		asked.save()


def test_an_approver_holds_the_role_and_is_enabled(frappe, customer) -> None:
	with pytest.raises(frappe.ValidationError, match=r"has not the role .*Retention Manager"):
		override(frappe, customer, approver=user("east")).insert()
	frappe.db.set_value("User", user("manager"), "enabled", 0)
	with pytest.raises(frappe.ValidationError, match=r"has not the role .*Retention Manager"):
		override(frappe, customer).insert()


def test_nobody_but_the_approver_approves(frappe, customer) -> None:
	asked = override(frappe, customer).insert()
	for persona in ("second-manager", "administrator", "east"):
		frappe.set_user(user(persona))
		with pytest.raises(frappe.PermissionError):
			frappe.get_doc("Star Override", asked.name).submit()


def test_reason_and_end_are_needed(frappe, customer) -> None:
	with pytest.raises(frappe.ValidationError, match=r"Say why .*A corner shop.* is to have another level"):
		override(frappe, customer, reason="  \n").insert()
	with pytest.raises(frappe.ValidationError, match=r"lies in the past"):
		override(frappe, customer, until="2020-01-01").insert()
	with pytest.raises(frappe.MandatoryError, match="until"):
		override(frappe, customer, until=None).insert()


def test_one_override_is_in_force_at_a_time(frappe, customer) -> None:
	first = override(frappe, customer).insert()
	approve(frappe, first)
	second = override(frappe, customer, level="One Star").insert()
	with pytest.raises(frappe.ValidationError, match=rf"already has override .*{first.name}"):
		approve(frappe, second)
	frappe.set_user("Administrator")
	frappe.get_doc("Star Override", first.name).cancel()
	approve(frappe, second)
	assert frappe.db.get_value("Star Override", second.name, "docstatus") == 1


def test_an_override_in_force_keeps_its_customer_and_a_request_does_not(frappe, customer) -> None:
	override(frappe, customer).insert()
	approved = override(frappe, make_customer("Another shop").name).insert()
	approve(frappe, approved)
	frappe.delete_doc("Customer", customer)
	with pytest.raises(frappe.LinkExistsError, match="disable this Customer instead"):
		frappe.delete_doc("Customer", "Another shop")


def test_of_two_overrides_in_force_the_winners_stands_after_a_merge(frappe, customer) -> None:
	make_customer("Another shop")
	for name in (customer, "Another shop"):
		approve(frappe, override(frappe, name).insert())
	frappe.rename_doc("Customer", customer, "Another shop", merge=True, force=True)
	docstatus = frappe.get_all("Star Override", {"customer": "Another shop"}, pluck="docstatus")
	assert sorted(docstatus) == [1, 2]
