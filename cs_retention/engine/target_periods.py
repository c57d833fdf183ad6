"""The years, quarters, months and weeks that targets hold for, and the shorter ones that a longer one is split into.

A year begins on the day that is given, so that fiscal years need no setting; its quarters and months follow from that.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from cs_retention.engine.quarter_periods import LAST_START_DAY
from cs_retention.engine.vocabulary import TargetPeriod
from cs_retention.engine.workdays import add_months

MONTHS = MappingProxyType({TargetPeriod.YEAR: 12, TargetPeriod.QUARTER: 3, TargetPeriod.MONTH: 1})
WEEK = timedelta(days=7)
A_YEAR_OF_WEEKS = 52 * WEEK
MIDDLE = timedelta(days=3)
"""From a Monday to the Thursday whose span a week belongs to, as in ISO weeks."""


@dataclass(frozen=True, slots=True)
class TargetSpan:
	"""The days of one period from its first; ValueError for a week that begins on no Monday, or a day some months lack."""

	kind: TargetPeriod
	start: date

	def __post_init__(self) -> None:
		if self.kind is TargetPeriod.WEEK and self.start.weekday():
			raise ValueError("a week begins on a Monday")
		if self.kind is not TargetPeriod.WEEK and self.start.day > LAST_START_DAY:
			raise ValueError(f"a period begins on a day from 1 to {LAST_START_DAY}")

	@property
	def end(self) -> date:
		"""The last day."""
		return self._following() - timedelta(days=1)

	@property
	def eve(self) -> date:
		"""The day before the first."""
		return self.start - timedelta(days=1)

	@property
	def eve_before(self) -> date:
		"""The day before the first of the period of this length that went before."""
		if self.kind is TargetPeriod.WEEK:
			return self.eve - WEEK
		return add_months(self.start, -MONTHS[self.kind]) - timedelta(days=1)

	@property
	def year_before(self) -> TargetSpan:
		"""The same period of the year before; of a week that 52 weeks before."""
		if self.kind is TargetPeriod.WEEK:
			return TargetSpan(self.kind, self.start - A_YEAR_OF_WEEKS)
		return TargetSpan(self.kind, add_months(self.start, -12))

	def parts(self, kind: TargetPeriod) -> tuple[TargetSpan, ...]:
		"""Return the shorter periods of a kind that this one is made of; a week belongs to where its Thursday lies."""
		if kind is TargetPeriod.WEEK:
			return self._weeks()
		length = MONTHS[kind]
		return tuple(
			TargetSpan(kind, add_months(self.start, months)) for months in range(0, MONTHS[self.kind], length)
		)

	def _weeks(self) -> tuple[TargetSpan, ...]:
		thursday = self.start + timedelta(days=(3 - self.start.weekday()) % 7)
		count = (self.end - thursday) // WEEK + 1
		return tuple(TargetSpan(TargetPeriod.WEEK, thursday - MIDDLE + week * WEEK) for week in range(count))

	def _following(self) -> date:
		if self.kind is TargetPeriod.WEEK:
			return self.start + WEEK
		return add_months(self.start, MONTHS[self.kind])


SPLITS = MappingProxyType(
	{
		TargetPeriod.YEAR: (TargetPeriod.QUARTER, TargetPeriod.MONTH, TargetPeriod.WEEK),
		TargetPeriod.QUARTER: (TargetPeriod.MONTH, TargetPeriod.WEEK),
		TargetPeriod.MONTH: (TargetPeriod.WEEK,),
		TargetPeriod.WEEK: (),
	}
)
"""What a period can be split into."""
