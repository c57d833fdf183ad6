"""The rows a quarter is counted from: its customers, callbacks, contacts and signals; nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cs_retention.engine.contact_policy import ContactPolicy
from cs_retention.engine.kpis import KeyFigure, measure
from cs_retention.engine.policy import Policy
from cs_retention.engine.quarter_periods import Period, QuarterPeriod
from cs_retention.engine.quarter_sections import SectionRow
from cs_retention.engine.quarter_summary import QuarterSummary, summarise
from cs_retention.engine.vocabulary import EvidenceKind, Kpi
from cs_retention.nightly.cohort import Evidence
from cs_retention.nightly.quarter_evidence import (
	Reading,
	on_record,
	read_absent_duties,
	read_cases,
	read_contacts,
	read_quotas,
	read_signals,
)
from cs_retention.nightly.quarter_sections import count_sections
from cs_retention.nightly.quarter_service import (
	read_complaints,
	read_first_contacts,
	read_reminded,
	read_satisfaction,
)
from cs_retention.nightly.trend import read_trend
from cs_retention.store.base import Store

COHORT_KPIS = (
	*(Kpi.CUSTOMER_RETENTION, Kpi.COHORT_RETENTION, Kpi.GROSS_REVENUE_RETENTION, Kpi.NET_REVENUE_RETENTION),
	*(Kpi.CUSTOMER_CHURN, Kpi.CHURN_LEFT, Kpi.CHURN_TRANSFERRED, Kpi.CHURN_DORMANT, Kpi.REVENUE_CHURN),
	*(Kpi.HARD_COMMITMENT, Kpi.SOFT_COMMITMENT, Kpi.OVERALL_COMMITMENT),
	*(Kpi.COMPLAINTS, Kpi.ESCALATED_COMPLAINTS),
)
KPIS: Mapping[EvidenceKind, tuple[Kpi, ...]] = {
	EvidenceKind.CUSTOMER: COHORT_KPIS,
	EvidenceKind.CALLBACK: (
		*(Kpi.CALLBACK_COMPLETION, Kpi.CALLBACKS_ATTEMPTED, Kpi.CALLBACKS_REACHED, Kpi.CALLBACKS_LATE),
		Kpi.CALLBACK_SATISFACTION,
	),
	EvidenceKind.QUOTA: (Kpi.QUOTA_FULFILMENT,),
	EvidenceKind.CONTACT: (
		Kpi.CONTACT_COVERAGE,
		Kpi.CONTACT_PRESSURE,
		Kpi.TOUCHES_KEPT_BACK,
		Kpi.TOUCHES_OVER_CAP,
	),
	EvidenceKind.SIGNAL: (Kpi.WARNING_PRECISION,),
	EvidenceKind.CASE: (Kpi.STRICT_SAVES, Kpi.VERIFIED_SAVES, Kpi.COST_PER_SAVE),
	EvidenceKind.COMPLAINT: (Kpi.CLOSED_IN_TIME, Kpi.REPEAT_COMPLAINTS),
	EvidenceKind.ABSENCE: (Kpi.COVER,),
	EvidenceKind.FIRST_CONTACT: (Kpi.FIRST_CONTACT_RESOLUTION,),
	EvidenceKind.ANSWER: (Kpi.SATISFACTION, Kpi.SATISFACTION_REPAIRED),
	EvidenceKind.REMINDER: (Kpi.ARREARS_CURED,),
}
"""The key figures that rows of a kind are counted in, in the order of the report."""

READ: Mapping[EvidenceKind, Callable[[Reading], Iterable[Evidence]]] = {
	EvidenceKind.CUSTOMER: lambda reading: reading.cohort,
	EvidenceKind.CALLBACK: lambda reading: reading.calls,
	EvidenceKind.QUOTA: lambda reading: on_record(read_quotas(reading)),
	EvidenceKind.CONTACT: lambda reading: on_record(read_contacts(reading)),
	EvidenceKind.SIGNAL: read_signals,
	EvidenceKind.CASE: read_cases,
	EvidenceKind.COMPLAINT: read_complaints,
	EvidenceKind.ABSENCE: read_absent_duties,
	EvidenceKind.FIRST_CONTACT: read_first_contacts,
	EvidenceKind.ANSWER: read_satisfaction,
	EvidenceKind.REMINDER: read_reminded,
}
"""How each kind is read."""

USUAL_CAPS = ContactPolicy()


@dataclass(frozen=True, slots=True)
class QuarterRows:
	"""All evidence of one company's quarter, as far as its days have come: `until` is its last day that counts."""

	quarter: Period
	until: date
	by_kind: Mapping[EvidenceKind, tuple[Evidence, ...]]
	capacities: Mapping[str, int]
	"""Callbacks that everybody with work or customers could make in those days."""
	trend: tuple[SectionRow, ...] = ()
	"""What was kept in the last quarters, where customers are rated: the others are only compared with."""

	@property
	def cohort(self) -> tuple[Evidence, ...]:
		"""The customers of the company."""
		return self.by_kind[EvidenceKind.CUSTOMER]

	def summary(self) -> QuarterSummary:
		"""Return what the report says beside its key figures."""
		calls = self.by_kind[EvidenceKind.CALLBACK]
		sections = count_sections(self.by_kind, self.capacities, self.trend)
		return summarise([each.row for each in self.cohort], (each.row for each in calls), sections)

	def figures(self) -> dict[Kpi, KeyFigure]:
		"""Return the key figures that the rows tell of."""
		return {kpi: measure(kpi, (each.row for each in rows)) for kpi, rows in self.by_kpi().items()}

	def by_kpi(self) -> dict[Kpi, Sequence[Evidence]]:
		"""Return the rows of every key figure that is counted from them."""
		return {kpi: rows for kind, rows in self.by_kind.items() for kpi in KPIS[kind]}


def read_quarter(
	store: Store,
	policy: Policy,
	quarter: Period,
	as_of: date,
	company: str,
	has_levels: bool = True,
	kinds: Collection[EvidenceKind] = tuple(EvidenceKind),
	caps: ContactPolicy = USUAL_CAPS,
) -> QuarterRows:
	"""Read the evidence of a quarter of a company as of a day that is not before its first; of some kinds, or of all.

	Callbacks, contacts and signals are those of everybody: they name no company. Without `has_levels` nobody is rated.
	`caps` is the contact policy whose caps touches are held against.
	"""
	reading = Reading(store, policy, quarter, as_of, company, has_levels, caps)
	is_whole = set(kinds) == set(EvidenceKind)
	capacities = reading.capacities() if is_whole else {}
	trend: tuple[SectionRow, ...] = ()
	if is_whole and has_levels and isinstance(quarter, QuarterPeriod):
		trend = read_trend(store, quarter, as_of, company)
	return QuarterRows(
		quarter, reading.last, {kind: tuple(READ[kind](reading)) for kind in kinds}, capacities, trend
	)


def kind_of(kpi: Kpi) -> EvidenceKind | None:
	"""Return the kind of rows that a key figure is counted from; None of one that is not read."""
	return next((kind for kind, kpis in KPIS.items() if kpi in kpis), None)
