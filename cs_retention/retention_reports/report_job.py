"""The background job of a Quarterly Retention Report: the quarter counted, its rows and figures kept."""

import json
from datetime import date
from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, now_datetime, nowdate

from cs_retention.cs_retention import document_jobs
from cs_retention.cs_retention.contact_policies import contact_policy_in_force
from cs_retention.cs_retention.retention_night import load_rules
from cs_retention.cs_retention.states import open_store
from cs_retention.engine.kpis import KeyFigure
from cs_retention.engine.target_periods import TargetSpan
from cs_retention.engine.vocabulary import BacktestStatus, Kpi, TargetHolder, TargetMeasure, TargetPeriod
from cs_retention.facts.cohort import is_snapshot_written
from cs_retention.nightly.quarter import QuarterRows, read_quarter
from cs_retention.nightly.quarter_alliance import read_alliance
from cs_retention.nightly.quarter_rows import delete_rows, write_rows
from cs_retention.retention_reports import report_actions, report_mails
from cs_retention.retention_reports.stored_figures import REPORT, compared, stored_row
from cs_retention.retention_reports.targets import read_targets

COUNTED, COMPARED = 40, 60
"""How far the job is, in percent, once the quarter and those it is compared with are counted."""


def start(report: Document, by_mail: bool = False) -> None:
	"""Enqueue the job of a draft; `by_mail` it is mailed to its recipients then."""
	validate_draft(report)
	document_jobs.start(report, run_job, by_mail=by_mail)


def validate_draft(report: Document) -> None:
	"""Refuse to count a report that is frozen."""
	if report.docstatus != 0:
		frappe.throw(
			_("{0} is submitted: its figures are frozen. Cancel and amend it to count anew.").format(
				frappe.bold(report.name)
			),
			title=_("Not Possible"),
		)


def run_job(name: str, language: str, by_mail: bool = False) -> None:
	"""Count the quarter and keep what was found; or tell on the report why it failed, in a language."""
	document_jobs.run(REPORT, name, language, lambda: record(name, by_mail))


def record(name: str, by_mail: bool = False) -> None:
	"""Count the quarter of a draft up to today, and keep rows and figures in the place of those before."""
	report, store, policy, today = (
		frappe.get_doc(REPORT, name),
		open_store(),
		load_rules(),
		getdate(nowdate()),
	)
	validate_draft(report)
	quarter = report.period
	caps = contact_policy_in_force()
	found = read_quarter(store, policy, quarter, today, report.company, caps=caps)
	document_jobs.remember(REPORT, name, COUNTED)
	before, year_before = (
		compared(store, policy, other, today, report.company, caps)
		for other in (quarter.before, quarter.year_before)
	)
	document_jobs.remember(REPORT, name, COMPARED)
	alliance = read_alliance(store, quarter, today, policy.complaints.issue_types)
	replace_rows(name, found)
	report = frappe.get_doc(REPORT, name, for_update=True)
	validate_draft(report)
	keep(report, found, before, year_before, targets_of(report.company, quarter.start))
	report.alliance = json.dumps(alliance.to_mapping(), ensure_ascii=False) if alliance else None
	report.is_reconstructed = int(not is_snapshot_written(store, quarter))
	report_actions.follow(report)
	report.flags.by_job = True
	report.save()
	if by_mail:
		report_mails.enqueue(report)


def replace_rows(name: str, found: QuarterRows) -> None:
	"""Write the rows of a report in the place of those before."""
	store = open_store()
	delete_rows(store, name)
	total = max(1, sum(map(len, found.by_kind.values())))
	share = (100 - COMPARED) / total
	write_rows(store, name, found, lambda done: document_jobs.remember(REPORT, name, COMPARED + share * done))


def keep(
	report: Document,
	found: QuarterRows,
	before: dict[Kpi, KeyFigure],
	year_before: dict[Kpi, KeyFigure],
	targets: dict[Kpi, Decimal],
) -> None:
	"""Put figures and summary into a report."""
	report.set("figures", [])
	for kpi, figure in found.figures().items():
		report.append("figures", stored_row(figure, before.get(kpi), year_before.get(kpi), targets.get(kpi)))
	report.summary = json.dumps(found.summary().to_mapping(), ensure_ascii=False)
	report.update({"until": found.until, "computed_on": now_datetime()})
	report.update({"status": BacktestStatus.COMPUTED.value, "error": None})


def targets_of(company: str, first: date) -> dict[Kpi, Decimal]:
	"""Return the targets that a company has for a quarter, of the figures as they are told."""
	found = read_targets(TargetSpan(TargetPeriod.QUARTER, first), company, TargetHolder.COMPANY)
	return {
		kpi: Decimal(str(row.value))
		for kpi, rows in found.items()
		for row in rows.values()
		if row.measure == TargetMeasure.FIGURE.value
	}
