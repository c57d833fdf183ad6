"""What a plan answers: contacts, callbacks that end, what found no day, loads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from cs_retention.engine.obligations import MadeContact
from cs_retention.engine.reasons import Reason
from cs_retention.engine.vocabulary import Channel, ObligationKind
from cs_retention.engine.workdays import WorkCalendar

REASONS: Mapping[str, tuple[str, ...]] = {
	"quota": ("period", "ordinal", "owed", "until"),
	"visit": ("period", "until"),
	"due_by": ("kind", "until"),
	"overdue_since": ("kind", "since", "until"),
	"sampled_visit": ("period", "until"),
	"complaint_to_verify": ("of", "until"),
	"after_delivery": ("of", "until"),
	"after_maintenance_visit": ("of", "until"),
	"maintenance_ahead": ("on", "until"),
	"birthday": ("on", "until"),
	"festival": ("name", "on", "until"),
	"after_save": ("of", "until"),
	"after_leaving": ("of", "until"),
	"win_back": ("of", "until"),
	"merchant_exchange": ("period", "until"),
	"campaign_invitation": ("on", "until"),
	"covered": ("absent", "start", "end"),
	"no_account_manager": ("responsible",),
	"not_by_its_handler": ("handler",),
	"handed_over": ("before",),
	"moved": ("because", "was"),
	"displaced_by": ("customer", "was", "date"),
	"gap_waived": ("before", "date", "gap"),
	"period_over": ("was",),
	"no_longer_owed": ("was",),
	"contact_withdrawn": ("date", "channel"),
	"met_by": ("date", "channel", "was"),
	"period_too_short": ("what",),
	"no_working_day": ("what",),
	"nobody_there": ("what",),
	"only_its_handler": ("what",),
	"no_room": ("what",),
	"no_channel": ("what",),
}
"""Codes of a plan and the figures each has at least; `what` and `period` are labels, `what` of dated work its kind."""


class OverflowCause(str, Enum):
	"""Why contacts that are owed found no day."""

	PERIOD_TOO_SHORT = "period_too_short"
	NO_WORKING_DAY = "no_working_day"
	NOBODY_THERE = "nobody_there"
	ONLY_ITS_HANDLER = "only_its_handler"
	NO_ROOM = "no_room"
	NO_CHANNEL = "no_channel"


class Ending(str, Enum):
	"""What becomes of a standing callback that the plan has no use for."""

	MET = "Met"
	MISSED = "Missed"
	DROPPED = "Dropped"


@dataclass(frozen=True, slots=True)
class PersonInputs:
	"""One person: working days (holiday list less absences), callbacks a day, the part of them kept in reserve.

	`base_load` counts per day the callbacks of customers that are not planned in this run.
	"""

	person: str
	calendar: WorkCalendar
	capacity: int = 20
	reserve: int = 2
	base_load: Mapping[date, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Purpose:
	"""An obligation that a contact meets: its key and kind, first and last day of its period or window."""

	key: str
	kind: ObligationKind
	start: date
	end: date


@dataclass(frozen=True, slots=True)
class PlannedContact:
	"""One contact of the plan: who calls whom, when, how and for what.

	`window_start` and `window_end` are working days of the company on or after as_of, and every working day of the
	responsible person between them would have done. `callback` names the standing callback it continues.
	"""

	customer: str
	responsible: str
	due_date: date
	window_start: date
	window_end: date
	channel: Channel
	purposes: tuple[Purpose, ...]
	reasons: tuple[Reason, ...]
	callback: str | None = None
	is_committed: bool = False


@dataclass(frozen=True, slots=True)
class Closing:
	"""A standing callback that ends: as Met, as Missed (its period is over) or dropped unseen, with its reason.

	`met_by` is the contact that met it, where one did.
	"""

	customer: str
	callback: str
	ending: Ending
	reason: Reason
	met_by: MadeContact | None = None


@dataclass(frozen=True, slots=True)
class Overflow:
	"""Contacts owed that found no day: how many, in which period or window, at whose desk, and why."""

	customer: str
	owner: str | None
	period_start: date
	period_end: date
	missing: int
	cause: OverflowCause
	reason: Reason


@dataclass(frozen=True, slots=True)
class PersonLoad:
	"""Planned load of a person per day with any (base included), and the smallest peak that was possible."""

	person: str
	capacity: int
	loads: Mapping[date, int]
	smallest_possible_peak: int
