"""What people entered about how a customer wishes to be called."""

from __future__ import annotations

from datetime import date, time
from functools import cache
from typing import Any, NamedTuple

from pypika import MySQLQuery

from cs_retention.engine.vocabulary import Channel
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import table
from cs_retention.facts.values import as_date, as_time

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

schedule = table("Callback Schedule")


class Schedule(NamedTuple):
	"""The wishes of one customer: channel, weekdays (Monday is 0), hours, and a pause.

	A pause without an end has no `pause_to`; without `pause_from` there is none.
	"""

	preferred_channel: Channel | None = None
	hours_from: time | None = None
	hours_to: time | None = None
	pause_from: date | None = None
	pause_to: date | None = None
	weekdays: frozenset[int] = frozenset()


def read_schedules(source: Source, selection: Selection) -> dict[str, Schedule]:
	"""Return the schedules of the selected customers, by folded customer."""
	found = selection.rows(source, schedules_query())
	return {fold(customer): _schedule(figures) for customer, *figures in found}


@cache
def schedules_query() -> str:
	"""Return the query of a page's schedules, columns in Schedule's order, a column per weekday last."""
	fieldnames = ("customer", *Schedule._fields[:-1], *WEEKDAYS)
	columns = (schedule[fieldname] for fieldname in fieldnames)
	return str(MySQLQuery.from_(schedule).select(*columns).where(selected(schedule.customer)))


def _schedule(figures: list[Any]) -> Schedule:
	channel, hours_from, hours_to, pause_from, pause_to, *ticked = figures
	return Schedule(
		Channel(channel) if channel else None,
		as_time(hours_from),
		as_time(hours_to),
		as_date(pause_from),
		as_date(pause_to),
		frozenset(weekday for weekday, is_ticked in enumerate(ticked) if is_ticked),
	)
