"""The health card of free buyers: recency, lateness, repeats and deductions (RULES section 2)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import lcm

from cs_retention.engine.customer import CustomerFacts
from cs_retention.engine.health_parts import NEVER, Part, days_beyond, first_to_come
from cs_retention.engine.health_policy import HealthPolicy
from cs_retention.engine.reasons import Reason
from cs_retention.engine.steps import at_least
from cs_retention.engine.vocabulary import Card

REASONS: Mapping[str, tuple[str, ...]] = {
	"never_bought": (),
	"days_since_last_purchase": ("days", "last_purchase", "usual"),
	"days_against_own_gap": ("days", "usual"),
	"repeat_purchases": ("repeats",),
	"no_repeat_buyers": ("usual",),
	"overdue_growing": ("overdue", "before"),
	"two_complaints_30d": ("complaints",),
	"serious_complaint_30d": ("complaints", "serious"),
	"low_satisfaction": ("satisfaction", "on"),
	"unreached_in_a_row": ("times",),
	"contract_ending": ("contract_end", "days"),
	"revenue_fallen": ("revenue", "before"),
}
"""Codes of the free buyers' card; `usual` is the gap in days between purchases, of the book or the customer's own."""

BOUGHT_NEVER = Reason("never_bought")


def median_gap(spans: Iterable[tuple[int, int]]) -> Fraction | None:
	"""Return the median of days / repeats over the repeat buyers of a book; None when it has none.

	`spans` holds days from first to last purchase and purchase days after the first. Sorting by the quotient as
	a float is exact for spans of less than 100,000 days and repeats.
	"""
	ordered = sorted((span for span in spans if span[1] > 0), key=lambda span: span[0] / span[1])
	if not ordered:
		return None
	low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
	return (Fraction(*low) + Fraction(*high)) / 2


class FreeBuyerCard:
	"""The free buyers' tables for one policy, book and date, worked out once in whole numbers."""

	kind = Card.FREE_BUYER

	def __init__(self, policy: HealthPolicy, gap: Fraction | None, as_of: date) -> None:
		free = policy.free
		self.policy = policy
		self.as_of = as_of
		self.best = tuple(free.best_points.values())
		self.usual = gap or Fraction(free.usual_gap)
		self.usual_days = round(float(self.usual), 1)
		self.notes = () if gap else (Reason.of("no_repeat_buyers", usual=free.usual_gap),)
		self._recency_limits = [int(Fraction(bound) * self.usual) for bound, _ in free.recency]
		self._recency_points = [*(points for _, points in free.recency), 0]
		bounds = [Fraction(bound) for bound, _ in free.lateness]
		self._unit = lcm(*(bound.denominator for bound in bounds))
		self._lateness_limits = [int(bound * self._unit) for bound in bounds]
		self._lateness_points = [*(points for _, points in free.lateness), 0]
		self.recency: Callable[[date], Part] = cache(self._recency)
		self.recency_turns: Callable[[date], int] = cache(self._recency_turns)
		self.repeats: Callable[[int], Part] = cache(self._repeats)

	def parts(self, facts: CustomerFacts) -> tuple[Part, Part, Part]:
		"""Return recency, lateness and repeats of a customer who has bought."""
		first, last, repeats = facts.first_purchase, facts.last_purchase, facts.repeats
		assert first is not None and last is not None
		lateness = self.lateness((self.as_of - last).days, (last - first).days, repeats)
		return self.recency(last), lateness, self.repeats(repeats)

	def _recency(self, last: date) -> Part:
		days = (self.as_of - last).days
		points = self._recency_points[bisect_left(self._recency_limits, days)]
		figures = (("days", days), ("last_purchase", last), ("usual", self.usual_days))
		return Part("recency", points, Reason("days_since_last_purchase", figures))

	def _recency_turns(self, last: date) -> int:
		return days_beyond(self._recency_limits, (self.as_of - last).days)

	def turns(self, facts: CustomerFacts) -> int:
		"""Return in how many days, at the earliest, days that only pass may move the health of a customer who has bought."""
		first, last = facts.first_purchase, facts.last_purchase
		assert first is not None and last is not None
		in_days = min(
			self.recency_turns(last),
			self._lateness_turns((self.as_of - last).days, (last - first).days, facts.repeats),
		)
		if facts.contract_end is None:
			return in_days
		left = (facts.contract_end - self.as_of).days
		return min(in_days, first_to_come(left - self.policy.deductions.contract_ending_days, left + 1))

	def _lateness_turns(self, days: int, span: int, repeats: int) -> int:
		"""Return in how many days days / own is beyond its bound: the comparison of `lateness`, solved for the days."""
		gap = self.usual
		parts = gap.denominator * (repeats + 2) * self._unit
		own = span * gap.denominator + 2 * gap.numerator
		place = bisect_left(self._lateness_limits, -(-days * parts // own))
		if place == len(self._lateness_limits):
			return NEVER
		return self._lateness_limits[place] * own // parts + 1 - days

	def lateness(self, days: int, span: int, repeats: int) -> Part:
		"""Return the points of days since the last purchase over own = (span + 2 m) / (repeats + 2).

		days / own <= bound is compared in whole numbers: days, own and bound over their common denominators.
		"""
		gap = self.usual
		parts = gap.denominator * (repeats + 2)
		own = span * gap.denominator + 2 * gap.numerator
		place = bisect_left(self._lateness_limits, -(-days * parts * self._unit // own))
		figures = (("days", days), ("usual", round(own / parts, 1)))
		return Part("lateness", self._lateness_points[place], Reason("days_against_own_gap", figures))

	def _repeats(self, repeats: int) -> Part:
		points = at_least(self.policy.free.repeats, repeats)
		return Part("repeats", points, Reason.of("repeat_purchases", repeats=repeats))

	def deductions(self, facts: CustomerFacts) -> tuple[Part, ...]:
		"""Return what is taken from a free buyer's points, before it is held to the most that may be taken."""
		found = [deduct(facts, self.policy, self.as_of) for deduct in DEDUCTIONS]
		return tuple([part for part in found if part is not None])

	def caps(self, facts: CustomerFacts) -> tuple[tuple[int, Reason], ...]:
		"""Return nothing: a free buyer owes no bill."""
		return ()


def _overdue_growing(facts: CustomerFacts, policy: HealthPolicy, as_of: date) -> Part | None:
	if not facts.is_overdue_growing:
		return None
	reason = Reason.of("overdue_growing", overdue=facts.overdue_amount, before=facts.overdue_before)
	return Part("overdue_growing", policy.deductions.overdue_growing, reason)


def _complaints(facts: CustomerFacts, policy: HealthPolicy, as_of: date) -> Part | None:
	complaints, serious = facts.complaints_30d, facts.serious_complaints_30d
	if serious:
		reason = Reason.of("serious_complaint_30d", complaints=complaints, serious=serious)
		return Part("serious_complaint", policy.deductions.serious_complaint, reason)
	if complaints < 2:
		return None
	reason = Reason.of("two_complaints_30d", complaints=complaints)
	return Part("two_complaints", policy.deductions.two_complaints, reason)


def _low_satisfaction(facts: CustomerFacts, policy: HealthPolicy, as_of: date) -> Part | None:
	satisfaction = facts.last_satisfaction
	if satisfaction is None or satisfaction > policy.low_satisfaction_at:
		return None
	reason = Reason.of("low_satisfaction", satisfaction=satisfaction, on=facts.last_satisfaction_on)
	return Part("low_satisfaction", policy.deductions.low_satisfaction, reason)


def _unreached(facts: CustomerFacts, policy: HealthPolicy, as_of: date) -> Part | None:
	if facts.unreached_in_a_row < 2:
		return None
	reason = Reason.of("unreached_in_a_row", times=facts.unreached_in_a_row)
	return Part("unreached", policy.deductions.unreached, reason)


def _contract_ending(facts: CustomerFacts, policy: HealthPolicy, as_of: date) -> Part | None:
	if facts.contract_end is None:
		return None
	days = (facts.contract_end - as_of).days
	if not 0 <= days <= policy.deductions.contract_ending_days:
		return None
	reason = Reason.of("contract_ending", contract_end=facts.contract_end, days=days)
	return Part("contract_ending", policy.deductions.contract_ending, reason)


def _revenue_fallen(facts: CustomerFacts, policy: HealthPolicy, as_of: date) -> Part | None:
	revenue, before = facts.revenue_12m, facts.revenue_prior_12m
	if before <= 0 or 2 * revenue > before:
		return None
	reason = Reason.of("revenue_fallen", revenue=revenue, before=before)
	return Part("revenue_fallen", policy.deductions.revenue_fallen, reason)


DEDUCTIONS = (
	_overdue_growing,
	_complaints,
	_low_satisfaction,
	_unreached,
	_contract_ending,
	_revenue_fallen,
)


LATEST_PURCHASES = 6
SHORTEST_MONTH_GAP, LONGEST_MONTH_GAP = 25, 35
"""How many days lie between two purchases a month apart."""


def proposes_billed(purchase_days: Iterable[date]) -> bool:
	"""Tell whether the last six purchase days are each 25 to 35 days apart, as under a monthly bill."""
	latest = sorted(set(purchase_days))[-LATEST_PURCHASES:]
	gaps = [(later - earlier).days for earlier, later in pairwise(latest)]
	is_monthly = all(SHORTEST_MONTH_GAP <= gap <= LONGEST_MONTH_GAP for gap in gaps)
	return len(latest) == LATEST_PURCHASES and is_monthly
