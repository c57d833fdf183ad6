"""The rows a quarter is counted from: its customers, callbacks, contacts and signals; nothing is written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cs_retention.engine.cadence import Cadence
from cs_retention.engine.kpi import CallResult, minimum_in_force, result_of
from cs_retention.engine.kpi_evidence import (
	REPEAT_DAYS,
	AbsentDuty,
	CountedCall,
	CountedComplaint,
	ServedCustomer,
	mark_repeats,
)
from cs_retention.engine.kpis import Figure, measure
from cs_retention.engine.policy import Policy
from cs_retention.engine.quarter_periods import Period
from cs_retention.engine.quarter_summary import QuarterSummary, summarise
from cs_retention.engine.vocabulary import EvidenceKind, Kpi, PeriodKind
from cs_retention.engine.workdays import period_of
from cs_retention.facts.calendars import Span, read_absences, read_calendars
from cs_retention.facts.closed_cases import read_case_reasons, read_closed_cases
from cs_retention.facts.cohort import read_complaint_rows
from cs_retention.facts.compliance import read_due_callbacks
from cs_retention.facts.contact_pressure import COUNTED as TOUCHES
from cs_retention.facts.contact_pressure import read_pressed_customers
from cs_retention.facts.fulfilment import ContactedCustomer, KnownCustomer, read_known_customers
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection
from cs_retention.facts.signal_quality import read_raised_signals
from cs_retention.nightly.cohort import Evidence, Shown, read_cohort
from cs_retention.nightly.quarter_sections import count_sections
from cs_retention.store.base import Store

EVERYBODY = Selection("IS NOT NULL", {})
NO_TOUCHES = dict.fromkeys(TOUCHES, 0)

COHORT_KPIS = (
	*(Kpi.CUSTOMER_RETENTION, Kpi.COHORT_RETENTION, Kpi.GROSS_REVENUE_RETENTION, Kpi.NET_REVENUE_RETENTION),
	*(Kpi.CUSTOMER_CHURN, Kpi.CHURN_LEFT, Kpi.CHURN_DORMANT, Kpi.REVENUE_CHURN, Kpi.HARD_COMMITMENT),
	Kpi.COMPLAINTS,
)
KPIS: Mapping[EvidenceKind, tuple[Kpi, ...]] = {
	EvidenceKind.CUSTOMER: COHORT_KPIS,
	EvidenceKind.CALLBACK: (
		*(Kpi.CALLBACK_COMPLETION, Kpi.CALLBACKS_ATTEMPTED, Kpi.CALLBACKS_REACHED, Kpi.CALLBACKS_LATE),
		Kpi.CALLBACK_SATISFACTION,
	),
	EvidenceKind.QUOTA: (Kpi.QUOTA_FULFILMENT,),
	EvidenceKind.CONTACT: (Kpi.CONTACT_COVERAGE, Kpi.CONTACT_PRESSURE, Kpi.TOUCHES_KEPT_BACK),
	EvidenceKind.SIGNAL: (Kpi.WARNING_PRECISION,),
	EvidenceKind.CASE: (Kpi.STRICT_SAVES, Kpi.VERIFIED_SAVES, Kpi.COST_PER_SAVE),
	EvidenceKind.COMPLAINT: (Kpi.REPEAT_COMPLAINTS,),
	EvidenceKind.ABSENCE: (Kpi.COVER,),
}
"""The key figures that rows of a kind are counted in, in the order of the report."""


@dataclass(frozen=True, slots=True)
class QuarterRows:
	"""All evidence of one company's quarter, as far as its days have come: `until` is its last day that counts."""

	quarter: Period
	until: date
	by_kind: Mapping[EvidenceKind, tuple[Evidence, ...]]
	capacities: Mapping[str, int]
	"""Callbacks that everybody with work or customers could make in those days."""

	@property
	def cohort(self) -> tuple[Evidence, ...]:
		"""The customers of the company."""
		return self.by_kind[EvidenceKind.CUSTOMER]

	def summary(self) -> QuarterSummary:
		"""Return what the report says beside its key figures."""
		calls = self.by_kind[EvidenceKind.CALLBACK]
		sections = count_sections(self.by_kind, self.capacities)
		return summarise([each.row for each in self.cohort], (each.row for each in calls), sections)

	def figures(self) -> dict[Kpi, Figure]:
		"""Return the key figures that the rows tell of."""
		return {kpi: measure(kpi, (each.row for each in rows)) for kpi, rows in self.by_kpi().items()}

	def by_kpi(self) -> dict[Kpi, Sequence[Evidence]]:
		"""Return the rows of every key figure that is counted from them."""
		return {kpi: rows for kind, rows in self.by_kind.items() for kpi in KPIS[kind]}


