"""The night over a book, and what of its outcome the lists need later: loads per person, and what found no day."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from cs_retention.engine.plan import Overflow, PersonLoad
from cs_retention.engine.policy import Policy
from cs_retention.engine.vocabulary import PeriodKind
from cs_retention.engine.workdays import period_of
from cs_retention.facts.calendars import Calendars, read_calendars
from cs_retention.nightly.run import NightSummary, run_night
from cs_retention.preview.book import Book

Told = Callable[[str, int], None]
"""Told the phase and how many customers it has done."""


@dataclass(frozen=True, slots=True)
class Shortfall:
	"""Contacts owed that found no day, as overflow.csv shows them."""

	customer: str
	owner: str
	period_start: date
	period_end: date
	missing: int
	cause: str


@dataclass(frozen=True, slots=True)
class LastNight:
	"""What the last night of a book left beside its records; `horizon_end` is the last day that lists show."""

	as_of: date
	horizon_days: int
	loads: tuple[PersonLoad, ...]
	shortfalls: tuple[Shortfall, ...]

	@property
	def horizon_end(self) -> date:
		"""The last day of the horizon, `as_of` being its first."""
		return self.as_of + timedelta(days=self.horizon_days - 1)

	@property
	def axis_end(self) -> date:
		"""The last day of the plan: every period the horizon touches is planned to its end, visit spans included."""
		planned = (day for load in self.loads for day in load.loads)
		return max(*(period_of(self.horizon_end, kind)[1] for kind in PeriodKind), *planned)


def play_night(
	book: Book, as_of: date, horizon_days: int | None = None, told: Told | None = None
) -> NightSummary:
	"""Run the night and note what it left; without a horizon the one of the last night holds on."""
	days = horizon_days or book.horizon
	summary = run_night(book.store, with_horizon(book.policy, days), as_of, told)
	loads = [_load_as_plain(load) for load in summary.plan.loads]
	shortfalls = [_shortfall_as_plain(row) for row in summary.plan.overflow]
	noted = {"as_of": as_of.isoformat(), "horizon_days": days, "loads": loads, "shortfalls": shortfalls}
	book.note("night", json.dumps(noted, ensure_ascii=False))
	return summary


def last_night(book: Book) -> LastNight:
	"""Return what the last night left; BadInput before the first one."""
	noted = json.loads(book.noted_night())
	return LastNight(
		date.fromisoformat(noted["as_of"]),
		noted["horizon_days"],
		tuple(
			PersonLoad(person, capacity, {date.fromisoformat(day): load for day, load in loads.items()}, peak)
			for person, capacity, loads, peak in noted["loads"]
		),
		tuple(
			Shortfall(customer, owner, date.fromisoformat(start), date.fromisoformat(end), missing, cause)
			for customer, owner, start, end, missing, cause in noted["shortfalls"]
		),
	)


def with_horizon(policy: Policy, days: int) -> Policy:
	"""Return the policy with another horizon."""
	return replace(policy, planning=replace(policy.planning, horizon_days=days))


def calendars_of(book: Book, night: LastNight) -> Calendars:
	"""Return who works when over the days of the plan."""
	return read_calendars(book.store, night.as_of, night.axis_end)


def workload(night: LastNight, calendars: Calendars) -> Iterator[tuple[str, date, int, int, int]]:
	"""Yield person, day, callbacks, capacity and smallest possible peak of every working day of the plan.

	Days on which a person does not work stand there only with callbacks, against a capacity of 0.
	"""
	days: Sequence[date] = [
		night.as_of + timedelta(days=number) for number in range((night.axis_end - night.as_of).days + 1)
	]
	for load in sorted(night.loads, key=lambda load: load.person):
		calendar = calendars.of_person(load.person)
		for day in days:
			is_worked, callbacks = calendar.is_working(day), load.loads.get(day, 0)
			if is_worked or callbacks:
				capacity = load.capacity if is_worked else 0
				yield load.person, day, callbacks, capacity, load.smallest_possible_peak


def _load_as_plain(load: PersonLoad) -> list[object]:
	days = {day.isoformat(): count for day, count in sorted(load.loads.items())}
	return [load.person, load.capacity, days, load.smallest_possible_peak]


def _shortfall_as_plain(row: Overflow) -> list[object]:
	start, end = row.period_start.isoformat(), row.period_end.isoformat()
	return [row.customer, row.owner or "", start, end, row.missing, row.cause.value]
