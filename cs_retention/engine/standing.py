"""Callbacks that stand: which committed ones stay, which have become impossible and why (PLANNER rule 6)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from cs_retention.engine.duties import cadence_key
from cs_retention.engine.met import Met, is_periodic, met_by, ordinal_of, quotas_met, stem_of
from cs_retention.engine.obligations import (
	CustomerPlanInputs,
	StandingCallback,
)
from cs_retention.engine.planned import Closing, Ending
from cs_retention.engine.reasons import Reason
from cs_retention.engine.situation import Situation
from cs_retention.engine.vocabulary import ObligationKind

Works = Callable[["str | None", int], bool]
"""Tells whether a person works on a day of the axis."""

Windows = dict[str, tuple[int, int]]


@dataclass(slots=True)
class Kept:
	"""A committed callback that stays: its day, its person, the keys it still serves, what changed about it."""

	callback: StandingCallback
	day: int
	person: str
	keys: list[str]
	reasons: list[Reason] = field(default_factory=list)


@dataclass(slots=True)
class StandingCallbacks:
	"""The standing callbacks sorted out: kept ones, and the others with the keys they could still serve.

	`moved` says for a committed one why it cannot stay, `met` which quota keys contacts have met.
	"""

	kept: list[Kept] = field(default_factory=list)
	others: list[tuple[StandingCallback, list[str]]] = field(default_factory=list)
	moved: dict[str, Reason] = field(default_factory=dict)
	met: Met = field(default_factory=dict)


def sort_out(situation: Situation, works: Works) -> StandingCallbacks:
	"""Return what becomes of the standing callbacks, the committed ones first, in order of date."""
	found = StandingCallbacks()
	if not situation.inputs.standing:
		return found
	windows = _open_windows(situation)
	found.met = quotas_met(situation.inputs, situation.scheme)
	for callback in sorted(situation.inputs.standing, key=lambda c: (not c.is_committed, c.due_date, c.name)):
		keys = [
			key for key in callback.keys if stem_of(key) in windows and (callback.name, key) not in found.met
		]
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
	serving = [key for key in keys if windows[stem_of(key)][0] <= day <= windows[stem_of(key)][1]]
	problem = _impossible(situation, callback, day, bool(serving))
	if problem:
		return problem
	person = _person(situation.inputs, callback, day, works, _barred(situation, serving))
	if person is None:
		return "person_away"
	kept = Kept(callback, day, person, serving)
	if person != callback.responsible:
		kept.reasons.append(Reason.of("handed_over", before=callback.responsible))
	return kept


def _impossible(situation: Situation, callback: StandingCallback, day: int, serves: bool) -> str:
	scheme, last = situation.scheme, situation.last
	gap = scheme.gap_at(day)
	causes = {
		"date_passed": day < situation.horizon.today,
		"not_reached": day < situation.today,
		"outside_period": not serves,
		"too_near": last is not None and day - last < gap,
		"no_consent": callback.channel not in situation.inputs.channels,
		"paused": day >= 0 and bool(situation.blocked >> day & 1),
	}
	return next((cause for cause, holds in causes.items() if holds), "")


def _person(
	inputs: CustomerPlanInputs, callback: StandingCallback, day: int, works: Works, barred: frozenset[str]
) -> str | None:
	"""Return who makes the call: the one who has it while that is A or B, else A, else B; None when away or barred."""
	team = (inputs.account_manager, inputs.backup_manager)
	stays = callback.responsible in team and callback.responsible not in barred
	able = [callback.responsible] if stays else [*team]
	found = (person for person in able if person is not None and person not in barred)
	return next((person for person in found if works(person, day)), None)


def _barred(situation: Situation, keys: list[str]) -> frozenset[str]:
	"""Return those who may not make a call that serves these keys."""
	return frozenset().union(
		*(obligation.barred for obligation in situation.inputs.obligations if obligation.key in keys)
	)


def _open_windows(situation: Situation) -> Windows:
	"""Return first and last day of every obligation still owed, by key (a quota's without the ordinal)."""
	state, inputs = situation.inputs.state, situation.inputs
	has_quota = inputs.cadence.contacts_max or inputs.later_cadence.contacts_max
	windows = {
		cadence_key(ObligationKind.QUOTA, state, period.label): (period.first, period.last)
		for period in situation.scheme.periods
		if has_quota
	}
	for span in situation.scheme.spans:
		if span.label not in situation.visited:
			windows[cadence_key(ObligationKind.VISIT, state, span.label)] = span.first, span.last
	for obligation in situation.owed():
		windows[obligation.key] = situation.window_of(obligation)[:2]
	return windows


def quota_ordinal(keys: Iterable[str], state: str, label: str) -> int:
	"""Return the ordinal that the keys hold in the quota of a period, or 0."""
	stem = cadence_key(ObligationKind.QUOTA, state, label)
	return next((ordinal_of(key) for key in keys if stem_of(key) == stem), 0)


def closing_of(
	situation: Situation, callback: StandingCallback, keys: list[str], standing: StandingCallbacks
) -> Closing:
	"""Return how a callback ends that no contact of the plan continues.

	A committed one is Met when a contact met it or nothing it serves is owed any more, Missed when its period is over
	or it could not stay; one that nobody was shown is dropped.
	"""
	customer, due, moved = situation.inputs.customer, callback.due_date, standing.moved.get(callback.name)
	contact = None if keys else met_by(callback, situation.inputs, standing.met, situation.met)
	if not callback.is_committed or contact is None:
		is_gone = all(key in situation.inputs.lapsed or is_periodic(key) for key in callback.keys)
		is_over = not keys and due < situation.horizon.as_of and is_gone
		reason = moved or Reason.of("period_over" if is_over else "no_longer_owed", was=due)
		ending = Ending.MISSED if is_over or moved else Ending.MET
		return Closing(customer, callback.name, ending if callback.is_committed else Ending.DROPPED, reason)
	reason = Reason.of("met_by", date=contact.day, channel=contact.channel.value, was=due)
	return Closing(customer, callback.name, Ending.MET, reason, contact)
