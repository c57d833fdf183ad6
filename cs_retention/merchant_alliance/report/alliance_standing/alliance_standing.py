from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, getdate, nowdate

from cs_retention.callbacks.report_rows import inert
from cs_retention.cs_retention.inputs import report_filters
from cs_retention.engine.alliance_life import contract_notice
from cs_retention.engine.vocabulary import MerchantStatus, Tier
from cs_retention.merchant_alliance.exchanges import due_by, last_contacts
from cs_retention.merchant_alliance.inspections import due_on, last_inspections
from cs_retention.merchant_alliance.merchants import MERCHANT
from cs_retention.merchant_alliance.reviews import BELONGS, REVIEW
from cs_retention.merchant_alliance.standings import SCORES, last_reviews, sanctions
from cs_retention.merchant_alliance.tiers import read_tiers

Row = dict[str, Any]


def execute(filters: dict[str, Any] | None = None) -> tuple[Any, ...]:
	"""Return how every merchant stands, the best tier first, and how many each tier has."""
	wanted = report_filters(filters)
	rows = merchants(wanted)
	today = getdate(nowdate())
	found = {
		"review": last_reviews(),
		"sanction": sanctions(today),
		"contract": contract_ends(rows),
		"contact": last_contacts([row.customer for row in rows]),
		"inspection": last_inspections([row.name for row in rows]),
	}
	months, inspected, order = read_tiers()
	shown = [
		{**line(row, found, months, today), **visits(row, found["inspection"], inspected)} for row in rows
	]
	shown.sort(key=lambda row: (order.get(row["tier"], len(order)), row["merchant_name"] or ""))
	return columns(), shown, None, chart(shown), summary(shown)


def merchants(filters: frappe._dict) -> list[Row]:
	"""Return the merchants that the reader may see and the filters ask for."""
	chosen = {
		field: filters[field] for field in ("status", "tier", "category", "territory") if filters.get(field)
	}
	fields = [
		"name",
		"merchant_name",
		"customer",
		"category",
		"territory",
		"status",
		"tier",
		"contract",
		"admitted_on",
	]
	return frappe.get_list(MERCHANT, chosen, [*fields, "reviews_in_probation"], limit=0)


def contract_ends(rows: Sequence[Row]) -> Mapping[str, date | None]:
	"""Return the ends of the contracts that are named."""
	named = [row.contract for row in rows if row.contract]
	# The day alone, of contracts that stand on merchants the reader sees.
	return dict(frappe.get_all("Contract", {"name": ("in", named)}, ["name", "end_date"], as_list=True))


def visits(row: Row, last: Mapping[str, date], months: Mapping[str, int]) -> Row:
	"""Return when a merchant was inspected, and by when it is next."""
	is_in = row.status in BELONGS
	seen = last.get(row.name)
	return {"inspected_on": seen, "inspection_due": due_on(row, seen, months) if is_in else None}


def line(row: Row, found: Mapping[str, Mapping[str, Any]], months: Mapping[str, int], today: date) -> Row:
	"""Return a merchant as the report shows it."""
	review = found["review"].get(row.name) or frappe._dict()
	end, spoken = found["contract"].get(row.contract), found["contact"].get(row.customer)
	is_in = row.status in BELONGS
	return {
		**{
			field: row[field]
			for field in ("name", "merchant_name", "category", "territory", "status", "tier")
		},
		**{field: review.get(field) for field in SCORES},
		"merchant_name": inert(row.merchant_name),
		"review": review.get("name"),
		"quarter": f"{review.year}-{review.quarter}" if review else None,
		"reviews_in_probation": row.reviews_in_probation,
		"is_elimination_proposed": cint(review.get("is_elimination_proposed")),
		"sanctioned_until": found["sanction"].get(row.name),
		"contract_end": end,
		"contract_notice": contract_notice(end, today) if end and is_in else None,
		"last_contact": spoken,
		"exchange_due": due_by(row, spoken, months, today) if is_in else None,
	}


def columns() -> list[dict[str, Any]]:
	"""Return the columns."""
	return [
		column("name", _("Merchant"), "Link", 110, options=MERCHANT),
		column("merchant_name", _("Merchant Name"), "Data", 180),
		column("status", _("Status"), "Data", 100),
		column("tier", _("Tier"), "Data", 100),
		column("category", _("Category"), "Link", 110, options="Industry Type"),
		column("territory", _("Territory"), "Link", 110, options="Territory"),
		column("quarter", _("Last Quarter Judged"), "Data", 110),
		*(column(field, _(frappe.unscrub(field)), "Float", 90, precision=2) for field in SCORES),
		column("reviews_in_probation", _("Reviews in Probation"), "Int", 90),
		column("is_elimination_proposed", _("Elimination Proposed"), "Check", 90),
		column("sanctioned_until", _("No Campaigns Until"), "Date", 110),
		column("contract_end", _("Contract End"), "Date", 110),
		column("contract_notice", _("Days' Notice"), "Int", 90),
		column("last_contact", _("Last Contact"), "Date", 110),
		column("exchange_due", _("Exchange Due By"), "Date", 110),
		column("inspected_on", _("Last Inspected"), "Date", 110),
		column("inspection_due", _("Inspection Due By"), "Date", 110),
		column("review", _("Alliance Review"), "Link", 130, options=REVIEW),
	]


def column(fieldname: str, label: str, fieldtype: str, width: int, **more: Any) -> dict[str, Any]:
	"""Return a column."""
	return {"fieldname": fieldname, "label": label, "fieldtype": fieldtype, "width": width, **more}


def chart(rows: Sequence[Row]) -> dict[str, Any]:
	"""Return how many merchants of the alliance each tier has."""
	counts = Counter(row["tier"] for row in rows if row["status"] in BELONGS)
	labels = [_(tier.value) for tier in Tier]
	values = [counts[tier.value] for tier in Tier]
	return {
		"data": {"labels": labels, "datasets": [{"name": _("Merchants"), "values": values}]},
		"type": "bar",
	}


def summary(rows: Sequence[Row]) -> list[dict[str, Any]]:
	"""Return the figures above the report."""
	states = Counter(row["status"] for row in rows)
	figures = [(_("In the Alliance"), sum(states[status] for status in BELONGS), "Green")]
	figures += [(_("Candidates"), states[MerchantStatus.CANDIDATE.value], "Blue")]
	figures += [(_("Elimination Proposed"), sum(row["is_elimination_proposed"] for row in rows), "Red")]
	figures += [(_("Exchanges Due"), sum(bool(row["exchange_due"]) for row in rows), "Orange")]
	return [
		{"label": label, "value": value, "indicator": colour, "datatype": "Int"}
		for label, value, colour in figures
	]
