"""Make the personas and a planned customer on the site named, and print the personas' API tokens."""

import json
import sys

import frappe
from personas import PERSONAS, make_customer, make_personas, user


def main(site: str) -> None:
	frappe.init(site=site)
	frappe.connect()
	make_personas()
	make_customer("Corner shop", account_manager="east", retention_backup_manager="west")
	plan_book()
	print(json.dumps({persona: token(persona) for persona in PERSONAS}))
	frappe.db.commit()


def plan_book() -> None:
	"""Rate and plan whoever is on the site."""
	from cs_retention.cs_retention.states import STATE, ensure_states, open_store
	from cs_retention.nightly.run import run_night
	from cs_retention.star_levels.policies import load_policy

	ensure_states()
	frappe.db.commit()
	tables = [STATE, "Customer Callback", "Customer Callback Purpose"]
	run_night(open_store(tables), load_policy(), frappe.utils.getdate(frappe.utils.nowdate()))


def token(persona: str) -> str:
	from frappe.core.doctype.user.user import generate_keys

	secret = generate_keys(user(persona))["api_secret"]
	return f"{frappe.db.get_value('User', user(persona), 'api_key')}:{secret}"


main(sys.argv[1])
