"""Who verifies what others handled: the days on which A or B can call who is not barred."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from cs_retention.engine.windows import bits


class Asked(NamedTuple):
	"""A duty: those who may not make its call, the working days of its window, and those of them still ahead."""

	barred: frozenset[str]
	days: int
	ahead: int


def days_by_others(
	asked: Sequence[Asked], team: Collection[str], works: Callable[[str, int], bool]
) -> list[int]:
	"""Return the days of each duty on which one of the team can call who is not barred.

	A duty that bars nobody of the team keeps its days. Where one has to be made by A and another by B, one call cannot
	meet both: each gets a day of its own, the one with the earlier end first.
	"""
	able = [frozenset(team) - duty.barred for duty in asked]
	days = [
		_worked(duty.days, who, works) if duty.barred & frozenset(team) else duty.days
		for duty, who in zip(asked, able, strict=True)
	]
	bound = [n for n, duty in enumerate(asked) if duty.barred & frozenset(team) and able[n]]
	if len({able[n] for n in bound}) < 2:
		return days
	taken: dict[int, frozenset[str]] = {}
	for n in sorted(bound, key=lambda n: (asked[n].days.bit_length(), n)):
		free = (day for day in bits(days[n] & asked[n].ahead) if taken.get(day, able[n]) == able[n])
		day = next(free, None)
		days[n] = 0 if day is None else 1 << day
		if day is not None:
			taken[day] = able[n]
	return days


def _worked(days: int, people: Collection[str], works: Callable[[str, int], bool]) -> int:
	return sum(1 << day for day in bits(days) if any(works(person, day) for person in people))
