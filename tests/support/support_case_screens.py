"""Customers and offers for the screens of retention cases."""

from __future__ import annotations

import json
from typing import Any

from bench_fixtures import SITE
from private_bench import CHECKOUT, PrivateBench

RUN = """
import json, sys
sys.path.insert(0, sys.argv[2])
import frappe
frappe.init(site=sys.argv[1]); frappe.connect()
import support_case_screens
print(json.dumps(getattr(support_case_screens, sys.argv[3])(frappe, *sys.argv[4:])))
frappe.db.commit()
"""


def make_leaver(frappe: Any, name: str) -> str:
	"""Insert a customer of Administrator's with an invoice, and the offers of the ladder once."""
	from support_cases import make_invoice, make_offer_of

	customer = {"doctype": "Customer", "customer_name": name, "customer_type": "Company"}
	made = frappe.get_doc({**customer, "account_manager": "Administrator"}).insert().name
	make_invoice(frappe, made, 1200, frappe.utils.add_days(frappe.utils.nowdate(), -40))
	for offer, cost in (("One Month Free", 40), ("New Router", 200)):
		if not frappe.db.exists("Retention Offer", offer):
			make_offer_of(frappe, offer, cost)
	return made


def make_approver(frappe: Any, email: str, language: str) -> str:
	"""Insert a retention manager who did not make the offers, and return the password."""
	password = frappe.generate_hash(length=20)
	frappe.get_doc(
		{
			"doctype": "User",
			"email": email,
			"first_name": "Nora",
			"language": language,
			"send_welcome_email": 0,
			"new_password": password,
			"roles": [{"role": role} for role in ("Retention Manager", "Sales Manager", "Sales User")],
		}
	).insert()
	return password


def let_time_pass(frappe: Any, customer: str) -> None:
	"""Move a save a month back, with an invoice in between, and do what the night does."""
	from support_cases import make_invoice

	from cs_retention.churn_retention.case_night import work_on_cases

	today = frappe.utils.nowdate()
	saved = {"customer": customer, "status": "Saved"}
	past = {"closed_on": frappe.utils.add_days(today, -30), "next_check_on": today}
	frappe.db.set_value("Retention Case", saved, past)
	make_invoice(frappe, customer, 130, frappe.utils.add_days(today, -5))
	work_on_cases(today)


def on_site(bench: PrivateBench, function: str, *given: str) -> Any:
	"""Run a function of this file on the site and return what it returns."""
	printed = bench.play(RUN, SITE, str(CHECKOUT / "tests/support"), function, *given)
	return json.loads(printed.splitlines()[-1])


def leaver(bench: PrivateBench, name: str) -> str:
	"""Make a customer of this name on the site and return its record."""
	return on_site(bench, "make_leaver", name)
