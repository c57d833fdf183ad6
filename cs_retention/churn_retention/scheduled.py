"""The back-test of every quarter, begun by the first night of it."""

from datetime import date

import frappe
from frappe.utils import getdate

from cs_retention.churn_retention import backtest_job
from cs_retention.churn_retention.backtest_job import BACKTEST
from cs_retention.cs_retention import document_jobs
from cs_retention.engine.workdays import add_months

REGISTER = "cs_retention_quarterly_backtest"
"""Global default with the last quarter that was begun, so that a back-test somebody deleted does not come back."""


def open_quarterly_backtest(as_of: date | str) -> str | None:
	"""Begin the one back-test of the quarter that `as_of` lies in and return its name; None when none is due.

	It looks back from the first day of the quarter. None is due in a book whose oldest invoice is younger than the
	furthest past date. Its caller, a job of Administrator's, commits, and the back-test starts then.
	"""
	day = getdate(as_of)
	first = date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
	key = f"{first.year}-Q{(first.month + 2) // 3}"
	if not is_due(key, first):
		return None
	backtest = frappe.new_doc(BACKTEST, until=first, scheduled_key=key)
	# Only a job may fill the key.
	backtest.flags.by_job = True
	backtest.insert()
	frappe.db.set_global(REGISTER, key)
	document_jobs.start(backtest, backtest_job.run_job)
	return backtest.name


def is_due(key: str, first: date) -> bool:
	"""Whether no back-test was begun for this quarter or a later one, and the book is old enough."""
	# Past the cache of defaults, which could hold what a transaction that broke off had set.
	found = frappe.db.get_value("DefaultValue", {"parent": "__global", "defkey": REGISTER}, "defvalue")
	if key <= (found or "") or frappe.db.exists(BACKTEST, {"scheduled_key": key}):
		return False
	begun = {"docstatus": 1, "posting_date": ("<", add_months(first, -12))}
	return bool(frappe.db.exists("Sales Invoice", begun))
