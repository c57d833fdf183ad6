"""A small branch for the desk's screens: a morning with calls late and due, a colleague away, a week that is full."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from bench_fixtures import SITE
from private_bench import CHECKOUT, PrivateBench

MAKE = """
import json, sys
sys.path.insert(0, sys.argv[2])
import frappe
frappe.init(site=sys.argv[1]); frappe.connect()
from support_desk_screens import make_morning
print(json.dumps(make_morning(frappe, sys.argv[3])))
frappe.db.commit()
"""
PEOPLE = {
	"en": {"manager": "Nora West", "east": "Lena East", "backup": "Paul North"},
	"zh": {"manager": "周敏", "east": "李静", "backup": "王强"},
}
SHOPS = {
	"en": ("Harbour Bakery", "Lakeside Hotel", "Corner Pharmacy", "Old Mill Garage", "Station Florist"),
	"zh": ("海港烘焙", "湖畔酒店", "街角药房", "老磨坊汽修", "车站花店"),
}
SUMMARIES = {
	"en": "Satisfied with the line; the second router is slow in the evening.",
	"zh": "对专线满意；第二台路由器晚间偏慢。",
}
SUBJECTS = {"en": "Evening speed drops", "zh": "晚间网速下降"}
ROLES = {
	"manager": ("Retention Manager", "Sales User", "Sales Manager"),
	"east": ("Customer Account Manager", "Sales User", "Support Team"),
	"backup": ("Customer Account Manager", "Sales User", "Support Team"),
}
LEVELS = ("Five Star", "Four Star", "Three Star", "Three Star", "Two Star")
HEALTH = ((38, "At Risk"), (72, "Healthy"), (55, "Watch"), (64, "Healthy"), (12, "Critical"))
LATE = (3, 0, 0, -1, 1)
"""Days that the call of each shop is late."""


def morning(bench: PrivateBench, language: str) -> dict[str, str]:
	"""Make the branch once per language; return the address of each person, the password of all, and the day."""
	printed = bench.play(MAKE, SITE, str(CHECKOUT / "tests/support"), language)
	return json.loads(printed.splitlines()[-1])


def make_morning(frappe: Any, language: str) -> dict[str, str]:
	password = frappe.generate_hash(length=20)
	people = {
		key: make_person(frappe, key, name, language, password) for key, name in PEOPLE[language].items()
	}
	today = frappe.utils.getdate()
	for number, shop in enumerate(SHOPS[language]):
		make_shop(frappe, number, shop, people, today, language)
	customer = {"doctype": "Customer", "customer_type": "Company"}
	frappe.get_doc({**customer, "customer_name": f"{SHOPS[language][0]} II"}).insert()
	return {**people, "password": password, "first": SHOPS[language][0]}


def make_person(frappe: Any, key: str, name: str, language: str, password: str) -> str:
	doc = {
		**{
			"doctype": "User",
			"email": f"{key}.{language}@branch.example",
			"first_name": name,
			"language": language,
		},
		**{
			"send_welcome_email": 0,
			"new_password": password,
			"roles": [{"role": role} for role in ROLES[key]],
		},
	}
	return frappe.get_doc(doc).insert().name


def make_shop(
	frappe: Any, number: int, shop: str, people: dict[str, str], today: date, language: str
) -> None:
	"""Insert a customer as a night has left it, with a call that is late, due or coming."""
	from support_standing import state_fields

	from cs_retention.cs_retention.states import ensure_state

	team = {"account_manager": people["east"], "retention_backup_manager": people["backup"]}
	made = (
		frappe.get_doc({"doctype": "Customer", "customer_name": shop, "customer_type": "Company", **team})
		.insert()
		.name
	)
	link = {"link_doctype": "Customer", "link_name": made}
	phones = [{"phone": f"1380000{number:04d}", "is_primary_mobile_no": 1}]
	frappe.get_doc({"doctype": "Contact", "first_name": shop, "phone_nos": phones, "links": [link]}).insert()
	health, band = HEALTH[number]
	fields = {
		**state_fields(frappe),
		**{
			"star_level": LEVELS[number],
			"is_key_account": int(number == 1),
			"health": health,
			"health_band": band,
		},
		"overdue_amount": 480 if number == 0 else 0,
	}
	frappe.db.set_value("Customer Retention State", ensure_state(made), fields)
	touch = {
		"channel": "Phone",
		"outcome": "Reached",
		"summary": SUMMARIES[language],
		"person": people["east"],
	}
	frappe.get_doc(
		{"doctype": "Customer Touch", "customer": made, "touch_date": today - timedelta(days=40), **touch}
	).insert()
	if number == 0:
		frappe.get_doc({"doctype": "Issue", "subject": SUBJECTS[language], "customer": made}).insert()
	add_call(frappe, made, people["east"], today, today - timedelta(days=LATE[number]))


def add_call(frappe: Any, customer: str, person: str, today: date, due: date) -> None:
	"""Insert the call of the month as the night writes it."""
	from cs_retention.engine.reasons import Reason
	from cs_retention.nightly.reason_json import dump_reasons

	period = f"{today.year}-{today.month:02d}"
	reason = Reason.of("quota", period=period, ordinal=1, owed=1, until=today.replace(day=28))
	state = frappe.db.get_value("Customer Retention State", {"customer": customer})
	# The touch was planned around; here the dates are to be those of a morning.
	planned = frappe.get_all("Customer Callback", {"customer": customer}, pluck="name")
	frappe.db.delete("Customer Callback Purpose", {"parent": ("in", planned)})
	frappe.db.delete("Customer Callback", {"customer": customer})
	name, key = frappe.generate_hash(length=10), f"quota|{state}|{period}|1"
	frappe.db.sql(
		"INSERT INTO `tabCustomer Callback` (name, customer, state, status, responsible, account_manager, due_date,"
		" window_start, window_end, channel, is_committed, reasons, occurrence_key, open_key)"
		" VALUES (%s, %s, %s, 'Planned', %s, %s, %s, %s, %s, 'Phone', 1, %s, %s, %s)",
		(name, customer, state, person, person, due, due, due, dump_reasons([reason]), key, key),
	)
	frappe.db.sql(
		"INSERT INTO `tabCustomer Callback Purpose` (name, parent, parenttype, parentfield, idx, kind, obligation_key,"
		" open_key, period_start, period_end) VALUES (%s, %s, 'Customer Callback', 'purposes', 1, 'Quota', %s, %s, %s, %s)",
		(frappe.generate_hash(length=10), name, key, key, today.replace(day=1), today.replace(day=28)),
	)
