"""When a night runs, for which dates, and in which order its phases follow (RELIABILITY)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cs_retention.engine.reasons import PolicyError, Reason
from cs_retention.engine.vocabulary import Phase, RunStatus

REASONS = {
	"older_than_window": ("days",),
	"superseded": ("by",),
}
"""Codes of a skipped date and the figures each has."""

PHASES = tuple(Phase)
MOST_WORKERS = 16
MOVED_SHARE = 20
"""One customer in so many, more or less than there were, makes another book."""
MOST_ATTEMPTS = 3
"""How often a failed run is begun before only a person may begin it again."""


@dataclass(frozen=True, slots=True)
class NightPolicy:
	"""From which hour of the site's day on the night runs, how many days back a missed date is told as such, and shares.

	`workers` share the work, in chunks of `chunk` customers.
	"""

	hour: int = 4
	catch_up_days: int = 30
	workers: int = 1
	chunk: int = 25_000

	def __post_init__(self) -> None:
		if self.hour not in range(24):
			raise PolicyError("night_hour", self.hour, "give an hour from 0 to 23")
		if self.catch_up_days < 1:
			raise PolicyError("catch_up_days", self.catch_up_days, "give at least 1 day")
		if not 1 <= self.workers <= MOST_WORKERS:
			raise PolicyError("night_workers", self.workers, "give a number from 1 to 16")
		if self.chunk < 1:
			raise PolicyError("night_chunk", self.chunk, "give at least 1 customer")


@dataclass(frozen=True, slots=True)
class Target:
	"""A date that gets its row in the ledger: to be run, or skipped with the reason."""

	day: date
	reason: Reason | None = None

	@property
	def status(self) -> RunStatus:
		"""The status the row begins with."""
		return RunStatus.SKIPPED if self.reason else RunStatus.RUNNING


def night_of(now: datetime, policy: NightPolicy) -> date:
	"""Return the newest date whose night may run at a moment of the site's clock."""
	return now.date() if now.hour >= policy.hour else now.date() - timedelta(days=1)


def targets(newest: date | None, due: date, policy: NightPolicy) -> list[Target]:
	"""Return the dates after the newest one on record, up to the one that is due, in order; none when there is none.

	Only the last of them is run: what the others would have computed it computes anew. Without anything on record it
	is the only one. A clock that goes back opens nothing.
	"""
	if newest is None:
		return [Target(due)]
	missed = [newest + timedelta(days=number) for number in range(1, (due - newest).days)]
	skipped = [Target(day, _why_skipped(day, due, policy)) for day in missed]
	return [*skipped, Target(due)] if newest < due else []


def keeps_figures(read_on: date, as_of: date, customers_then: int, customers_now: int) -> bool:
	"""Tell whether a night compares with figures of the book that an earlier one read.

	They are read on the first night of a week and of a month, and once the book has a twentieth of its customers more or
	less: medians and ranks of a whole book hardly move in a few days, and would move everybody's health and reasons with
	them. As many who came as went are not seen before the next week.
	"""
	is_same_week = read_on.isocalendar()[:2] == as_of.isocalendar()[:2]
	is_same_month = (read_on.year, read_on.month) == (as_of.year, as_of.month)
	moved = abs(customers_now - customers_then) * MOVED_SHARE
	return read_on <= as_of and is_same_week and is_same_month and moved < customers_then


def _why_skipped(day: date, due: date, policy: NightPolicy) -> Reason:
	days = (due - day).days
	if days > policy.catch_up_days:
		return Reason.of("older_than_window", days=policy.catch_up_days)
	return superseded(due)


def superseded(by: date) -> Reason:
	"""Return why a date is not run, or not to its end: a later one computes everything anew."""
	return Reason.of("superseded", by=by)


def next_phase(phase: Phase) -> Phase | None:
	"""Return the phase that follows; None after the last."""
	place = PHASES.index(phase) + 1
	return PHASES[place] if place < len(PHASES) else None


def may_begin_again(status: RunStatus, attempts: int, is_newest: bool, by_person: bool) -> bool:
	"""Tell whether a run may be begun again: a failed one, while no later date is on record.

	By itself it is begun a few times only; a person may always.
	"""
	return status is RunStatus.FAILED and is_newest and (by_person or attempts < MOST_ATTEMPTS)
