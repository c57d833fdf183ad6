"""Customers with planned calls for the screens on which calls are logged."""

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
from support_call_screens import make_called
print(json.dumps([make_called(frappe, name) for name in sys.argv[3:]]))
frappe.db.commit()
"""


def make_called(frappe: Any, name: str) -> str:
	"""Insert a customer of Administrator's with a contact and a plan, and return its first call."""
	from support_standing import state_fields

	from cs_retention.callbacks.replanning import replan
	from cs_retention.cs_retention.states import ensure_state

	customer = {"doctype": "Customer", "customer_name": name, "customer_type": "Company"}
	made = frappe.get_doc({**customer, "account_manager": "Administrator"}).insert().name
	link = {"link_doctype": "Customer", "link_name": made}
	contact = frappe.get_doc({"doctype": "Contact", "first_name": "Lin Mei", "links": [link]}).insert()
	frappe.db.set_value("Customer", made, "customer_primary_contact", contact.name)
	fields = {**state_fields(frappe), "is_key_account": 0}
	frappe.db.set_value("Customer Retention State", ensure_state(made), fields)
	left = replan([made])
	assert left is None, left
	callbacks = {"customer": made, "channel": "Phone", "status": "Planned"}
	return frappe.get_all("Customer Callback", callbacks, pluck="name", order_by="due_date")[0]


def calls_of(bench: PrivateBench, *names: str) -> list[str]:
	"""Make customers of these names on the site and return the first call of each."""
	printed = bench.play(MAKE, SITE, str(CHECKOUT / "tests/support"), *names)
	return json.loads(printed.splitlines()[-1])


AGREE = """
import json, sys
sys.path.insert(0, sys.argv[2])
import frappe
frappe.init(site=sys.argv[1]); frappe.connect()
from support_call_screens import make_agreed
print(json.dumps(make_agreed(frappe, sys.argv[3], sys.argv[4], int(sys.argv[5])), default=str))
frappe.db.commit()
"""


def make_agreed(frappe: Any, name: str, backup: str, count: int) -> list[tuple[str, str]]:
	"""Insert a customer with a backup and calls agreed for the Tuesdays from next week on; return names and days."""
	if not frappe.db.exists("User", backup):
		roles = [{"role": role} for role in ("Customer Account Manager", "Sales User")]
		user = {"doctype": "User", "email": backup, "first_name": "Backup", "send_welcome_email": 0}
		frappe.get_doc({**user, "roles": roles}).insert()
	customer = {"doctype": "Customer", "customer_name": name, "customer_type": "Company"}
	people = {"account_manager": "Administrator", "retention_backup_manager": backup}
	made = frappe.get_doc({**customer, **people}).insert().name
	today = frappe.utils.getdate()
	first = today + timedelta(days=8 - today.weekday())
	days = [first + timedelta(weeks=week) for week in range(count)]
	fields = {"doctype": "Customer Callback", "customer": made, "channel": "Phone"}
	return [(frappe.get_doc({**fields, "due_date": day}).insert().name, day) for day in days]


def agreed_calls(bench: PrivateBench, name: str, backup: str, count: int) -> list[tuple[str, str]]:
	"""Make a customer with agreed calls on the site."""
	support = str(CHECKOUT / "tests/support")
	printed = bench.play(AGREE, SITE, support, name, backup, str(count))
	return [tuple(row) for row in json.loads(printed.splitlines()[-1])]
