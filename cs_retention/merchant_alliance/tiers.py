"""What the tiers say: how often their merchants are met and inspected, and their place in lists."""

from collections.abc import Mapping
from typing import NamedTuple

import frappe
from frappe.utils import cint


class Tiers(NamedTuple):
	"""Figures by tier: months between two exchanges and two inspections, place in lists."""

	exchanges: Mapping[str, int]
	inspections: Mapping[str, int]
	order: Mapping[str, int]


def read_tiers() -> Tiers:
	"""Return the figures of all tiers."""
	fields = ("exchange_months", "inspection_months", "listing_order")
	rows = frappe.get_all("Alliance Tier", fields=["name", *fields])
	return Tiers(*({row.name: cint(row[field]) for row in rows} for field in fields))
