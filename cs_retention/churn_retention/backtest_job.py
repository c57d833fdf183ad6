"""The background job of a Churn Backtest: the book looked at as it was, nothing written but what that showed."""

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, now_datetime, strip_html
from frappe.utils.background_jobs import is_job_enqueued
from rq.timeouts import JobTimeoutException

from cs_retention.cs_retention.states import open_store
from cs_retention.engine.backtest import CardResult
from cs_retention.engine.vocabulary import BacktestStatus
from cs_retention.nightly.backtest import Backtest, past_dates, run_backtest
from cs_retention.nightly.reason_json import dump_reasons
from cs_retention.star_levels.policies import load_policy

BACKTEST = "Churn Backtest"
QUEUE, MINUTES = "long", 60


def start(backtest: Document) -> None:
	"""Enqueue the job of a back-test, one at a time; one whose job is lost is begun again."""
	validate_at_rest(backtest)
	remember(backtest.name, 0)
	set_status(backtest.name, BacktestStatus.RUNNING, None)
	frappe.enqueue(
		run_job,
		queue=QUEUE,
		timeout=60 * MINUTES,
		job_id=job_id(backtest.name),
		deduplicate=True,
		enqueue_after_commit=True,
		name=backtest.name,
		language=frappe.local.lang,
	)


def validate_at_rest(backtest: Document) -> None:
	"""Refuse to touch a back-test while its job waits or runs."""
	if is_running(backtest.name):
		frappe.throw(
			_("{0} is running at this moment. Wait until that has ended.").format(frappe.bold(backtest.name)),
			title=_("Not Possible Now"),
		)


def job_id(name: str) -> str:
	"""Return the id of a back-test's job among the jobs."""
	return f"churn_backtest::{name}"


def is_running(name: str) -> bool:
	"""Whether the job of a back-test waits or runs."""
	return is_job_enqueued(job_id(name))


def read_progress(name: str) -> dict[str, Any]:
	"""Return whether the job of a back-test waits or runs, and how far it is in percent."""
	return {
		"is_running": is_running(name),
		"progress": frappe.cache.get_value(job_id(name), expires=True) or 0,
	}


def run_job(name: str, language: str) -> None:
	"""Look back and record what it showed; or tell on the back-test why it failed, in a language."""
	frappe.local.lang = language
	try:
		record(name)
	except Exception as error:
		frappe.db.rollback()
		set_status(name, BacktestStatus.FAILED, in_words(error))
		# Frappe rolls back after an exception; the reason must stay.
		frappe.db.commit()  # nosemgrep: frappe-manual-commit
		if not isinstance(error, frappe.ValidationError):
			raise


def record(name: str) -> None:
	"""Judge the cards as of each past date and keep the figures."""
	until = getdate(frappe.db.get_value(BACKTEST, name, "until"))
	total = max(1, frappe.db.count("Customer", {"is_internal_customer": 0}))
	dates = past_dates(until)

	def told(as_of: date, done: int) -> None:
		remember(name, 100 * (dates.index(as_of) + done / total) / len(dates))

	results = list(run_backtest(open_store(), load_policy(), until, told))
	backtest = frappe.get_doc(BACKTEST, name, for_update=True)
	fill(backtest, results)
	backtest.flags.by_job = True
	backtest.save()


def fill(backtest: Document, results: Iterable[Backtest]) -> None:
	"""Put the figures of a back-test into its tables."""
	for table in ("cards", "bands", "rules"):
		backtest.set(table, [])
	for result in results:
		for card in result.cards:
			key = {"as_of": result.span.as_of, "card": card.card.value}
			backtest.append("cards", {**key, **card_row(card)})
			backtest.extend("bands", ({**key, **row} for row in band_rows(card)))
			backtest.extend("rules", ({**key, **row} for row in rule_rows(card)))
		backtest.limits = dump_reasons(result.limits)
	backtest.update({"status": BacktestStatus.COMPUTED.value, "computed_on": now_datetime(), "error": None})


def card_row(card: CardResult) -> dict[str, Any]:
	"""Return what one card was worth as a row."""
	row = {
		"customers": card.customers,
		"stayed": card.stayed,
		"lost": card.left,
		"lift": number(card.lift),
		"verdict": card.verdict.value,
		"reasons": dump_reasons(card.reasons),
	}
	if card.ranking is None:
		return row
	low, high = card.ranking.interval
	return {**row, "auc": number(card.ranking.auc), "auc_low": low, "auc_high": high}


def band_rows(card: CardResult) -> Iterator[dict[str, Any]]:
	"""Yield how many customers of each band stayed, as rows."""
	for band in card.bands:
		counts = {"customers": band.customers, "stayed": band.stayed, "share": percent(band.share)}
		yield {"band": band.band.value, **counts}


def rule_rows(card: CardResult) -> Iterator[dict[str, Any]]:
	"""Yield what each rule was worth as rows."""
	for rule in card.rules:
		yield {
			"rule": rule.rule,
			"fired": rule.fired,
			"lost": rule.left,
			"hit_share": percent(rule.precision),
			"found_share": percent(rule.recall),
			"lead_days": number(rule.lead),
		}


def number(value: Fraction | None) -> float:
	"""Return an exact number as a float; a column holds 0 for none."""
	return float(value or 0)


def percent(share: Fraction | None) -> float:
	"""Return a share in percent."""
	return 100 * number(share)


def remember(name: str, percent_done: float) -> None:
	"""Keep how far the job is for forms that ask, and tell those that listen."""
	frappe.cache.set_value(job_id(name), percent_done, expires_in_sec=60 * MINUTES)
	frappe.publish_progress(percent_done, title=_("Back-Test"), doctype=BACKTEST, docname=name)


def set_status(name: str, status: BacktestStatus, error: str | None) -> None:
	"""Store where a back-test stands; forms opened before stay valid."""
	frappe.db.set_value(BACKTEST, name, {"status": status.value, "error": error}, update_modified=False)


def in_words(error: Exception) -> str:
	"""Return what went wrong and what to do, for a person."""
	if isinstance(error, JobTimeoutException):
		return _("It took longer than {0} minutes. Run it again when the system is less busy.").format(
			MINUTES
		)
	if isinstance(error, frappe.ValidationError):
		return strip_html(str(error))
	return _("{0}. The Error Log says more; once that is solved, run it again.").format(
		strip_html(str(error))
	)
