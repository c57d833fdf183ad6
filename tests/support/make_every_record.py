"""Fill a site with the personas and a record of every DocType of ours, and print the personas' API tokens: make_every_record.py SITE."""

from __future__ import annotations

import json
import sys
from typing import Any

import frappe
from app_files import doctypes
from frappe.core.doctype.user.user import generate_keys
from personas import PERSONAS, make_branch, user

AGREED = {
	"Alliance Campaign": {"title": "Autumn", "from_date": "2099-01-01", "to_date": "2099-01-31"},
	"Book Handover": {"from_person": user("east"), "targets": [{"person": user("west")}]},
	"Churn Backtest": {"until": "2026-06-30"},
	"External Warning": {"customer_given": "East shop", "warned_on": "2026-01-05", "batch": "2026-01"},
	"Owner Absence": {"person": user("east"), "from_date": "2099-01-05", "to_date": "2099-01-06"},
	"Quarterly Retention Report": {"year": 2025, "part": "Q1"},
	"Alliance Review": {"year": 2025, "quarter": "Q1"},
	"Retention Target": {"from_date": "2099-01-01", "period": "Month"},
	"Retention Recommendation": {"until": "2099-01-31"},
	"Retention Run": {"name": "night:2026-01-05", "job": "night", "site_date": "2026-01-05"},
}
"""What a record needs beyond what its fields ask for."""

PLAIN = {
	**{"Date": "2026-11-02", "Datetime": "2026-11-02 10:00:00"},
	**{"Int": 1, "Float": 1, "Currency": 1},
}


def main(site: str) -> None:
	frappe.init(site=site)
	frappe.connect()
	frappe.flags.in_test = True
	make_branch()
	for doctype, described in doctypes().items():
		if not described.get("istable") and not described.get("issingle") and not frappe.db.count(doctype):
			make_record(doctype)
	frappe.db.set_single_value("System Settings", "allow_error_traceback", 0)
	people = {**{persona: user(persona) for persona in PERSONAS}, "Administrator": "Administrator"}
	tokens = {persona: token(account) for persona, account in people.items()}
	frappe.db.commit()
	print(json.dumps(tokens))


def make_record(doctype: str) -> None:
	"""Make a record of a DocType: one that its rules accept, else the row alone."""
	doc = frappe.new_doc(doctype)
	doc.update({**needed(doc), **AGREED.get(doctype, {})})
	frappe.db.savepoint("record")
	try:
		doc.insert()
	except (frappe.ValidationError, frappe.NameError) as error:
		frappe.db.rollback(save_point="record")
		print("ROW ALONE", doctype, type(error), str(error)[:300], file=sys.stderr)
		frappe.local.message_log = []
		doc.name = doc.name or frappe.generate_hash(length=10)
		doc.db_insert()
		for row in doc.get_all_children():
			row.db_insert()


def needed(doc: Any) -> dict[str, Any]:
	"""Return a value of every field that must have one and has none."""
	wanted = [field for field in doc.meta.fields if field.reqd and not doc.get(field.fieldname)]
	return {field.fieldname: value_of(field) for field in wanted}


def value_of(field: Any) -> Any:
	"""Return a value of a field."""
	if field.fieldtype == "Link":
		if not frappe.db.count(field.options):
			make_record(field.options)
		return frappe.get_all(field.options, pluck="name", order_by="name", limit=1)[0]
	if field.fieldtype == "Select":
		return next(word for word in field.options.split("\n") if word)
	if field.fieldtype == "Table":
		return [needed(frappe.new_doc(field.options))]
	return PLAIN.get(field.fieldtype, "said so on the phone")


def token(account: str) -> str:
	"""Give a user a key."""
	secret = generate_keys(account)["api_secret"]
	return f"{frappe.db.get_value('User', account, 'api_key')}:{secret}"


main(sys.argv[1])
