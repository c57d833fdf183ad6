"""Users of the site tier, one per kind of person, and customers they answer for."""

from __future__ import annotations

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
