"""Callbacks that stand: which committed ones stay, which have become impossible and why (PLANNER rule 6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from cs_retention.engine.duties import cadence_key
from cs_retention.engine.horizon import Horizon, Period, Scheme
from cs_retention.engine.obligations import (
	SOURCES,
	CustomerPlanInputs,
	DatedObligation,
	StandingCallback,
	current_window,
)
from cs_retention.engine.planned import Closing, Ending
from cs_retention.engine.reasons import Reason
from cs_retention.engine.vocabulary import ObligationKind

Works = Callable[["str | None", int], bool]
"""Tells whether a person works on a day of the axis."""

Windows = dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Situation:
	"""Where a customer stands: the scheme, contacts made in the current period, day of the last one, visits made."""

	inputs: CustomerPlanInputs
	horizon: Horizon
	scheme: Scheme
	made: int
	last: int | None
	visited: frozenset[str]
	blocked: int = 0
	"""Days of the pause."""
	today: int = 0
	"""First day that can still be planned: as_of, or the day after when an attempt was made on it."""

	def made_in(self, period: Period) -> int:
		"""Return the contacts made in a period, which only the current one can have, and those given up in it."""
		made = self.made if period.start <= self.horizon.as_of else 0
		return made + self._given_up_in(period)

	def _given_up_in(self, period: Period) -> int:
		if not self.inputs.given_up:
			return 0
		stem = cadence_key(ObligationKind.QUOTA, self.inputs.state, period.label)
		return sum(_stem(key) == stem for key in self.inputs.given_up)

	def window_of(self, obligation: DatedObligation) -> tuple[int, int, bool]:
		"""Return first and last day of a dated obligation's window as of today, and whether it is overdue."""
		start, end, is_overdue = current_window(
			obligation.start, obligation.end, self.horizon.as_of, self.horizon.calendar
		)
		index = self.horizon.index
		return index(start), min(index(end), self.horizon.length - 1), is_overdue or obligation.is_overdue


@dataclass(slots=True)
class Kept:
	"""A committed callback that stays: its day, its person, the keys it still serves, what changed about it."""

	callback: StandingCallback
	day: int
	person: str
	keys: list[str]
	reasons: list[Reason] = field(default_factory=list)


@dataclass(slots=True)
class Standing:
	"""The standing callbacks sorted out: kept ones, and the others with the keys they could still serve.

	`moved` says for a committed one why it cannot stay.
	"""

	kept: list[Kept] = field(default_factory=list)
	others: list[tuple[StandingCallback, list[str]]] = field(default_factory=list)
	moved: dict[str, Reason] = field(default_factory=dict)


def sort_out(situation: Situation, works: Works) -> Standing:
	"""Return what becomes of the standing callbacks, the committed ones first, in order of date."""
	found = Standing()
	if not situation.inputs.standing:
		return found
	windows = _open_windows(situation)
	surplus = _surplus(situation)
	for callback in sorted(situation.inputs.standing, key=lambda c: (not c.is_committed, c.due_date, c.name)):
		keys = [key for key in callback.keys if _stem(key) in windows and (callback.name, key) not in surplus]
		if not (callback.is_committed and keys):
			found.others.append((callback, keys))
			continue
		kept = _stays(situation, callback, keys, windows, works)
		if isinstance(kept, Kept):
			found.kept.append(kept)
		else:
			found.moved[callback.name] = Reason.of("moved", because=kept, was=callback.due_date)
			found.others.append((callback, keys))
	return found


def _stays(
	situation: Situation, callback: StandingCallback, keys: list[str], windows: Windows, works: Works
) -> Kept | str:
	"""Return the committed callback as it stays, or why it is impossible."""
	day = situation.horizon.index(callback.due_date)
	serving = [key for key in keys if windows[_stem(key)][0] <= day <= windows[_stem(key)][1]]
	problem = _impossible(situation, callback, day, bool(serving))
	if problem:
		return problem
	person = _person(situation.inputs, callback, day, works)
	if person is None:
		return "person_away"
	kept = Kept(callback, day, person, serving)
	if person != callback.responsible:
		kept.reasons.append(Reason.of("handed_over", before=callback.responsible))
	return kept


