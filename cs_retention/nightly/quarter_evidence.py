"""Where the evidence of a period comes from: the rows of each kind, read from a book; nothing is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from cs_retention.engine.contact_policy import CAP_DAYS, ContactPolicy
from cs_retention.engine.kpi import CallResult, minimum_in_force, result_of
from cs_retention.engine.kpi_evidence import (
	AbsentDuty,
	CountedCall,
	ServedCustomer,
)
from cs_retention.engine.policy import Policy
from cs_retention.engine.quarter_periods import Period
from cs_retention.engine.vocabulary import MessageChannel, PeriodKind
from cs_retention.engine.workdays import period_of
from cs_retention.facts.calendars import Span, read_absences, read_calendars
from cs_retention.facts.closed_cases import read_case_reasons, read_closed_cases
from cs_retention.facts.compliance import read_due_callbacks
from cs_retention.facts.contact_pressure import COUNTED as TOUCHES
from cs_retention.facts.contact_pressure import read_capped_touches, read_pressed_customers
from cs_retention.facts.fulfilment import ContactedCustomer, KnownCustomer, read_known_customers
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection
from cs_retention.facts.signal_quality import read_raised_signals
from cs_retention.nightly.cohort import Evidence, Shown, read_cohort
from cs_retention.store.base import Store

EVERYBODY = Selection("IS NOT NULL", {})
NO_TOUCHES = dict.fromkeys(TOUCHES, 0)


@dataclass(frozen=True)
class Reading:
	"""A period of a company in a book, read as of a day; what several kinds are made of is read once."""

	store: Store
	policy: Policy
	period: Period
	as_of: date
	company: str
	has_levels: bool = True
	"""Whether customers are rated."""
	caps: ContactPolicy = field(default_factory=ContactPolicy)

	@property
	def first(self) -> date:
		"""The first day that counts."""
		return self.period.start

	@property
	def last(self) -> date:
		"""The last day that counts."""
		return min(self.period.end, self.as_of)

	@cached_property
	def cohort(self) -> tuple[Evidence, ...]:
		"""The customers of the company."""
		rows = read_cohort(self.store, self.policy, self.period, self.as_of, self.has_levels)
		return tuple(found for found in rows if found.row.company == self.company)

	@cached_property
	def calls(self) -> tuple[Evidence, ...]:
		"""The callbacks that were due."""
		return tuple(read_calls(self))

	@cached_property
	def known(self) -> tuple[KnownCustomer, ...]:
		"""The customers that contacts are made with."""
		return tuple(read_known_customers(self.store, EVERYBODY, self.first, self.last))

	def capacities(self) -> dict[str, int]:
		"""Return how many callbacks everybody could make who had any to make, or answers for active customers.

		So many on each working day of a person; of nobody where no callback was due.
		"""
		people = {each.shown["responsible"] for each in self.calls}
		if people:
			people |= {each.row.account_manager for each in self.cohort if each.row.is_active}
		days = Span(self.first, self.last)
		calendars = read_calendars(self.store, *days)
		working = {
			person: sum(map(calendars.of_person(person).is_working, days.days()))
			for person in sorted(people - {""})
		}
		return {person: count * self.policy.planning.capacity for person, count in working.items()}


def read_calls(reading: Reading) -> Iterator[Evidence]:
	"""Yield the callbacks that were due."""
	for found in read_due_callbacks(reading.store, EVERYBODY, reading.first, reading.last):
		result = result_of(found.call, found.due_date, reading.as_of)
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


def read_quotas(reading: Reading) -> Iterator[Evidence]:
	"""Yield every customer in every week or month of its level's quota that lies within the days."""
	cadences = reading.policy.planning.by_level()
	days = reading.first, reading.last
	periods = [(kind, *span) for kind in PeriodKind for span in periods_within(*days, kind)]
	for kind, start, end in periods:
		for found in (customer.within(start, end) for customer in reading.known):
			levels = found.standing.levels(start, end) if found else ()
			if found and cadences[levels[0]].period is kind:
				minimum = minimum_in_force(levels, cadences, kind)
				shown = {**_contacted(found), "level": levels[0], "from_date": start, "to_date": end}
				yield Evidence({**shown, "minimum": minimum}, ServedCustomer(found.contacts, minimum))


