"""What the reports on callbacks share: their period, whose rows a reader counts, cells that no spreadsheet runs."""

from datetime import date, timedelta
from typing import Any

import frappe
from frappe import _
from frappe.desk.reportview import build_match_conditions
from frappe.utils import getdate

from cs_retention.facts.selection import Selection
from cs_retention.render.exports import safe_cell

MOST_DAYS = 366


def get_period(filters: frappe._dict) -> tuple[date, date]:
	"""Return first and last day; one that is missing, reversed or too far apart is refused with a sentence."""
	for fieldname, label in (("from_date", _("Start")), ("to_date", _("End"))):
		if not filters.get(fieldname):
			frappe.throw(_("Give {0}.").format(frappe.bold(label)), title=_("Missing Filter"))
	first, last = getdate(filters.from_date), getdate(filters.to_date)
	if first > last:
		frappe.throw(_("The start lies after the end. Exchange the two dates."), title=_("Invalid Dates"))
	if last - first >= timedelta(days=MOST_DAYS):
		frappe.throw(
			_("Start and end lie more than {0} days apart. Choose a shorter period.").format(MOST_DAYS),
			title=_("Invalid Dates"),
		)
	return first, last


def seen(doctype: str, fieldname: str) -> Selection:
	"""Return the rows of a DocType that the session's user sees, as a selection of one of its columns."""
	condition = build_match_conditions(doctype)
	if not condition:
		return Selection("IS NOT NULL", {})
	return Selection(f"IN (SELECT `tab{doctype}`.`{fieldname}` FROM `tab{doctype}` WHERE {condition})", {})


def inert(text: str | None) -> str:
	"""Return a text that a spreadsheet shows and does not run."""
	return str(safe_cell(text or ""))


def column(
	fieldname: str, label: str, fieldtype: str = "Int", width: int = 110, **more: Any
) -> dict[str, Any]:
	"""Return a column of a report."""
	return {"fieldname": fieldname, "label": label, "fieldtype": fieldtype, "width": width, **more}


def percent(fieldname: str, label: str) -> dict[str, Any]:
	"""Return the column of a share, with one decimal."""
	return column(fieldname, label, "Percent", 120, precision=1)


def share_of(label: str, value: Any, indicator: str) -> dict[str, Any]:
	"""Return a share of the summary, with one decimal: Frappe would write three."""
	return {"label": label, "value": f"{float(value or 0):.1f} %", "datatype": "Data", "indicator": indicator}
