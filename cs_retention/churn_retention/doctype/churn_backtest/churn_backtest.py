from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from cs_retention.churn_retention import backtest_job
from cs_retention.churn_retention.backtest_words import result_in_words
from cs_retention.cs_retention import document_jobs
from cs_retention.cs_retention.record import Record
from cs_retention.engine.vocabulary import BacktestStatus


class ChurnBacktest(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from cs_retention.churn_retention.doctype.churn_backtest_band.churn_backtest_band import (
			ChurnBacktestBand,
		)
		from cs_retention.churn_retention.doctype.churn_backtest_card.churn_backtest_card import (
			ChurnBacktestCard,
		)
		from cs_retention.churn_retention.doctype.churn_backtest_rule.churn_backtest_rule import (
			ChurnBacktestRule,
		)

		bands: DF.Table[ChurnBacktestBand]
		cards: DF.Table[ChurnBacktestCard]
		computed_on: DF.Datetime | None
		error: DF.SmallText | None
		limits: DF.LongText | None
		rules: DF.Table[ChurnBacktestRule]
		scheduled_key: DF.Data | None
		status: DF.Literal["Draft", "Running", "Computed", "Failed"]
		until: DF.Date
	# end: auto-generated types

	def validate(self) -> None:
		self.validate_until()
		self.keep_what_the_job_writes()

	def on_trash(self) -> None:
		document_jobs.validate_at_rest(self)

	def validate_until(self) -> None:
		"""Refuse a day that has not ended its story yet."""
		if getdate(self.until) > getdate(nowdate()):
			frappe.throw(
				_("Until {0} lies in the future. Give today or an earlier date.").format(
					frappe.bold(self.get_formatted("until"))
				),
				title=_("Date Not Possible"),
			)

	def keep_what_the_job_writes(self) -> None:
		"""Keep status and results as the job left them, whatever a request says; another date makes a draft again."""
		if self.flags.by_job:
			return
		before = self.get_doc_before_save()
		for field in self.meta.fields:
			if field.read_only:
				self.set(field.fieldname, document_jobs.kept(before, field))
		if before and self.has_value_changed("until"):
			document_jobs.validate_at_rest(self)
			self.clear_results()

	def clear_results(self) -> None:
		"""Forget what another date has shown."""
		self.status, self.computed_on, self.error, self.limits = BacktestStatus.DRAFT.value, None, None, None
		for table in ("cards", "bands", "rules"):
			self.set(table, [])


@frappe.whitelist(methods=["POST"])
def run_backtest(name: str) -> None:
	"""Look back over the book in the background."""
	document_jobs.start(get_backtest(name, "write"), backtest_job.run_job)


@frappe.whitelist(methods=["GET"])
def get_progress(name: str) -> dict[str, Any]:
	"""Return whether the job waits or runs, and how far it is in percent; a form asks that hears of no events."""
	return document_jobs.read_progress(get_backtest(name, "read"))


@frappe.whitelist(methods=["GET"])
def get_result(name: str) -> dict[str, Any]:
	"""Return what the warning was worth, in the reader's language."""
	return result_in_words(get_backtest(name, "read"))


def get_backtest(name: str, right: str) -> ChurnBacktest:
	"""Return the back-test for somebody who has the right on it."""
	backtest = frappe.get_doc("Churn Backtest", name)
	backtest.check_permission(right)
	return backtest
