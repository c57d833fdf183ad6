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
	free, bound = policy.free, policy.contract
	return {
		(Card.FREE_BUYER, "recency"): free.recency[0][1],
		(Card.FREE_BUYER, "lateness"): free.lateness[0][1],
		(Card.FREE_BUYER, "repeats"): free.repeats[-1][1],
		(Card.CONTRACT_CUSTOMER, "bill_trend"): bound.bill_trend[-1][1],
		(Card.CONTRACT_CUSTOMER, "commitment"): bound.commitment[-1][1],
		(Card.CONTRACT_CUSTOMER, "arrears"): bound.arrears[0][1],
		(Card.CONTRACT_CUSTOMER, "service"): bound.service[0],
		(Card.CONTRACT_CUSTOMER, "tenure"): bound.tenure[-1][1],
		(Card.CONTRACT_CUSTOMER, "contact"): bound.contact[0],
	}
