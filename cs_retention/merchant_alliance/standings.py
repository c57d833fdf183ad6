"""How merchants stand: their last reviews and their sanctions, as lists, boards and reports show them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import frappe

from cs_retention.merchant_alliance.reviews import REVIEW
from cs_retention.merchant_alliance.sanctions import SANCTION

Row = dict[str, Any]
SCORES = ("quality", "price", "cooperation", "satisfaction")


def last_reviews() -> Mapping[str, Row]:
	"""Return the last submitted review of every merchant, of those that the reader may see."""
	fields = ["name", "merchant", "year", "quarter", "is_elimination_proposed", *SCORES]
	rows = frappe.get_list(REVIEW, {"docstatus": 1}, fields, order_by="year, quarter", limit=0)
	return {row.merchant: row for row in rows}


def sanctions(today: date) -> Mapping[str, date]:
	"""Return up to which day merchants are kept out of campaigns, of those that are today."""
	held = {
		"docstatus": 1,
		"decided_on": ("<=", today),
		"ends_on": (">=", today),
		"lifted_on": ("is", "not set"),
	}
	rows = frappe.get_list(SANCTION, held, ["merchant", "ends_on"], order_by="ends_on", limit=0)
	return {row.merchant: row.ends_on for row in rows}
