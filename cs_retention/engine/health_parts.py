"""A part of a health card, and the bands."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from cs_retention.engine.health_policy import BandBounds
from cs_retention.engine.reasons import Reason
from cs_retention.engine.vocabulary import Band

NEVER = 1_000_000
"""In how many days something turns that never does."""


@dataclass(frozen=True, slots=True)
class Part:
	"""Points that a part of a card gives, or that a deduction takes, and why."""

	name: str
	points: int
	reason: Reason


def band_of(health: int, bounds: BandBounds) -> Band:
	"""Return the band of a health."""
	if health >= bounds.healthy:
		return Band.HEALTHY
	if health >= bounds.watch:
		return Band.WATCH
	return Band.AT_RISK if health >= bounds.at_risk else Band.CRITICAL


def days_beyond(limits: Sequence[int], days: int) -> int:
	"""Return in how many days an age in days is beyond the first of these ascending limits that it is not beyond yet."""
	place = bisect_left(limits, days)
	return limits[place] + 1 - days if place < len(limits) else NEVER


def first_to_come(*in_days: int) -> int:
	"""Return the least of these numbers of days that is not over: of what is today or past nothing more comes."""
	return min([days for days in in_days if days > 0], default=NEVER)
