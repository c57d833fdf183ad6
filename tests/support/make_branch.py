"""Fill a site with the personas and their customers and print an API token per persona: make_branch.py SITE."""

import json
import sys

import frappe
from personas import PERSONAS, make_branch, user

frappe.init(site=sys.argv[1])
frappe.connect()
frappe.flags.in_test = True
make_branch()
tokens = {}
for persona in PERSONAS:
	account = frappe.get_doc("User", user(persona))
	account.api_key, account.api_secret = frappe.generate_hash(), frappe.generate_hash()
	account.save()
	tokens[persona] = f"{account.api_key}:{account.get_password('api_secret')}"
frappe.db.commit()
print(json.dumps(tokens))
frappe.destroy()
