"""Work on one callback: which states may follow, what a logged call must say, when to try again, who calls then."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from types import MappingProxyType

from cs_retention.engine.reasons import PolicyError, WorkError
from cs_retention.engine.vocabulary import DRIFTING_BANDS, Band, CallbackStatus, NextStep, Outcome
from cs_retention.engine.workdays import WorkCalendar, next_working_day


class Actor(str, Enum):
	"""Who brings a state about: a person at work, or the house itself (the night, a merge)."""

	PERSON = "Person"
	HOUSE = "House"


TRANSITIONS: Mapping[CallbackStatus, Mapping[CallbackStatus, Actor]] = MappingProxyType(
	{
		CallbackStatus.PLANNED: MappingProxyType(
			{
				CallbackStatus.DONE: Actor.PERSON,
				CallbackStatus.SKIPPED: Actor.PERSON,
				CallbackStatus.UNREACHED: Actor.PERSON,
				CallbackStatus.MET: Actor.HOUSE,
				CallbackStatus.MISSED: Actor.HOUSE,
				CallbackStatus.MERGED: Actor.HOUSE,
			}
		),
		CallbackStatus.MET: MappingProxyType(
			{CallbackStatus.DONE: Actor.PERSON, CallbackStatus.PLANNED: Actor.HOUSE}
		),
	}
)
"""The states that may follow a state, and who brings them about.