def _impossible(situation: Situation, callback: StandingCallback, day: int, serves: bool) -> str:
	scheme, last = situation.scheme, situation.last
	gap = scheme.gaps[day >= scheme.switch]
	causes = {
		"date_passed": day < situation.horizon.today,
		"not_reached": day < situation.today,
		"outside_period": not serves,
		"too_near": last is not None and day - last < gap,
		"no_consent": callback.channel not in situation.inputs.channels,
		"paused": day >= 0 and bool(situation.blocked >> day & 1),
	}
	return next((cause for cause, holds in causes.items() if holds), "")


def _person(inputs: CustomerPlanInputs, callback: StandingCallback, day: int, works: Works) -> str | None:
	"""Return who makes the call: the one who has it while that is A or B, else A, else B; None when away."""
	team = (inputs.account_manager, inputs.backup_manager)
	able = [callback.responsible] if callback.responsible in team else [*team]
	return next((person for person in able if person is not None and works(person, day)), None)


def _open_windows(situation: Situation) -> Windows:
	"""Return first and last day of every obligation still owed, by key (a quota's without the ordinal)."""
	state = situation.inputs.state
	windows = {
		cadence_key(ObligationKind.QUOTA, state, period.label): (period.first, period.last)
		for period in situation.scheme.periods
	}
	for span in situation.scheme.spans:
		if span.label not in situation.visited:
			windows[cadence_key(ObligationKind.VISIT, state, span.label)] = span.first, span.last
	for obligation in situation.inputs.obligations:
		windows[obligation.key] = situation.window_of(obligation)[:2]
	return windows


def _surplus(situation: Situation) -> set[tuple[str, str]]:
	"""Return the quota keys that contacts made have met, each with its callback: of the earliest callbacks.

	The quota counted is the larger of today's and of what was shown, so that a better band takes nothing back.
	"""
	found: set[tuple[str, str]] = set()
	for period in situation.scheme.periods:
		stem = cadence_key(ObligationKind.QUOTA, situation.inputs.state, period.label)
		shown = sorted(
			(callback.due_date, callback.name, key)
			for callback in situation.inputs.standing
			for key in callback.keys
			if callback.is_committed and _stem(key) == stem
		)
		quota = max([period.owed, *(ordinal_of(key) for _, _, key in shown)])
		met = len(shown) - max(0, quota - situation.made_in(period))
		found.update((name, key) for _, name, key in shown[: max(0, met)])
	return found


def ordinal_of(key: str) -> int:
	"""Return which contact of its period a quota key names."""
	return int(key.rpartition("|")[2])


def quota_ordinal(keys: Iterable[str], state: str, label: str) -> int:
	"""Return the ordinal that the keys hold in the quota of a period, or 0."""
	stem = cadence_key(ObligationKind.QUOTA, state, label)
	return next((ordinal_of(key) for key in keys if _stem(key) == stem), 0)


def _stem(key: str) -> str:
	"""Return the key of the period for a quota key, any other key as it is."""
	is_quota = key.startswith(SOURCES[ObligationKind.QUOTA].prefix + "|")
	return key.rpartition("|")[0] if is_quota else key


def closing_of(
	situation: Situation, callback: StandingCallback, keys: list[str], moved: Reason | None
) -> Closing:
	"""Return how a callback ends that no contact of the plan continues.

	A committed one is Met when nothing it serves is owed any more, Missed when its period is over or it could not
	stay; one that nobody was shown is dropped.
	"""
	is_over = (
		not keys and callback.due_date < situation.horizon.as_of and all(map(_is_periodic, callback.keys))
	)
	reason = moved or Reason.of("period_over" if is_over else "no_longer_owed", was=callback.due_date)
	ending = Ending.MISSED if is_over or moved else Ending.MET
	return Closing(
		situation.inputs.customer, callback.name, ending if callback.is_committed else Ending.DROPPED, reason
	)


def _is_periodic(key: str) -> bool:
	return key.partition("|")[0] in {source.prefix for source in SOURCES.values()}
