"""What spoke against a customer on a past date, and when its loss counted as one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from cs_retention.engine.backtest import BacktestSpan, Observation
from cs_retention.engine.customer import ACTIVE_DAYS, CustomerFacts
from cs_retention.engine.health import Health
from cs_retention.engine.health_policy import HealthPolicy
from cs_retention.engine.health_signs import speaking_against
from cs_retention.engine.reasons import Reason
from cs_retention.engine.vocabulary import Card
from cs_retention.engine.workdays import add_months

REASONS: Mapping[str, tuple[str, ...]] = {
	"arrears_unknown": (),
	"closing_dates_unknown": (),
	"billed_as_of_today": ("customers",),
}
"""What a back-test could not know of the past."""


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
	facts: CustomerFacts, health: Health, afterwards: Afterwards, span: BacktestSpan, policy: HealthPolicy
) -> Observation | None:
	"""Return what a customer was and became; None for a prospect, who has no health."""
	if health.health is None:
		return None
	rules = tuple(sorted(reason.code for reason in speaking_against(health, policy)))
	return Observation(
		health.card, health.health, health.band, rules, _lead(facts, health.card, afterwards, span, policy)
	)


def _lead(
	facts: CustomerFacts, card: Card, afterwards: Afterwards, span: BacktestSpan, policy: HealthPolicy
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


def _days_to(lost_on: date, span: BacktestSpan) -> int:
	return max(0, (lost_on - span.as_of).days)


def limits(known: Knowledge) -> tuple[Reason, ...]:
	"""Return what could not be known, in words for whoever reads the result."""
	found = (
		(not known.arrears, Reason("arrears_unknown")),
		(not known.closings, Reason("closing_dates_unknown")),
		(known.billed > 0, Reason.of("billed_as_of_today", customers=known.billed)),
	)
	return tuple(reason for is_so, reason in found if is_so)
