"""The quarterly report of a book: figures, the rows behind each, and the page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from cs_retention.engine.kpis import DEFINITIONS
from cs_retention.engine.quarter_periods import QuarterPeriod, YearStart
from cs_retention.engine.quarter_sections import SectionRow
from cs_retention.engine.vocabulary import Kpi
from cs_retention.facts.cohort import read_currencies
from cs_retention.nightly.cohort import Evidence
from cs_retention.nightly.quarter import read_quarter
from cs_retention.preview.book import Book
from cs_retention.preview.nights import last_night
from cs_retention.preview.problems import BadInput
from cs_retention.preview.quarter_alliance import AllianceFiles, alliance_of
from cs_retention.preview.speech import INDENT, Speech
from cs_retention.render import quarter_alliance
from cs_retention.render.exports import Cell, write_csv, write_xlsx
from cs_retention.render.quarter import (
	Line,
	QuarterPage,
	five_sentences,
	named,
	render_quarter,
	rows_of,
	told,
)
from cs_retention.render.translate import translate

FIGURES = (
	*("quarter", "until", "company", "kpi", "unit", "definition", "numerator", "denominator", "value"),
	*("currency", "quarter_before", "year_before", "rows"),
)
Table = tuple[Sequence[str], Sequence[Sequence[Cell]]]
ADDED = ("numerator", "denominator")
FIRST_TOLD = (
	Kpi.CUSTOMER_RETENTION,
	Kpi.COHORT_RETENTION,
	Kpi.NET_REVENUE_RETENTION,
	Kpi.CUSTOMER_CHURN,
	Kpi.CALLBACK_COMPLETION,
)


def of_year(ended: date, begins: YearStart) -> QuarterPeriod:
	"""Return the quarter of the number and year of a calendar quarter's last day, in years that begin on another day."""
	calendar = QuarterPeriod.of(ended)
	return QuarterPeriod(calendar.year, calendar.number, begins)


def company_of(book: Book, wanted: str | None) -> str:
	"""Return the company a report is of: the one asked for, else the only one; BadInput where there is a choice."""
	names = sorted(read_currencies(book.store))
	if wanted in names:
		return str(wanted)
	if wanted is None and len(names) == 1:
		return names[0]
	remedy = f"give --company, one of: {', '.join(names)}"
	raise BadInput([f"--company {wanted}: is not in the book; {remedy}" if wanted else remedy])


class Report(NamedTuple):
	"""The page of a quarter, and the rows of every figure."""

	page: QuarterPage
	evidence: dict[Kpi, Sequence[Evidence]]


def read_report(
	book: Book, quarter: QuarterPeriod, company: str | None, alliance: AllianceFiles | None = None
) -> Report:
	"""Return the report of a quarter as of the last night, its alliance from files where given; BadInput before it begins."""
	as_of, seller = last_night(book).as_of, company_of(book, company)
	if as_of < quarter.start:
		raise BadInput(
			[f"--quarter {quarter.label}: begins after the last night of {as_of}; give an earlier one"]
		)
	found = read_quarter(book.store, book.policy, quarter, as_of, seller)
	before, year_before = (
		read_quarter(book.store, book.policy, other, as_of, seller, has_levels=False).figures()
		for other in (quarter.before, quarter.year_before)
	)
	lines = tuple(Line(now, before[kpi], year_before[kpi]) for kpi, now in found.figures().items())
	page = QuarterPage(
		seller,
		quarter,
		found.until,
		found.until < quarter.end,
		read_currencies(book.store)[seller],
		lines,
		found.summary(),
		alliance=alliance_of(book, quarter, as_of, alliance),
	)
	return Report(page, found.by_kpi())


def write_quarter(report: Report, folder: Path, lang: str) -> list[Path]:
	"""Write figures.csv, files of tables and of rows per figure, all as quarter.xlsx, and quarter.html; return the paths."""
	page, evidence = report
	for name in ("rows", "tables"):
		(folder / name).mkdir(parents=True, exist_ok=True)
	tables: dict[str, Table] = {
		"figures": (FIGURES, [[row[name] for name in FIGURES] for row in rows_of(page)])
	}
	opened = {kpi.name: opened_rows(kpi, rows) for kpi, rows in evidence.items()}
	counted = {section.name: counted_rows(rows) for section, rows in page.summary.sections.items() if rows}
	counted |= quarter_alliance.tables(page.alliance) if page.alliance else {}
	paths = [
		folder / "figures.csv",
		*(folder / "rows" / f"{name}.csv" for name in opened),
		*(folder / "tables" / f"{name}.csv" for name in counted),
	]
	written = (*tables.values(), *opened.values(), *counted.values())
	for path, (header, rows) in zip(paths, written, strict=True):
		write_csv(path, header, rows)
	write_xlsx(folder / "quarter.xlsx", tables | counted | opened)
	(folder / "quarter.html").write_text(render_quarter(page, lang), encoding="utf-8")
	return [*paths, folder / "quarter.xlsx", folder / "quarter.html"]


def counted_rows(rows: Sequence[SectionRow]) -> Table:
	"""Return a table of the report with its sums; a sum that a row has not is empty."""
	names = list(dict.fromkeys(name for row in rows for name in row.sums))
	return ("name", *names), [[row.name, *(row.sums.get(name) for name in names)] for row in rows]


def opened_rows(kpi: Kpi, rows: Sequence[Evidence]) -> Table:
	"""Return the rows that a figure opens, each with what it adds; their sums are the figure's."""
	adds = DEFINITIONS[kpi].adds
	parts = [(each.shown, adds(each.row)) for each in rows]
	kept = [(shown, part) for shown, part in parts if any(part)]
	names = tuple(rows[0].shown) if rows else ()
	return (*names, *ADDED), [[*shown.values(), *part] for shown, part in kept]


def tell_quarter(page: QuarterPage, speech: Speech) -> Iterable[str]:
	"""Yield the quarter in five sentences and its first figures."""
	yield f"{page.title}, {named(page.quarter, speech.lang)}"
	yield from (INDENT + each for each in five_sentences(page, speech.lang))
	for kpi in FIRST_TOLD:
		figure = page.figure(kpi)
		yield INDENT + f"{translate(kpi.value, speech.lang)}: {told(figure, speech.lang)}"
	if page.alliance:
		tiers = (
			f"{speech.say(tier or 'Not Judged Yet')} {then} → {now}"
			for tier, then, now in page.alliance.tiers
		)
		yield INDENT + f"{speech.say('Merchant alliance')}: {' · '.join(tiers)}"
