from collections import Counter
from collections.abc import Sequence
from typing import Any

import frappe
from frappe import _

from cs_retention.callbacks.report_rows import inert
from cs_retention.cs_retention.inputs import report_filters
from cs_retention.engine.vocabulary import Tier
from cs_retention.merchant_alliance.reviews import REVIEW

Row = dict[str, Any]
TIERS = [tier.value for tier in Tier]
NONE = ""
NOT_JUDGED = "-"
"""What the row of those who had no tier before is opened by: a filter that is empty is none."""


def execute(filters: dict[str, Any] | None = None) -> tuple[Any, ...]:
	"""Return from which tier to which the reviews of a quarter moved merchants: a row per tier before, or the merchants."""
	wanted = report_filters(filters)
	reviews = submitted(wanted)
	if wanted.before and wanted.after:
		before = NONE if wanted.before == NOT_JUDGED else wanted.before
		shown = [row for row in reviews if (row.tier_before or NONE, row.tier) == (before, wanted.after)]
		return merchant_columns(), shown, None, None, summary(reviews)
	return columns(), matrix(reviews), None, None, summary(reviews)


def submitted(filters: frappe._dict) -> list[Row]:
	"""Return the submitted reviews that the reader may see and the filters ask for."""
	chosen: dict[str, Any] = {"docstatus": 1}
	chosen |= {field: filters[field] for field in ("year", "quarter") if filters.get(field)}
	fields = ["name", "merchant", "merchant_name", "year", "quarter", "tier_before", "tier"]
	found = frappe.get_list(REVIEW, chosen, fields, order_by="merchant_name, year, quarter", limit=0)
	for row in found:
		row.merchant_name = inert(row.merchant_name)
	return found


def matrix(reviews: Sequence[Row]) -> list[Row]:
	"""Return how many went from each tier to each, a row per tier before."""
	counts = Counter((row.tier_before or NONE, row.tier) for row in reviews)
	return [
		{
			"before": _(before) if before else _("Not Judged Yet"),
			"key": before or NOT_JUDGED,
			**{frappe.scrub(after): counts[before, after] for after in TIERS},
			"all": sum(counts[before, after] for after in TIERS),
		}
		for before in (*TIERS, NONE)
	]


def columns() -> list[Row]:
	"""Return the columns of the matrix."""
	after = [
		{"fieldname": frappe.scrub(tier), "label": _(tier), "fieldtype": "Int", "width": 110}
		for tier in TIERS
	]
	return [
		{"fieldname": "before", "label": _("Tier Before"), "fieldtype": "Data", "width": 160},
		*after,
		{"fieldname": "all", "label": _("All Tiers"), "fieldtype": "Int", "width": 90},
	]


def merchant_columns() -> list[Row]:
	"""Return the columns of the merchants behind a number."""
	listed = (
		("merchant", _("Merchant"), "Link", 110, "Alliance Merchant"),
		("merchant_name", _("Merchant Name"), "Data", 200, None),
		("year", _("Year"), "Int", 70, None),
		("quarter", _("Quarter"), "Data", 70, None),
		("tier_before", _("Tier Before"), "Data", 120, None),
		("tier", _("Tier"), "Data", 120, None),
		("name", _("Alliance Review"), "Link", 150, REVIEW),
	)
	return [
		{"fieldname": name, "label": label, "fieldtype": kind, "width": width, "options": options}
		for name, label, kind, width, options in listed
	]


def summary(reviews: Sequence[Row]) -> list[Row]:
	"""Return how many moved up, down, and not."""
	moved = Counter(step(row) for row in reviews)
	figures = (
		(_("Merchants Raised"), 1, "Green"),
		(_("Merchants in Their Tier"), 0, "Blue"),
		(_("Merchants Lowered"), -1, "Red"),
	)
	return [
		{"label": label, "value": moved[way], "indicator": colour, "datatype": "Int"}
		for label, way, colour in figures
	]


def step(row: Row) -> int:
	"""Return 1 for a merchant that was raised, -1 for one lowered, 0 for one that stayed or had no tier before."""
	if not row.tier_before or row.tier_before == row.tier:
		return 0
	return 1 if TIERS.index(row.tier) < TIERS.index(row.tier_before) else -1
