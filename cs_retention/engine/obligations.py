"""What is owed to a customer and by when: the table of sources, and what a plan is told about one customer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from cs_retention.engine.cadence import Cadence
from cs_retention.engine.reasons import Reason
from cs_retention.engine.vocabulary import Band, Channel, Level, ObligationKind, PeriodKind
from cs_retention.engine.workdays import (
	WorkCalendar,
	add_working_days,
	month_span,
	next_working_day,
	period_label,
	period_of,
	span_label,
)

CHANNELS_BY_COST = (Channel.MESSAGE, Channel.PHONE, Channel.WECHAT, Channel.VIDEO, Channel.VISIT)
"""Cheapest first: among plans of equal numbers the cheaper channel wins."""

SPOKEN = frozenset({Channel.PHONE, Channel.WECHAT, Channel.VIDEO, Channel.VISIT})
"""What meets a duty to call; a visit stands in every set that has the telephone."""

VISIT_NEEDED = "visit_needed"
VISIT_NEEDED_DAYS = 10
"""Working days of the window of a visit that is needed (RULES section 1)."""

AGREED_KINDS = (ObligationKind.PROMISE, ObligationKind.RETENTION)
"""Kinds that people ask for beside a visit that is needed; what was asked for stands until it is met or given up."""

RESERVE_KINDS = frozenset({ObligationKind.COMPLAINT, ObligationKind.RETENTION})
"""Work that may use the reserve of a day."""


def is_agreed(kind: ObligationKind, key: str) -> bool:
	"""Tell whether people asked for an obligation: a promised date, a retention call, or a visit that is needed."""
	return kind in AGREED_KINDS or key.startswith(f"{VISIT_NEEDED}|")


@dataclass(frozen=True, slots=True)
class Source:
	"""One row of the table of sources: how obligations of a kind are named, when they are due, what meets them.

	`span` gives the first and last day of the period that holds a day and `label` its name in the obligation's key.
	"""

	kind: ObligationKind
	prefix: str
	span: Callable[[date, Cadence], tuple[date, date]]
	label: Callable[[date, Cadence], str]
	channels: frozenset[Channel]


SOURCES = MappingProxyType(
	{
		ObligationKind.QUOTA: Source(
			kind=ObligationKind.QUOTA,
			prefix="quota",
			span=lambda day, cadence: period_of(day, cadence.period),
			label=lambda day, cadence: period_label(day, cadence.period),
			channels=SPOKEN,
		),
		ObligationKind.VISIT: Source(
			kind=ObligationKind.VISIT,
			prefix="visit",
			span=lambda day, cadence: month_span(day, cadence.visit_months),
			label=lambda day, cadence: span_label(day, cadence.visit_months),
			channels=frozenset({Channel.VISIT}),
		),
	}
)
"""The cadence's own sources; obligations with other dates come in as DatedObligation, which people agree or which
`obligation_sources` has a row for. The kind ranks them."""


@dataclass(frozen=True, slots=True)
class MadeContact:
	"""A contact that counts for a quota (reached or visited): its day and channel."""

	day: date
	channel: Channel = Channel.PHONE


@dataclass(frozen=True, slots=True)
class StandingCallback:
	"""A callback that stands planned: its name, its day and person, and the keys of the obligations it serves.

	`is_committed` tells that people were shown it; such a callback stays unless it has become impossible. Its window
	as stored (None: its day alone) stays with it.
	"""

	name: str
	due_date: date
	channel: Channel
	responsible: str | None
	keys: tuple[str, ...]
	is_committed: bool = False
	window_start: date | None = None
	window_end: date | None = None


@dataclass(frozen=True, slots=True)
class DatedObligation:
	"""An obligation with a window of its own, first to last day; any channel of `channels` meets it.

	An urgent one may displace a committed callback when no day of its window has room. A contact that was
	made on `met_from` or later meets it; without that day only the callback made for it does.
	Those who are `barred` do not make it; `why` says more than its kind does.
	"""

	key: str
	kind: ObligationKind
	start: date
	end: date
	channels: frozenset[Channel] = SPOKEN
	is_urgent: bool = False
	is_overdue: bool = False
	met_from: date | None = None
	barred: frozenset[str] = frozenset()
	why: Reason | None = None

	def is_met_by(self, contact: MadeContact) -> bool:
		"""Tell whether a contact that was made is what the obligation asks for."""
		return self.met_from is not None and contact.day >= self.met_from and contact.channel in self.channels


@dataclass(frozen=True, slots=True)
class CustomerPlanInputs:
	"""All a plan is told about one customer.

	`customer` is the customer's name, `state` the opaque name that obligation keys carry. `cadence` is in force in
	the current period (see `larger_right`), `later_cadence` from the next period on. `contacts` are those of the
	periods and visit spans still open on as_of and of the period before, `attempts` days on which nobody was reached: no second attempt is
	planned on them. `given_up` are the keys of duties that people ended without a contact (skipped, unreached,
	refused): they count as met. `lapsed` are those of duties that time took away. `channels` are the channels allowed by consent; Message stands in it only where that is the
	customer's own wish, and then meets a quota. `pause` is first and last day without any contact.
	"""

	customer: str
	state: str
	account_manager: str | None
	backup_manager: str | None
	level: Level
	is_key_account: bool
	band: Band
	cadence: Cadence
	later_cadence: Cadence
	last_contact: date | None = None
	contacts: tuple[MadeContact, ...] = ()
	attempts: tuple[date, ...] = ()
	given_up: frozenset[str] = frozenset()
	standing: tuple[StandingCallback, ...] = ()
	obligations: tuple[DatedObligation, ...] = ()
	lapsed: frozenset[str] = frozenset()
	channels: frozenset[Channel] = SPOKEN
	preferred_weekdays: frozenset[int] = frozenset()
	pause: tuple[date, date] | None = None
	value_at_risk: float = 0.0
	missed_in_a_row: int = 0

	@property
	def owner(self) -> str | None:
		"""A, or B where there is no A: at whose desk it shows what finds no day."""
		return self.account_manager if self.account_manager is not None else self.backup_manager


def larger_right(before: Cadence, now: Cadence, band: Band) -> Cadence:
	"""Return the cadence a customer keeps until the next period after a change: weeks before months, then the quota.

	Equal rights keep the one in force before (PLANNER rule 5).
	"""

	def right(cadence: Cadence) -> tuple[bool, int]:
		return cadence.period is PeriodKind.WEEK and cadence.quota(band) > 0, cadence.quota(band)

	return now if right(now) > right(before) else before


def current_window(start: date, end: date, as_of: date, calendar: WorkCalendar) -> tuple[date, date, bool]:
	"""Return the window a dated obligation has on `as_of`, and whether it is overdue.

	A window that passed in full is followed by another of as many working days (at least one), again and again,
	so the outcome does not move with every new day.
	"""
	if end >= as_of:
		return start, end, False
	days = _working_days(start, end, calendar)
	while end < as_of:
		start = next_working_day(date.fromordinal(end.toordinal() + 1), calendar)
		end = add_working_days(start, days - 1, calendar)
	return start, end, True


def _working_days(start: date, end: date, calendar: WorkCalendar) -> int:
	days = (date.fromordinal(n) for n in range(start.toordinal(), end.toordinal() + 1))
	return max(1, sum(map(calendar.is_working, days)))
