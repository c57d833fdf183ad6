"""What a back-test showed, in the reader's language: on its form, and as one sentence on the Customer form."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import date_diff, getdate

from cs_retention.cs_retention.reader import language
from cs_retention.engine.backtest import BacktestPolicy, BandResult, words
from cs_retention.engine.ranking import Verdict
from cs_retention.engine.vocabulary import BacktestStatus, Band, Card
from cs_retention.nightly.reason_json import load_reasons
from cs_retention.render import formats
from cs_retention.render.backtest import rule_name, share, verdict_words
from cs_retention.render.translate import translate
from cs_retention.render.wording import sentence

BACKTEST = "Churn Backtest"
LEAST = BacktestPolicy()


def result_in_words(backtest: Document) -> dict[str, Any]:
	"""Return the dates with their cards, the furthest first, and what of the past could not be known."""
	lang = language()
	dates = sorted({getdate(row.as_of) for row in backtest.cards})
	return {
		"dates": [
			{
				"as_of": formats.full_day(as_of, lang),
				"cards": [
					card_in_words(backtest, row, lang)
					for row in backtest.cards
					if getdate(row.as_of) == as_of
				],
			}
			for as_of in dates
		],
		"limits": [sentence(reason, lang) for reason in load_reasons(backtest.limits or "[]")],
	}


def card_in_words(backtest: Document, row: Document, lang: str) -> dict[str, Any]:
	"""Return one card as of one date: the verdict and why, the bands, the rules."""
	return {
		"card": translate(row.card, lang),
		"customers": row.customers,
		"verdict": verdict_words(Verdict(row.verdict), lang),
		"is_worth": row.verdict == Verdict.RANKS.value,
		"said": [sentence(reason, lang) for reason in load_reasons(row.reasons)],
		"bands": list(bands_in_words(backtest, row, lang)),
		"rules": list(rules_in_words(backtest, row, lang)),
	}


def bands_in_words(backtest: Document, card: Document, lang: str) -> Iterator[dict[str, Any]]:
	"""Yield name, customers, share and sentence of each band that had customers."""
	window = date_diff(backtest.until, card.as_of)
	for row in rows_of(backtest.bands, card):
		if row.customers:
			said = words(Card(card.card), band_result(row), window, LEAST)
			yield {
				"band": translate(row.band, lang),
				"customers": row.customers,
				"share": row.share,
				"said": sentence(said, lang),
			}


def rules_in_words(backtest: Document, card: Document, lang: str) -> Iterator[list[Any]]:
	"""Yield name, named, lost, precision, found and lead of each rule."""
	for row in rows_of(backtest.rules, card):
		shares = [share(Fraction(row.get(name) / 100), lang) for name in ("hit_share", "found_share")]
		lead = round(row.lead_days) if row.lost else "–"
		yield [rule_name(row.rule, lang), f"{row.fired:,}", f"{row.lost:,}", *shares, lead]


def rows_of(table: list[Document], card: Document) -> list[Document]:
	"""Return the rows of a table that belong to a card as of a date."""
	return [row for row in table if row.card == card.card and getdate(row.as_of) == getdate(card.as_of)]


def band_result(row: Document) -> BandResult:
	"""Return a stored row as the engine's."""
	return BandResult(Band(row.band), row.customers, row.stayed)


def say_health(card: str, band: str, lang: str) -> str | None:
	"""Return what became of the customers of a card who had this band a year before the newest back-test.

	The sentence speaks of the whole book on purpose, like the card itself: whoever sees a health may know what it is
	worth. It says so where too little is known to speak of them. None before the first back-test, and for a prospect.
	"""
	# No permission: a statistic of the book without any customer in it.
	newest = frappe.get_all(
		BACKTEST,
		{"status": BacktestStatus.COMPUTED.value},
		["name", "until"],
		order_by="until desc, creation desc",
		limit=1,
	)
	if not newest:
		return None
	(backtest,) = newest
	of_band = furthest("Churn Backtest Band", backtest, ["band", "customers", "stayed"], card=card, band=band)
	if not of_band:
		return None
	of_card = furthest("Churn Backtest Card", backtest, ["verdict", "reasons"], card=card)
	if of_card.verdict == Verdict.TOO_LITTLE.value:
		return sentence(load_reasons(of_card.reasons)[0], lang)
	window = date_diff(backtest.until, of_band.as_of)
	return sentence(words(Card(card), band_result(of_band), window, LEAST), lang)


def furthest(table: str, backtest: Any, fields: list[str], **chosen: str) -> Any:
	"""Return the row of a back-test's table that looks back furthest; None without any."""
	of_backtest = {"parent": backtest.name, **chosen}
	rows = frappe.get_all(table, of_backtest, ["as_of", *fields], order_by="as_of", limit=1)
	return rows[0] if rows else None