What a contact met is planned again when that contact is withdrawn, and done when its person says what was talked about.
"""

COMPLETING = (Outcome.REACHED, Outcome.VISITED, Outcome.REFUSED)
"""Outcomes with which a callback is done; the fourth is an attempt."""

FEWEST_LETTERS = 3
"""Different letters or digits that a summary has at least."""

WIDE = "WF"
"""East Asian widths of characters that say as much as two letters."""

HOURS = (10, 15, 17)
"""Hours at which an attempt is proposed: one in each part of the day."""

NOON, LATE = 12, 16
"""Hours at which the second and the third part of the day begin."""


def may_follow(before: CallbackStatus, after: CallbackStatus, actor: Actor) -> bool:
	"""Tell whether somebody may bring a callback from one state into another."""
	return TRANSITIONS.get(before, {}).get(after) is actor


def is_last(status: CallbackStatus) -> bool:
	"""Tell whether a callback has ended, and stays as it was recorded."""
	return status is not CallbackStatus.PLANNED


@dataclass(frozen=True, slots=True)
class WorkPolicy:
	"""What a site asks of logged calls: attempts before Unreached, meaning of a summary, hour of reminders.

	`summary_minimum` counts letters and digits; a Chinese character counts for two.
	"""

	attempts_limit: int = 3
	summary_minimum: int = 8
	reminder_hour: int = 9

	def __post_init__(self) -> None:
		if not 1 <= self.attempts_limit <= 10:
			raise PolicyError("attempts_limit", self.attempts_limit, "give a number from 1 to 10")
		if not 1 <= self.summary_minimum <= 200:
			raise PolicyError("summary_minimum", self.summary_minimum, "give a number from 1 to 200")
		if self.reminder_hour not in range(24):
			raise PolicyError("reminder_hour", self.reminder_hour, "give an hour from 0 to 23")


@dataclass(frozen=True, slots=True)
class Promised:
	"""A promise given in a call: what, by whom, by when."""

	promise: str
	promised_by: str
	due_date: date | None


@dataclass(frozen=True, slots=True)
class LoggedCall:
	"""A call as a person logs it; `satisfaction` 0 stands for not asked."""

	made_on: date
	outcome: Outcome
	spoken_to: str
	summary: str
	next_step: NextStep
	next_date: date | None = None
	no_next_reason: str = ""
	satisfaction: int = 0
	promises: tuple[Promised, ...] = ()


def as_outcome(value: str | None) -> Outcome:
	"""Return the outcome of a finished call; WorkError for an unknown one, and for an attempt."""
	if value == Outcome.NOT_REACHED.value:
		raise WorkError("outcome", value, "log an attempt when nobody was reached")
	allowed = [outcome.value for outcome in COMPLETING]
	if value not in allowed:
		raise WorkError("outcome", value, "give one of {allowed}", allowed=", ".join(allowed))
	return Outcome(value)


def check_call(call: LoggedCall, policy: WorkPolicy, today: date) -> None:
	"""Refuse a call that does not say with whom, what, how it went and what comes next; WorkError names the field."""
	if call.made_on > today:
		raise WorkError("done_on", call.made_on, "give today or an earlier date")
	if not call.spoken_to.strip():
		raise WorkError("spoken_to", call.spoken_to, "name the person you spoke to")
	check_summary(call.summary, policy)
	if call.satisfaction not in range(6):
		raise WorkError("satisfaction", call.satisfaction, "give 1 to 5, or 0 when it was not asked")
	_check_next_step(call)
	for promised in call.promises:
		_check_promise(promised, call.made_on)


def check_summary(summary: str, policy: WorkPolicy) -> None:
	"""Refuse a summary that says nothing: too few letters, or the same ones over and over."""
	letters = [letter for letter in summary.casefold() if letter.isalnum()]
	weight = sum(2 if unicodedata.east_asian_width(letter) in WIDE else 1 for letter in letters)
	if weight < policy.summary_minimum or len(set(letters)) < FEWEST_LETTERS:
		raise WorkError(
			"summary",
			summary,
			"say in a sentence what was talked about, at least {least} letters or {wide} Chinese characters",
			least=policy.summary_minimum,
			wide=(policy.summary_minimum + 1) // 2,
		)


def _check_next_step(call: LoggedCall) -> None:
	if call.next_step is NextStep.NONE:
		check_reason("no_next_reason", call.no_next_reason)
	elif call.next_date is None:
		raise WorkError("next_date", None, "give the date of the next call, or say why there is none")
	elif call.next_date <= call.made_on:
		raise WorkError("next_date", call.next_date, "give a date after {made_on}", made_on=call.made_on)


def _check_promise(promised: Promised, made_on: date) -> None:
	if not promised.promise.strip():
		raise WorkError("promise", promised.promise, "say what was promised")
	if not promised.promised_by.strip():
		raise WorkError("promised_by", promised.promised_by, "name who keeps the promise")
	if promised.due_date is None:
		raise WorkError("due_date", None, "say by when the promise is kept")
	if promised.due_date <= made_on:
		raise WorkError("due_date", promised.due_date, "give a date after {made_on}", made_on=made_on)


def says_something(text: str) -> bool:
	"""Tell whether a text has a letter or a digit."""
	return any(sign.isalnum() for sign in text)


def check_reason(field: str, reason: str) -> None:
	"""Refuse a reason that says nothing."""
	if not says_something(reason):
		raise WorkError(field, reason, "say why, in a few words")


@dataclass(frozen=True, slots=True)
class Attempt:
	"""A try that reached nobody: its day, its hour where it is known, and who made it."""

	day: date
	hour: int | None
	person: str


@dataclass(frozen=True, slots=True)
class NextAttempt:
	"""When to try again, and who."""

	day: date
	hour: int
	person: str | None


def check_attempt(attempts: Sequence[Attempt], today: date) -> None:
	"""Refuse a second attempt on one day: attempts count on different days."""
	if any(attempt.day == today for attempt in attempts):
		raise WorkError("attempted_on", today, "one attempt a day counts; try again on another day")


def is_unreached(attempts: Sequence[Attempt], policy: WorkPolicy) -> bool:
	"""Tell whether all attempts have been made."""
	return len({attempt.day for attempt in attempts}) >= policy.attempts_limit


def next_attempt(
	attempts: Sequence[Attempt],
	person: str | None,
	calendar: WorkCalendar,
	hours: tuple[int, int] = (0, 24),
) -> NextAttempt:
	"""Return the next try of a person: the working day after the last one, in a part of the day not tried yet.

	`hours` are the customer's wish, from and up to; where no part of the day is left, the one tried longest ago.
	"""
	day = next_working_day(max(attempt.day for attempt in attempts) + timedelta(days=1), calendar)
	wished = [hour for hour in HOURS if hours[0] <= hour < hours[1]] or [hours[0]]
	tried = [part_of_day(attempt.hour) for attempt in attempts if attempt.hour is not None]
	return NextAttempt(day, min(wished, key=lambda hour: _last_tried(part_of_day(hour), tried)), person)


def part_of_day(hour: int) -> int:
	"""Return 0 for the morning, 1 for the early and 2 for the late afternoon."""
	return (hour >= NOON) + (hour >= LATE)


def _last_tried(part: int, tried: Sequence[int]) -> int:
	return max((place for place, each in enumerate(tried) if each == part), default=-1)


def who_tries_next(
	band: Band, account_manager: str | None, backup_manager: str | None, last: str, responsible: str | None
) -> str | None:
	"""Return who makes the next attempt: A and B in turn for customers who drift away, else whose call it is."""
	if band not in DRIFTING_BANDS or not account_manager or not backup_manager:
		return responsible
	return backup_manager if last == account_manager else account_manager
