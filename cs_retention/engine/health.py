"""Health of one customer, 0 to 100, with parts that add up (RULES section 2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from functools import lru_cache
from operator import itemgetter

from cs_retention.engine import health_contract, health_free
from cs_retention.engine.customer import CustomerFacts
from cs_retention.engine.health_contract import ContractCustomerCard
from cs_retention.engine.health_free import BOUGHT_NEVER, FreeBuyerCard, median_gap, proposes_billed
from cs_retention.engine.health_parts import NEVER, Part, band_of, first_to_come
from cs_retention.engine.health_policy import HealthPolicy
from cs_retention.engine.reasons import Figure, Reason
from cs_retention.engine.vocabulary import Band, Card

__all__ = ["REASONS", "Health", "HealthPolicy", "Part", "assess", "median_gap", "proposes_billed", "turns_in"]

REASONS: Mapping[str, tuple[str, ...]] = {
	**health_free.REASONS,
	**health_contract.REASONS,
	"warning": ("warning", "cap"),
}
"""Every code of a health with the figures of its sentence."""


@dataclass(frozen=True, slots=True)
class Health:
	"""Health of one customer and why.

	The parts less `deducted` (the deductions, held to their most), held by the caps and not below 0, are the
	health; None for a prospect. `reasons` has the caps first, then what costs most, then what costs nothing.
	"""

	card: Card
	health: int | None
	band: Band
	parts: tuple[Part, ...]
	deductions: tuple[Part, ...]
	deducted: int
	caps: tuple[Reason, ...]
	reasons: tuple[Reason, ...]


AGES: Mapping[str, int] = {
	"days_since_last_purchase": 1,
	"days_against_own_gap": 1,
	"arrears": 1,
	"bill_missing": 1,
	"contract_days_left": -1,
	"contract_ending": -1,
}
"""Reasons whose figure `days` grows or shrinks by one with every day that passes."""

COST = itemgetter(0)
PROSPECT = Health(Card.FREE_BUYER, None, Band.PROSPECT, (), (), 0, (), (BOUGHT_NEVER,))


def assess(facts: CustomerFacts, policy: HealthPolicy, gap: Fraction | None, as_of: date) -> Health:
	"""Assess one customer on the card it belongs to; `gap` is the book's `median_gap`."""
	if facts.is_contract_customer:
		return _sum_up(_contract_card(policy, as_of), facts)
	if facts.last_purchase is None:
		return PROSPECT
	return _sum_up(_free_card(policy, gap.as_integer_ratio() if gap else None, as_of), facts)


def turns_in(facts: CustomerFacts, policy: HealthPolicy, gap: Fraction | None, as_of: date) -> int:
	"""Return in how many days, at the earliest, a customer may have another health, or be lost, by time alone.

	All facts stay as they are until then; a prospect's health stays for good.
	"""
	if facts.is_contract_customer:
		return _contract_card(policy, as_of).turns(facts)
	if facts.last_purchase is None:
		return NEVER
	lost = (facts.last_purchase - as_of).days + policy.signals.lost_after_days + 1
	card = _free_card(policy, gap.as_integer_ratio() if gap else None, as_of)
	return min(card.turns(facts), first_to_come(lost))


def aged(reason: Reason, days: int) -> Reason:
	"""Return a reason as it reads `days` later while nothing but time has passed.

	Its figure `days` goes on; months stay as they were counted, until the customer is looked at again.
	"""
	step = AGES.get(reason.code, 0) * days
	return replace(reason, figures=tuple((name, _later(name, value, step)) for name, value in reason.figures))


def _later(name: str, value: Figure, step: int) -> Figure:
	return value + step if name == "days" and isinstance(value, int) else value


@lru_cache(maxsize=4)
def _free_card(policy: HealthPolicy, gap: tuple[int, int] | None, as_of: date) -> FreeBuyerCard:
	return FreeBuyerCard(policy, Fraction(*gap) if gap else None, as_of)


@lru_cache(maxsize=4)
def _contract_card(policy: HealthPolicy, as_of: date) -> ContractCustomerCard:
	return ContractCustomerCard(policy, as_of)


def _sum_up(card: FreeBuyerCard | ContractCustomerCard, facts: CustomerFacts) -> Health:
	"""Return the parts of a card less its deductions, held by the missing bill and open warnings."""
	policy, parts, deductions = card.policy, card.parts(facts), card.deductions(facts)
	health, deducted = sum([part.points for part in parts]), 0
	costs = [(best - part.points, part.reason) for best, part in zip(card.best, parts, strict=True)]
	if deductions:
		costs += [(part.points, part.reason) for part in deductions]
		deducted = min(policy.deductions.most, sum([part.points for part in deductions]))
		health = max(0, health - deducted)
	costs.sort(key=COST, reverse=True)
	reasons = (*[reason for _, reason in costs], *card.notes)
	named: tuple[Reason, ...] = ()
	caps = card.caps(facts) + _warning_caps(facts, policy)
	if caps:
		health = min(health, *[cap for cap, _ in caps])
		named = tuple(reason for _, reason in caps)
		reasons = named + reasons
	return Health(
		card.kind, health, band_of(health, policy.bands), parts, deductions, deducted, named, reasons
	)


def _warning_caps(facts: CustomerFacts, policy: HealthPolicy) -> tuple[tuple[int, Reason], ...]:
	if not facts.warnings:
		return ()
	cap = policy.caps.warning
	return tuple((cap, Reason.of("warning", warning=warning, cap=cap)) for warning in facts.warnings)
