"""Fill a site with the personas and their customers and print an API token per persona: make_branch.py SITE."""

import json
import sys

import frappe
from personas import PERSONAS, make_branch, token

frappe.init(site=sys.argv[1])
frappe.connect()
frappe.flags.in_test = True
make_branch()
tokens = {persona: token(persona) for persona in PERSONAS}
frappe.db.commit()
print(json.dumps(tokens))
frappe.destroy()
