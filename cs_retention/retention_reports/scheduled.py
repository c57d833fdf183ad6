"""The report of every quarter, made, counted and mailed by the app on the first working day after it."""

from collections.abc import Iterable
from datetime import date, timedelta

import frappe
from frappe.utils import getdate

from cs_retention.callbacks.reminder_people import read_managers, read_readers
from cs_retention.callbacks.working_days import calendars_around
from cs_retention.cs_retention.bells import Bell, ring
from cs_retention.cs_retention.settings import SETTINGS, year_start
from cs_retention.engine.outbox import key_of
from cs_retention.engine.quarter_periods import QuarterPeriod
from cs_retention.engine.vocabulary import Quarter
from cs_retention.engine.workdays import next_working_day
from cs_retention.nightly.snapshot import COHORT
from cs_retention.render.quarter import named
from cs_retention.render.translate import translate
from cs_retention.retention_reports import report_job, report_page
from cs_retention.retention_reports.stored_figures import REPORT

REGISTER = "cs_retention_quarterly_report"
"""Global default with the last quarter whose reports were made, so that one somebody deleted does not come back."""


CATCH_UP = timedelta(days=14)
"""Days after the first working day on which a report that was missed is still made."""


def open_quarterly_reports(as_of: date | str) -> list[str]:
	"""Make the reports of the quarter before the one that `as_of` lies in and return their names; none when none is due.

	One per company that the quarter began with customers of. Its caller, a job of Administrator's, commits, and the
	reports are counted and mailed then.
	"""
	day, settings = getdate(as_of), frappe.get_cached_doc(SETTINGS)
	running = QuarterPeriod.of(day, year_start(settings))
	ended = running.before
	if not settings.make_quarterly_report or not is_due(ended, running, day):
		return []
	names = [name for company in companies_of(running) if (name := make_report(company, ended))]
	frappe.db.set_global(REGISTER, ended.start.isoformat())
	return names


def is_due(ended: QuarterPeriod, running: QuarterPeriod, day: date) -> bool:
	"""Whether the first working day of the quarter has come of late, and no reports of the one before were made."""
	# Past the cache of defaults, which could hold what a transaction that broke off had set.
	found = frappe.db.get_value("DefaultValue", {"parent": "__global", "defkey": REGISTER}, "defvalue")
	if ended.start.isoformat() <= (found or ""):
		return False
	first = next_working_day(running.start, calendars_around(day).of_company())
	return first <= day <= first + CATCH_UP


def companies_of(running: QuarterPeriod) -> Iterable[str]:
	"""Return the companies that a quarter began with active customers of."""
	began = {"quarter_start": running.start, "was_active": 1}
	return frappe.get_all(COHORT, began, pluck="company", distinct=True, order_by="company")


def make_report(company: str, quarter: QuarterPeriod) -> str | None:
	"""Insert the report of a quarter and start its job; None where people have made one already."""
	if frappe.db.exists(REPORT, {"company": company, "from_date": quarter.start, "docstatus": ("<", 2)}):
		return None
	part = list(Quarter)[quarter.number - 1].value
	report = frappe.new_doc(REPORT, company=company, year=quarter.year, part=part)
	report.scheduled_key = key_of(company, quarter.start)
	report.flags.by_job = True
	report.insert()
	settings = frappe.get_cached_doc(SETTINGS)
	report_job.start(report, by_mail=bool(settings.mail_quarterly_report))
	tell_managers(report.name, company, quarter)
	return report.name


def tell_managers(name: str, company: str, quarter: QuarterPeriod) -> None:
	"""Leave every Retention Manager an alert, each in the own language."""
	readers = read_readers(read_managers())
	text = "The retention report of {0}, {1}, is being made. Look at it, then submit it."
	ring(
		Bell(
			key_of("quarterly-report", name, user),
			user,
			translate(text, language).format(company, named(quarter, language)),
			f"/app/quarterly-retention-report/{name}",
			REPORT,
			name,
		)
		for user, reader in readers.items()
		if reader.is_enabled and (language := report_page.spoken(reader.language))
	)
