"""Points per factor with the figures they were given on (RULES section 1)."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache

from cs_retention.engine.customer import CustomerFacts
from cs_retention.engine.reasons import Reason
from cs_retention.engine.star_policy import FACTORS, STARS, StarPolicy, default_maximum
from cs_retention.engine.steps import at_least, micros, written
from cs_retention.engine.vocabulary import Level
from cs_retention.engine.workdays import add_months

REASONS: Mapping[str, tuple[str, ...]] = {
	"revenue_share": ("company", "revenue", "share", "rank", "customers"),
	"no_revenue": ("company", "revenue"),
	"purchase_days": ("days",),
	"commitment_left": ("contract_end", "months"),
	"commitment_open_ended": (),
	"no_commitment": ("contract_end",),
	"years_since_first_purchase": ("first_purchase", "years"),
	"nothing_overdue": (),
	"overdue_share": ("overdue", "revenue", "share", "days"),
	"overdue_without_revenue": ("overdue", "revenue", "days"),
	"overdue_too_old": ("overdue", "revenue", "share", "days", "limit"),
	"service_12m": ("complaints", "serious", "satisfaction"),
	"item_groups": ("groups",),
	"item_groups_unknown": (),
	"items_unknown": ("weight",),
}
"""Codes of the factors and their figures, `items_unknown` of all together; shares are fractions of 1, rank 1 is the highest revenue."""


NO_POINTS = written(0, 1)


@dataclass(frozen=True, slots=True)
class FactorPoints:
	"""Points of one factor, two decimals, and why."""

	factor: str
	points: Decimal
	reason: Reason


@dataclass(frozen=True, slots=True)
class Place:
	"""Where a customer stands in one company: `count` of its `customers` have at most this revenue."""

	company: str
	revenue: float
	count: int
	customers: int


class RevenueStanding:
	"""12-month net revenues of the rated customers of each company, ascending, as one book stands."""

	__slots__ = ("by_company",)

	def __init__(self, by_company: Mapping[str, Sequence[float]]) -> None:
		# An array stands close together in memory, and every customer is searched for.
		self.by_company = {company: array("d", revenues) for company, revenues in by_company.items()}

	def best_place(self, revenues: tuple[tuple[str, float], ...]) -> Place | None:
		"""Return the company of the highest share, the first on a tie; None where nobody is rated.

		A revenue that is not positive has no share; such a company is the best only when there is no other.
		"""
		best: Place | None = None
		for company, revenue in revenues:
			known = self.by_company.get(company)
			if not known:
				continue
			count = bisect_right(known, revenue) if revenue > 0 else 0
			if best is None or count * best.customers > best.count * len(known):
				best = Place(company, revenue, count, len(known))
		return best

	def nth(self, company: str, own: float, count: int) -> float | None:
		"""Return the revenue that has `count` customers at or below it once `own` has risen to it; None for any.

		`count` includes the customer and is at most the number of customers.
		"""
		revenues = self.by_company[company]
		place = bisect_left(revenues, own)
		if place == len(revenues) or revenues[place] != own:
			return revenues[count - 1]
		if count <= 1:
			return None
		return revenues[count - 2 if count - 2 < place else count - 1]


class StarCard:
	"""The factor tables of one policy on one date, worked out once; a point is a table look-up for most customers.

	`spread` tells that the item groups are unknown, so that breadth's weight lies on the other factors.
	"""

	def __init__(self, policy: StarPolicy, as_of: date) -> None:
		self.policy = policy
		self.as_of = as_of
		self._points = {
			(factor, spread): self._scaled(factor, spread)
			for factor in FACTORS[1:]
			for spread in (False, True)
		}
		weights = {spread: self._weight("revenue", spread) for spread in (False, True)}
		self._revenue = {spread: (weight.numerator, weight.denominator) for spread, weight in weights.items()}
		self.revenue_most = {spread: self.revenue_points(1, 1, spread) for spread in (False, True)}
		self.overdue_limits = [
			(*limit.as_integer_ratio(), points) for limit, points in policy.tables.overdue_share
		]
		self._old_overdue = as_of - timedelta(days=policy.tables.old_overdue_days)
		self.items_unknown = (Reason.of("items_unknown", weight=policy.weights.breadth),)
		self._bounds = [policy.lower_bounds.of(level) for level in reversed(STARS)]
		self.rated_from: Callable[[date], date] = cache(self._rated_from)
		self.by_days: Callable[[int, bool], FactorPoints] = cache(self._by_days)
		self.tenure: Callable[[date, bool], FactorPoints] = cache(self._tenure)
		self.nothing_overdue: Callable[[bool], FactorPoints] = cache(self._nothing_overdue)
		self.service: Callable[[int, int, int | None, bool], FactorPoints] = cache(self._service)
		self.breadth: Callable[[int | None], FactorPoints] = cache(self._breadth)

	def _weight(self, factor: str, spread: bool) -> Fraction:
		weights = self.policy.weights
		whole = Fraction(100, 100 - Fraction(weights.breadth)) if spread else Fraction(1)
		return Fraction(getattr(weights, factor)) * whole

	def _scaled(self, factor: str, spread: bool) -> tuple[Decimal, ...]:
		"""Return the written points by points of the factor's table."""
		most = default_maximum(factor, self.policy.tables)
		unit = self._weight(factor, spread) / most
		return tuple(written(count * unit.numerator, unit.denominator) for count in range(most + 1))

	def _rated_from(self, first_purchase: date) -> date:
		return add_months(first_purchase, self.policy.months_before_rating)

	def level_of(self, score: Decimal) -> tuple[Level, Level | None, Decimal | None]:
		"""Return the level of a written score, the one above it and the points to there."""
		rank = bisect_right(self._bounds, score)
		if rank == len(STARS):
			return STARS[0], None, None
		return STARS[-rank], STARS[-rank - 1], self._bounds[rank] - score

	def scaled(self, factor: str, points: int, spread: bool) -> Decimal:
		"""Return points of a factor's table as written under the policy's weights."""
		return self._points[factor, spread][points]

	def full(self, factor: str, spread: bool) -> Decimal:
		"""Return the most points that a factor with a table gives."""
		return self._points[factor, spread][-1]

	def revenue_points(self, count: int, customers: int, spread: bool) -> Decimal:
		"""Return the points of a customer who has `count` of `customers` at or below its revenue."""
		weight, unit = self._revenue[spread]
		return written(weight * count, unit * customers)

	def least_count(self, points: Decimal, customers: int, spread: bool) -> int:
		"""Return the least count of `customers` at or below a revenue that gives `points`, more than 0."""
		weight, unit = self._revenue[spread]
		halves = 2 * int(points * 100) - 1
		return -(-halves * unit * customers // (200 * weight))

	def points(
		self, facts: CustomerFacts, first_purchase: date, place: Place | None
	) -> tuple[FactorPoints, ...]:
		"""Return the points of a rated customer in the order of FACTORS."""
		groups = facts.item_groups
		spread = groups is None
		satisfaction = facts.last_satisfaction
		low = satisfaction is not None and satisfaction <= self.policy.tables.low_satisfaction_at
		complaints, serious = facts.complaints_12m, facts.serious_complaints_12m
		return (
			self.revenue(facts, place, spread),
			self.frequency(facts, spread),
			self.tenure(first_purchase, spread),
			self.payment(facts, spread),
			self.service(complaints, serious, satisfaction if low else None, spread),
			self.breadth(groups),
		)

	def revenue(self, facts: CustomerFacts, place: Place | None, spread: bool) -> FactorPoints:
		"""Return the revenue points of the company where the customer stands best."""
		if place is None or place.count == 0:
			company, revenue = next(iter(facts.revenue_12m_by_company), (None, 0.0))
			reason = Reason("no_revenue", (("company", company), ("revenue", revenue)))
			return FactorPoints("revenue", NO_POINTS, reason)
		count, customers = place.count, place.customers
		figures = (
			("company", place.company),
			("revenue", place.revenue),
			("share", round(count / customers, 4)),
			("rank", customers - count + 1),
			("customers", customers),
		)
		points = self.revenue_points(count, customers, spread)
		return FactorPoints("revenue", points, Reason("revenue_share", figures))

	def frequency(self, facts: CustomerFacts, spread: bool) -> FactorPoints:
		"""Return the points of purchase days, or of the commitment left for a contract customer."""
		if not facts.is_contract_customer:
			return self.by_days(facts.purchase_days_12m, spread)
		points, reason = self._commitment(facts)
		return FactorPoints("frequency", self.scaled("frequency", points, spread), reason)

	def _by_days(self, days: int, spread: bool) -> FactorPoints:
		points = self.scaled("frequency", at_least(self.policy.tables.purchase_days, days), spread)
		return FactorPoints("frequency", points, Reason.of("purchase_days", days=days))

	def _commitment(self, facts: CustomerFacts) -> tuple[int, Reason]:
		tables, end = self.policy.tables, facts.contract_end
		if facts.has_contract and end is not None and end >= self.as_of:
			steps = [step for step in tables.commitment_months if end >= add_months(self.as_of, int(step[0]))]
			months, points = steps[-1]
			return points, Reason.of("commitment_left", contract_end=end, months=int(months))
		if facts.has_contract and facts.is_open_ended:
			return tables.no_commitment, Reason("commitment_open_ended")
		return tables.no_commitment, Reason.of("no_commitment", contract_end=end)

	def _tenure(self, first_purchase: date, spread: bool) -> FactorPoints:
		years = self.as_of.year - first_purchase.year
		if add_months(first_purchase, 12 * years) > self.as_of:
			years -= 1
		points = self.scaled("tenure", at_least(self.policy.tables.tenure_years, years), spread)
		reason = Reason.of("years_since_first_purchase", first_purchase=first_purchase, years=years)
		return FactorPoints("tenure", points, reason)

	def payment(self, facts: CustomerFacts, spread: bool) -> FactorPoints:
		"""Return the points of the overdue share, held down when the oldest overdue is old."""
		overdue, oldest = facts.overdue_amount, facts.oldest_overdue
		if overdue <= 0 and oldest is None:
			return self.nothing_overdue(spread)
		revenue = facts.revenue_12m
		days = (self.as_of - oldest).days if oldest is not None else None
		if overdue > 0 >= revenue:
			reason = Reason.of("overdue_without_revenue", overdue=overdue, revenue=revenue, days=days)
			return FactorPoints("payment", NO_POINTS, reason)
		points = self._share_points(micros(overdue), micros(revenue))
		share = round(overdue / revenue, 4) if overdue > 0 else 0.0
		figures = (("overdue", overdue), ("revenue", revenue), ("share", share), ("days", days))
		reason = Reason("overdue_share", figures)
		most = self.most_when_overdue(oldest)
		if points > most:
			limit = ("limit", self.policy.tables.old_overdue_days)
			points, reason = most, Reason("overdue_too_old", (*figures, limit))
		return FactorPoints("payment", self.scaled("payment", points, spread), reason)

	def _share_points(self, overdue: int, revenue: int) -> int:
		return next(
			(points for part, whole, points in self.overdue_limits if overdue * whole <= part * revenue), 0
		)

	def most_when_overdue(self, oldest: date | None) -> int:
		"""Return the table points that an overdue amount leaves at most, fewer when the oldest is old."""
		is_old = oldest is not None and oldest < self._old_overdue
		return self.policy.tables.old_overdue_points if is_old else self.policy.tables.overdue_share[0][1]

	def _nothing_overdue(self, spread: bool) -> FactorPoints:
		return FactorPoints("payment", self.full("payment", spread), Reason("nothing_overdue"))

	def _service(self, complaints: int, serious: int, low: int | None, spread: bool) -> FactorPoints:
		tables = self.policy.tables
		lost = tables.complaint * (complaints - serious) + tables.serious_complaint * serious
		lost += tables.low_satisfaction if low is not None else 0
		points = self.scaled("service", max(0, tables.service - lost), spread)
		reason = Reason.of("service_12m", complaints=complaints, serious=serious, satisfaction=low)
		return FactorPoints("service", points, reason)

	def _breadth(self, groups: int | None) -> FactorPoints:
		if groups is None:
			return FactorPoints("breadth", NO_POINTS, Reason("item_groups_unknown"))
		points = self.scaled("breadth", at_least(self.policy.tables.item_groups, groups), False)
		return FactorPoints("breadth", points, Reason.of("item_groups", groups=groups))


@lru_cache(maxsize=4)
def star_card(policy: StarPolicy, as_of: date) -> StarCard:
	"""Return the card of a policy on a date."""
	return StarCard(policy, as_of)
