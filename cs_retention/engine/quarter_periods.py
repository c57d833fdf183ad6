"""Quarters of calendar and fiscal years: their first and last days, the quarters before, and the way from a label."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from cs_retention.engine.workdays import add_months

MONTHS = 3
QUARTERS = 4
LAST_START_DAY = 28
LABEL = re.compile(r"(?:FY)?(\d{4})-?Q([1-4])", re.IGNORECASE)


class Period(Protocol):
	"""Days that key figures are counted over, and how they are compared with as many before."""

	@property
	def start(self) -> date:
		"""The first day."""

	@property
	def end(self) -> date:
		"""The last day."""

	@property
	def eve(self) -> date:
		"""The day before the first: what stood at its end is what the period began with."""

	@property
	def eve_before(self) -> date:
		"""The day before the first of the period of this length that went before."""


@dataclass(frozen=True, slots=True)
class YearStart:
	"""The day a fiscal year begins on; ValueError for a day that not every month has."""

	month: int = 1
	day: int = 1

	def __post_init__(self) -> None:
		if not (1 <= self.month <= 12 and 1 <= self.day <= LAST_START_DAY):
			raise ValueError(f"{self.month}-{self.day}: give a month and a day from 1 to {LAST_START_DAY}")

	@classmethod
	def named(cls, text: str) -> YearStart:
		"""Return the day that a text as `04-01` names; ValueError for another text."""
		month, day = map(int, text.split("-"))
		return cls(month, day)


CALENDAR = YearStart()


@dataclass(frozen=True, slots=True)
class QuarterPeriod:
	"""One quarter of the year that begins in `year`; `number` is 1 to 4, else ValueError."""

	year: int
	number: int
	begins: YearStart = CALENDAR

	def __post_init__(self) -> None:
		if not 1 <= self.number <= QUARTERS:
			raise ValueError(f"{self.number}: a quarter is 1 to {QUARTERS}")

	@classmethod
	def of(cls, day: date, begins: YearStart = CALENDAR) -> QuarterPeriod:
		"""Return the quarter that holds a day."""
		months = (day.month - begins.month - (day.day < begins.day)) % 12
		year = day.year - ((day.month, day.day) < (begins.month, begins.day))
		return cls(year, months // MONTHS + 1, begins)

	@classmethod
	def named(cls, label: str, begins: YearStart = CALENDAR) -> QuarterPeriod:
		"""Return the quarter of a label as `2026Q3`, `2026-Q3` or `FY2026Q3`; ValueError for another text."""
		found = LABEL.fullmatch(label.strip())
		if found is None:
			raise ValueError(f"{label}: write a quarter as 2026Q3")
		return cls(int(found[1]), int(found[2]), begins)

	@property
	def label(self) -> str:
		"""The name of the quarter: `2026Q3`, with FY before it where the year does not begin on 1 January."""
		return f"{'' if self.begins == CALENDAR else 'FY'}{self.year}Q{self.number}"

	@property
	def start(self) -> date:
		"""The first day."""
		return add_months(date(self.year, self.begins.month, self.begins.day), MONTHS * (self.number - 1))

	@property
	def end(self) -> date:
		"""The last day."""
		return add_months(self.start, MONTHS) - timedelta(days=1)

	@property
	def eve(self) -> date:
		"""The day before the first: what stood at its end is what the quarter began with."""
		return self.start - timedelta(days=1)

	@property
	def eve_before(self) -> date:
		"""The day before the first of the three months before."""
		return add_months(self.start, -MONTHS) - timedelta(days=1)

	def moved(self, quarters: int) -> QuarterPeriod:
		"""Return the quarter so many later, or earlier for a negative number."""
		years, place = divmod(self.number - 1 + quarters, QUARTERS)
		return QuarterPeriod(self.year + years, place + 1, self.begins)

	@property
	def before(self) -> QuarterPeriod:
		"""The quarter before."""
		return self.moved(-1)

	@property
	def year_before(self) -> QuarterPeriod:
		"""The same quarter of the year before."""
		return self.moved(-QUARTERS)
