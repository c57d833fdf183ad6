"""A Quarterly Retention Report as the page that the desk shows, and that becomes its PDF."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import frappe
from frappe.model.document import Document
from frappe.utils import getdate

from cs_retention.cs_retention.people import full_names
from cs_retention.engine.quarter_alliance import AllianceQuarter
from cs_retention.engine.quarter_summary import QuarterSummary
from cs_retention.engine.vocabulary import ActionState
from cs_retention.nightly.quarter_rows import pattern
from cs_retention.render.quarter import AgreedAction, Links, QuarterPage, render_quarter
from cs_retention.retention_reports.stored_figures import line_of

ROWS = "/app/quarterly-report-row"
SAID = "Each figure opens the rows it counted: a click on a number shows those that the reader may see."


def render(report: Document, language: str, host: str = "", head: str = "", foot: str = "") -> str:
	"""Return a computed report as an HTML document; of one that was not computed nothing."""
	if not report.summary:
		return ""
	return render_quarter(page_of(report), spoken(language), links_of(report.name, host), head, foot)


def spoken(language: str | None) -> str:
	"""Return the language of the two that a page speaks."""
	return "zh" if (language or "").lower().startswith("zh") else "en"


def page_of(report: Document) -> QuarterPage:
	"""Return what the page says of a report."""
	called = full_names({row.person for row in report.actions})
	return QuarterPage(
		report.company,
		report.period,
		getdate(report.until),
		getdate(report.until) < getdate(report.to_date),
		report.currency or "",
		tuple(map(line_of, report.figures)),
		QuarterSummary.from_mapping(json.loads(report.summary)),
		bool(report.is_reconstructed),
		report.docstatus == 0,
		tuple(
			AgreedAction(
				row.action,
				called.get(row.person, row.person),
				getdate(row.due_date),
				ActionState(row.state),
				row.agreed_in or "",
				row.note or "",
			)
			for row in report.actions
		),
		AllianceQuarter.from_mapping(json.loads(report.alliance)) if report.alliance else None,
	)


def links_of(report: str, host: str = "") -> Links:
	"""Return where the rows of a report's figures are listed."""

	def where(filters: Mapping[str, Any]) -> str:
		asked = {"report": report, **filters}
		return f"{host}{ROWS}?" + "&".join(f"{field}={quote(looked_for(asked[field]))}" for field in asked)

	return Links(
		lambda kpi: where({"counted_in": ("like", pattern(kpi))}),
		lambda kpi: where({"reached_in": ("like", pattern(kpi))}),
		SAID,
		where,
	)


def looked_for(value: Any) -> str:
	"""Return what an address says of a field: a value, or how it is to be compared."""
	return json.dumps(value) if isinstance(value, tuple) else str(value)


def address_of(report: Document) -> str:
	"""Return where a report stands in the desk."""
	return frappe.utils.get_url_to_form(report.doctype, report.name)
