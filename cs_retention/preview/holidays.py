"""The company's holiday list as ERPNext stores it: one row per day off, weekly ones included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

WEEKEND = {5: "Saturday", 6: "Sunday"}


@dataclass(frozen=True, slots=True)
class DayOff:
	"""One row of a holiday list."""

	day: date
	description: str
	is_weekly_off: bool


def list_range(days: Mapping[date, tuple[str, str]]) -> tuple[date, date]:
	"""Return 1 January of the first year and 31 December of the last one; `days` must not be empty."""
	return date(min(days).year, 1, 1), date(max(days).year, 12, 31)


def days_off(days: Mapping[date, tuple[str, str]]) -> Iterator[DayOff]:
	"""Yield the rows of the list over its range, in order.

	`days` maps a date to ("off" or "work", description). A Saturday or Sunday is off unless it is a make-up working
	day; on any other day "work" says nothing new.
	"""
	day, last = list_range(days)
	while day <= last:
		kind, description = days.get(day, ("", ""))
		is_weekend = day.weekday() in WEEKEND
		if kind == "off" or (is_weekend and kind != "work"):
			yield DayOff(day, description or WEEKEND.get(day.weekday(), "Holiday"), is_weekend)
		day += timedelta(days=1)
