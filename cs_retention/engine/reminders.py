"""Who is reminded of what: a digest per person and morning, calls before their time, late calls to the manager, the week."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import Enum

from cs_retention.engine.reasons import PolicyError
from cs_retention.engine.vocabulary import CallbackStatus
from cs_retention.engine.workdays import WorkCalendar, add_working_days

LISTED = 10
"""Rows of a section that a reminder lists; of the others it says how many they are."""


class ReminderKind(str, Enum):
	"""What a reminder is, as its key begins."""

	DIGEST = "digest"
	NUDGE = "nudge"
	ESCALATION = "escalation"
	WEEK = "week"


class Way(str, Enum):
	"""How a reminder reaches a person, or why it reaches nobody."""

	BELL_AND_MAIL = "bell and mail"
	BELL = "bell"
	NO_ADDRESS = "no address"
	NOT_WORKING = "not working"
	DISABLED = "disabled"

	@property
	def is_told(self) -> bool:
		"""Whether the person is told at all."""
		return self in (Way.BELL_AND_MAIL, Way.BELL, Way.NO_ADDRESS)


class Section(str, Enum):
	"""The parts of a morning digest, in their order."""

	OVERDUE = "overdue"
	TODAY = "today"
	PROMISES = "promises"
	COVERING = "covering"


@dataclass(frozen=True, slots=True)
class ReminderPolicy:
	"""From which full hour of the site's day on digests go out, which reminders there are, and when a call is late.

	A call is told to the manager once `escalation_days` working days of its person have passed since it was due; 0
	tells nobody. A timed call is told `nudge_minutes` before; 0 tells nobody.
	"""

	hour: int = 8
	has_digest: bool = True
	has_week: bool = True
	nudge_minutes: int = 15
	escalation_days: int = 2

	def __post_init__(self) -> None:
		if self.hour not in range(24):
			raise PolicyError("digest_hour", self.hour, "give an hour from 0 to 23")
		if not 0 <= self.nudge_minutes <= 240:
			raise PolicyError("nudge_minutes", self.nudge_minutes, "give 0 to 240 minutes; 0 is none")
		if not 0 <= self.escalation_days <= 60:
			raise PolicyError(
				"escalation_days", self.escalation_days, "give 0 to 60 working days; 0 is never"
			)


@dataclass(frozen=True, slots=True)
class DueCall:
	"""A planned call that is due or overdue, with who answers for its customer."""

	name: str
	customer_name: str
	responsible: str
	due_date: date
	due_time: time | None = None
	account_manager: str | None = None
	backup_manager: str | None = None
	escalated_on: date | None = None


@dataclass(frozen=True, slots=True)
class DuePromise:
	"""A promise that is open and due or overdue, and the callback it was given in."""

	callback: str
	promise: str
	customer_name: str
	promised_by: str
	due_date: date


Item = DueCall | DuePromise


@dataclass
class DigestPart:
	"""A section of a digest: the first of its rows, and how many there are."""

	rows: list[Item] = field(default_factory=list)
	count: int = 0

	def add(self, row: Item) -> None:
		"""Count a row, and keep it while there is room."""
		self.count += 1
		if len(self.rows) < LISTED:
			self.rows.append(row)


Digest = Mapping[Section, DigestPart]
"""What one person is told in the morning: the sections that have something, in their order."""


def are_due(now: datetime, written_for: date | None, policy: ReminderPolicy) -> bool:
	"""Tell whether the digests of the day are to be written: from their hour on, once; a clock that goes back has none."""
	return now.hour >= policy.hour and (written_for is None or written_for < now.date())


def digests(
	today: date,
	calls: Iterable[DueCall],
	promises: Iterable[DuePromise],
	away: Collection[str],
) -> dict[str, Digest]:
	"""Return the digest of everybody who has something to do; rows keep the order they come in.

	A call stands with who is to make it, and with the backup where that person is away. A customer's own people are
	account manager and backup; who left the customer has no call there.
	"""
	found: defaultdict[str, dict[Section, DigestPart]] = defaultdict(
		lambda: {section: DigestPart() for section in Section}
	)
	for call in calls:
		person, section = whose_call(call, today, away)
		if person:
			found[person][section].add(call)
	for promise in promises:
		found[promise.promised_by][Section.PROMISES].add(promise)
	return {
		person: {section: part for section, part in parts.items() if part.count}
		for person, parts in sorted(found.items())
	}


def way_of(is_enabled: bool, is_working: bool, has_address: bool, is_mailed: bool = True) -> Way:
	"""Return how somebody is told, or why not: in the bell, and by mail where there is an address for one."""
	if not is_enabled:
		return Way.DISABLED
	if not is_working:
		return Way.NOT_WORKING
	if not is_mailed:
		return Way.BELL
	return Way.BELL_AND_MAIL if has_address else Way.NO_ADDRESS


def tried(policy: ReminderPolicy) -> ReminderPolicy:
	"""Return a policy with everything on that it has off, by the figures that everybody begins with."""
	usual = ReminderPolicy()
	return replace(
		policy,
		has_digest=True,
		has_week=True,
		nudge_minutes=policy.nudge_minutes or usual.nudge_minutes,
		escalation_days=policy.escalation_days or usual.escalation_days,
	)


def kinds_on(policy: ReminderPolicy) -> tuple[ReminderKind, ...]:
	"""Return which reminders a policy has."""
	on = {
		ReminderKind.DIGEST: policy.has_digest,
		ReminderKind.NUDGE: policy.nudge_minutes,
		ReminderKind.ESCALATION: policy.escalation_days,
		ReminderKind.WEEK: policy.has_week,
	}
	return tuple(kind for kind, is_on in on.items() if is_on)


def whose_call(call: DueCall, today: date, away: Collection[str]) -> tuple[str | None, Section]:
	"""Return who makes a call today, and in which section it stands there; nobody when nobody is there.

	Account manager and backup stand in for each other; for anybody else the backup does.
	"""
	if call.responsible in away:
		is_backups = call.responsible == call.backup_manager
		other = call.account_manager if is_backups else call.backup_manager
		return (None if other in away else other), Section.COVERING
	if call.responsible not in (call.account_manager, call.backup_manager):
		return None, Section.TODAY
	if call.account_manager not in (None, call.responsible):
		return call.responsible, Section.COVERING
	return call.responsible, Section.OVERDUE if call.due_date < today else Section.TODAY


def nudge_span(now: datetime, policy: ReminderPolicy) -> tuple[time, time]:
	"""Return the times of today's calls that are told now: those to come, and those just missed while nobody told."""
	span = timedelta(minutes=policy.nudge_minutes)
	first = max(now - span, datetime.combine(now.date(), time()))
	last = min(now + span, datetime.combine(now.date(), time.max))
	return first.time(), last.time()


