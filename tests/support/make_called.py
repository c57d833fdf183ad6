"""Make the personas and a planned customer on a site, and print the personas' API tokens: make_called.py SITE [DAY]."""

import json
import sys
from contextlib import nullcontext

import frappe
from personas import PERSONAS, make_customer, make_personas, token
from stopped_clock import stopped_clock


def main(site: str, day: str = "") -> None:
	frappe.init(site=site)
	frappe.connect()
	make_personas()
	for shop in ("Corner shop", "Harbour shop"):
		make_customer(shop, account_manager="east", retention_backup_manager="west")
	with stopped_clock(day) if day else nullcontext():
		plan_book()
	print(json.dumps({persona: token(persona) for persona in PERSONAS}))
	frappe.db.commit()


def plan_book() -> None:
	"""Rate and plan whoever is on the site."""
	from cs_retention.cs_retention.states import ensure_states, open_store
	from cs_retention.nightly.run import run_night
	from cs_retention.star_levels.policies import load_policy

	ensure_states()
	frappe.db.commit()
	run_night(open_store(), load_policy(), frappe.utils.getdate(frappe.utils.nowdate()))


main(*sys.argv[1:])
