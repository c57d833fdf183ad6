"""A part of a health card, and the bands."""

from __future__ import annotations

from dataclasses import dataclass

from cs_retention.engine.health_policy import BandBounds
from cs_retention.engine.reasons import Reason
from cs_retention.engine.vocabulary import Band


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
