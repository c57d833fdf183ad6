"""What spoke against a customer on a past date, and when its loss counted as one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from cs_retention.engine.backtest import Observation, Span
from cs_retention.engine.customer import CustomerFacts
from cs_retention.engine.health import Health
from cs_retention.engine.health_policy import HealthPolicy
from cs_retention.engine.reasons import Reason
from cs_retention.engine.vocabulary import Card
from cs_retention.engine.workdays import add_months

REASONS: Mapping[str, tuple[str, ...]] = {
	"arrears_unknown": (),
	"closing_dates_unknown": (),
	"billed_as_of_today": ("customers",),
}
"""What a back-test could not know of the past."""

ACTIVE_DAYS = 365
"""An order within so many days makes an active customer; the day after counts a free buyer as lost."""


@dataclass(frozen=True, slots=True)
class Afterwards:
	"""The last purchase day after the past date, up to the last day looked at; None when there was none."""

	last_purchase: date | None = None


@dataclass(frozen=True, slots=True)
class Knowledge:
	"""What the tables tell of the past.

	`arrears`: the payments are on record; `closings`: the days on which complaints were closed are. `billed` counts the
	customers whose card follows from a mark that bears no date.
	"""

	arrears: bool
	closings: bool
	billed: int = 0


def observe(
	facts: CustomerFacts, health: Health, afterwards: Afterwards, span: Span, policy: HealthPolicy
) -> Observation | None:
	"""Return what a customer was and became; None for a prospect, who has no health."""
	if health.health is None:
		return None
	rules = tuple(sorted(_speaking_against(health, policy)))
	return Observation(
		health.card, health.health, health.band, rules, _lead(facts, health.card, afterwards, span, policy)
	)


def _speaking_against(health: Health, policy: HealthPolicy) -> Iterator[str]:
	"""Yield the codes of caps and deductions, and of the parts with less than half of their best points."""
	best = best_points(policy)
	yield from (cap.code for cap in health.caps)
	yield from (part.reason.code for part in health.deductions)
	yield from (part.reason.code for part in health.parts if 2 * part.points < best[health.card, part.name])


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


def _lead(
	facts: CustomerFacts, card: Card, afterwards: Afterwards, span: Span, policy: HealthPolicy
) -> int | None:
	"""Return how many days after the past date the loss counted as one; None for one who stayed.

	A free buyer stays by buying again, and else is lost when the last order is older than a year. A contract customer
	stays while the last bill is not missing longer than the policy allows, and else is lost on the day on which the
	first bill that never came was usual.
	"""
	if card is Card.FREE_BUYER:
		if afterwards.last_purchase is not None:
			return None
		assert facts.last_purchase is not None, "a free buyer with a health has bought"
		return _days_to(facts.last_purchase + timedelta(days=ACTIVE_DAYS), span)
	last = afterwards.last_purchase or facts.last_purchase or facts.contract_start or span.as_of
	missed = add_months(last, 1)
	if (span.until - missed).days < policy.caps.missing_bill_days:
		return None
	return _days_to(missed, span)


def _days_to(lost_on: date, span: Span) -> int:
	return max(0, (lost_on - span.as_of).days)


def limits(known: Knowledge) -> tuple[Reason, ...]:
	"""Return what could not be known, in words for whoever reads the result."""
	found = (
		(not known.arrears, Reason("arrears_unknown")),
		(not known.closings, Reason("closing_dates_unknown")),
		(known.billed > 0, Reason.of("billed_as_of_today", customers=known.billed)),
	)
	return tuple(reason for is_so, reason in found if is_so)
