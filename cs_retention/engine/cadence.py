"""Cadences: the contact quota of each level (RULES section 1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType

from cs_retention.engine.reasons import PolicyError
from cs_retention.engine.vocabulary import KEY_ACCOUNT, Band, Channel, Level, PeriodKind


@dataclass(frozen=True, slots=True)
class Cadence:
	"""Contact quota of one level.

	`contacts_min` to `contacts_max` contacts are owed per `period`; the band of the customer's health moves the
	quota between them. Two contacts are at least `min_gap_days` calendar days apart. A visit is owed once per
	`visit_months` calendar months (3: quarter, 6: half-year); 0 means on need only.
	"""

	level: str
	contacts_min: int
	contacts_max: int
	period: PeriodKind
	min_gap_days: int
	channel: Channel = Channel.PHONE
	visit_months: int = 0

	def __post_init__(self) -> None:
		if self.contacts_min < 0:
			raise PolicyError(f"{self.level}.contacts_min", self.contacts_min, "give 0 or more")
		if self.contacts_max < self.contacts_min:
			raise PolicyError(
				f"{self.level}.contacts_max",
				self.contacts_max,
				"give {least} or more, the least number of contacts",
				least=self.contacts_min,
			)
		if self.contacts_max > 7:
			raise PolicyError(f"{self.level}.contacts_max", self.contacts_max, "give at most {most}", most=7)
		if self.min_gap_days < 1:
			raise PolicyError(f"{self.level}.min_gap_days", self.min_gap_days, "give 1 day or more")
		if self.visit_months not in (0, 1, 2, 3, 4, 6, 12):
			raise PolicyError(f"{self.level}.visit_months", self.visit_months, "give 0, 1, 2, 3, 4, 6 or 12")

	def quota(self, band: Band) -> int:
		"""Return the contacts owed per period: the minimum, one more on Watch, two more At Risk or Critical."""
		more = {Band.WATCH: 1, Band.AT_RISK: 2, Band.CRITICAL: 2}.get(band, 0)
		return min(self.contacts_min + more, self.contacts_max)


@cache
def without_quota(cadence: Cadence) -> Cadence:
	"""Return a cadence that owes neither contacts nor visits: that of a customer who was let go."""
	return replace(cadence, contacts_min=0, contacts_max=0, visit_months=0)


def default_cadences() -> tuple[Cadence, ...]:
	"""Return the seeded cadences, key accounts first."""
	stars = (Level.FOUR_STAR, Level.THREE_STAR, Level.TWO_STAR, Level.ONE_STAR)
	return (
		Cadence(KEY_ACCOUNT, 1, 1, PeriodKind.WEEK, min_gap_days=3, visit_months=3),
		Cadence(Level.FIVE_STAR.value, 1, 3, PeriodKind.MONTH, min_gap_days=5, visit_months=6),
		*(Cadence(level.value, 1, 1, PeriodKind.MONTH, min_gap_days=5) for level in stars),
	)


@dataclass(frozen=True, slots=True)
class PlanningPolicy:
	"""How callbacks are planned: the cadence per level, horizon, capacity and reserve per person and day."""

	cadences: tuple[Cadence, ...] = field(default_factory=default_cadences)
	capacity: int = 20
	reserve: int = 2
	horizon_days: int = 28
	new_customer_level: Level = Level.THREE_STAR

	def __post_init__(self) -> None:
		named = [cadence.level for cadence in self.cadences]
		needed = [KEY_ACCOUNT, *(level.value for level in Level if level is not Level.NEW)]
		for level in needed:
			if named.count(level) != 1:
				raise PolicyError("cadences", level, "give every level exactly one cadence")
		if self.capacity < 0:
			raise PolicyError("capacity", self.capacity, "give 0 or more callbacks a day")
		if not 0 <= self.reserve <= self.capacity:
			raise PolicyError("reserve", self.reserve, "give 0 to {most}, the capacity", most=self.capacity)
		if not 1 <= self.horizon_days <= 366:
			raise PolicyError("horizon_days", self.horizon_days, "give 1 to 366 days")

	def by_level(self) -> Mapping[str, Cadence]:
		"""Return the cadences by level; New customers keep the cadence of `new_customer_level`."""
		cadences = {cadence.level: cadence for cadence in self.cadences}
		cadences[Level.NEW.value] = cadences[self.new_customer_level.value]
		return MappingProxyType(cadences)
