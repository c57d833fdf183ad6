"""The counted tables of a quarterly report: warnings, cases, reasons, competitors, commitment, complaints, contacts, calls.

Each is counted once from rows of evidence, by what a row is of, and kept as sums, so that a frozen report is told without
its rows. Shares are made of two sums where they are told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from cs_retention.engine.kpi import CallResult
from cs_retention.engine.kpi_evidence import CohortCustomer, CountedCall, CountedComplaint, ServedCustomer
from cs_retention.engine.kpis import (
	closed_in_time,
	contact_pressure,
	hard_commitment,
	overall_commitment,
	repeat_complaints,
	soft_commitment,
	touches_kept_back,
)
from cs_retention.engine.save_rates import ClosedCase, save_rates
from cs_retention.engine.signal_quality import JudgedSignals, SignalFigure, judge
from cs_retention.engine.vocabulary import LADDER, ReportSection

Number = int | Decimal
Sums = Mapping[str, Number]


@dataclass(frozen=True, slots=True)
class SectionRow:
	"""Sums of one thing: of a rule, an exit type, a reason, a level or a person; without a name where none is known."""

	name: str
	sums: Sums

	def to_list(self) -> list[Any]:
		"""Return plain values; amounts are texts."""
		return [
			self.name,
			{name: number if isinstance(number, int) else str(number) for name, number in self.sums.items()},
		]

	@classmethod
	def from_list(cls, name: str, sums: Mapping[str, int | str]) -> SectionRow:
		"""Return the row of plain values."""
		return cls(
			name,
			{each: number if isinstance(number, int) else Decimal(number) for each, number in sums.items()},
		)


Sections = Mapping[ReportSection, tuple[SectionRow, ...]]


def sums_of_warnings(rows: Sequence[JudgedSignals]) -> Sums:
	"""Signals of a rule: raised, acted on, judged, proved right, and the days before, which are left out where none was."""
	(quality,) = judge(rows).values()
	right, judged = quality.precision.numerator, quality.precision.denominator
	lead = {} if quality.lead is None else {"lead": Decimal(str(quality.lead))}
	return {
		"raised": quality.counts[SignalFigure.RAISED],
		"acted": quality.counts[SignalFigure.ACTED_ON],
		"judged": judged,
		"right": right,
		**lead,
	}


def sums_of_cases(rows: Sequence[ClosedCase]) -> Sums:
	"""Cases closed: how many hold, relapsed or ended with the customer gone, how many are verified, and the cost."""
	rates = save_rates(rows)
	return {
		"closed": len(rows),
		"holds": rates.strict.numerator,
		"relapsed": sum(row.is_saved and not row.holds for row in rows),
		"gone": sum(not row.is_saved for row in rows),
		"verified": rates.verified.numerator,
		"decided": rates.verified.denominator,
		"cost": sum((row.exact_cost for row in rows), Decimal(0)),
	}


def sums_of_commitment(rows: Sequence[CohortCustomer]) -> Sums:
	"""Customers active at the end, and those of them that an agreement, an offer or either binds."""
	return {
		"active": sum(row.is_active for row in rows),
		"hard": sum(hard_commitment(row).numerator for row in rows),
		"soft": sum(soft_commitment(row).numerator for row in rows),
		"overall": sum(overall_commitment(row).numerator for row in rows),
	}


def sums_of_complaints(rows: Sequence[CountedComplaint]) -> Sums:
	"""Complaints that came, those of the same customer and matter within 30 days, those due and closed in time."""
	return {
		"came": sum(row.has_come for row in rows),
		"repeated": sum(repeat_complaints(row).numerator for row in rows),
		"due": sum(row.is_due for row in rows),
		"in_time": sum(closed_in_time(row).numerator for row in rows),
	}


def sums_of_contacts(rows: Sequence[ServedCustomer]) -> Sums:
	"""Customers, those contacted at all, touches made, what is kept back of how many, and both parts of the pressure."""
	pressure, kept = map(contact_pressure, rows), [touches_kept_back(row) for row in rows]
	touched, days = zip(*pressure, strict=True)
	return {
		"customers": len(rows),
		"contacted": sum(row.contacts > 0 for row in rows),
		"touches": sum(row.touches for row in rows),
		"kept_back": sum(part.numerator for part in kept),
		"wanted": sum(part.denominator for part in kept),
		"over_cap": sum(row.over_cap for row in rows),
		"touched": sum(touched),
		"days": sum(days),
	}


def sums_of_calls(rows: Sequence[CountedCall]) -> Sums:
	"""Callbacks that were due, and what became of them."""
	results = [row.result for row in rows]
	return {"due": len(rows), **{result.name.lower(): results.count(result) for result in CallResult}}


SUMS: Mapping[ReportSection, Callable[[Sequence[Any]], Sums]] = MappingProxyType(
	{
		ReportSection.CALLS: sums_of_calls,
		ReportSection.PRESSURE: sums_of_contacts,
		ReportSection.WARNINGS: sums_of_warnings,
		ReportSection.CASES: sums_of_cases,
		ReportSection.REASONS: sums_of_cases,
		ReportSection.COMPETITORS: sums_of_cases,
		ReportSection.COMMITMENT: sums_of_commitment,
		ReportSection.COMPLAINT_TYPES: sums_of_complaints,
	}
)
"""What each table sums up of its rows, in the order of the report."""


def section_rows(
	section: ReportSection, keyed: Iterable[tuple[str, Any]], more: Mapping[str, Sums] = MappingProxyType({})
) -> tuple[SectionRow, ...]:
	"""Return a table of rows that each come with the name they are counted under; `more` are sums known by name."""
	groups: dict[str, list[Any]] = {}
	for name, row in keyed:
		groups.setdefault(name, []).append(row)
	names = sorted({*groups, *more}, key=place)
	return tuple(
		SectionRow(name, {**SUMS[section](groups.get(name, [])), **more.get(name, {})}) for name in names
	)


def place(name: str) -> tuple[bool, int, str]:
	"""Return where a group stands: levels in their order, other names in theirs, without a name last."""
	return not name, LADDER.index(name) if name in LADDER else 0, name


def plain_sections(sections: Sections) -> dict[str, list[list[Any]]]:
	"""Return plain values that `sections_of` turns into these tables."""
	return {section.name: [row.to_list() for row in rows] for section, rows in sections.items()}


def sections_of(plain: Mapping[str, Iterable[Sequence[Any]]]) -> dict[ReportSection, tuple[SectionRow, ...]]:
	"""Return the tables of plain values."""
	return {
		ReportSection[name]: tuple(SectionRow.from_list(*row) for row in rows) for name, rows in plain.items()
	}
