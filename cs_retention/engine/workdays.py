"""Working days and calendar periods: weekly offs, holidays, make-up working days, ISO weeks, anchored months."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from cs_retention.engine.vocabulary import PeriodKind

SEARCH_LIMIT = 366
"""Days to look for a working day before the calendar is refused."""

SATURDAY_AND_SUNDAY = frozenset({5, 6})

SPAN_LETTERS = {2: "B", 3: "Q", 4: "T", 6: "H"}
"""Letter of a span of months in its label: two-month block, quarter, third of a year, half."""


class CalendarError(ValueError):
	"""A calendar on which nobody would ever work, or a search that found no working day."""


@dataclass(frozen=True, slots=True)
class WorkCalendar:
	"""Which days are worked: weekly offs (Monday is 0), days off, make-up working days, absences.

	`work` wins over a weekly off and over `off`; `away` (a person's absences) wins over all. A calendar that has
	no working day even without absences is refused with CalendarError.
	"""

	weekly_offs: frozenset[int] = SATURDAY_AND_SUNDAY
	off: frozenset[date] = frozenset()
	work: frozenset[date] = frozenset()
	away: frozenset[date] = frozenset()

	def __post_init__(self) -> None:
		unknown = sorted(day for day in self.weekly_offs if day not in range(7))
		if unknown:
			raise CalendarError(f"weekly_offs = {unknown}: give weekdays from 0 (Monday) to 6 (Sunday)")
		if len(self.weekly_offs) == 7 and not self.work:
			raise CalendarError(
				"all seven weekdays are off and no day is worked: leave at least one working day"
			)

	def is_working(self, day: date) -> bool:
		"""Tell whether `day` is worked."""
		if day in self.away:
			return False
		return day in self.work or (day.weekday() not in self.weekly_offs and day not in self.off)

	def without(self, days: Iterable[date]) -> WorkCalendar:
		"""Return the calendar of a person who is away on `days`."""
		return replace(self, away=self.away | frozenset(days))


def next_working_day(day: date, calendar: WorkCalendar) -> date:
	"""Return the first working day on or after `day`; CalendarError when there is none within 366 days."""
	return _search(day, calendar, timedelta(days=1))


def previous_working_day(day: date, calendar: WorkCalendar) -> date:
	"""Return the last working day on or before `day`; CalendarError when there is none within 366 days."""
	return _search(day, calendar, timedelta(days=-1))


def _search(day: date, calendar: WorkCalendar, step: timedelta) -> date:
	found = day
	for _ in range(SEARCH_LIMIT):
		if calendar.is_working(found):
			return found
		found += step
	raise CalendarError(f"no working day within {SEARCH_LIMIT} days of {day}: check holidays and absences")


def add_working_days(day: date, count: int, calendar: WorkCalendar) -> date:
	"""Return the `count`-th working day after `day` (before it when negative); 0 gives `day` itself."""
	step = timedelta(days=1 if count >= 0 else -1)
	for _ in range(abs(count)):
		day = _search(day + step, calendar, step)
	return day


def working_mask(calendar: WorkCalendar, first: date, days: int) -> int:
	"""Return the working days of an axis as an integer: bit i stands for `first` + i, for i below `days`."""
	week = sum(1 << i for i in range(7) if (first.weekday() + i) % 7 not in calendar.weekly_offs)
	weeks = days // 7 + 1
	mask = week * (((1 << 7 * weeks) - 1) // 127)
	mask &= ~_bits(calendar.off, first, days)
	mask |= _bits(calendar.work, first, days)
	mask &= ~_bits(calendar.away, first, days)
	return mask & ((1 << days) - 1)


def _bits(days: Iterable[date], first: date, count: int) -> int:
	mask = 0
	origin = first.toordinal()
	for day in days:
		offset = day.toordinal() - origin
		if 0 <= offset < count:
			mask |= 1 << offset
	return mask


def add_months(anchor: date, months: int) -> date:
	"""Return the anchor's day of the month `months` later, or that month's last day when it is shorter.

	Add to the anchor, never to a result: 31 January gives 28 February and 31 March.
	"""
	year, month = divmod(anchor.year * 12 + anchor.month - 1 + months, 12)
	return date(year, month + 1, min(anchor.day, monthrange(year, month + 1)[1]))


def period_of(day: date, kind: PeriodKind) -> tuple[date, date]:
	"""Return first and last day of the ISO week or calendar month that holds `day`."""
	if kind is PeriodKind.WEEK:
		monday = day - timedelta(days=day.weekday())
		return monday, monday + timedelta(days=6)
	return month_span(day, 1)


def period_label(day: date, kind: PeriodKind) -> str:
	"""Return the name of the period that holds `day`: "2026-W48" or "2026-11"."""
	if kind is PeriodKind.WEEK:
		year, week, _ = day.isocalendar()
		return f"{year}-W{week:02d}"
	return f"{day.year}-{day.month:02d}"


def month_span(day: date, months: int) -> tuple[date, date]:
	"""Return first and last day of the span of `months` that holds `day`, counted from January.

	`months` divides 12: 1 month, 3 quarter, 6 half-year, 12 year.
	"""
	first = date(day.year, (day.month - 1) // months * months + 1, 1)
	last_month = first.month + months - 1
	return first, date(first.year, last_month, monthrange(first.year, last_month)[1])


def span_label(day: date, months: int) -> str:
	"""Return the name of the span of `months` that holds `day`: "2026-11", "2026-Q4", "2026-H2", "2026"."""
	if months == 1:
		return period_label(day, PeriodKind.MONTH)
	if months == 12:
		return f"{day.year}"
	return f"{day.year}-{SPAN_LETTERS[months]}{(day.month - 1) // months + 1}"


def named_span(label: str) -> tuple[date, date]:
	"""Return first and last day of the week or span of months that has this name; the way back from a label."""
	year, _, part = label.partition("-")
	if part.startswith("W"):
		return period_of(date.fromisocalendar(int(year), int(part[1:]), 1), PeriodKind.WEEK)
	lengths = {letter: months for months, letter in SPAN_LETTERS.items()}
	months = lengths.get(part[:1], 1) if part else 12
	number = int(part.lstrip("".join(lengths)) or 1)
	return month_span(date(int(year), (number - 1) * months + 1, 1), months)
