"""Templates on a site: refused with a sentence, tried on a customer in the customer's language, seeded once."""

from __future__ import annotations

from typing import Any

import pytest
from personas import make_customer, make_personas, user

TEMPLATE = "Message Template"
METHODS = "cs_retention.cs_retention.doctype.message_template.message_template"


@pytest.fixture
def shop(frappe):
	"""A customer with an account manager who has a phone, and a primary contact."""
	make_personas()
	frappe.db.set_value("User", user("east"), {"phone": "030 123", "full_name": "Ann East"})
	customer = make_customer("Tea {company}", account_manager="east", language="zh")
	for first, is_primary in (("Aaron", 0), ("Bea", 1)):
		frappe.get_doc(
			{
				"doctype": "Contact",
				"first_name": first,
				"is_primary_contact": is_primary,
				"email_ids": [{"email_id": f"{first.lower()}@example.com", "is_primary": 1}],
				"links": [{"link_doctype": "Customer", "link_name": customer.name}],
			}
		).insert()
	return customer.name


def new(frappe: Any, subject: str = "For {customer}", body: str = "Dear {contact}", **changes: Any) -> Any:
	wordings = [{"language": "en", "subject": subject, "body": body}]
	usual = {"title": "Test", "message_class": "Care", "channel": "Email", "wordings": wordings}
	return frappe.get_doc({"doctype": TEMPLATE, **usual, **changes}).insert()


def try_out(frappe: Any, template: str, customer: str) -> dict[str, Any]:
	return frappe.get_attr(f"{METHODS}.try_out")(template, customer)


@pytest.mark.parametrize(
	("changes", "said"),
	[
		(
			{"body": "Hi {nam}"},
			"<strong>Message Text</strong>: <strong>{nam}</strong> cannot be used; use one of {customer},",
		),
		(
			{"body": "{{ frappe.db.sql('select 1') }}"},
			"braces stand around a placeholder, such as {customer}",
		),
		({"body": "{customer.__class__}"}, "use one of"),
		({"channel": "SMS"}, "leave it empty; an SMS has no subject"),
		({"subject": "a\r\nBcc: x@y.z"}, "write it in one line, without line breaks"),
	],
)
def test_what_nobody_could_be_sent_is_refused_with_a_sentence(frappe, changes, said) -> None:
	with pytest.raises(frappe.ValidationError) as caught:
		new(frappe, **changes)
	assert said in str(caught.value)


def test_a_refusal_in_chinese(frappe) -> None:
	frappe.local.lang = "zh"
	with pytest.raises(frappe.ValidationError, match=r"消息正文.*不可用"):
		new(frappe, body="{nam}")
	frappe.local.lang = "en"


def test_a_customer_is_written_to_in_its_language_and_nothing_in_it_is_executed(frappe, shop) -> None:
	found = try_out(frappe, "We Could Not Reach You", shop)
	assert (found["language"], found["recipient"], found["subject"]) == (
		"zh",
		"bea@example.com",
		"我们曾致电给您",
	)
	assert "Ann East" in found["body"] and "030 123" in found["body"] and found["unknown"] == []
	frappe.db.set_value("Customer", shop, "language", "de")
	assert try_out(frappe, "We Could Not Reach You", shop)["subject"] == "We tried to call you"
	new(frappe, "About {customer}", "{customer} {account_manager_email}")
	found = try_out(frappe, "Test", shop)
	assert found["subject"] == "About Tea {company}"


def test_what_is_not_known_is_said_before_anything_is_sent(frappe) -> None:
	make_personas()
	customer = make_customer("Lone shop").name
	found = try_out(frappe, "Your Account Manager", customer)
	assert found["unknown"] == ["{account_manager}", "{account_manager_phone}", "{account_manager_email}"]
	assert found["recipient"] == ""


def test_only_who_sees_customer_and_template_tries_it(frappe, shop) -> None:
	frappe.set_user(user("east"))
	assert try_out(frappe, "Campaign Notice", shop)
	with pytest.raises(frappe.PermissionError):
		new(frappe)
	frappe.set_user(user("desk"))
	with pytest.raises(frappe.PermissionError):
		try_out(frappe, "Campaign Notice", shop)
	with pytest.raises(frappe.PermissionError):
		frappe.get_attr(f"{METHODS}.get_placeholders")()


def test_customers_are_composed_for_with_as_many_queries_as_one(frappe, shop, monkeypatch) -> None:
	from cs_retention.cs_retention.message_templates import compose, read_template

	others = [make_customer(f"Shop {number}", account_manager="west").name for number in range(30)]
	counts, template = [], read_template("Campaign Notice")
	sql = frappe.local.db.sql
	for customers in ([shop], [shop, *others]):
		counts.append(0)

		def counting(*args, **kwargs):
			counts[-1] += 1
			return sql(*args, **kwargs)

		monkeypatch.setattr(frappe.local.db, "sql", counting)
		assert len(compose(template, customers)) == len(customers)
		monkeypatch.undo()
	assert counts[1] <= counts[0] <= 8


def test_a_seeded_template_that_a_manager_changed_stays_so(frappe) -> None:
	from cs_retention.setup.install import after_migrate

	doc = frappe.get_doc(TEMPLATE, "Campaign Notice")
	doc.wordings = doc.wordings[:1]
	doc.save()
	frappe.delete_doc(TEMPLATE, "Birthday Greeting")
	after_migrate()
	assert len(frappe.get_doc(TEMPLATE, "Campaign Notice").wordings) == 1
	assert not frappe.db.exists(TEMPLATE, "Birthday Greeting")
	assert frappe.db.count(TEMPLATE) == 5
