"""A branch for the settings' try-out: two people, a complaint, deliveries and a birthday of the past days."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

from bench_fixtures import SITE
from private_bench import CHECKOUT, PrivateBench

MAKE = """
import json, sys
sys.path.insert(0, sys.argv[2])
import frappe
frappe.init(site=sys.argv[1]); frappe.connect()
from support_source_screens import make_branch
print(json.dumps(make_branch(frappe, sys.argv[3])))
frappe.db.commit()
"""
PEOPLE = {"en": ("Ada North", "Otto South"), "zh": ("陈洁", "赵磊")}
SHOPS = {
	"en": ("Quay Printers", "Hill Bakery", "Mill Street Dental", "North Gate Motors"),
	"zh": ("码头印刷", "山坡烘焙", "磨坊街牙科", "北门汽车"),
}


def busy_branch(bench: PrivateBench, language: str) -> list[str]:
	"""Make the branch of a language; return the addresses of its people."""
	printed = bench.play(MAKE, SITE, str(CHECKOUT / "tests/support"), language)
	return json.loads(printed.splitlines()[-1])


def make_branch(frappe: Any, language: str) -> list[str]:
	from support_service_documents import make_birthday, make_complaint, make_delivery

	people = [make_person(frappe, name, f"busy-{n}.{language}") for n, name in enumerate(PEOPLE[language])]
	shops = [make_shop(frappe, name, people, number) for number, name in enumerate(SHOPS[language])]
	today = frappe.utils.getdate()
	make_complaint(shops[0], str(today), people[0])
	for number, shop in enumerate(shops):
		for days in (1, 8 + number):
			make_delivery(shop, str(today - timedelta(days=days)))
	born = today + timedelta(days=9)
	make_birthday(shops[0], f"1970-{born.month:02d}-{born.day:02d}")
	return people


def make_person(frappe: Any, name: str, address: str) -> str:
	roles = [{"role": "Customer Account Manager"}, {"role": "Sales User"}]
	account = {"doctype": "User", "email": f"{address}@branch.example", "first_name": name, "roles": roles}
	return frappe.get_doc({**account, "send_welcome_email": 0}).insert().name


def make_shop(frappe: Any, name: str, people: list[str], number: int) -> str:
	"""Insert a customer as a night has rated it, the first one a key account."""
	from support_standing import state_fields

	from cs_retention.cs_retention.states import ensure_state

	first, second = people if number % 2 == 0 else reversed(people)
	team = {"account_manager": first, "retention_backup_manager": second}
	customer = {"doctype": "Customer", "customer_name": name, "customer_type": "Company", **team}
	made = frappe.get_doc(customer).insert().name
	fields = {**state_fields(frappe), "is_key_account": int(number == 0)}
	frappe.db.set_value("Customer Retention State", ensure_state(made), fields)
	return made