def read_contacts(reading: Reading) -> Iterator[Evidence]:
	"""Yield everybody with the contacts and touches of the whole period."""
	first, last = reading.first, reading.last
	pressed = {
		fold(found.customer): dict(zip(TOUCHES, found.counts, strict=True))
		for found in read_pressed_customers(reading.store, EVERYBODY, first, last)
	}
	days, over = (last - first).days + 1, touches_over_cap(reading)
	for found in filter(None, (customer.within(first, last) for customer in reading.known)):
		counts = pressed.get(fold(found.customer), NO_TOUCHES)
		made = counts["people"] + counts["automatic"] + counts["exempt"]
		kept = {"touches": made, "held": counts["held"], "merged": counts["merged"]}
		kept["over_cap"] = over.get(fold(found.customer), 0)
		row = ServedCustomer(found.contacts, days=days, **kept)
		yield Evidence({**_contacted(found), "level": found.standing.level, **kept}, row)


def touches_over_cap(reading: Reading) -> dict[str, int]:
	"""Return how many touches of each customer went beyond a cap, by folded customer; levels are those of today."""
	since = reading.first - timedelta(days=CAP_DAYS - 1)
	levels: dict[str, str] = {}
	touches: defaultdict[str, list[tuple[date, MessageChannel | None]]] = defaultdict(list)
	for each in read_capped_touches(reading.store, EVERYBODY, since, reading.last):
		levels[fold(each.customer)] = each.level
		touches[fold(each.customer)].append((each.day, each.channel))
	return {
		customer: reading.caps.over_cap(levels[customer], made, reading.first)
		for customer, made in touches.items()
	}


def on_record(rows: Iterable[Evidence]) -> tuple[Evidence, ...]:
	"""Return the rows of contacts; none where nobody had one: then contacts were not kept yet."""
	found = tuple(rows)
	return found if any(each.row.contacts for each in found) else ()


def _contacted(found: ContactedCustomer) -> Shown:
	manager = found.account_manager or ""
	return {"customer": found.customer, "account_manager": manager, "contacts": found.contacts}


def read_signals(reading: Reading) -> Iterator[Evidence]:
	"""Yield the signals raised."""
	for found in read_raised_signals(reading.store, EVERYBODY, reading.first, reading.last):
		shown = {
			"signal": found.name,
			"customer": found.customer,
			"rule": found.judged.rule.value,
			"raised_on": found.raised_on,
			"closed_on": found.closed_on,
			"closed_as": found.judged.closed_as.value if found.judged.closed_as else "",
		}
		yield Evidence(shown, found.judged)


def read_cases(reading: Reading) -> Iterator[Evidence]:
	"""Yield the cases closed."""
	asked = reading.store, EVERYBODY, reading.first, reading.last
	reasons = read_case_reasons(*asked)
	for found in read_closed_cases(*asked):
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


def read_absent_duties(reading: Reading) -> Iterator[Evidence]:
	"""Yield the callbacks due on a day on which the customer's account manager was away."""
	away = read_absences(reading.store, Span(reading.first, reading.last))
	for call in reading.calls:
		shown = call.shown
		spans = away.get(fold(shown["account_manager"]), ())
		if any(span.first <= shown["due_date"] <= span.last for span in spans):
			is_reached = call.row.result in (CallResult.IN_TIME, CallResult.LATE)
			by_another = fold(shown["done_by"]) not in ("", fold(shown["account_manager"]))
			yield Evidence(shown, AbsentDuty(is_reached and by_another))


def periods_within(first: date, last: date, kind: PeriodKind) -> Iterator[tuple[date, date]]:
	"""Yield the weeks or months that begin and end within the days."""
	start, end = period_of(first, kind)
	while end <= last:
		if start >= first:
			yield start, end
		start, end = period_of(end + timedelta(days=1), kind)
