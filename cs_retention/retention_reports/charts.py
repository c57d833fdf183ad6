"""The chart of retention on the workspace: the quarters whose reports are submitted, as they were frozen."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import frappe
from frappe import _

from cs_retention.engine.vocabulary import Kpi
from cs_retention.retention_reports.stored_figures import FIGURE, REPORT, figure_of

QUARTERS = 8
DRAWN = (Kpi.COHORT_RETENTION, Kpi.NET_REVENUE_RETENTION)


@frappe.whitelist(methods=["POST"])
def retention_by_quarter() -> dict[str, Any]:
	"""Return what was kept of customers and revenue in the last eight quarters that the reader has submitted reports of.

	Bars for each company; nothing where there is no report, and no bar where a company has none of a quarter.
	"""
	frappe.has_permission(REPORT, "read", throw=True)
	reports = frappe.get_list(
		REPORT, {"docstatus": 1}, ["name", "company", "quarter"], order_by="from_date", limit=0
	)
	quarters = list(dict.fromkeys(report.quarter for report in reports))[-QUARTERS:]
	values = read_values([report.name for report in reports if report.quarter in quarters])
	companies = sorted({report.company for report in reports if report.quarter in quarters})
	names = {(report.company, report.quarter): report.name for report in reports}
	if not companies:
		return {}
	return {
		"labels": quarters,
		"datasets": [
			{
				"name": _(kpi.value) if len(companies) == 1 else f"{_(kpi.value)} · {company}",
				"values": [told(values, names.get((company, quarter)), kpi) for quarter in quarters],
			}
			for company in companies
			for kpi in DRAWN
		],
	}


def read_values(reports: list[str]) -> dict[tuple[str, Kpi], Decimal | None]:
	"""Return the drawn figures of reports that the reader has been shown."""
	of_reports = {"parent": ("in", reports or [""]), "parenttype": REPORT}
	rows = frappe.get_all(FIGURE, {**of_reports, "kpi": ("in", [kpi.value for kpi in DRAWN])}, ["*"])
	return {(row.parent, Kpi(row.kpi)): figure_of(row, "numerator", "denominator").value for row in rows}


def told(values: Mapping[tuple[str, Kpi], Decimal | None], report: str | None, kpi: Kpi) -> float:
	"""Return a figure in percent as a chart takes it."""
	return float(values.get((report or "", kpi)) or 0)
