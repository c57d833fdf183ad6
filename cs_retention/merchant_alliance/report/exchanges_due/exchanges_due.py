from collections.abc import Sequence
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from cs_retention.callbacks.report_rows import inert
from cs_retention.cs_retention.inputs import report_filters
from cs_retention.engine.workdays import month_span
from cs_retention.merchant_alliance.exchanges import due_by, last_contacts, months_of, planned_calls
from cs_retention.merchant_alliance.merchants import MERCHANT
from cs_retention.merchant_alliance.reviews import BELONGS
from cs_retention.merchant_alliance.tiers import read_tiers

Row = dict[str, Any]


def execute(filters: dict[str, Any] | None = None) -> tuple[Any, ...]:
	"""Return the merchants to be met in their month or quarter, the earliest due first, with who is to do it."""
	wanted = report_filters(filters)
	today = getdate(nowdate())
	rows = lines(merchants(wanted), today)
	shown = rows if wanted.with_met else [row for row in rows if row["due_by"]]
	shown.sort(key=lambda row: (row["due_by"] or date.max, row["merchant_name"] or ""))
	return columns(), shown, None, None, summary(rows)


def merchants(filters: frappe._dict) -> list[Row]:
	"""Return the merchants in the alliance that the reader may see and the filters ask for."""
	chosen = {
		field: filters[field] for field in ("tier", "territory", "alliance_manager") if filters.get(field)
	}
	fields = ["name", "merchant_name", "customer", "territory", "tier", "alliance_manager", "backup_manager"]
	return frappe.get_list(MERCHANT, {"status": ("in", BELONGS), **chosen}, fields, limit=0)


def lines(rows: Sequence[Row], today: date) -> list[Row]:
	"""Return merchants as the report shows them."""
	customers = [row.customer for row in rows]
	spoken, planned, tiers = last_contacts(customers), planned_calls(customers), read_tiers()
	found = []
	for row in rows:
		call = planned.get(row.customer) or {}
		last = spoken.get(row.customer)
		found.append(
			{
				**row,
				"merchant_name": inert(row.merchant_name),
				"months": months_of(row, tiers.exchanges),
				"since": month_span(today, months_of(row, tiers.exchanges))[0],
				"last_contact": last,
				"due_by": due_by(row, last, tiers.exchanges, today),
				"planned_on": call.get("due_date"),
				"planned_for": call.get("responsible"),
			}
		)
	return found


def columns() -> list[Row]:
	"""Return the columns."""
	listed = (
		("name", _("Merchant"), "Link", 110, MERCHANT),
		("merchant_name", _("Merchant Name"), "Data", 180, None),
		("tier", _("Tier"), "Data", 100, None),
		("territory", _("Territory"), "Link", 110, "Territory"),
		("months", _("Every So Many Months"), "Int", 90, None),
		("since", _("Since"), "Date", 100, None),
		("due_by", _("Exchange Due By"), "Date", 110, None),
		("last_contact", _("Last Contact"), "Date", 110, None),
		("planned_on", _("Planned On"), "Date", 110, None),
		("planned_for", _("Planned For"), "Link", 160, "User"),
		("alliance_manager", _("Alliance Manager"), "Link", 160, "User"),
	)
	return [
		{"fieldname": name, "label": label, "fieldtype": kind, "width": width, "options": options}
		for name, label, kind, width, options in listed
	]


def summary(rows: Sequence[Row]) -> list[Row]:
	"""Return the figures above the report."""
	due = [row for row in rows if row["due_by"]]
	figures = (
		(_("In the Alliance"), len(rows), "Blue"),
		(_("Met in Their Time"), len(rows) - len(due), "Green"),
		(_("Exchanges Due"), len(due), "Orange"),
		(_("Without a Planned Call"), sum(not row["planned_on"] for row in due), "Red"),
	)
	return [
		{"label": label, "value": value, "indicator": colour, "datatype": "Int"}
		for label, value, colour in figures
	]
