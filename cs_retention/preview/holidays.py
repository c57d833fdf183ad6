"""The company's holiday list as ERPNext stores it: every day off, weekly ones included."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from cs_retention.engine.workdays import SATURDAY_AND_SUNDAY


def list_range(days: Mapping[date, str]) -> tuple[date, date]:
	"""Return 1 January of the first year and 31 December of the last one; `days` must not be empty."""
	return date(min(days).year, 1, 1), date(max(days).year, 12, 31)


def days_off(days: Mapping[date, str]) -> Iterator[date]:
	"""Yield the days off of the list over its range, in order.

	`days` maps a date to "off" or "work". A Saturday or Sunday is off unless it is a make-up working day; on any other
	day "work" says nothing new.
	"""
	day, last = list_range(days)
	while day <= last:
		kind = days.get(day)
		if kind == "off" or (day.weekday() in SATURDAY_AND_SUNDAY and kind != "work"):
			yield day
		day += timedelta(days=1)
