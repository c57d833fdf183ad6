"""Key figures of callbacks: numerator and denominator of each, over evidence that is counted once (RULES section 4)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum

from cs_retention.engine.cadence import Cadence
from cs_retention.engine.vocabulary import COUNTED_OUTCOMES, CallbackStatus, Outcome, PeriodKind


@dataclass(frozen=True, slots=True)
class Ratio:
	"""A figure as it is stored: what was reached, of how many."""

	numerator: int
	denominator: int

	def percent(self) -> Decimal | None:
		"""Return the percentage, rounded half up to a tenth; None of nothing."""
		if not self.denominator:
			return None
		share = Decimal(self.numerator) * 100 / self.denominator
		return share.quantize(Decimal("0.1"), ROUND_HALF_UP)


class CallResult(str, Enum):
	"""What became of a callback that was due; each has exactly one."""

	IN_TIME = "In Time"
	LATE = "Late"
	ATTEMPTED = "Attempted"
	SKIPPED = "Skipped"
	NOT_CALLED = "Not Called"


NEVER_DUE = (CallbackStatus.MET, CallbackStatus.MERGED)
"""States of callbacks that are withdrawn, because another contact met them or their customer is no more."""


@dataclass(frozen=True, slots=True)
class CallRecord:
	"""A callback as the key figures see it: `done_on` is the day of the call, or of the contact that met it;
	`recorded_on` that on which it was entered."""

	status: CallbackStatus
	outcome: Outcome | None
	done_on: date | None
	recorded_on: date | None
	is_tried: bool


def result_of(call: CallRecord, deadline: date, as_of: date) -> CallResult | None:
	"""Return what became of a callback by the end of `as_of`'s eve; None for one that is not, or was never, due.

	An open callback is due once its deadline has passed; one that was reached before counts at once. One that another
	contact met is withdrawn, unless that contact came after the deadline: then it is late.
	"""
	if call.status in NEVER_DUE:
		return CallResult.LATE if call.done_on and call.done_on > deadline else None
	if call.status is CallbackStatus.DONE and call.outcome in COUNTED_OUTCOMES:
		return CallResult.IN_TIME if is_in_time(call, deadline) else CallResult.LATE
	if call.status is CallbackStatus.PLANNED and deadline >= as_of:
		return None
	if call.status is CallbackStatus.SKIPPED:
		return CallResult.SKIPPED
	tried = call.is_tried or call.status in (CallbackStatus.DONE, CallbackStatus.UNREACHED)
	return CallResult.ATTEMPTED if tried else CallResult.NOT_CALLED


def is_in_time(call: CallRecord, deadline: date) -> bool:
	"""Tell whether a contact was both made and recorded by its deadline; one of an unknown day was not.

	Where no touch is kept of it there is no day of recording; then the day it was made decides.
	"""
	made = call.done_on
	return (
		made is not None and made <= deadline and (call.recorded_on is None or call.recorded_on <= deadline)
	)


def completion(results: Mapping[CallResult, int]) -> Ratio:
	"""Return callback completion: reached and recorded in time, of those due."""
	return Ratio(results.get(CallResult.IN_TIME, 0), sum(results.values()))


@dataclass(frozen=True, slots=True)
class LevelHistory:
	"""The levels of a customer as far as they are known: that of today, and the one before with the day it changed."""

	level: str
	before: str | None = None
	changed_on: date | None = None

	def levels(self, start: date, end: date) -> tuple[str, ...]:
		"""Return the levels in force from `start` to `end`, the one at the end first."""
		if not self.before or not self.changed_on or self.changed_on <= start:
			return (self.level,)
		if self.changed_on > end:
			return (self.before,)
		return self.level, self.before


def minimum_in_force(levels: Collection[str], cadences: Mapping[str, Cadence], kind: PeriodKind) -> int:
	"""Return the lowest minimum of the levels whose quota is per period of this kind, of which there is one at least."""
	return min(cadences[level].contacts_min for level in levels if cadences[level].period is kind)


class TouchKind(str, Enum):
	"""What a touch is to a key figure: a person's, or what the contact policy decided about an automatic one."""

	PEOPLE = "People"
	SENT = "Sent"
	MERGED = "Merged"
	HELD = "Held"
	SKIPPED = "Skipped"