def read_quarter(
	store: Store, policy: Policy, quarter: Period, as_of: date, company: str, has_levels: bool = True
) -> QuarterRows:
	"""Read the evidence of a quarter of a company as of a day that is not before its first.

	Callbacks, contacts and signals are those of everybody: they name no company. Without `has_levels` nobody is rated.
	"""
	until = min(quarter.end, as_of)
	cadences = policy.planning.by_level()
	cohort = [
		found
		for found in read_cohort(store, policy, quarter, as_of, has_levels)
		if found.row.company == company
	]
	calls = tuple(_calls(store, quarter.start, until, as_of))
	known = list(read_known_customers(store, EVERYBODY, quarter.start, until))
	rows: dict[EvidenceKind, Iterable[Evidence]] = {
		EvidenceKind.CUSTOMER: cohort,
		EvidenceKind.CALLBACK: calls,
		EvidenceKind.QUOTA: _on_record(_quotas(known, quarter.start, until, cadences)),
		EvidenceKind.CONTACT: _on_record(_contacts(store, known, quarter.start, until)),
		EvidenceKind.SIGNAL: _signals(store, quarter.start, until),
		EvidenceKind.CASE: _cases(store, quarter.start, until),
		EvidenceKind.COMPLAINT: _complaints(store, quarter.start, until, policy.complaints.issue_types),
		EvidenceKind.ABSENCE: _absences(store, quarter.start, until, calls),
	}
	capacities = _capacities(store, Span(quarter.start, until), policy, _at_work(calls, cohort))
	return QuarterRows(quarter, until, {kind: tuple(found) for kind, found in rows.items()}, capacities)


def _at_work(calls: Iterable[Evidence], cohort: Iterable[Evidence]) -> set[str]:
	"""Return who had callbacks to make, and who answers for customers that are active; nobody where no callback was due."""
	people = {each.shown["responsible"] for each in calls}
	managers = {each.row.account_manager for each in cohort if each.row.is_active}
	return (people | managers) - {""} if people else set()


def _capacities(store: Store, days: Span, policy: Policy, people: Collection[str]) -> dict[str, int]:
	"""Return how many callbacks each of some people could make in some days: so many on each of their working days."""
	calendars = read_calendars(store, *days)
	working = {
		person: sum(map(calendars.of_person(person).is_working, days.days())) for person in sorted(people)
	}
	return {person: count * policy.planning.capacity for person, count in working.items()}


def _calls(store: Store, first: date, last: date, as_of: date) -> Iterator[Evidence]:
	"""Yield the callbacks that were due."""
	for found in read_due_callbacks(store, EVERYBODY, first, last):
		result = result_of(found.call, found.due_date, as_of)
		if result is not None:
			shown = {
				"callback": found.name,
				"customer": found.customer,
				"responsible": found.responsible or "",
				"account_manager": found.account_manager,
				"done_by": found.done_by,
				"level": found.level,
				"due_date": found.due_date,
				"result": result.value,
				"satisfaction": found.satisfaction or 0,
			}
			yield Evidence(shown, CountedCall(result, found.satisfaction))


def _quotas(
	known: Iterable[KnownCustomer], first: date, last: date, cadences: Mapping[str, Cadence]
) -> Iterator[Evidence]:
	"""Yield every customer in every week or month of its level's quota that lies within the days."""
	periods = [(kind, *span) for kind in PeriodKind for span in periods_within(first, last, kind)]
	for kind, start, end in periods:
		for found in (customer.within(start, end) for customer in known):
			levels = found.standing.levels(start, end) if found else ()
			if found and cadences[levels[0]].period is kind:
				minimum = minimum_in_force(levels, cadences, kind)
				shown = {**_contacted(found), "level": levels[0], "from_date": start, "to_date": end}
				yield Evidence({**shown, "minimum": minimum}, ServedCustomer(found.contacts, minimum))


