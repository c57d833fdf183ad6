"""What the counted tables of a report are counted from: the kind of rows, and the names each is counted under."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from cs_retention.engine.quarter_sections import SectionRow, Sections, Sums, section_rows
from cs_retention.engine.vocabulary import EvidenceKind, ReportSection
from cs_retention.nightly.cohort import Evidence

Names = Callable[[Evidence], Iterable[str]]


def by(name: str) -> Names:
	"""Return that a row is counted under one of the things it shows."""
	return lambda each: (str(each.shown[name] or ""),)


def by_reasons(each: Evidence) -> Sequence[str]:
	"""Return the reasons of a case: it is counted under each of them, without any under none."""
	return str(each.shown["reasons"]).strip("|").split("|")


def by_level_at_end(each: Evidence) -> Sequence[str]:
	"""Return the level of a customer that is active at the end; no other is counted."""
	return (each.shown["level_at_end"],) if each.row.is_active else ()


COUNTED: Mapping[ReportSection, tuple[EvidenceKind, Names]] = {
	ReportSection.CALLS: (EvidenceKind.CALLBACK, by("responsible")),
	ReportSection.PRESSURE: (EvidenceKind.CONTACT, by("level")),
	ReportSection.WARNINGS: (EvidenceKind.SIGNAL, by("rule")),
	ReportSection.CASES: (EvidenceKind.CASE, by("exit_type")),
	ReportSection.REASONS: (EvidenceKind.CASE, by_reasons),
	ReportSection.COMPETITORS: (EvidenceKind.CASE, by("competitor")),
	ReportSection.COMMITMENT: (EvidenceKind.CUSTOMER, by_level_at_end),
	ReportSection.COMPLAINT_TYPES: (EvidenceKind.COMPLAINT, by("issue_type")),
}


def count_sections(
	by_kind: Mapping[EvidenceKind, Iterable[Evidence]],
	capacities: Mapping[str, int],
	trend: tuple[SectionRow, ...] = (),
) -> Sections:
	"""Return the tables of a quarter; `capacities` are the callbacks that each person can make in it, `trend` is told as it is."""
	more: dict[ReportSection, Mapping[str, Sums]] = {
		ReportSection.CALLS: {person: {"capacity": calls} for person, calls in capacities.items()}
	}
	counted = {
		section: section_rows(section, _keyed(by_kind[kind], names), more.get(section, {}))
		for section, (kind, names) in COUNTED.items()
	}
	return {ReportSection.TREND: trend, **counted}


def _keyed(rows: Iterable[Evidence], names: Names) -> Iterable[tuple[str, object]]:
	return ((name, each.row) for each in rows for name in names(each))
