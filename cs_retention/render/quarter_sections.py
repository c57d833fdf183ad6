"""The counted tables of a quarterly report as they are told: their columns, and the rows that each number opens."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cs_retention.engine.kpi import CallResult
from cs_retention.engine.kpis import KeyFigure, Quotient, Unit
from cs_retention.engine.quarter_sections import Number, SectionRow, Sections
from cs_retention.engine.vocabulary import EvidenceKind, Kpi, ReportSection
from cs_retention.render import exports, formats
from cs_retention.render.translate import translate

Filters = Mapping[str, Any]
Sheet = tuple[Sequence[str], Sequence[Sequence[exports.Cell]]]
"""Heads and rows."""
SET: Sequence[str] = ("is", "set")
NOT_SET: Sequence[str] = ("is", "not set")


class Column(NamedTuple):
	"""One column: a sum, or that of another one; `opens` are the filters of the rows it counts, None of a share."""

	label: str
	sum: str
	of: str = ""
	unit: Unit = Unit.PERCENT
	opens: Filters | None = None


class Told(NamedTuple):
	"""How a table is told: its first column, which rows it opens, if any, and by which of their fields."""

	first: str
	kind: EvidenceKind | None
	field: str
	columns: tuple[Column, ...]
	note: str = ""
	doctype: str | None = None
	"""The DocType whose words the names are."""


def counted_in(kpi: Kpi) -> Filters:
	"""Return the filters of the rows that a key figure counts."""
	return {"counted_in": ("like", f"%|{kpi.name}|%")}


def reached_in(kpi: Kpi) -> Filters:
	"""Return the filters of those of them that reach."""
	return {"reached_in": ("like", f"%|{kpi.name}|%")}


CASES = (
	Column("Cases Closed", "closed", opens={}),
	Column("Saves That Hold", "holds", opens={"result": "Saved", "verification": ("!=", "Relapsed")}),
	Column("Relapsed", "relapsed", opens={"verification": "Relapsed"}),
	Column("Left Us", "gone", opens={"result": ("!=", "Saved")}),
	Column("Saves, Strict", "holds", "closed"),
	Column("Saves, Verified", "verified", "decided"),
	Column("Cost of Offers", "cost"),
	Column("Cost per Verified Save", "cost", "verified", Unit.EACH),
)

TOLD: Mapping[ReportSection, Told] = {
	ReportSection.TREND: Told(
		"Quarter",
		None,
		"",
		(
			Column("Active at the Beginning", "began"),
			Column("Still Active", "kept"),
			Column("Snapshot Retained", "kept", "began"),
			Column("Revenue Before", "before"),
			Column("Revenue Since", "within"),
			Column("Revenue Retained, Net", "within", "before"),
		),
		"All put together today from what is dated: a report that was submitted then may say otherwise.",
	),
	ReportSection.CALLS: Told(
		"Person",
		EvidenceKind.CALLBACK,
		"account_manager",
		(
			Column("Calls Due", "due", opens={}),
			Column("Called in Time", "in_time", opens={"result": CallResult.IN_TIME.value}),
			Column("Called Late", "late", opens={"result": CallResult.LATE.value}),
			Column("Tried in Vain", "attempted", opens={"result": CallResult.ATTEMPTED.value}),
			Column("Skipped", "skipped", opens={"result": CallResult.SKIPPED.value}),
			Column("Nobody Called", "not_called", opens={"result": CallResult.NOT_CALLED.value}),
			Column("Share in Time", "in_time", "due"),
			Column("Calls Possible", "capacity"),
			Column("Capacity Owed", "due", "capacity"),
		),
		"Possible are the callbacks of a day, on each of the person's working days of the quarter.",
	),
	ReportSection.PRESSURE: Told(
		"Star Level",
		EvidenceKind.CONTACT,
		"star_level",
		(
			Column("Customers", "customers", opens={}),
			Column("Share Contacted", "contacted", "customers"),
			Column("Touches", "touches"),
			Column("Touches per Customer in 30 Days", "touched", "days", Unit.EACH),
			Column("Messages Held or Merged", "kept_back", "wanted"),
			Column("Touches over the Cap", "over_cap", "touches"),
		),
		"Levels are those of today.",
	),
	ReportSection.WARNINGS: Told(
		"Rule",
		EvidenceKind.SIGNAL,
		"detail",
		(
			Column("Raised", "raised", opens={}),
			Column("Acted Upon", "acted"),
			Column("Judged", "judged", opens=counted_in(Kpi.WARNING_PRECISION)),
			Column("Proved Right", "right", opens=reached_in(Kpi.WARNING_PRECISION)),
			Column("Warnings That Proved Right", "right", "judged"),
			Column("Days Before", "lead"),
		),
		"Days Before is the median from the warning to what it warned of.",
		"Churn Signal",
	),
	ReportSection.CASES: Told("Exit Type", EvidenceKind.CASE, "detail", CASES),
	ReportSection.REASONS: Told(
		"Reason", EvidenceKind.CASE, "reasons", CASES, "A case with several reasons is counted under each."
	),
	ReportSection.COMPETITORS: Told("Competitor", EvidenceKind.CASE, "competitor", CASES),
	ReportSection.COMMITMENT: Told(
		"Star Level",
		EvidenceKind.CUSTOMER,
		"level_at_end",
		(
			Column("Active at the End", "active", opens={"is_active": 1}),
			Column("With an Agreement", "hard", opens={"is_active": 1, "has_agreement": 1}),
			Column("With a Tie by an Offer", "soft", opens={"is_active": 1, "has_soft_tie": 1}),
			Column("Bound by an Agreement", "hard", "active"),
			Column("Bound by an Offer", "soft", "active"),
			Column("Bound at All", "overall", "active"),
		),
	),
	ReportSection.COMPLAINT_TYPES: Told(
		"Issue Type",
		EvidenceKind.COMPLAINT,
		"detail",
		(
			Column("Complaints", "came", opens=counted_in(Kpi.REPEAT_COMPLAINTS)),
			Column("Repeated", "repeated", opens=reached_in(Kpi.REPEAT_COMPLAINTS)),
			Column("Repeat Complaints", "repeated", "came"),
			Column("To Be Closed", "due", opens=counted_in(Kpi.CLOSED_IN_TIME)),
			Column("Complaints Closed in 3 Days", "in_time", "due"),
		),
	),
}
"""How each table is told, in the order of the report."""

GROUP_FIELDS: Mapping[str, str] = {
	"By star level": "star_level",
	"By customer group": "customer_group",
	"By person": "account_manager",
	"By territory": "territory",
}
"""Headings of the groups of customers, and the field of a row that each is by."""

GROUP_COLUMNS: tuple[tuple[str, str, Filters], ...] = (
	("Active at the Beginning", "began", {"was_active": 1}),
	("New", "new", {"new_customer": 1, "is_active": 1}),
	("Lost", "lost", {"result": SET}),
	("Active at the End", "ended", {"is_active": 1}),
)
"""Counts of a group: what each is called, and the filters of the rows it counts."""


class Cell(NamedTuple):
	"""A number as it is read, and where the rows are that it counts; nowhere where empty."""

	text: str
	address: str = ""


class Line(NamedTuple):
	"""A row of a table as it is read."""

	name: str
	cells: tuple[Cell, ...]


class Table(NamedTuple):
	"""A table as it is read."""

	heading: str
	note: str
	first: str
	columns: tuple[str, ...]
	lines: tuple[Line, ...]


Where = Callable[[Filters], str]
"""Returns where the rows of some filters are."""


def tables_of(
	sections: Sections, lang: str, where: Where, told: Callable[[KeyFigure], str]
) -> Iterator[Table]:
	"""Yield the tables that have rows, in the order of the report; `told` says a share as it is read."""
	for section, how in TOLD.items():
		rows = sections.get(section, ())
		shown = [column for column in how.columns if any(is_counted(column, row) for row in rows)]
		if rows:
			yield Table(
				section.value,
				how.note,
				how.first,
				tuple(column.label for column in shown),
				tuple(
					Line(
						named(row.name, how, lang),
						tuple(cell_of(column, row, how, where, told) for column in shown),
					)
					for row in rows
				),
			)


def sheets_of(sections: Sections, lang: str) -> Iterator[tuple[str, Sheet]]:
	"""Yield the tables that have rows as sheets: heads in words, counts and amounts as numbers, shares as numbers of percent."""
	for section, how in TOLD.items():
		rows = sections.get(section, ())
		shown = [column for column in how.columns if any(is_counted(column, row) for row in rows)]
		if rows:
			heads = [translate(how.first, lang), *(headed(column, lang) for column in shown)]
			cells = [
				[named(row.name, how, lang), *(number_of(column, row) for column in shown)] for row in rows
			]
			yield translate(section.value, lang), (heads, cells)


def headed(column: Column, lang: str) -> str:
	"""Return what a column is called where its cells are bare numbers."""
	label = translate(column.label, lang)
	return f"{label} (%)" if column.of and column.unit is Unit.PERCENT else label


def number_of(column: Column, row: SectionRow) -> Number | None:
	"""Return the number of a row in a column, unrounded where it is a count or an amount; None where there is none."""
	if not is_counted(column, row):
		return None
	number = row.sums[column.sum]
	return share_of(column, number, row.sums[column.of]).value if column.of else number


def share_of(column: Column, number: Number, of: Number) -> KeyFigure:
	"""Return a share as a figure, which knows how it is rounded."""
	return KeyFigure(Kpi.COHORT_RETENTION, 1, Quotient(number, of), 0, column.unit)


def is_counted(column: Column, row: SectionRow) -> bool:
	"""Tell whether a row has what a column is told from; a report that was frozen before it was counted has not."""
	return column.sum in row.sums and (not column.of or column.of in row.sums)


def named(name: str, how: Told, lang: str) -> str:
	"""Return what a row is called; a dash where nobody or nothing is named."""
	return translate(name, lang, how.doctype) if name else "–"


def cell_of(
	column: Column, row: SectionRow, how: Told, where: Where, told: Callable[[KeyFigure], str]
) -> Cell:
	"""Return what a row says in a column."""
	if not is_counted(column, row):
		return Cell("–")
	number = row.sums[column.sum]
	if column.of:
		return Cell(told(share_of(column, number, row.sums[column.of])))
	address = where(filters_of(column, row.name, how)) if column.opens is not None and number else ""
	return Cell(formats.amount(round(number)), address)


def filters_of(column: Column, name: str, how: Told) -> Filters:
	"""Return the filters of the rows that a sum counts."""
	wanted = ("like", f"%|{name}|%") if how.field == "reasons" and name else name
	assert how.kind, "only counts of rows open some"
	return {"kind": how.kind.value, how.field: wanted or NOT_SET, **(column.opens or {})}


def group_filters(heading: str, name: str, opens: Filters) -> Filters:
	"""Return the filters of the customers that a number of a group counts."""
	return {"kind": EvidenceKind.CUSTOMER.value, GROUP_FIELDS[heading]: name or NOT_SET, **opens}


def migration_filters(before: str, after: str) -> Filters:
	"""Return the filters of the customers that went from one level to another, or were lost."""
	at_end = {"level_at_end": after, "is_active": 1} if after else {"result": SET}
	return {"kind": EvidenceKind.CUSTOMER.value, "star_level": before or NOT_SET, "was_active": 1, **at_end}