def periods_within(first: date, last: date, kind: PeriodKind) -> Iterator[tuple[date, date]]:
	"""Yield the weeks or months that begin and end within the days."""
	start, end = period_of(first, kind)
	while end <= last:
		if start >= first:
			yield start, end
		start, end = period_of(end + timedelta(days=1), kind)


def _contacts(store: Store, known: Iterable[KnownCustomer], first: date, last: date) -> Iterator[Evidence]:
	"""Yield everybody with the contacts and touches of the whole quarter."""
	pressed = {
		fold(found.customer): dict(zip(TOUCHES, found.counts, strict=True))
		for found in read_pressed_customers(store, EVERYBODY, first, last)
	}
	days = (last - first).days + 1
	for found in filter(None, (customer.within(first, last) for customer in known)):
		counts = pressed.get(fold(found.customer), NO_TOUCHES)
		made = counts["people"] + counts["automatic"] + counts["exempt"]
		kept = {"touches": made, "held": counts["held"], "merged": counts["merged"]}
		row = ServedCustomer(found.contacts, days=days, **kept)
		yield Evidence({**_contacted(found), "level": found.standing.level, **kept}, row)


def _on_record(rows: Iterable[Evidence]) -> tuple[Evidence, ...]:
	"""Return the rows of contacts; none where nobody had one: then contacts were not kept yet."""
	found = tuple(rows)
	return found if any(each.row.contacts for each in found) else ()


def _contacted(found: ContactedCustomer) -> Shown:
	manager = found.account_manager or ""
	return {"customer": found.customer, "account_manager": manager, "contacts": found.contacts}


def _signals(store: Store, first: date, last: date) -> Iterator[Evidence]:
	"""Yield the signals raised."""
	for found in read_raised_signals(store, EVERYBODY, first, last):
		shown = {
			"signal": found.name,
			"customer": found.customer,
			"rule": found.judged.rule.value,
			"raised_on": found.raised_on,
			"closed_on": found.closed_on,
			"closed_as": found.judged.closed_as.value if found.judged.closed_as else "",
		}
		yield Evidence(shown, found.judged)


def _cases(store: Store, first: date, last: date) -> Iterator[Evidence]:
	"""Yield the cases closed."""
	reasons = read_case_reasons(store, EVERYBODY, first, last)
	for found in read_closed_cases(store, EVERYBODY, first, last):
		shown = {
			"case": found.name,
			"customer": found.customer,
			"account_manager": found.account_manager,
			"exit_type": found.exit_type,
			"reasons": f"|{'|'.join(given)}|" if (given := reasons.get(found.name)) else "",
			"competitor": found.competitor,
			"closed_on": found.closed_on,
			"status": found.status,
			"verification": found.outcome.verification.value if found.outcome.is_saved else "",
			"cost": found.outcome.cost,
		}
		yield Evidence(shown, found.outcome)


def _complaints(store: Store, first: date, last: date, issue_types: Collection[str]) -> Iterator[Evidence]:
	"""Yield the complaints that came, knowing those of the days before in which one may be repeated."""
	since = first - timedelta(days=REPEAT_DAYS)
	found = read_complaint_rows(store, EVERYBODY, since, last, issue_types)
	by_matter = {
		each.name: CountedComplaint(fold(each.customer), fold(each.category), each.opened_on)
		for each in found
	}
	# Both are in the order of days, customers and categories.
	ordered = sorted(found, key=lambda each: (each.opened_on, fold(each.customer), fold(each.category)))
	for each, counted in zip(ordered, mark_repeats(by_matter[each.name] for each in ordered), strict=True):
		if each.opened_on >= first:
			shown = {
				"issue": each.name,
				"customer": each.customer,
				"issue_type": each.category,
				"opened_on": each.opened_on,
				"is_repeat": int(counted.is_repeat),
			}
			yield Evidence(shown, counted)


def _absences(store: Store, first: date, last: date, calls: Iterable[Evidence]) -> Iterator[Evidence]:
	"""Yield the callbacks due on a day on which the customer's account manager was away."""
	away = read_absences(store, Span(first, last))
	for call in calls:
		shown = call.shown
		spans = away.get(fold(shown["account_manager"]), ())
		if any(span.first <= shown["due_date"] <= span.last for span in spans):
			is_reached = call.row.result in (CallResult.IN_TIME, CallResult.LATE)
			by_another = fold(shown["done_by"]) not in ("", fold(shown["account_manager"]))
			yield Evidence(shown, AbsentDuty(is_reached and by_another))
