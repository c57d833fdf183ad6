"""The duties that a contact meets, what they are called and why they are due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from cs_retention.engine.horizon import QuotaPeriod
from cs_retention.engine.obligations import RESERVE_KINDS, SOURCES
from cs_retention.engine.planned import Purpose
from cs_retention.engine.reasons import Reason
from cs_retention.engine.vocabulary import Channel, ObligationKind

KIND_RANK = {kind: rank for rank, kind in enumerate(ObligationKind)}


@dataclass(frozen=True, slots=True)
class Duty:
	"""One obligation as a contact serves it.

	`key` is whole for a dated obligation; a duty of the cadence is shared by customers and gets its key from the
	customer's state. `ordinal` of `owed` counts the contacts of a quota; `since` is where the first window of an
	overdue obligation began. `barred` do not make the contact; `why` says more than the kind does.
	"""

	kind: ObligationKind
	label: str
	start: date
	end: date
	ordinal: int = 0
	owed: int = 0
	is_urgent: bool = False
	is_overdue: bool = False
	key: str = ""
	since: date | None = None
	barred: frozenset[str] = frozenset()
	why: Reason | None = None

	def key_of(self, state: str) -> str:
		"""Return the obligation key for the customer whose state has this name."""
		if self.key:
			return self.key
		key = cadence_key(self.kind, state, self.label)
		return f"{key}|{self.ordinal}" if self.ordinal else key

	def purpose(self, state: str) -> Purpose:
		"""Return the purpose to be stored."""
		return Purpose(self.key_of(state), self.kind, self.start, self.end)

	def reasons(self) -> Iterator[Reason]:
		"""Yield why the duty is due: what made it, else quota, visit or due_by; and since when it is overdue."""
		if self.kind is ObligationKind.QUOTA:
			yield Reason.of("quota", period=self.label, ordinal=self.ordinal, owed=self.owed, until=self.end)
		elif not self.key:
			yield Reason.of("visit", period=self.label, until=self.end)
		elif self.why:
			yield self.why
		elif not self.is_overdue:
			yield Reason.of("due_by", kind=self.kind.value, until=self.end)
		if self.is_overdue:
			yield Reason.of("overdue_since", kind=self.kind.value, since=self.since, until=self.end)


def cadence_key(kind: ObligationKind, state: str, label: str) -> str:
	"""Return the key of a duty of the cadence: kind, state and period (PLANNER; never the customer's name)."""
	return f"{SOURCES[kind].prefix}|{state}|{label}"


def quota_duty(period: QuotaPeriod, ordinal: int) -> Duty:
	"""Return the `ordinal`-th contact of a period's quota; a committed one may lie beyond today's quota."""
	owed = max(period.owed, ordinal)
	return Duty(ObligationKind.QUOTA, period.label, period.start, period.end, ordinal, owed)


def visit_duty(span: QuotaPeriod) -> Duty:
	"""Return the visit of a span."""
	return Duty(ObligationKind.VISIT, span.label, span.start, span.end)


@dataclass(frozen=True, slots=True)
class Call:
	"""A contact before it has a day and, unless it is committed, a person.

	`first` and `last` bound the window, `days` are its working days. `due` is the day of the callback it continues,
	or -1; a committed one has its `person`. `reasons` say what happened to it beside its duties. `uses_reserve` and
	`rank` (overdue before due, then the kind) follow from the duties; calls are shared, so they are worked out once.
	"""

	first: int
	last: int
	days: int
	channel: Channel
	duties: tuple[Duty, ...]
	reasons: tuple[Reason, ...] = ()
	callback: str | None = None
	due: int = -1
	person: str | None = None
	was_committed: bool = False
	uses_reserve: bool = field(init=False)
	rank: tuple[bool, int] = field(init=False)

	def __post_init__(self) -> None:
		kinds = [duty.kind for duty in self.duties]
		is_due = not any(duty.is_overdue for duty in self.duties)
		object.__setattr__(self, "uses_reserve", any(kind in RESERVE_KINDS for kind in kinds))
		object.__setattr__(self, "rank", (is_due, min(map(KIND_RANK.__getitem__, kinds))))

	@property
	def is_fixed(self) -> bool:
		"""Tell whether the call is committed and stays on its day."""
		return self.person is not None

	@property
	def is_urgent(self) -> bool:
		"""Tell whether the call may displace a committed one."""
		return any(duty.is_urgent for duty in self.duties)

	@property
	def barred(self) -> frozenset[str]:
		"""Those who may not make the call."""
		return frozenset().union(*(duty.barred for duty in self.duties))

	@property
	def is_sent(self) -> bool:
		"""Tell whether a machine sends it: a message carries no load."""
		return self.channel is Channel.MESSAGE
