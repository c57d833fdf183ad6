"""The best contacts of one customer by a shortest path over the days (PLANNER, *together*)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from cs_retention.engine.contacts import Pick, Problem
from cs_retention.engine.vocabulary import Channel
from cs_retention.engine.windows import between, bits

GAP_BROKEN = 1 << 62
SHORT = 1 << 52
CONTACT = 1 << 42
SHORT_EARLY = 1 << 26
CHANNEL = 1 << 16
"""Costs of one unit, each more than all the lesser ones together; the least is a day that a demand waits."""

FAR = -(1 << 20)
"""Stands for a contact so long ago that no gap reaches it."""


class Position(NamedTuple):
	"""Where a path stands: the last contact, whether it served a quota alone, demands met, contacts counted."""

	last: int
	is_routine: bool
	met: int
	counted: int


Path = tuple["Path", Pick] | None
Front = dict[Position, tuple[int, "Path"]]


class Choice(NamedTuple):
	"""A channel on a day: its cost, the demands it meets there, whether it counts for a quota."""

	channel: Channel
	cost: int
	meets: int
	counts: bool


def shortest_path(problem: Problem) -> tuple[list[Pick], list[int]]:
	"""Return the contacts of least cost in order of day, and how many each quota is short.

	Cost in this order: gaps broken, contacts short of quotas, contacts, shortage in early periods, channels, days that
	demands wait. Every demand must have an open day. A contact that meets no new demand breaks no gap.
	"""
	return _Search(problem).run()


class _Search:
	def __init__(self, problem: Problem):
		self.problem = problem
		self.opened = problem.open_days()
		self.days = [demand.days & self.opened for demand in problem.demands]
		self.meets = [
			sum(1 << index for index, demand in enumerate(problem.demands) if channel in demand.channels)
			for channel in problem.channels
		]
		self.choices: dict[int, list[Choice]] = {}
		self.quota = -1
		self.front: Front = {Position(FAR if problem.last is None else problem.last, False, 0, 0): (0, None)}

	def run(self) -> tuple[list[Pick], list[int]]:
		fixed = sum(1 << day for day in {day for day, _, _ in self.problem.fixed})
		upcoming = iter(range(len(self.problem.quotas)))
		ahead = next(upcoming, None)
		for day in bits(self._horizon() | fixed):
			while ahead is not None and self.problem.quotas[ahead].first <= day:
				self._close()
				self.quota, ahead = ahead, next(upcoming, None)
			if self.quota >= 0 and self.problem.quotas[self.quota].last < day:
				self._close()
			if fixed >> day & 1:
				self._stand(day)
			if self.opened >> day & 1:
				self._visit(day)
		self._close()
		for index in () if ahead is None else (ahead, *upcoming):
			self.quota = index
			self._close()
		_, path = min(self.front.values(), key=lambda found: found[0])
		return self._unroll(path)

	def _horizon(self) -> int:
		"""Return the open days on which a contact can be of use."""
		owed = sum(between(quota.first, quota.last) for quota in self.problem.quotas if quota.owed)
		for days in self.days:
			owed |= days
		return owed & self.opened

	def _close(self) -> None:
		"""Charge the period at hand for what it is short of and leave it."""
		if self.quota < 0:
			return
		owed = self.problem.quotas[self.quota].owed
		unit = SHORT + SHORT_EARLY * (len(self.problem.quotas) - self.quota)
		front: Front = {}
		for at, (cost, path) in self.front.items():
			_keep(front, at._replace(counted=0), cost + unit * (owed - at.counted), path)
		self.front = front
		self.quota = -1

	def _stand(self, day: int) -> None:
		"""Pass a committed callback: routine contacts must be the gap away, others pay for a broken one."""
		gap = self.problem.gap_at(day)
		front: Front = {}
		for at, (cost, path) in self.front.items():
			is_close = day - at.last < gap
			if not (is_close and at.is_routine):
				_keep(front, at._replace(last=day, is_routine=False), cost + GAP_BROKEN * is_close, path)
		self.front = front

	def _visit(self, day: int) -> None:
		"""Decide one day: contacts by one channel after another, or none; then what is due by it must be met."""
		choices = self._choices(day)
		due = sum(1 << index for index, days in enumerate(self.days) if days.bit_length() == day + 1)
		reached = dict(self.front)
		layer = self.front
		while layer:
			following: Front = {}
			for at, (cost, path) in layer.items():
				for position, extra, pick in self._contacts(day, at, choices):
					_keep(following, position, cost + extra, (path, pick))
			for position, (cost, path) in following.items():
				_keep(reached, position, cost, path)
			layer = following
		self.front = self._forget(day, {at: found for at, found in reached.items() if at.met & due == due})

	def _choices(self, day: int) -> list[Choice]:
		"""Return the channels of a day, without those that a cheaper one replaces; they follow from what is open."""
		opened = sum(1 << index for index, days in enumerate(self.days) if days >> day & 1)
		choices = self.choices.get(opened)
		if choices is None:
			choices = self.choices[opened] = []
			for cost, channel in enumerate(self.problem.channels):
				meets = opened & self.meets[cost]
				counts = channel in self.problem.counting
				if not any(
					meets | other.meets == other.meets and counts <= other.counts for other in choices
				):
					choices.append(Choice(channel, cost, meets, counts))
		return choices

	def _contacts(
		self, day: int, at: Position, choices: list[Choice]
	) -> Iterator[tuple[Position, int, Pick]]:
		is_close = day - at.last < self.problem.gap_at(day)
		is_owed = self.quota >= 0 and at.counted < self.problem.quotas[self.quota].owed
		for choice in choices:
			new = choice.meets & ~at.met
			counts = choice.counts and is_owed
			if not (new or counts) or (is_close and (at.is_routine or not new)):
				continue
			pick = Pick(day, choice.channel, tuple(bits(new)), self.quota if counts else -1)
			position = Position(day, not new, at.met | new, at.counted + counts)
			waiting = day * len(pick.demands)
			yield position, CONTACT + CHANNEL * choice.cost + GAP_BROKEN * is_close + waiting, pick

	def _forget(self, day: int, front: Front) -> Front:
		"""Merge the positions whose last contact no gap reaches any more."""
		widest = max(self.problem.gaps)
		merged: Front = {}
		for at, (cost, path) in front.items():
			position = at._replace(last=FAR, is_routine=False) if day + 1 - at.last >= widest else at
			_keep(merged, position, cost, path)
		return merged

	def _unroll(self, path: Path) -> tuple[list[Pick], list[int]]:
		picks: list[Pick] = []
		while path is not None:
			path, pick = path
			picks.append(pick)
		short = [quota.owed for quota in self.problem.quotas]
		for pick in picks:
			if pick.quota >= 0:
				short[pick.quota] -= 1
		return picks[::-1], short


def _keep(front: Front, position: Position, cost: int, path: Path) -> None:
	"""Keep the cheaper path to a position, the first of equal ones."""
	found = front.get(position)
	if found is None or cost < found[0]:
		front[position] = cost, path
