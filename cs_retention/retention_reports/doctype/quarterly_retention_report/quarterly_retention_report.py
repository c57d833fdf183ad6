from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, getdate, nowdate

from cs_retention.cs_retention import document_jobs
from cs_retention.cs_retention.record import Record
from cs_retention.cs_retention.settings import SETTINGS, year_start
from cs_retention.cs_retention.states import open_store
from cs_retention.engine.quarter_periods import QUARTERS, QuarterPeriod, YearStart
from cs_retention.engine.vocabulary import BacktestStatus, Quarter
from cs_retention.nightly.quarter_rows import delete_rows
from cs_retention.retention_reports import report_actions, report_files, report_job, report_mails, report_page

PARTS = [quarter.value for quarter in Quarter]
EARLIEST = 2000
DAYS = ("quarter", "from_date", "to_date", "currency")
"""What a new report is given before it is saved."""


class QuarterlyRetentionReport(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from cs_retention.retention_reports.doctype.quarterly_report_action.quarterly_report_action import (
			QuarterlyReportAction,
		)
		from cs_retention.retention_reports.doctype.quarterly_report_figure.quarterly_report_figure import (
			QuarterlyReportFigure,
		)

		actions: DF.Table[QuarterlyReportAction]
		alliance: DF.LongText | None
		amended_from: DF.Link | None
		company: DF.Link
		computed_on: DF.Datetime | None
		currency: DF.Data | None
		error: DF.SmallText | None
		figures: DF.Table[QuarterlyReportFigure]
		from_date: DF.Date | None
		frozen_key: DF.Data | None
		is_reconstructed: DF.Check
		part: DF.Literal["Q1", "Q2", "Q3", "Q4"]
		quarter: DF.Data | None
		scheduled_key: DF.Data | None
		status: DF.Literal["Draft", "Running", "Computed", "Failed"]
		summary: DF.LongText | None
		to_date: DF.Date | None
		until: DF.Date | None
		year: DF.Int
	# end: auto-generated types

	def before_insert(self) -> None:
		self.set_days()
		report_actions.bring_in(self)

	def validate(self) -> None:
		self.validate_begun()
		self.keep_what_the_job_writes()

	def before_submit(self) -> None:
		self.validate_complete()
		self.freeze()

	def before_cancel(self) -> None:
		self.frozen_key = None

	def on_trash(self) -> None:
		document_jobs.validate_at_rest(self)
		delete_rows(open_store(), self.name)

	@property
	def period(self) -> QuarterPeriod:
		"""The quarter, of a year that begins where it did when the report was made."""
		first = getdate(self.from_date)
		number = PARTS.index(self.part) + 1
		month = (first.month - 1 - 3 * (number - 1)) % 12 + 1
		return QuarterPeriod(self.year, number, YearStart(month, first.day))

	def set_days(self) -> None:
		"""Set label, days and currency of the quarter, by the year of the settings."""
		self.year = cint(self.year)
		if self.part not in PARTS or not EARLIEST <= self.year <= getdate(nowdate()).year + 1:
			frappe.throw(
				_("{0}: {1} cannot be used; give a year from {2} on and a quarter from Q1 to Q{3}.").format(
					frappe.bold(_("Quarter")), frappe.bold(f"{self.year} {self.part}"), EARLIEST, QUARTERS
				),
				title=_("Date Not Possible"),
			)
		begins = year_start(frappe.get_cached_doc(SETTINGS))
		quarter = QuarterPeriod(self.year, PARTS.index(self.part) + 1, begins)
		self.update({"quarter": quarter.label, "from_date": quarter.start, "to_date": quarter.end})
		self.currency = frappe.get_cached_value("Company", self.company, "default_currency")

	def validate_begun(self) -> None:
		"""Refuse a quarter of which nothing can be told yet."""
		if getdate(self.from_date) > getdate(nowdate()):
			frappe.throw(
				_("Quarter {0} begins on {1}. Choose one that has begun.").format(
					frappe.bold(self.quarter), frappe.bold(self.get_formatted("from_date"))
				),
				title=_("Date Not Possible"),
			)

	def keep_what_the_job_writes(self) -> None:
		"""Keep days, status and figures as they were left, whatever a request says."""
		if self.flags.by_job:
			return
		before = self.get_doc_before_save()
		for field in self.meta.fields:
			if (
				field.read_only
				and field.fieldname != "amended_from"
				and (before or field.fieldname not in DAYS)
			):
				self.set(field.fieldname, document_jobs.kept(before, field))

	def validate_complete(self) -> None:
		"""Refuse to freeze what was not computed, or a quarter that was not counted to its end."""
		document_jobs.validate_at_rest(self)
		if self.status != BacktestStatus.COMPUTED.value:
			frappe.throw(
				_("{0} is {1}. Compute it before it is submitted.").format(
					frappe.bold(self.quarter), frappe.bold(_(self.status))
				),
				title=_("Not Computed"),
			)
		if getdate(self.until) < getdate(self.to_date):
			frappe.throw(
				_(
					"Quarter {0} is counted up to {1} and ends on {2}. Compute it after that day, then submit."
				).format(
					*map(
						frappe.bold,
						(self.quarter, self.get_formatted("until"), self.get_formatted("to_date")),
					)
				),
				title=_("Quarter Still Running"),
			)

	def freeze(self) -> None:
		"""Take the place of the one report that a company's quarter has; refused while another one stands."""
		self.frozen_key = f"{self.company}|{getdate(self.from_date).isoformat()}"
		if other := frappe.db.get_value(self.doctype, {"frozen_key": self.frozen_key}):
			frappe.throw(
				_("{0} of {1} is submitted already: {2}. Cancel and amend that one.").format(
					frappe.bold(self.quarter), frappe.bold(self.company), frappe.bold(other)
				),
				title=_("One Report per Quarter"),
			)


@frappe.whitelist(methods=["POST"])
def compute_report(name: str) -> None:
	"""Count the quarter anew in the background."""
	report_job.start(get_report(name, "write"))


@frappe.whitelist(methods=["GET"])
def get_progress(name: str) -> dict[str, Any]:
	"""Return whether the job waits or runs, and how far it is in percent; a form asks that hears of no events."""
	return document_jobs.read_progress(get_report(name, "read"))


@frappe.whitelist(methods=["GET"])
def get_page(name: str) -> str:
	"""Return the report as a page in the reader's language."""
	return report_page.render(get_report(name, "read"), frappe.local.lang)


@frappe.whitelist(methods=["GET"])
def download_pdf(name: str) -> None:
	"""Hand out the report as a PDF in the reader's language."""
	report = get_report(name, "print")
	validate_computed(report)
	hand_out(report_files.file_name(report, "pdf"), report_files.make_pdf(report, frappe.local.lang))


@frappe.whitelist(methods=["GET"])
def download_workbook(name: str) -> None:
	"""Hand out the figures, and the rows behind them that the reader may read, as a workbook."""
	report = get_report(name, "export")
	validate_computed(report)
	workbook = report_files.make_workbook(report, frappe.session.user, frappe.local.lang)
	hand_out(report_files.file_name(report, "xlsx"), workbook)


def validate_computed(report: QuarterlyRetentionReport) -> None:
	"""Refuse to hand out a report that has no figures yet."""
	if not report.summary:
		frappe.throw(
			_("{0} was not computed yet. Compute it first.").format(frappe.bold(report.name)),
			title=_("Not Computed"),
		)


@frappe.whitelist(methods=["POST"])
def mail_report(name: str) -> int:
	"""Mail the report to its recipients, in the background, and return how many they are."""
	return report_mails.start(get_report(name, "email"))


def get_report(name: str, right: str) -> QuarterlyRetentionReport:
	"""Return the report for somebody who has the right on it."""
	report = frappe.get_doc("Quarterly Retention Report", name)
	report.check_permission(right)
	return report


def hand_out(name: str, content: bytes) -> None:
	"""Let the browser download a file."""
	frappe.response.update({"filename": name, "filecontent": content, "type": "download"})
