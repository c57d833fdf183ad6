"""The contacts of one customer and their windows: cut and pierce together (PLANNER, *the steps*)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from cs_retention.engine.contacts import Pick, Problem
from cs_retention.engine.shortest_path import shortest_path
from cs_retention.engine.vocabulary import Channel
from cs_retention.engine.windows import Span, between, bits, grow, place, runs


@dataclass(frozen=True, slots=True)
class Contact:
	"""One contact with its window: first, last and all days (working days from today on), and what it serves."""

	first: int
	last: int
	days: int
	pick: Pick


@dataclass(frozen=True, slots=True)
class Solution:
	"""The contacts of one customer in order of day, and how many each quota is short."""

	contacts: tuple[Contact, ...]
	short: tuple[int, ...]


def solve(problem: Problem) -> Solution:
	"""Return the customer's plan: all demands met, fewest gaps broken, least short, fewest contacts, cheapest.

	Demands that fit into the contacts of the quota add none; only where one does not is the search taken.
	"""
	picks, short = earliest_contacts(problem)
	if problem.demands:
		absorbed = _absorb(problem, picks)
		if absorbed is None:
			picks, short = shortest_path(problem)
		else:
			picks = absorbed
	return Solution(tuple(_with_windows(problem, picks)), tuple(short))


def earliest_contacts(problem: Problem) -> tuple[list[Pick], list[int]]:
	"""Return the quota's contacts, each on the earliest day, and how many each period is short.

	Taking the earliest day gives the most contacts; of two periods that compete the earlier keeps its contact.
	"""
	opened = problem.open_days() & ~problem.kept_free()
	picks: list[Pick] = []
	short: list[int] = []
	for index, quota in enumerate(problem.quotas):
		missing = quota.owed
		for day in bits(opened & between(quota.first, quota.last) if missing else 0):
			if missing and (not picks or day - picks[-1].day >= quota.gap):
				picks.append(Pick(day, _cheapest(problem, problem.counting), (), index))
				missing -= 1
		short.append(missing)
	return picks, short


class _Slot:
	"""A contact of the quota while demands are laid into it: the days and channels left, the demands it meets."""

	def __init__(self, days: int, channels: frozenset[Channel], working: int):
		self.days, self.channels, self.working = days, channels, working
		self.demands: tuple[int, ...] = ()
		self.choice = runs(working, days)


def _absorb(problem: Problem, picks: list[Pick]) -> list[Pick] | None:
	"""Return the quota's contacts with every demand met by one of them, or None.

	No gap is broken then, the shortage is the least and no contact is added, so that only cheaper channels could be
	better; where they are not certain to be the cheapest, the search is left to decide.
	"""
	opened = problem.open_days() & ~problem.kept_free()
	periods = [problem.quotas[pick.quota] for pick in picks]
	slots = [_Slot(opened & between(p.first, p.last), problem.counting, problem.working) for p in periods]
	distances = [period.gap for period in periods]
	order = sorted(range(len(problem.demands)), key=lambda i: (problem.demands[i].days.bit_length(), i))
	if not all(_lay(problem, slots, distances, index) for index in order):
		return None
	spans = place([slot.choice for slot in slots], distances, [1] * len(slots)) or []
	found = [
		replace(pick, day=day, channel=_cheapest(problem, slot.channels), demands=tuple(sorted(slot.demands)))
		for pick, slot, (day, _) in zip(picks, slots, spans, strict=True)
	]
	return found if _is_cheapest(problem, found) else None


def _lay(problem: Problem, slots: list[_Slot], distances: list[int], index: int) -> bool:
	"""Lay a demand into a slot that can meet it while all still fit: the first that loses no day by it, else the first."""
	demand = problem.demands[index]
	order = sorted(enumerate(slots), key=lambda slot: slot[1].days & ~demand.days != 0)
	for position, slot in order:
		days, channels = slot.days & demand.days, slot.channels & demand.channels
		if not days or not channels:
			continue
		choice = runs(problem.working, days)
		choices = [other.choice for other in slots]
		choices[position] = choice
		if place(choices, distances, [1] * len(slots)) is not None:
			slot.days, slot.channels, slot.choice = days, channels, choice
			slot.demands += (index,)
			return True
	return False


def _cheapest(problem: Problem, channels: frozenset[Channel]) -> Channel:
	return next(channel for channel in problem.channels if channel in channels)


def _is_cheapest(problem: Problem, picks: list[Pick]) -> bool:
	"""Tell whether the channels cost no more than demands of disjoint windows force on any plan."""
	costs = {channel: cost for cost, channel in enumerate(problem.channels)}
	routine = costs[_cheapest(problem, problem.counting)]
	forced, seen = 0, 0
	for demand in sorted(problem.demands, key=lambda demand: demand.days.bit_length()):
		extra = costs[_cheapest(problem, demand.channels & problem.counting)] - routine
		if extra > 0 and not demand.days & seen:
			forced += extra
			seen |= demand.days
	return sum(costs[pick.channel] - routine for pick in picks) <= forced


def _with_windows(problem: Problem, picks: list[Pick]) -> list[Contact]:
	"""Return the contacts with the windows that their periods, demands and gaps leave them.

	They keep clear of the whole windows of committed callbacks where they can, so that planning again changes
	nothing, else of their days alone.
	"""
	if problem.fixed:
		clear = problem.kept_free_of_windows()
		allowed = [_allowed(problem, pick) & ~clear for pick in picks]
		if _fit(problem, picks, allowed):
			return _cut(problem, picks, allowed)
	allowed = [
		_allowed(problem, pick) & ~problem.kept_free(pick.day if pick.demands else None) for pick in picks
	]
	return _cut(problem, picks, allowed)


def _fit(problem: Problem, picks: list[Pick], allowed: list[int]) -> bool:
	if not all(allowed):
		return False
	choices = [runs(problem.working, days >> problem.today << problem.today) for days in allowed]
	return place(choices, _distances(problem, picks), [1] * len(picks)) is not None


def _cut(problem: Problem, picks: list[Pick], allowed: list[int]) -> list[Contact]:
	"""Cut windows from what stands, not from today; one that has passed in full is the anchor of the next cut."""
	distances = _distances(problem, picks)
	anchor = 0
	while True:
		choices = [runs(problem.working, days >> anchor << anchor) for days in allowed]
		spans = grow(choices, distances)
		passed = next((last for _, last in spans if last < problem.today), None)
		if passed is None:
			return [_clipped(problem, pick, span) for pick, span in zip(picks, spans, strict=True)]
		anchor = passed + 1


def _allowed(problem: Problem, pick: Pick) -> int:
	# A window stays on its side of the switch, so that one gap holds for all of it.
	is_later = pick.day >= problem.switch
	days = problem.usable & (-1 << problem.switch if is_later else (1 << problem.switch) - 1)
	if pick.quota >= 0:
		days &= between(problem.quotas[pick.quota].first, problem.quotas[pick.quota].last)
	for index in pick.demands:
		days &= problem.demands[index].days
	return days


def _distances(problem: Problem, picks: Sequence[Pick]) -> list[int]:
	"""Return how far each contact stays from the one before: the gap, or less where the plan had to break it."""
	return [0] * len(picks[:1]) + [
		min(problem.gap_at(pick.day), pick.day - before.day) for before, pick in pairwise(picks)
	]


def _clipped(problem: Problem, pick: Pick, span: Span) -> Contact:
	days = problem.working & between(max(span[0], problem.today), span[1])
	return Contact((days & -days).bit_length() - 1, span[1], days, pick)
