"""What a person's book asks for in the coming weeks against what the person can do, and who could take calls over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

WEEKS = 8


@dataclass(frozen=True, slots=True)
class BookLoad:
	"""Calls of one person over some weeks: planned, possible, and owed without a day."""

	person: str
	planned: int
	capacity: int
	without_day: int = 0

	@property
	def room(self) -> int:
		"""Calls that the person can make besides."""
		return max(self.capacity - self.planned, 0)

	@property
	def lacks(self) -> int:
		"""Calls for which the person has no room."""
		return self.without_day + max(self.planned - self.capacity, 0)


@dataclass(frozen=True, slots=True)
class Relief:
	"""So many calls could go to somebody."""

	to: str
	calls: int


def reliefs(loads: Iterable[BookLoad]) -> dict[str, tuple[Relief, ...]]:
	"""Return who could take over how many calls of whoever lacks room, the largest need and the largest room first.

	Nobody is given more than there is room for, and nobody who lacks room gets any. Equals go by name.
	"""
	found = sorted(loads, key=lambda load: load.person)
	free = {load.person: load.room for load in found if not load.lacks}
	told = {}
	for load in sorted(found, key=lambda load: -load.lacks):
		if load.lacks:
			told[load.person] = tuple(_taken(load.lacks, free))
	return told


def _taken(calls: int, free: dict[str, int]) -> Iterable[Relief]:
	while calls and (to := max(free, key=lambda person: free[person], default=None)) and free[to]:
		taken = min(calls, free[to])
		free[to] -= taken
		calls -= taken
		yield Relief(to, taken)
