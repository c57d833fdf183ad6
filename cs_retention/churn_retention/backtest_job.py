"""The background job of a Churn Backtest: the book looked at as it was, nothing written but what that showed."""

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import getdate, now_datetime

from cs_retention.churn_retention.policies import load_policy
from cs_retention.cs_retention import document_jobs
from cs_retention.cs_retention.states import open_store
from cs_retention.engine.backtest import CardResult
from cs_retention.engine.vocabulary import BacktestStatus
from cs_retention.nightly.backtest import Backtest, past_dates, run_backtest
from cs_retention.nightly.reason_json import dump_reasons

BACKTEST = "Churn Backtest"


def run_job(name: str, language: str) -> None:
	"""Look back and record what it showed; or tell on the back-test why it failed, in a language."""
	document_jobs.run(BACKTEST, name, language, lambda: record(name))


def record(name: str) -> None:
	"""Judge the cards as of each past date and keep the figures."""
	until = getdate(frappe.db.get_value(BACKTEST, name, "until"))
	total = max(1, frappe.db.count("Customer", {"is_internal_customer": 0}))
	dates = past_dates(until)

	def told(as_of: date, done: int) -> None:
		document_jobs.remember(BACKTEST, name, 100 * (dates.index(as_of) + done / total) / len(dates))

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
