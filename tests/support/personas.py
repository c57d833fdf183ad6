"""Users of the site tier, one per kind of person, and customers they answer for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PERSONAS = {
	"east": ("Customer Account Manager", "Sales User"),
	"west": ("Customer Account Manager", "Sales User"),
	"team": ("Customer Account Manager", "Sales User"),
	"desk": ("Customer Service Agent", "Sales User"),
	"manager": ("Retention Manager", "Sales Manager", "Sales User"),
	"second-manager": ("Retention Manager", "Sales User"),
	"auditor": ("Retention Auditor", "Sales User"),
	"alliance": ("Alliance Manager", "Sales User"),
	"administrator": ("System Manager", "Sales User"),
	"clerk": ("Sales User",),
}
"""Roles by persona."""

SHOPS = {
	"East shop": {"account_manager": "east", "retention_backup_manager": "west"},
	"West shop": {"account_manager": "west"},
	"Team shop": {"sales_team": "team"},
	"Nobody's shop": {},
}
"""Customers, and the personas who answer for them."""

SEES = {
	**{"east": {"East shop"}, "west": {"East shop", "West shop"}, "team": {"Team shop"}},
	**{persona: {*SHOPS} for persona in ("manager", "second-manager", "auditor", "administrator")},
	**{persona: set() for persona in ("desk", "alliance")},
}
"""Customers whose records a persona sees; a clerk has no role of ours and is refused."""

OF_A_CUSTOMER = {
	"Customer Retention State": {},
	"Star Rating": {
		"as_of": "2026-11-01",
		"kind": "Annual",
		"status": "Applied",
		"level": "Two Star",
		"policy_version": "Standard v1",
	},
	"Star Override": {
		"level": "Five Star",
		"reason": "new branch",
		"approver": "manager@branch.example",
		"until": "2099-12-31",
	},
	"Head Office Level": {"level": "Four Star", "decided_on": "2026-10-01", "source": "List 7"},
	"Churn Signal": {"rule": "Cancellation Asked", "note": "moves to another town"},
	"Customer Health Change": {"as_of": "2026-11-01", "band": "At Risk", "health": 30},
	"Callback Schedule": {"friday": 1},
	"Customer Callback": {
		"due_date": "2026-12-01",
		"channel": "Phone",
		"purposes": [{"kind": "Quota", "obligation_key": "k"}],
	},
	"Customer Touch": {"channel": "Phone", "outcome": "Reached"},
	"Customer Consent": {"channel": "Email", "status": "Given", "evidence": "said so on the phone"},
	"Retention Case": {"exit_type": "Cancellation"},
}
"""Our records of a customer, and what they are filled with."""


def user(persona: str) -> str:
	"""Return the user of a persona."""
	return f"{persona}@branch.example"


def make_personas() -> None:
	"""Insert the user of every persona."""
	import frappe

	for persona, roles in PERSONAS.items():
		frappe.get_doc(
			{
				"doctype": "User",
				"email": user(persona),
				"first_name": persona.title(),
				"send_welcome_email": 0,
				"roles": [{"role": role} for role in roles],
			}
		).insert()


def token(persona: str) -> str:
	"""Give the user of a persona an API key and return what a request says of it."""
	import frappe
	from frappe.core.doctype.user.user import generate_keys

	secret = generate_keys(user(persona))["api_secret"]
	return f"{frappe.db.get_value('User', user(persona), 'api_key')}:{secret}"


def make_customer(name: str, **fields: Any) -> Any:
	"""Insert a customer; persons are given as personas."""
	import frappe

	for field in ("account_manager", "retention_backup_manager"):
		if field in fields:
			fields[field] = user(fields[field])
	document = {"doctype": "Customer", "customer_name": name, "customer_type": "Company", **fields}
	return frappe.get_doc(document).insert()


def make_sales_person(persona: str) -> str:
	"""Insert the employee and sales person of a persona and return the sales person."""
	import frappe

	employee = frappe.get_doc(
		{
			"doctype": "Employee",
			"first_name": persona.title(),
			"company": frappe.get_all("Company", pluck="name")[0],
			"gender": frappe.get_all("Gender", pluck="name")[0],
			"date_of_birth": "1990-01-01",
			"date_of_joining": "2020-01-01",
			"user_id": user(persona),
		}
	).insert()
	return (
		frappe.get_doc(
			{
				"doctype": "Sales Person",
				"sales_person_name": persona.title(),
				"employee": employee.name,
				"parent_sales_person": frappe.get_all("Sales Person", {"is_group": 1}, pluck="name")[0],
			}
		)
		.insert()
		.name
	)


@contextmanager
def as_person(frappe: Any, person: str, *changed: str) -> Iterator[Any]:
	"""Yield Frappe as a persona; what is written within is rolled back, singles that it changed are read anew."""
	frappe.set_user(user(person))
	yield frappe
	frappe.set_user("Administrator")
	frappe.db.rollback()
	frappe.local.lang = "en"
	frappe.local.message_log = []
	for single in changed:
		frappe.clear_document_cache(single, single)


def make_branch() -> None:
	"""Insert the personas, their customers and one record of every kind for each customer."""
	import frappe

	from cs_retention.cs_retention.states import ensure_state

	make_personas()
	for shop, people in SHOPS.items():
		team = [
			{"sales_person": make_sales_person(person), "allocated_percentage": 100}
			for person in [people.get("sales_team")]
			if person
		]
		make_customer(shop, **{**people, "sales_team": team})
		state = ensure_state(shop)
		for doctype, fields in OF_A_CUSTOMER.items():
			if doctype != "Customer Retention State":
				# Some of these no role may create: what is tested is who sees them, not who makes them.
				frappe.get_doc({"doctype": doctype, "customer": shop, "state": state, **fields}).insert(
					ignore_permissions=True
				)
