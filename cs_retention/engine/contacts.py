"""The contacts of one customer as a problem of integers: what is owed on which days, and what was decided."""

from __future__ import annotations

from dataclasses import dataclass

from cs_retention.engine.vocabulary import Channel
from cs_retention.engine.windows import between


@dataclass(frozen=True, slots=True)
class Quota:
	"""Contacts still to be planned in one period: its first and last day, how many, their minimum gap."""

	first: int
	last: int
	owed: int
	gap: int


@dataclass(frozen=True, slots=True)
class Demand:
	"""A dated obligation: the days of its window and the channels that meet it, both not empty."""

	days: int
	channels: frozenset[Channel]


@dataclass(frozen=True, slots=True)
class Problem:
	"""What is owed to one customer and what stands in the way.

	`working` are the company's working days, `usable` those of them on which the customer may be called, `today` the
	first day that can still be planned, `last` the day of the last contact made, `fixed` the committed callbacks: day,
	first and last day of the window they were chosen from. The gap is gaps[0] before the day `switch` and gaps[1] from
	then on. `channels` are those allowed, the cheapest first; `counting` are those that meet a quota.
	"""

	working: int
	usable: int
	today: int
	last: int | None
	switch: int
	gaps: tuple[int, int]
	quotas: tuple[Quota, ...]
	demands: tuple[Demand, ...]
	fixed: tuple[tuple[int, int, int], ...]
	channels: tuple[Channel, ...]
	counting: frozenset[Channel]

	def gap_at(self, day: int) -> int:
		"""Return the least distance that a contact on `day` keeps from the one before it."""
		return self.gaps[day >= self.switch]

	def open_days(self) -> int:
		"""Return the usable days from today on."""
		return self.usable >> self.today << self.today

	def kept_free(self, at: int | None = None) -> int:
		"""Return the days closer than the gap to the last contact or to a fixed one.

		A contact decided for the day `at` although that breaks a gap keeps the distance it has there.
		"""
		mask = 0
		for day in self._standing():
			mask |= self._near(day, day, at)
		return mask

	def kept_free_of_windows(self) -> int:
		"""Return the days closer than the gap to the last contact or to any day of a fixed one's window."""
		mask = 0 if self.last is None else self._near(self.last, self.last, None)
		for _, first, last in self.fixed:
			mask |= self._near(first, last, None)
		return mask

	def _standing(self) -> list[int]:
		days = [day for day, _, _ in self.fixed]
		return days if self.last is None else [self.last, *days]

	def _near(self, first: int, last: int, at: int | None) -> int:
		widest = max(self.gaps)
		before = widest if at is None or at > first else first - at
		after = widest if at is None or at < last else at - last
		mask = between(first - min(self.gap_at(first), before) + 1, last - (not before))
		for day in range(last, last + widest):
			if day - last < min(self.gap_at(day), after):
				mask |= between(day, day)
		return mask


@dataclass(frozen=True, slots=True)
class Pick:
	"""One contact decided: a day it fits on, its channel, the demands it meets, the quota it counts for (or -1)."""

	day: int
	channel: Channel
	demands: tuple[int, ...]
	quota: int
