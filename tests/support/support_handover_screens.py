"""A small book to be handed over on a screen."""

from __future__ import annotations

from typing import Any

PEOPLE = {"giver": ("Lena", "李静"), "taker": ("Paul", "王强"), "other": ("Nora", "周敏")}
SHOPS = (
	("Mill Street Books", "磨坊街书店"),
	("Quay Side Cafe", "码头咖啡"),
	("Park Lane Dental", "公园巷牙科"),
)


def make_book(frappe: Any, window: str) -> str:
	"""Insert three customers of one person, of whom the second person is the backup of one; return a draft hand-over."""
	in_chinese = window.startswith("zh")
	people = {key: make_person(frappe, f"{key}.{window}", names[in_chinese]) for key, names in PEOPLE.items()}
	for number, names in enumerate(SHOPS):
		backup = people["taker"] if number == 0 else people["other"]
		name = f"{names[in_chinese]} {window}"
		team = {"account_manager": people["giver"], "retention_backup_manager": backup}
		frappe.get_doc(
			{"doctype": "Customer", "customer_name": name, "customer_type": "Company", **team}
		).insert()
	document = {
		"doctype": "Book Handover",
		"from_person": people["giver"],
		"role": "Account Manager",
		"reason": "调往其他网点" if in_chinese else "moves to another branch",
		"targets": [{"person": people["taker"]}],
	}
	return frappe.get_doc(document).insert().name


def make_person(frappe: Any, key: str, name: str) -> str:
	doc = {"doctype": "User", "email": f"{key}@branch.example", "first_name": name, "send_welcome_email": 0}
	return frappe.get_doc({**doc, "roles": [{"role": "Customer Account Manager"}]}).insert().name
