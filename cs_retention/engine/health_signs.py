"""What of a health speaks against its customer: the rules that signals and the back-test have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from cs_retention.engine.health import Health
from cs_retention.engine.health_policy import HealthPolicy
from cs_retention.engine.reasons import Reason
from cs_retention.engine.vocabulary import Card


def speaking_against(health: Health, policy: HealthPolicy) -> Iterator[Reason]:
	"""Yield the caps and deductions, and the parts with less than half of their best points."""
	best = best_points(policy)
	yield from health.caps
	yield from (part.reason for part in health.deductions)
	yield from (part.reason for part in health.parts if 2 * part.points < best[health.card, part.name])


@lru_cache(maxsize=4)
def best_points(policy: HealthPolicy) -> Mapping[tuple[Card, str], int]:
	"""Return the best points of every part of the two cards."""
	cards = (
		(Card.FREE_BUYER, policy.free.best_points),
		(Card.CONTRACT_CUSTOMER, policy.contract.best_points),
	)
	return {(card, part): points for card, best in cards for part, points in best.items()}
