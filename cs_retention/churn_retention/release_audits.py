"""The monthly audit of release files: drawn by the night once a month, told to every manager."""

from datetime import date, timedelta

import frappe
from frappe import _

from cs_retention.cs_retention.bells import for_each, managers, ring
from cs_retention.cs_retention.settings import SETTINGS, release_policy
from cs_retention.cs_retention.states import open_store
from cs_retention.engine.release_audit import audit_sample
from cs_retention.engine.workdays import month_span, span_label

AUDIT, RELEASE = "Release Audit", "Release File"
COLUMNS = ("name", "month", "release_file", "customer", "released_by", "released_on")


def draw_audits(as_of: date) -> None:
	"""Draw the files of the month before a date, unless that was done; the caller commits."""
	last = as_of.replace(day=1) - timedelta(days=1)
	month = span_label(last, 1)
	if frappe.db.exists(AUDIT, {"month": month}):
		return
	of_month = {"docstatus": 1, "released_on": ("between", month_span(last, 1))}
	# A job of Administrator's, over all customers.
	rows = frappe.get_all(RELEASE, of_month, ["name", "customer", "released_by", "released_on"])
	files = {row.name: row for row in rows}
	percent = release_policy(frappe.get_cached_doc(SETTINGS)).audit_percent
	drawn = audit_sample(month, files, percent)
	if not drawn:
		return
	store = open_store()
	figures = [(files[name].customer, files[name].released_by, files[name].released_on) for name in drawn]
	store.insert_rows(
		AUDIT,
		COLUMNS,
		[(store.new_name(), month, name, *rest) for name, rest in zip(drawn, figures, strict=True)],
	)
	tell_managers(month, len(drawn))


def tell_managers(month: str, count: int) -> None:
	"""Leave every retention manager one alert that leads to the list."""
	ring(
		for_each(
			managers(),
			f"release-audit|{month}",
			lambda language: _("{0} release files of {1} are to be audited.", language).format(count, month),
			f"/app/release-audit?month={month}",
		)
	)
