"""How many contacts customers had in a period, beside the level they have: counted, or one by one."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from pypika import MySQLQuery
from pypika import functions as fn
from pypika.queries import QueryBuilder
from pypika.terms import Term

from cs_retention.engine.kpi import LevelHistory
from cs_retention.engine.retention_case import CaseStatus
from cs_retention.facts.cases import release, released
from cs_retention.facts.compliance import customer, level_of, state, touch, values
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import COUNTED, is_in_book, parameter
from cs_retention.facts.values import as_count, as_date


class ContactGroup(NamedTuple):
	"""Customers of the same levels with the same number of contacts in a period."""

	standing: LevelHistory
	contacts: int
	customers: int


class ContactedCustomer(NamedTuple):
	"""One customer with its contacts in a period."""

	customer: str
	customer_name: str
	account_manager: str | None
	standing: LevelHistory
	contacts: int


class KnownCustomer(NamedTuple):
	"""One customer with the days of its contacts over a longer span, in their order; `let_go_on` is None while it stays."""

	customer: str
	customer_name: str
	account_manager: str | None
	standing: LevelHistory
	known_since: date | None
	let_go_on: date | None
	days: tuple[date, ...]

	def within(self, start: date, end: date) -> ContactedCustomer | None:
		"""Return its contacts in a period of that span; None where it was not known yet, or let go by the end."""
		is_known = self.known_since is None or self.known_since <= end
		is_let_go = self.let_go_on is not None and self.let_go_on <= end
		if is_let_go or not is_known:
			return None
		contacts = bisect_right(self.days, end) - bisect_left(self.days, start)
		return ContactedCustomer(*self[:4], contacts)


def read_known_customers(
	source: Source, selection: Selection, first: date, last: date
) -> Iterator[KnownCustomer]:
	"""Yield the selected customers in order of their names, with all that any period from `first` to `last` asks."""
	asked, days = of_period(first, last), defaultdict[str, list[date]](list)
	for name, made_on in selection.rows(source, days_query(), asked):
		if day := as_date(made_on):
			days[fold(name)].append(day)
	for name, called, manager, *rest in selection.rows(source, known_query(), asked):
		level, before, *dates = rest
		changed_on, known_since, let_go_on = map(as_date, dates)
		standing = LevelHistory(level, before or None, changed_on)
		yield KnownCustomer(
			name, called or name, manager or None, standing, known_since, let_go_on, tuple(days[fold(name)])
		)


def read_contact_groups(
	source: Source, selection: Selection, start: date, end: date
) -> Iterator[ContactGroup]:
	"""Yield the selected customers, counted by levels and by the days on which they had a contact."""
	for customers, *rest in selection.rows(source, groups_query(), of_period(start, end)):
		yield ContactGroup(*as_standing(rest), as_count(customers))


def read_contacted_customers(
	source: Source, selection: Selection, start: date, end: date
) -> Iterator[ContactedCustomer]:
	"""Yield the selected customers one by one, in order of their names."""
	for name, called, manager, *rest in selection.rows(source, customers_query(), of_period(start, end)):
		yield ContactedCustomer(name, called or name, manager or None, *as_standing(rest))


def of_period(start: date, end: date) -> dict[str, Any]:
	"""Return the parameters of the queries of a period."""
	return {**values(start, end), "released": CaseStatus.RELEASED.value}


def as_standing(figures: list[Any]) -> tuple[LevelHistory, int]:
	level, before, changed_on, contacts = figures
	return LevelHistory(level, before or None, as_date(changed_on)), as_count(contacts)


@cache
def groups_query() -> str:
	"""Return the query of the number of customers, and the columns of `book`."""
	query, columns = book()
	return str(query.select(fn.Count(state.name), *columns).groupby(*columns))


@cache
def customers_query() -> str:
	"""Return the query of customers one by one."""
	query, columns = book()
	shown = (customer.name, customer.customer_name, customer.account_manager)
	return str(query.select(*shown, *columns).orderby(customer.name))


@cache
def days_query() -> str:
	"""Return the query of customers and the days on which they had a contact, in their order."""
	within = touch.touch_date[parameter("first_day") : parameter("last_day")]
	return str(
		MySQLQuery.from_(touch)
		.select(touch.customer, touch.touch_date)
		.distinct()
		.where(selected(touch.customer) & within & touch.outcome.isin(COUNTED))
		.orderby(touch.touch_date)
	)


@cache
def known_query() -> str:
	"""Return the query of customers one by one with levels, the day since which they are known, and that of their release."""
	gone = released().select(release.released_on).as_("gone")
	shown = (customer.name, customer.customer_name, customer.account_manager)
	levels = (level_of(), state.cadence_before, state.cadence_changed_on)
	return str(
		MySQLQuery.from_(state)
		.join(customer)
		.on(customer.name == state.customer)
		.left_join(gone)
		.on(gone.customer == state.customer)
		.select(*shown, *levels, state.known_since, gone.released_on)
		.where(selected(state.customer) & is_in_book())
		.orderby(customer.name)
	)


def book() -> tuple[QueryBuilder, tuple[Term, ...]]:
	"""Return the selected customers that were known within the period, and their levels and contacts.

	Who was let go by its end is owed no contact and stands apart.
	"""
	within = touch.touch_date[parameter("first_day") : parameter("last_day")]
	made = (
		MySQLQuery.from_(touch)
		.select(touch.customer, fn.Count(touch.touch_date).distinct().as_("days"))
		.where(within & touch.outcome.isin(COUNTED))
		.groupby(touch.customer)
		.as_("made")
	)
	known = state.known_since.isnull() | (state.known_since <= parameter("last_day"))
	is_let_go = state.customer.isin(released().where(release.released_on <= parameter("last_day")))
	query = (
		MySQLQuery.from_(state)
		.join(customer)
		.on(customer.name == state.customer)
		.left_join(made)
		.on(made.customer == state.customer)
		.where(selected(state.customer) & known & is_in_book() & is_let_go.negate())
	)
	contacts = fn.Coalesce(made.days, 0)
	return query, (level_of(), state.cadence_before, state.cadence_changed_on, contacts)
