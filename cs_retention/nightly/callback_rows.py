"""The plan as stored: Customer Callback with its purposes, written where the plan differs from what stands."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import astuple, dataclass, field
from datetime import date
from functools import partial
from itertools import chain
from typing import Any

from cs_retention.engine.plan import Closing, Ending, PlannedContact
from cs_retention.engine.vocabulary import CallbackStatus
from cs_retention.engine.workdays import WorkCalendar
from cs_retention.facts.callbacks import StandingCallback
from cs_retention.facts.selection import SELECTED, Selection
from cs_retention.nightly.reason_json import dump_reasons
from cs_retention.store.base import Store

CALLBACK, PURPOSE = "Customer Callback", "Customer Callback Purpose"
SHOWN = f"""SELECT name FROM `tab{CALLBACK}` WHERE responsible {SELECTED}
	AND status = %(planned)s AND is_committed = 0 AND due_date <= %(shown)s"""
PURPOSE_FIELDS = (
	*("parent", "parenttype", "parentfield", "idx", "kind", "obligation_key", "open_key"),
	*("period_start", "period_end", "window_start", "window_end"),
)
STILL_OPEN = "open_key"
"""What a callback and its purposes hold until they end: one that people ended meanwhile is left as it is."""

STATUS_OF = {Ending.MET: CallbackStatus.MET, Ending.MISSED: CallbackStatus.MISSED}
Fields = dict[str, Any]


@dataclass(slots=True)
class PlanCounts:
	"""What a plan phase wrote."""

	callbacks_added: int = 0
	callbacks_changed: int = 0
	callbacks_closed: int = 0
	callbacks_dropped: int = 0
	states_changed: int = 0

	def __add__(self, other: PlanCounts) -> PlanCounts:
		"""Return both counted together."""
		return PlanCounts(*map(sum, zip(astuple(self), astuple(other), strict=True)))

	@property
	def rows_written(self) -> int:
		"""Business rows added, changed or deleted."""
		return (
			self.callbacks_added
			+ self.callbacks_changed
			+ self.callbacks_closed
			+ self.callbacks_dropped
			+ self.states_changed
		)


@dataclass(frozen=True, slots=True)
class PlanRows:
	"""Rows that a plan has to write, gathered before the first write."""

	changed: list[Fields] = field(default_factory=list)
	rekeyed: list[Fields] = field(default_factory=list)
	closed: list[Fields] = field(default_factory=list)
	dropped: list[str] = field(default_factory=list)
	purposes_added: list[tuple[Any, ...]] = field(default_factory=list)
	purposes_changed: list[Fields] = field(default_factory=list)
	purposes_dropped: list[str] = field(default_factory=list)

	def write(self, store: Store, counts: PlanCounts) -> None:
		"""Write everything; what ends goes first, so that the keys it held are free."""
		store.delete_rows(PURPOSE, self.purposes_dropped)
		counts.callbacks_dropped += store.delete_rows(CALLBACK, self.dropped)
		update = partial(store.update_rows, still=STILL_OPEN)
		counts.callbacks_closed += write_rows(update, CALLBACK, self.closed)
		write_rows(update, PURPOSE, self.purposes_changed)
		# Two may change keys with each other: all let go before any takes hold.
		update(CALLBACK, ("name", "open_key"), ((row["name"], row["name"]) for row in self.rekeyed))
		write_rows(update, CALLBACK, self.rekeyed)
		counts.callbacks_changed += write_rows(update, CALLBACK, self.changed)
		store.insert_rows(PURPOSE, PURPOSE_FIELDS, self.purposes_added)

	def keep(
		self,
		contact: PlannedContact,
		standing: StandingCallback,
		fields: Fields,
		is_rewritten: bool,
		waiting: AbstractSet[str],
	) -> None:
		"""Keep a standing callback as planned: written anew when its day, person, window or purposes are others.

		What was agreed with the customer stays on it while no callback of the plan can keep it, which `waiting` tells.
		"""
		served = {purpose.key for purpose in contact.purposes}
		known = {purpose.obligation_key for purpose in standing.purposes}
		if is_rewritten or served != known:
			self.changed.append({"name": standing.name, **fields})
		self._hold(standing, served | standing.agreed().intersection(waiting), contact.purposes[0].key)
		new = [place for place, purpose in enumerate(contact.purposes) if purpose.key not in known]
		self.purposes_added.extend(purpose_rows(standing.name, contact, new))

	def close(
		self, closing: Closing, standing: StandingCallback, touch: str | None, kept: Collection[str] = ()
	) -> None:
		"""End a standing callback: as Met (by `touch`) or Missed on record, or deleted when nobody was shown it.

		One that keeps what was agreed with the customer stays open, overdue if need be, until it is met or another
		callback keeps it: `kept` are the keys that callbacks of the plan keep.
		"""
		agreed = standing.agreed()
		if closing.ending is not Ending.MET and not agreed.issubset(kept):
			keys = {purpose.obligation_key for purpose in standing.purposes}
			self._hold(standing, keys.difference(kept), min(agreed.difference(kept)))
			return
		if closing.ending is Ending.DROPPED:
			self.dropped.append(standing.name)
			self.purposes_dropped.extend(purpose.name for purpose in standing.purposes)
			return
		self.closed.append(
			{
				"name": standing.name,
				"status": STATUS_OF[closing.ending].value,
				"open_key": None,
				"touch": touch,
				"reasons": dump_reasons([closing.reason]),
			}
		)
		is_met = int(closing.ending is Ending.MET)
		self.purposes_changed.extend(
			{"name": purpose.name, "met": is_met, "open_key": None} for purpose in standing.purposes
		)

	def _hold(self, standing: StandingCallback, keys: Collection[str], key: str) -> None:
		"""Leave a standing callback the purposes of some keys; when the key it holds is not among them it takes `key`."""
		self.purposes_dropped.extend(row.name for row in standing.purposes if row.obligation_key not in keys)
		if standing.key not in keys:
			self.rekeyed.append({"name": standing.name, "occurrence_key": key, "open_key": key})


def new_callback(name: str, contact: PlannedContact, state: str, fields: Fields, as_of: date) -> Fields:
	"""Return the row of a callback that stands nowhere yet."""
	key = contact.purposes[0].key
	return {
		"name": name,
		"customer": contact.customer,
		"state": state,
		"status": CallbackStatus.PLANNED.value,
		"planned_on": as_of,
		"occurrence_key": key,
		"open_key": key,
		**fields,
	}


def purpose_rows(
	callback: str, contact: PlannedContact, places: Iterable[int] | None = None
) -> Iterator[tuple[Any, ...]]:
	"""Yield the purposes of a callback, or those at some places, in the order of PURPOSE_FIELDS."""
	for place in range(len(contact.purposes)) if places is None else places:
		purpose = contact.purposes[place]
		yield (
			callback,
			CALLBACK,
			"purposes",
			place + 1,
			purpose.kind.value,
			purpose.key,
			purpose.key,
			purpose.start,
			purpose.end,
			contact.window_start,
			contact.window_end,
		)


def commit_shown(store: Store, people: Selection, shown: date) -> int:
	"""Commit the callbacks of people that come into the lists, whose last day is `shown`; return how many."""
	values = {"planned": CallbackStatus.PLANNED.value, "shown": shown}
	names = [name for (name,) in people.rows(store, SHOWN, values)]
	rows = ((name, 1) for name in names)
	return store.update_rows(CALLBACK, ("name", "is_committed"), rows, still=STILL_OPEN)


def callback_fields(contact: PlannedContact, account_manager: str | None, is_shown: bool) -> Fields:
	"""Return what a callback stores of its contact."""
	return {
		"responsible": contact.responsible,
		"account_manager": account_manager,
		"due_date": contact.due_date,
		"window_start": contact.window_start,
		"window_end": contact.window_end,
		"channel": contact.channel.value,
		"is_committed": int(is_shown),
		"reasons": dump_reasons(contact.reasons),
	}


def has_moved(standing: StandingCallback, contact: PlannedContact) -> bool:
	"""Tell whether a standing callback gets another day, person or channel."""
	now = contact.due_date, contact.responsible, contact.channel
	return (standing.due_date, standing.responsible, standing.channel) != now


def window_holds(standing: StandingCallback, contact: PlannedContact, calendar: WorkCalendar) -> bool:
	"""Tell whether the stored window still does for a callback that stays among neighbours that stay.

	A date people were shown has a window of that day alone in later plans, and so leaves its neighbours more room;
	neither that nor today clipping a window is a change worth writing.
	"""
	start, end = standing.window_start, standing.window_end
	if start is None or end is None or not calendar.is_working(end):
		return False
	return contact.is_committed or max(start, contact.window_start) <= contact.due_date <= end


def write_rows(writes: Callable[..., int], doctype: str, rows: Iterable[Fields]) -> int:
	"""Have rows of the same fields written, each as it is taken, and return how many they were."""
	rows = iter(rows)
	first = next(rows, None)
	if first is None:
		return 0
	return writes(doctype, tuple(first), (list(row.values()) for row in chain((first,), rows)))
