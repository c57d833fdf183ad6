"""Working days of companies and of people, from holiday lists, employees, absences and, with HRMS, approved leave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain
from typing import NamedTuple

from pypika import MySQLQuery

from cs_retention.engine.workdays import SATURDAY_AND_SUNDAY, WorkCalendar
from cs_retention.facts.keys import fold
from cs_retention.facts.source import Source
from cs_retention.facts.sql import parameter, table
from cs_retention.facts.values import as_date

MONDAY_TO_FRIDAY = WorkCalendar()
LEAVE = "Leave Application"
ONE_DAY = timedelta(days=1)

company = table("Company")
employee = table("Employee")
holiday = table("Holiday")
holiday_list = table("Holiday List")
absence = table("Owner Absence")
leave = table(LEAVE)


class Span(NamedTuple):
	"""Days from `first` to `last`, both included."""

	first: date
	last: date

	def days(self) -> Iterator[date]:
		"""Yield every day."""
		return (self.first + timedelta(days=day) for day in range((self.last - self.first).days + 1))

	def within(self, other: Span) -> Span:
		"""Return what both have in common; without common days `last` lies before `first`."""
		return Span(max(self.first, other.first), min(self.last, other.last))

	def around(self, day: date) -> tuple[Span, Span]:
		"""Return the days before a day and those after it; either may be empty, `last` before `first`."""
		before, after = Span(self.first, day - ONE_DAY), Span(day + ONE_DAY, self.last)
		return self.within(before), self.within(after)


@dataclass(frozen=True, slots=True)
class Calendars:
	"""Working days over the days they were read for.

	A person has the holiday list of the employee, else of the employee's company, else of the first company that
	has one (in order of names), else Monday to Friday; less the person's absences.
	"""

	companies: Mapping[str, WorkCalendar]
	people: Mapping[str, WorkCalendar]
	default: WorkCalendar
	_persons: dict[str, WorkCalendar] = field(default_factory=dict, repr=False)
	_absences: Mapping[str, tuple[Span, ...]] = field(default_factory=dict, repr=False)

	def of_company(self, name: str | None = None) -> WorkCalendar:
		"""Return the working days of a company; without a name, those of the book."""
		return self.companies.get(fold(name or ""), self.default)

	def of_person(self, user: str | None) -> WorkCalendar:
		"""Return the working days of a person, absences taken out."""
		key = fold(user or "")
		if key not in self._persons:
			away = (day for span in self._absences.get(key, ()) for day in span.days())
			self._persons[key] = self.people.get(key, self.default).without(away)
		return self._persons[key]


def read_calendars(source: Source, first: date, last: date) -> Calendars:
	"""Read what is worked from `first` to `last`."""
	lists = read_holiday_lists(source, Span(first, last))
	listed = {fold(name): lists[fold(used)] for name, used in _company_lists(source) if fold(used) in lists}
	default = next(iter(listed.values()), MONDAY_TO_FRIDAY)
	people: dict[str, WorkCalendar] = {}
	for user, works_for, own_list in source.rows(_employees_query()):
		of_company = listed.get(fold(works_for or ""), default)
		people.setdefault(fold(user), lists.get(fold(own_list or ""), of_company))
	absences = read_absences(source, Span(first, last))
	return Calendars(listed, people, default, _absences=absences)


def read_holiday_lists(source: Source, axis: Span) -> dict[str, WorkCalendar]:
	"""Return the calendar of every holiday list, by folded name.

	Within a list's range every listed day is off and every Saturday or Sunday that is not listed is a make-up
	working day; outside it Monday to Friday are worked.
	"""
	off: defaultdict[str, set[date]] = defaultdict(set)
	for name, day in source.rows(_holidays_query(), axis._asdict()):
		if found := as_date(day):
			off[fold(name)].add(found)
	calendars = {}
	for name, first, last in source.rows(_lists_query()):
		start, end = as_date(first), as_date(last)
		if start and end:
			calendars[fold(name)] = _calendar(Span(start, end).within(axis), off[fold(name)])
	return calendars


def read_absences(source: Source, axis: Span) -> dict[str, tuple[Span, ...]]:
	"""Return the absences that touch the axis, approved leave included, clipped to it, by folded person."""
	absences: defaultdict[str, list[Span]] = defaultdict(list)
	away = chain(_owner_absences(source, axis), _leaves(source, axis) if source.has_table(LEAVE) else ())
	for person, span in away:
		absences[fold(person)].append(span.within(axis))
	return {person: tuple(sorted(spans)) for person, spans in absences.items()}


def _owner_absences(source: Source, axis: Span) -> Iterator[tuple[str, Span]]:
	"""Yield person and days of what was entered as an absence."""
	for person, first, last in source.rows(_absences_query(), axis._asdict()):
		start, end = as_date(first), as_date(last)
		if start and end:
			yield person, Span(start, end)


def _leaves(source: Source, axis: Span) -> Iterator[tuple[str, Span]]:
	"""Yield person and days of approved leave; on a half day the person is there."""
	for person, first, last, has_half_day, half_day in source.rows(_leaves_query(), axis._asdict()):
		start, end = as_date(first), as_date(last)
		if start and end:
			whole = Span(start, end)
			spans = whole.around(as_date(half_day) or start) if has_half_day else (whole,)
			yield from ((person, span) for span in spans)


def _calendar(listed: Span, holidays: Iterable[date]) -> WorkCalendar:
	off = frozenset(day for day in holidays if listed.first <= day <= listed.last)
	weekend = (day for day in listed.days() if day.weekday() in SATURDAY_AND_SUNDAY)
	return WorkCalendar(off=off, work=frozenset(day for day in weekend if day not in off))


def _company_lists(source: Source) -> list[tuple[str, str]]:
	query = MySQLQuery.from_(company).select(company.name, company.default_holiday_list)
	return sorted((name, used) for name, used in source.rows(str(query)) if used)


def _employees_query() -> str:
	return str(
		MySQLQuery.from_(employee)
		.select(employee.user_id, employee.company, employee.holiday_list)
		.where((employee.status == "Active") & (employee.user_id != ""))
		.orderby(employee.name)
	)


def _lists_query() -> str:
	return str(
		MySQLQuery.from_(holiday_list).select(holiday_list.name, holiday_list.from_date, holiday_list.to_date)
	)


def _holidays_query() -> str:
	axis = holiday.holiday_date[parameter("first") : parameter("last")]
	return str(MySQLQuery.from_(holiday).select(holiday.parent, holiday.holiday_date).where(axis))


def _absences_query() -> str:
	touches_axis = (absence.to_date >= parameter("first")) & (absence.from_date <= parameter("last"))
	return str(
		MySQLQuery.from_(absence)
		.select(absence.person, absence.from_date, absence.to_date)
		.where(touches_axis)
	)


def _leaves_query() -> str:
	touches_axis = (leave.to_date >= parameter("first")) & (leave.from_date <= parameter("last"))
	return str(
		MySQLQuery.from_(leave)
		.join(employee)
		.on(employee.name == leave.employee)
		.select(employee.user_id, leave.from_date, leave.to_date, leave.half_day, leave.half_day_date)
		.where(
			touches_axis & (leave.docstatus == 1) & (leave.status == "Approved") & (employee.user_id != "")
		)
	)
