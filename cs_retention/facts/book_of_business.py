"""The customers that each person answers for: counted by level and health, one by one, with revenue and planned calls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import NamedTuple

from pypika import Case, MySQLQuery, Order
from pypika import functions as fn
from pypika.queries import QueryBuilder
from pypika.terms import Term

from cs_retention.engine.vocabulary import CallbackStatus, Level
from cs_retention.facts.compliance import callback, customer, level_of, state
from cs_retention.facts.invoices import boundaries, invoice, revenue
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import is_in_book, parameter
from cs_retention.facts.values import as_amount, as_count, as_date


class BookGroup(NamedTuple):
	"""Customers of one person that are alike in level and health band."""

	person: str
	level: str
	band: str
	customers: int
	value_at_risk: float
	owed: int
	made: int
	without_day: int


class BookCustomer(NamedTuple):
	"""One customer of a person's book."""

	customer: str
	customer_name: str
	level: str
	band: str
	health: int
	value_at_risk: float
	owed: int
	made: int
	without_day: int
	next_callback: date | None
	last_contact: date | None


class PlannedCall(NamedTuple):
	"""One planned call of a person."""

	name: str
	customer: str
	customer_name: str
	due_date: date


def read_book_groups(source: Source, selection: Selection) -> Iterator[BookGroup]:
	"""Yield the selected customers, counted by person, level and band."""
	for person, level, band, *figures in selection.rows(source, groups_query(), NEW):
		customers, value, *counts = figures
		owed, made, without = map(as_count, counts)
		yield BookGroup(
			person or "", level, band or "", as_count(customers), as_amount(value), owed, made, without
		)


def read_book_customers(source: Source, selection: Selection, person: str) -> Iterator[BookCustomer]:
	"""Yield those of the selected customers that a person answers for, nobody's for an empty one."""
	for name, called, level, band, health, value, *rest in selection.rows(
		source, customers_query(), {**NEW, "person": person}
	):
		owed, made, without, following, last = rest
		yield BookCustomer(
			name,
			called or name,
			level,
			band or "",
			as_count(health),
			as_amount(value),
			as_count(owed),
			as_count(made),
			as_count(without),
			as_date(following),
			as_date(last),
		)


def read_book_revenue(source: Source, selection: Selection, company: str, as_of: date) -> dict[str, float]:
	"""Return the 12-month net revenue in a company of the selected customers, by person."""
	values = {**boundaries(as_of), "company": company}
	rows = selection.rows(source, revenue_query(), values)
	return {person or "": as_amount(amount) for person, amount in rows}


def read_planned_loads(source: Source, selection: Selection, last: date) -> Iterator[tuple[str, date, int]]:
	"""Yield person, due date and how many of the selected callbacks stand on it, until a day and overdue ones before."""
	values = {"planned": CallbackStatus.PLANNED.value, "last_day": last}
	for person, due, calls in selection.rows(source, loads_query(), values):
		day = as_date(due)
		assert day, "a callback has a due date"
		yield person or "", day, as_count(calls)


def read_planned_calls(
	source: Source, selection: Selection, person: str, last: date
) -> Iterator[PlannedCall]:
	"""Yield those of the selected callbacks that a person is to make until a day."""
	values = {"planned": CallbackStatus.PLANNED.value, "last_day": last, "person": person}
	for name, of, called, due in selection.rows(source, calls_query(), values):
		day = as_date(due)
		assert day, "a callback has a due date"
		yield PlannedCall(name, of, called or of, day)


NEW = {"new": Level.NEW.value}


@cache
def groups_query() -> str:
	"""Return the query of person, level, band and the figures of the customers alike in them."""
	keys = (customer.account_manager, level_of(), state.health_band)
	return str(
		book()
		.select(*keys, fn.Count(state.name), fn.Sum(state.value_at_risk))
		.select(fn.Sum(state.owed_in_period), fn.Sum(state.met_in_period), fn.Sum(without_day()))
		.groupby(*keys)
	)


@cache
def customers_query() -> str:
	"""Return the query of a person's customers one by one, the most value at risk first."""
	return str(
		book()
		.select(customer.name, customer.customer_name, level_of(), state.health_band, state.health)
		.select(state.value_at_risk, state.owed_in_period, state.met_in_period, without_day())
		.select(state.next_callback, state.last_contact)
		.where(fn.Coalesce(customer.account_manager, "") == parameter("person"))
		.orderby(state.value_at_risk, order=Order.desc)
		.orderby(customer.name)
	)


@cache
def revenue_query() -> str:
	"""Return the query of person and revenue of the last twelve months."""
	return str(
		MySQLQuery.from_(invoice)
		.join(customer)
		.on(customer.name == invoice.customer)
		.select(customer.account_manager, revenue(parameter("after_12m"), parameter("as_of")))
		.where(selected(invoice.customer) & (invoice.docstatus == 1))
		.where((invoice.company == parameter("company")) & (invoice.posting_date > parameter("after_12m")))
		.groupby(customer.account_manager)
	)


@cache
def loads_query() -> str:
	"""Return the query of person, day and planned calls."""
	return str(
		planned()
		.select(callback.responsible, callback.due_date, fn.Count(callback.name))
		.groupby(callback.responsible, callback.due_date)
	)


@cache
def calls_query() -> str:
	"""Return the query of a person's planned calls one by one."""
	return str(
		planned()
		.left_join(customer)
		.on(customer.name == callback.customer)
		.select(callback.name, callback.customer, customer.customer_name, callback.due_date)
		.where(fn.Coalesce(callback.responsible, "") == parameter("person"))
		.orderby(callback.due_date, callback.name)
	)


def planned() -> QueryBuilder:
	"""Return the selected callbacks that are planned until a day."""
	is_planned = (callback.status == parameter("planned")) & (callback.due_date <= parameter("last_day"))
	return MySQLQuery.from_(callback).where(selected(callback.name) & is_planned)


def book() -> QueryBuilder:
	"""Return the selected customers that are in the book, with their states."""
	query = MySQLQuery.from_(state).join(customer).on(customer.name == state.customer)
	return query.where(selected(state.customer) & is_in_book())


def without_day() -> Term:
	"""Return 1 for a customer with a contact that found no day."""
	return Case().when(fn.Coalesce(state.plan_shortfall, "") != "", 1).else_(0)
