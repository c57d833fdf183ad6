"""Star rating of one customer: points per factor, level, and what the next level lacks (RULES section 1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cs_retention.engine import star_factors, star_gap, star_settlement
from cs_retention.engine.customer import CustomerFacts
from cs_retention.engine.reasons import Reason
from cs_retention.engine.star_factors import FactorPoints, RevenueStanding, StarCard, star_card
from cs_retention.engine.star_gap import GapCase, find_lacking
from cs_retention.engine.star_policy import StarPolicy
from cs_retention.engine.star_settlement import (
	ImportedLevel,
	Override,
	ReviewKind,
	Settlement,
	Standing,
	level_in_force,
	settle,
)
from cs_retention.engine.vocabulary import Level

__all__ = [
	"REASONS",
	"FactorPoints",
	"ImportedLevel",
	"Override",
	"Rating",
	"RevenueStanding",
	"ReviewKind",
	"Settlement",
	"Standing",
	"StarPolicy",
	"is_rated",
	"level_in_force",
	"rate",
	"settle",
]

REASONS: Mapping[str, tuple[str, ...]] = {
	**star_factors.REASONS,
	**star_gap.REASONS,
	**star_settlement.REASONS,
	"never_bought": (),
	"history_too_short": ("first_purchase", "rated_from"),
	"key_account_named": (),
	"key_account_by_rule": ("score", "minimum_score", "revenue", "minimum_revenue"),
}
"""Every code of a rating and its settlement with the figures of its sentence."""


@dataclass(frozen=True, slots=True)
class Rating:
	"""What a customer is worth: level and score with the points that add up to it, and the way to the next level.

	`points` come in the order revenue, frequency, tenure, payment, service, breadth, with two decimals; none, and
	no score, for a New customer. `lacks` names what would reach `next_level`; None and empty at the top. The level
	stays a star for a key account.
	"""

	customer: str
	level: Level
	score: Decimal | None
	points: tuple[FactorPoints, ...]
	next_level: Level | None
	next_level_gap: Decimal | None
	lacks: tuple[Reason, ...]
	is_key_account: bool
	key_account_reason: Reason | None
	reasons: tuple[Reason, ...]


KEY_ACCOUNT_NAMED = Reason("key_account_named")


def is_rated(first_purchase: date | None, policy: StarPolicy, as_of: date) -> bool:
	"""Tell whether the history since the first purchase is long enough for a rating."""
	return first_purchase is not None and star_card(policy, as_of).rated_from(first_purchase) <= as_of


def rate(facts: CustomerFacts, policy: StarPolicy, standing: RevenueStanding, as_of: date) -> Rating:
	"""Rate one customer of a book (RULES section 1)."""
	card, first = star_card(policy, as_of), facts.first_purchase
	if first is None or card.rated_from(first) > as_of:
		return _new_customer(facts, card)
	place = standing.best_place(facts.revenue_12m_by_company)
	points = card.points(facts, first, place)
	revenue, frequency, tenure, payment, service, breadth = points
	score = (
		revenue.points + frequency.points + tenure.points + payment.points + service.points + breadth.points
	)
	level, next_level, gap = card.level_of(score)
	lacks = find_lacking(GapCase(facts, card, standing, place, points), gap) if gap is not None else ()
	key = KEY_ACCOUNT_NAMED if facts.is_named_key_account else _key_account_by_rule(facts, policy, score)
	reasons = card.items_unknown if facts.item_groups is None else ()
	return Rating(facts.customer, level, score, points, next_level, gap, lacks, key is not None, key, reasons)


def _new_customer(facts: CustomerFacts, card: StarCard) -> Rating:
	reason = Reason("never_bought")
	if facts.first_purchase is not None:
		rated_from = card.rated_from(facts.first_purchase)
		reason = Reason.of("history_too_short", first_purchase=facts.first_purchase, rated_from=rated_from)
	named = facts.is_named_key_account
	key_reason = KEY_ACCOUNT_NAMED if named else None
	return Rating(facts.customer, Level.NEW, None, (), None, None, (), named, key_reason, (reason,))


def _key_account_by_rule(facts: CustomerFacts, policy: StarPolicy, score: Decimal) -> Reason | None:
	least_score, least_revenue = policy.key_account.minimum_score, policy.key_account.minimum_revenue
	if least_score is None and least_revenue is None:
		return None
	if least_score is not None and score < least_score:
		return None
	if least_revenue is not None and facts.revenue_12m < least_revenue:
		return None
	return Reason.of(
		"key_account_by_rule",
		score=score,
		minimum_score=least_score,
		revenue=facts.revenue_12m,
		minimum_revenue=least_revenue,
	)
