"""Sanctions in force, as the merchant's form and the campaigns' lists ask for them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

import frappe
from frappe.utils import getdate

from cs_retention.engine.alliance_life import Sanction, sanction_on

SANCTION = "Alliance Sanction"


def sanctioned_until(merchant: str, on: str | date) -> date | None:
	"""Return up to which day a merchant is kept out of campaigns as of a day; None where it is not."""
	return in_force([merchant], on).get(merchant)


def in_force(merchants: Iterable[str], on: str | date) -> Mapping[str, date]:
	"""Return up to which day merchants are kept out of campaigns as of a day; those that are not are left out."""
	day = getdate(on)
	# That a merchant is kept out is no secret to whoever may read the merchant, for whom this is asked.
	rows = frappe.get_all(
		SANCTION,
		{
			"merchant": ("in", list(merchants)),
			"docstatus": 1,
			"decided_on": ("<=", day),
			"ends_on": (">=", day),
		},
		["merchant", "decided_on", "ends_on", "breach", "lifted_on"],
	)
	of_merchant: defaultdict[str, list[Sanction]] = defaultdict(list)
	for row in rows:
		of_merchant[row.merchant].append(Sanction(row.decided_on, row.ends_on, row.breach, row.lifted_on))
	found = {name: sanction_on(sanctions, day) for name, sanctions in of_merchant.items()}
	return {name: sanction.ends_on for name, sanction in found.items() if sanction}


def proven_tips(merchant: str) -> int:
	"""Return how many sanctions a merchant's tips have led to, of those that the reader may see."""
	return len(frappe.get_list(SANCTION, {"tip_from": merchant, "docstatus": 1}, pluck="name", limit=0))
