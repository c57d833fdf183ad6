"""One person's plan: which calls find room and on which days, around what is committed (PLANNER, *one person*)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cs_retention.engine.customer_plan import CustomerPlan
from cs_retention.engine.duties import Call
from cs_retention.engine.horizon import Horizon
from cs_retention.engine.loads import Board, choose, rooms_of, spread
from cs_retention.engine.planned import PersonInputs
from cs_retention.engine.reasons import Reason
from cs_retention.engine.vocabulary import Level

STAR_RANK = {level: rank for rank, level in enumerate(Level, start=1)}
NO_DAY = -1

Rank = tuple[bool, int, int, int, float, str, int]


class Request(NamedTuple):
	"""A call asked of a person: the days it may be made on, the customer's plan it is part of, the call."""

	days: int
	plan: CustomerPlan
	call: Call


@dataclass(frozen=True, slots=True)
class PersonPlan:
	"""Days of a person's requests in their order (-1: no room), whole load per day of the axis, calls displaced."""

	days: list[int]
	loads: list[int]
	displaced: dict[int, Reason]

	@property
	def peak(self) -> int:
		"""The highest load of a day, the smallest that was possible."""
		return max(self.loads)


def rank_of(request: Request, new_as: Level) -> Rank:
	"""Return the place in the queue: overdue, kind, periods missed, stars, value at risk, customer (PLANNER rule 8)."""
	inputs, call = request.plan.inputs, request.call
	level = new_as if inputs.level is Level.NEW else inputs.level
	return (
		*call.rank,
		-inputs.missed_in_a_row,
		0 if inputs.is_key_account else STAR_RANK[level],
		-inputs.value_at_risk,
		inputs.customer,
		call.first,
	)


def plan_person(person: PersonInputs, requests: Sequence[Request], horizon: Horizon) -> PersonPlan:
	"""Return the days of one person's calls.

	Committed calls stay; of the others as many as possible find room, those left out being of the lowest rank; the
	sum of squares of the daily loads is then the smallest possible, and with it the peak.
	"""
	return _Desk(person, requests, horizon).plan()


class _Desk:
	"""The requests of one person while days are found for them."""

	def __init__(self, person: PersonInputs, requests: Sequence[Request], horizon: Horizon):
		self.person, self.requests, self.horizon = person, requests, horizon
		self.days = [NO_DAY] * len(requests)
		self.displaced: dict[int, Reason] = {}
		new_as = horizon.policy.new_customer_level
		self.ranks = [rank_of(request, new_as) for request in requests]
		self.base = [0] * horizon.length
		self.reserved = [0] * horizon.length
		for date, load in person.base_load.items():
			if 0 <= horizon.index(date) < horizon.length:
				self.base[horizon.index(date)] += load
		self.fixed: list[int] = []
		self.loose: list[int] = []
		for index in sorted(range(len(requests)), key=self.ranks.__getitem__):
			self._sort_in(index, requests[index])

	def _sort_in(self, index: int, request: Request) -> None:
		call = request.call
		if call.is_sent:
			self.days[index] = call.due if _may(request, call.due) else self.horizon.days(request.days)[0]
		elif call.is_fixed:
			self.days[index] = call.due
			self.base[call.due] += 1
			self.reserved[call.due] += call.uses_reserve
			self.fixed.append(index)
		else:
			self.loose.append(index)

	def plan(self) -> PersonPlan:
		masks = [self.requests[index].days for index in self.loose]
		hints = [self.requests[index].call.due for index in self.loose]
		board = spread(masks, self.base, hints)
		general, spare = rooms_of(self.base, self.reserved, self.person.capacity, self.person.reserve)
		put = (load - base for load, base in zip(board.loads, self.base, strict=True))
		if any(count > room for count, room in zip(put, general, strict=True)):
			board = self._choose(masks, hints, [*general, *spare])
		else:
			self._deal(board, list(zip(self.loose, masks, strict=True)))
		return PersonPlan(self.days, board.loads, self.displaced)

	def _choose(self, masks: list[int], hints: list[int], rooms: list[int]) -> Board:
		"""Give room by rank where not all calls fit, let urgent ones displace, and return the levelled board."""
		width = self.horizon.length
		places = [
			mask | (mask << width if self.requests[index].call.uses_reserve else 0)
			for index, mask in zip(self.loose, masks, strict=True)
		]
		board, taken = choose(places, self.base, rooms, hints)
		found = []
		for index, place, has_room in zip(self.loose, places, taken, strict=True):
			if has_room or (self.requests[index].call.is_urgent and self._displace(board, index, place)):
				found.append((index, place))
		board.level()
		self._deal(board, found)
		return board

	def _displace(self, board: Board, urgent: int, places: int) -> bool:
		"""Move the least important committed call that has room on another day of its window; put the urgent one there."""
		for index in reversed(self.fixed):
			day = self.days[index]
			if not places >> day & 1 or board.loads[day] > self.person.capacity or index in self.displaced:
				continue
			free = [other for other in self._other_days(index) if board.free[other] > 0]
			if free:
				other = min(free, key=lambda day: (board.loads[day], day))
				board.give(other, 1)
				board.give(day, -1)
				board.put(places, day)
				self.days[index] = other
				customer = self.requests[urgent].plan.inputs.customer
				self.displaced[index] = Reason.of(
					"displaced_by", customer=customer, was=self.horizon.day(day), date=self.horizon.day(other)
				)
				return True
		return False

	def _other_days(self, index: int) -> list[int]:
		"""Return the days a committed call may move to: of its window, its person's, the gap away from its neighbours."""
		request = self.requests[index]
		gap = max(request.plan.inputs.cadence.min_gap_days, request.plan.inputs.later_cadence.min_gap_days)
		others = [call for call in request.plan.calls if call is not request.call]
		return [
			day
			for day in self.horizon.days(request.days)
			if day != request.call.due
			and all(day - call.last >= gap or call.first - day >= gap for call in others)
		]

	def _deal(self, board: Board, calls: list[tuple[int, int]]) -> None:
		"""Deal the days of each class out to its calls, in order of rank.

		First a call gets the day where it stands, then one of the weekdays it wishes, then the earliest left.
		"""
		days = _days_by_class(board)
		for choice in (self._stands, self._wishes):
			for index, mask in calls:
				if self.days[index] == NO_DAY:
					day = choice(index, days[mask])
					if day != NO_DAY:
						self.days[index] = day
						days[mask][day] -= 1
		left = {mask: iter(sorted(count.elements())) for mask, count in days.items()}
		for index, mask in calls:
			if self.days[index] == NO_DAY:
				self.days[index] = next(left[mask])

	def _stands(self, index: int, days: Counter[int]) -> int:
		due = self.requests[index].call.due
		return due if due >= 0 and days[due] > 0 else NO_DAY

	def _wishes(self, index: int, days: Counter[int]) -> int:
		weekdays = self.requests[index].plan.inputs.preferred_weekdays
		if not weekdays:
			return NO_DAY
		return min((day for day in +days if self.horizon.day(day).weekday() in weekdays), default=NO_DAY)


def _days_by_class(board: Board) -> dict[int, Counter[int]]:
	"""Return how many calls of each class stand on each day."""
	days: dict[int, Counter[int]] = {}
	for place, held in enumerate(board.held):
		for mask, count in held.items():
			days.setdefault(mask, Counter())[place % board.width] += count
	return days


def _may(request: Request, day: int) -> bool:
	return day >= 0 and bool(request.days >> day & 1)