def late_calls(
	today: date, calls: Iterable[DueCall], calendar_of: Callable[[str], WorkCalendar], policy: ReminderPolicy
) -> list[DueCall]:
	"""Return the calls that are told to the manager today: late by more than the working days, and not told yet.

	A call that was moved after it was told is told again when it is late again.
	"""
	days = policy.escalation_days
	return [
		call
		for call in calls
		if days
		and call.due_date < today
		and (call.escalated_on is None or call.escalated_on <= call.due_date)
		and add_working_days(call.due_date, days, calendar_of(call.responsible)) < today
	]


def by_manager(
	calls: Iterable[DueCall], manager_of: Mapping[str, str], managers: Collection[str]
) -> dict[str, DigestPart]:
	"""Return late calls by who is told: the person's own manager, else every manager; nobody is told of own calls only.

	The one manager of all who is late is told all the same.
	"""
	told: defaultdict[str, DigestPart] = defaultdict(DigestPart)
	for call in calls:
		own = manager_of.get(call.responsible)
		others = [manager for manager in managers if manager != call.responsible]
		for manager in [own] if own else others or managers:
			told[manager].add(call)
	return dict(told)


@dataclass(frozen=True, slots=True)
class WeekOf:
	"""One person's week: calls that were due, made, not reached or missed, and what is open on its last day."""

	person: str
	due: int
	done: int
	unreached: int
	overdue: int
	promises: int


def weeks(
	counts: Iterable[tuple[str, CallbackStatus, int]], overdue: Mapping[str, int], promises: Mapping[str, int]
) -> list[WeekOf]:
	"""Return the week of everybody who had calls due or has something open, by name of person.

	`counts` are callbacks that were due in the week, by person and state.
	"""
	found: defaultdict[str, Counter[CallbackStatus]] = defaultdict(Counter)
	for person, status, count in counts:
		found[person][status] += count
	people = sorted({*found, *overdue, *promises})
	return [
		WeekOf(
			person,
			due=found[person].total(),
			done=found[person][CallbackStatus.DONE] + found[person][CallbackStatus.MET],
			unreached=found[person][CallbackStatus.UNREACHED] + found[person][CallbackStatus.MISSED],
			overdue=overdue.get(person, 0),
			promises=promises.get(person, 0),
		)
		for person in people
	]


def week_before(today: date) -> tuple[date, date]:
	"""Return Monday and Sunday of the last whole week."""
	monday = today - timedelta(days=today.weekday() + 7)
	return monday, monday + timedelta(days=6)
