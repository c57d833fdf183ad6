"""The rows of a quarter as a report keeps them: written in sets, each with the key figures it counted in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cs_retention.engine.kpis import DEFINITIONS
from cs_retention.engine.vocabulary import EvidenceKind, Kpi
from cs_retention.nightly.cohort import Evidence
from cs_retention.nightly.quarter import KPIS, QuarterRows
from cs_retention.store.base import Store, batches

ROW = "Quarterly Report Row"
PAGE = 5_000
"""Rows of one transaction."""

OF_A_CUSTOMER = {
	**{name: name for name in ("customer", "account_manager", "territory", "customer_group", "level_at_end")},
	**{
		name: name
		for name in ("was_active", "is_active", "has_agreement", "has_soft_tie", "complaints", "escalated")
	},
	**{name: name for name in ("revenue_before", "revenue_within", "currency")},
	"new_customer": "is_new",
	"star_level": "level_before",
	"result": "loss",
}
COLUMNS: Mapping[EvidenceKind, Mapping[str, str]] = {
	EvidenceKind.CUSTOMER: OF_A_CUSTOMER,
	EvidenceKind.CALLBACK: {
		**{"customer": "customer", "account_manager": "responsible", "star_level": "level"},
		**{"document": "callback", "day": "due_date", "result": "result", "satisfaction": "satisfaction"},
	},
	EvidenceKind.QUOTA: {
		**{name: name for name in ("customer", "account_manager", "contacts", "minimum")},
		**{"star_level": "level", "day": "from_date", "last_day": "to_date"},
	},
	EvidenceKind.CONTACT: {
		**{name: name for name in ("customer", "account_manager", "contacts", "touches", "held", "merged")},
		"over_cap": "over_cap",
		"star_level": "level",
	},
	EvidenceKind.SIGNAL: {
		**{"customer": "customer", "document": "signal", "detail": "rule"},
		**{"day": "raised_on", "last_day": "closed_on", "result": "closed_as"},
	},
	EvidenceKind.CASE: {
		**{"customer": "customer", "account_manager": "account_manager", "document": "case"},
		**{"detail": "exit_type", "day": "closed_on", "result": "status", "verification": "verification"},
		**{name: name for name in ("cost", "reasons", "competitor")},
	},
	EvidenceKind.COMPLAINT: {
		**{"customer": "customer", "document": "issue", "detail": "issue_type"},
		**{
			"day": "opened_on",
			"last_day": "closed_on",
			"is_repeat": "is_repeat",
			"confirmed_on": "confirmed_on",
		},
	},
	EvidenceKind.ABSENCE: {
		**{"customer": "customer", "account_manager": "account_manager", "document": "callback"},
		**{"day": "due_date", "result": "result", "done_by": "done_by"},
	},
	EvidenceKind.FIRST_CONTACT: {
		**{"customer": "customer", "document": "issue", "detail": "issue_type"},
		**{"day": "opened_on", "last_day": "closed_on", "is_repeat": "came_back"},
	},
	EvidenceKind.ANSWER: {
		**{"customer": "customer", "account_manager": "responsible", "document": "touch"},
		**{"day": "answered_on", "satisfaction": "satisfaction", "answered_since": "answered_since"},
	},
	EvidenceKind.REMINDER: {
		**{"customer": "customer", "document": "reminder", "day": "reminded_on", "last_day": "settled_on"},
	},
}
"""Fields of a row by its kind, and what of the evidence stands in each."""

DOCUMENTS: Mapping[EvidenceKind, str] = {
	EvidenceKind.CALLBACK: "Customer Callback",
	EvidenceKind.SIGNAL: "Churn Signal",
	EvidenceKind.CASE: "Retention Case",
	EvidenceKind.COMPLAINT: "Issue",
	EvidenceKind.ABSENCE: "Customer Callback",
	EvidenceKind.FIRST_CONTACT: "Issue",
	EvidenceKind.ANSWER: "Customer Touch",
	EvidenceKind.REMINDER: "Dunning",
}
"""What the documents of a kind are."""


def write_rows(store: Store, report: str, found: QuarterRows, told: Callable[[int], None]) -> int:
	"""Write the rows that count in a key figure, and every signal, in pages that are committed; `told` how many are written."""
	written = 0
	for kind, rows in found.by_kind.items():
		columns = COLUMNS[kind]
		fields = (*columns, "report", "kind", "document_type", "counted_in", "reached_in")
		for page in batches(rows_of(report, kind, rows, columns), PAGE):
			store.insert_rows(ROW, fields, page)
			store.commit()
			written += len(page)
			told(written)
	return written


def rows_of(
	report: str, kind: EvidenceKind, rows: tuple[Evidence, ...], columns: Mapping[str, str]
) -> Iterator[tuple[Any, ...]]:
	"""Yield what is written of evidence of a kind that counts; signals that nobody has judged count as raised only."""
	for evidence in rows:
		counted, reached = counted_in(kind, evidence.row)
		if counted or kind is EvidenceKind.SIGNAL:
			values = (evidence.shown[name] for name in columns.values())
			yield (*values, report, kind.value, DOCUMENTS.get(kind), listed(counted), listed(reached))


def counted_in(kind: EvidenceKind, row: Any) -> tuple[list[Kpi], list[Kpi]]:
	"""Return the key figures that a row adds to, and those to whose numerator it does."""
	parts = {kpi: DEFINITIONS[kpi].adds(row) for kpi in KPIS[kind]}
	return [kpi for kpi, part in parts.items() if any(part)], [
		kpi for kpi, part in parts.items() if part.numerator
	]


def listed(kpis: list[Kpi]) -> str:
	"""Return key figures as a text in which each can be looked for, as `pattern` does."""
	return f"|{'|'.join(kpi.name for kpi in kpis)}|" if kpis else ""


def pattern(kpi: Kpi) -> str:
	"""Return what a LIKE looks for in such a text."""
	return f"%|{kpi.name}|%"


def delete_rows(store: Store, report: str) -> None:
	"""Delete the rows of a report, in transactions of a page."""
	query = f"SELECT name FROM `tab{ROW}` WHERE report = %(report)s LIMIT {PAGE}"
	while names := [name for (name,) in store.rows(query, {"report": report})]:
		store.delete_rows(ROW, names)
		store.commit()
