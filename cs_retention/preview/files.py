"""The files of a preview: five CSV files, column by column, and the report page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple
from datetime import date
from pathlib import Path

from cs_retention.engine.star_policy import FACTORS
from cs_retention.engine.vocabulary import Card
from cs_retention.preview.book import Book
from cs_retention.preview.importing import DEFAULT_COMPANY
from cs_retention.preview.listings import CustomerStanding, PlannedCall, read_calls, read_standings
from cs_retention.preview.nights import calendars_of, last_night, workload
from cs_retention.preview.page import build_page
from cs_retention.render import formats
from cs_retention.render.exports import Cell, write_csv
from cs_retention.render.report import render_report
from cs_retention.render.translate import translate
from cs_retention.render.wording import sentence

COMPANIES_IN_TITLE = 3
PARTS = {
	Card.FREE_BUYER.value: ("recency", "lateness", "repeats"),
	Card.CONTRACT_CUSTOMER.value: ("bill_trend", "commitment", "arrears", "service", "tenure", "contact"),
}
RATINGS = ("customer", "score", "level", "key_account", *FACTORS, "next_level", "next_level_gap")
CHURN = (
	"customer",
	"card",
	"health",
	"band",
	*(part for parts in PARTS.values() for part in parts),
	"deductions",
	"reasons",
)
CALLBACKS = (
	"customer", "owner", "due_date", "window_start", "window_end", "channel", "purposes", "reason", "within_horizon",
)  # fmt: skip
WORKLOAD = ("owner", "date", "callbacks", "capacity", "smallest_possible_peak")
OVERFLOW = ("customer", "owner", "period_start", "period_end", "missing", "reason")


def rating_row(standing: CustomerStanding) -> Sequence[Cell]:
	"""Return a row of ratings.csv; score and points are empty for a New customer."""
	return [
		standing.customer,
		standing.score,
		standing.level.value,
		int(standing.is_key_account),
		*(standing.points.get(factor) for factor in FACTORS),
		standing.next_level,
		standing.next_level_gap,
	]


def churn_row(standing: CustomerStanding, lang: str) -> Sequence[Cell]:
	"""Return a row of churn.csv; the parts of the other card and all figures of a prospect are empty."""
	points: Mapping[str, int] = standing.parts.get("parts", {}) if standing.health is not None else {}
	deducted = standing.parts.get("deducted", 0) if standing.health is not None else None
	return [
		standing.customer,
		standing.card,
		standing.health,
		standing.band.value,
		*(
			points.get(part) if card == standing.card else None
			for card, parts in PARTS.items()
			for part in parts
		),
		deducted,
		"; ".join(sentence(reason, lang) for reason in standing.health_reasons),
	]


def callback_row(call: PlannedCall, horizon_end: date, lang: str) -> Sequence[Cell]:
	"""Return a row of callbacks.csv; `horizon_end` is the last day of the horizon."""
	return [
		call.customer,
		call.responsible,
		call.due_date,
		call.window_start,
		call.window_end,
		call.channel,
		"; ".join(call.purposes),
		"; ".join(sentence(reason, lang) for reason in call.reasons),
		int(call.due_date <= horizon_end),
	]


def write_files(book: Book, folder: Path, lang: str) -> list[Path]:
	"""Write the five CSV files of the last night and report.html into a folder; return their paths."""
	night = last_night(book)
	calendars = calendars_of(book, night)
	folder.mkdir(parents=True, exist_ok=True)
	store = book.store
	tables: Mapping[str, tuple[Sequence[str], Iterable[Sequence[Cell]]]] = {
		"ratings.csv": (RATINGS, map(rating_row, read_standings(store, night.as_of))),
		"churn.csv": (CHURN, (churn_row(row, lang) for row in read_standings(store, night.as_of))),
		"callbacks.csv": (
			CALLBACKS,
			(callback_row(call, night.horizon_end, lang) for call in read_calls(store)),
		),
		"workload.csv": (WORKLOAD, workload(night, calendars)),
		"overflow.csv": (OVERFLOW, map(astuple, night.shortfalls)),
	}
	for name, (header, rows) in tables.items():
		write_csv(folder / name, header, rows)
	title = _title(book, lang)
	page = build_page(
		store,
		title,
		night.as_of,
		night.horizon_days,
		night.loads,
		night.shortfalls,
		calendars,
		book.policy.planning,
	)
	(folder / "report.html").write_text(render_report(page, lang), encoding="utf-8")
	return [folder / name for name in (*tables, "report.html")]


def _title(book: Book, lang: str) -> str:
	"""Return the names of the companies, as long as they fit a headline and the exports told them."""
	names = sorted(name for (name,) in book.store.rows("SELECT name FROM `tabCompany`"))
	if names == [DEFAULT_COMPANY] or len(names) > COMPANIES_IN_TITLE:
		return translate("Customer retention", lang)
	return formats.joined(names, lang)
