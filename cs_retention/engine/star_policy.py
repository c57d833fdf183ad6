"""What decides a star: weights, lower bounds, factor tables and the life of a level (RULES section 1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from cs_retention.engine.reasons import PolicyError
from cs_retention.engine.steps import Steps, decimal_steps, falling, number, rising, whole
from cs_retention.engine.vocabulary import Level, ScheduledReviews

FACTORS = ("revenue", "frequency", "tenure", "payment", "service", "breadth")
STARS = (Level.FIVE_STAR, Level.FOUR_STAR, Level.THREE_STAR, Level.TWO_STAR, Level.ONE_STAR)
"""The rated levels, best first."""


@dataclass(frozen=True, slots=True)
class StarWeights:
	"""Points that each factor can give at most; together 100."""

	revenue: Decimal = Decimal(40)
	frequency: Decimal = Decimal(20)
	tenure: Decimal = Decimal(10)
	payment: Decimal = Decimal(15)
	service: Decimal = Decimal(10)
	breadth: Decimal = Decimal(5)

	def __post_init__(self) -> None:
		for factor in FACTORS:
			object.__setattr__(self, factor, number(f"weights.{factor}", getattr(self, factor), 0, 100))
		total = sum(getattr(self, factor) for factor in FACTORS)
		if total != 100:
			raise PolicyError("weights", total, "let the six weights add to 100")
		if self.breadth == 100:
			raise PolicyError("weights.breadth", self.breadth, "leave some weight to the other factors")


@dataclass(frozen=True, slots=True)
class LowerBounds:
	"""Least score of each star level, strictly descending to 0."""

	five_star: Decimal = Decimal(85)
	four_star: Decimal = Decimal(70)
	three_star: Decimal = Decimal(50)
	two_star: Decimal = Decimal(30)
	one_star: Decimal = Decimal(0)

	def __post_init__(self) -> None:
		above = None
		for level in STARS:
			name = f"lower_bounds.{level.value}"
			bound = number(name, self.of(level), 0, 100, digits=2)
			if above is not None and bound >= above:
				raise PolicyError(
					name, bound, "give less than {above}, the bound of the level above", above=above
				)
			object.__setattr__(self, level.name.lower(), bound)
			above = bound
		if self.one_star != 0:
			raise PolicyError(
				"lower_bounds.One Star", self.one_star, "give 0, so that every score has a level"
			)

	def of(self, level: Level) -> Decimal:
		"""Return the least score of a star level."""
		bound: Decimal = getattr(self, level.name.lower())
		return bound


@dataclass(frozen=True, slots=True)
class StarTables:
	"""Points within a factor before they are scaled to its weight; a table is "of" its highest points.

	`overdue_share` has upper bounds, beyond the last of them 0 points; all others have lower bounds. From
	`service` a complaint, a serious one and a last satisfaction up to `low_satisfaction_at` take their points.
	"""

	purchase_days: Steps = field(default=decimal_steps((0, 0), (1, 4), (2, 8), (4, 12), (7, 16), (12, 20)))
	commitment_months: Steps = field(default=decimal_steps((0, 12), (6, 16), (12, 20)))
	no_commitment: int = 8
	tenure_years: Steps = field(default=decimal_steps((0, 0), (1, 3), (2, 5), (3, 8), (5, 10)))
	overdue_share: Steps = field(default=decimal_steps((0, 15), ("0.05", 12), ("0.15", 8), ("0.3", 4)))
	old_overdue_days: int = 60
	old_overdue_points: int = 8
	service: int = 10
	complaint: int = 3
	serious_complaint: int = 6
	low_satisfaction: int = 2
	low_satisfaction_at: int = 2
	item_groups: Steps = field(default=decimal_steps((0, 0), (1, 1), (2, 2), (3, 3), (5, 5)))

	def __post_init__(self) -> None:
		for name in ("purchase_days", "commitment_months", "tenure_years", "item_groups"):
			table = rising(f"tables.{name}", getattr(self, name))
			_check_counts(f"tables.{name}", table)
			object.__setattr__(self, name, table)
		object.__setattr__(self, "overdue_share", falling("tables.overdue_share", self.overdue_share))
		if self.overdue_share[0][0] != 0 or self.overdue_share[0][1] == 0:
			raise PolicyError(
				"tables.overdue_share", self.overdue_share[0], "begin with bound 0 and its points"
			)
		whole("tables.old_overdue_days", self.old_overdue_days, 0, 3650)
		whole("tables.old_overdue_points", self.old_overdue_points, 0, self.overdue_share[0][1])
		whole("tables.service", self.service, 1, 100)
		for name in ("complaint", "serious_complaint", "low_satisfaction"):
			whole(f"tables.{name}", getattr(self, name), 0, self.service)
		whole("tables.low_satisfaction_at", self.low_satisfaction_at, 0, 5)
		self._check_commitment()

	def _check_commitment(self) -> None:
		most = self.purchase_days[-1][1]
		if self.commitment_months[-1][1] > most:
			raise PolicyError(
				"tables.commitment_months", self.commitment_months[-1][1], "give at most {most}", most=most
			)
		whole("tables.no_commitment", self.no_commitment, 0, self.commitment_months[0][1])


def _check_counts(name: str, table: Steps) -> None:
	for bound, _ in table:
		if bound != int(bound):
			raise PolicyError(name, bound, "give whole numbers as bounds")
	if table[-1][1] == 0:
		raise PolicyError(name, 0, "let the last step give points")


@dataclass(frozen=True, slots=True)
class KeyAccountRule:
	"""Who is a key account without being named: all that is given must hold; nothing given, nobody."""

	minimum_score: Decimal | None = None
	minimum_revenue: Decimal | None = None

	def __post_init__(self) -> None:
		for name, high in (("minimum_score", 100), ("minimum_revenue", 10**15)):
			if getattr(self, name) is not None:
				bound = number(f"key_account.{name}", getattr(self, name), 0, high)
				object.__setattr__(self, name, bound)


@dataclass(frozen=True, slots=True)
class StarPolicy:
	"""How customers are rated and how a level rises and falls; the defaults are RULES section 1.

	A rating begins `months_before_rating` after the first purchase and holds `valid_months`; a level falls
	between annual reviews after `interim_below_limit` interim ratings below it in a row. `scheduled_reviews` tells
	whether the interim review of a month and the annual one take effect by themselves.
	"""

	weights: StarWeights = field(default_factory=StarWeights)
	lower_bounds: LowerBounds = field(default_factory=LowerBounds)
	tables: StarTables = field(default_factory=StarTables)
	key_account: KeyAccountRule = field(default_factory=KeyAccountRule)
	months_before_rating: int = 6
	valid_months: int = 12
	interim_below_limit: int = 2
	scheduled_reviews: ScheduledReviews = ScheduledReviews.AUTOMATIC

	def __post_init__(self) -> None:
		whole("months_before_rating", self.months_before_rating, 0, 120)
		whole("valid_months", self.valid_months, 1, 120)
		whole("interim_below_limit", self.interim_below_limit, 1, 12)

	def __hash__(self) -> int:
		"""Return a cheap hash: a policy is looked up once per customer and there are few of them."""
		return hash((self.weights.revenue, self.lower_bounds.five_star, self.months_before_rating))


def default_maximum(factor: str, tables: StarTables) -> int:
	"""Return the points that the table of a factor is "of"; revenue has no table."""
	most = {
		"frequency": tables.purchase_days[-1][1],
		"tenure": tables.tenure_years[-1][1],
		"payment": tables.overdue_share[0][1],
		"service": tables.service,
		"breadth": tables.item_groups[-1][1],
	}
	return most[factor]
