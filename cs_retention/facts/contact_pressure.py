"""How much customers were written to and called within a span of days: counted by level or class, or touch by touch."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import NamedTuple

from pypika import Case, Field, MySQLQuery, Order, Table
from pypika import functions as fn
from pypika.queries import QueryBuilder
from pypika.terms import Term

from cs_retention.engine.contact_policy import EXEMPT
from cs_retention.engine.kpi import TouchKind
from cs_retention.engine.vocabulary import MessageChannel, TouchDecision
from cs_retention.facts.compliance import customer, level_of, state, touch, values
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import BY_PEOPLE, is_in_book, parameter
from cs_retention.facts.values import as_count, as_date

COUNTED = (
	*("people", "automatic", "exempt", "merged", "skipped", "waiting"),
	*("held", "by_email", "by_sms"),
)
"""Touches by what they are, and, of the same, how many were held at some time and came by a channel."""


class PressureGroup(NamedTuple):
	"""Customers of a level with the same numbers of touches of each kind; `counts` as COUNTED."""

	level: str
	counts: tuple[int, ...]
	customers: int


class PressedCustomer(NamedTuple):
	"""One customer with its numbers of touches; `counts` as COUNTED."""

	customer: str
	customer_name: str
	level: str
	counts: tuple[int, ...]


class CappedTouch(NamedTuple):
	"""A touch that takes a place of the caps: whose, of which level, on which day, and by which channel of messages."""

	customer: str
	level: str
	day: date
	channel: MessageChannel | None


class ClassGroup(NamedTuple):
	"""Touches of one class and kind; a class is empty for those of people."""

	class_: str
	kind: TouchKind
	was_held: bool
	touches: int


class PressingTouch(NamedTuple):
	"""One touch, with what a list of them shows."""

	name: str
	customer: str
	customer_name: str
	level: str
	day: date
	class_: str
	channel: str
	kind: TouchKind
	was_held: bool
	reasons: str | None


def read_pressure_groups(
	source: Source, selection: Selection, first: date, last: date
) -> Iterator[PressureGroup]:
	"""Yield the selected customers, counted by level and by their touches from `first` to `last`."""
	for customers, level, *counts in selection.rows(source, groups_query(), values(first, last)):
		yield PressureGroup(level, tuple(map(as_count, counts)), as_count(customers))


def read_pressed_customers(
	source: Source, selection: Selection, first: date, last: date
) -> Iterator[PressedCustomer]:
	"""Yield the selected customers one by one, in order of their names."""
	for name, called, level, *counts in selection.rows(source, customers_query(), values(first, last)):
		yield PressedCustomer(name, called or name, level, tuple(map(as_count, counts)))


def read_capped_touches(
	source: Source, selection: Selection, first: date, last: date
) -> Iterator[CappedTouch]:
	"""Yield the touches of the selected customers that take a place of the caps, in the order of days and customers."""
	for name, level, made_on, channel in selection.rows(source, capped_query(), values(first, last)):
		if day := as_date(made_on):
			yield CappedTouch(name, level, day, MessageChannel(channel) if channel else None)


def read_class_groups(source: Source, selection: Selection, first: date, last: date) -> Iterator[ClassGroup]:
	"""Yield the touches of the selected customers by class and kind."""
	for class_, kind, was_held, touches in selection.rows(source, classes_query(), values(first, last)):
		yield ClassGroup(class_ or "", TouchKind(kind), bool(was_held), as_count(touches))


def read_pressing_touches(
	source: Source, selection: Selection, first: date, last: date
) -> Iterator[PressingTouch]:
	"""Yield the touches of the selected customers one by one, the latest first."""
	for name, who, called, level, day, class_, channel, kind, was_held, reasons in selection.rows(
		source, touches_query(), values(first, last)
	):
		made_on = as_date(day)
		assert made_on, "a touch has a day"
		yield PressingTouch(
			*(name, who, called or who, level, made_on, class_ or "", channel),
			*(TouchKind(kind), bool(was_held), reasons or None),
		)


def kind_of() -> Term:
	"""Return what a touch is: of people, or how the policy decided about it."""
	return Case().when(touch.outcome.isin(BY_PEOPLE), TouchKind.PEOPLE.value).else_(touch.decision)


@cache
def groups_query() -> str:
	"""Return the query of the number of customers, their level and COUNTED."""
	columns = (level_of(), *counts())
	return str(book().select(fn.Count(state.name), *columns).groupby(*columns))


@cache
def customers_query() -> str:
	"""Return the query of customers one by one."""
	shown = (customer.name, customer.customer_name, level_of(), *counts())
	return str(book().select(*shown).orderby(customer.name))


@cache
def classes_query() -> str:
	"""Return the query of class, kind, whether it was held, and how many touches."""
	columns = (touch.message_class, kind_of(), touch.was_held)
	return str(touches().select(*columns, fn.Count(touch.name)).groupby(*columns))


@cache
def touches_query() -> str:
	"""Return the query of touches one by one."""
	shown = (touch.name, touch.customer, customer.customer_name, level_of(), touch.touch_date)
	channel = fn.Coalesce(fn.NullIf(touch.message_channel, ""), touch.channel)
	said = (touch.message_class, channel, kind_of(), touch.was_held, touch.reasons)
	return str(
		touches()
		.select(*shown, *said)
		.orderby(touch.touch_date, order=Order.desc)
		.orderby(touch.customer, touch.name)
	)


@cache
def capped_query() -> str:
	"""Return the query of customer, level, day and channel of people's touches and of messages that no rule exempts."""
	is_sent = (touch.decision == TouchDecision.SENT.value) & (touch.message_class != EXEMPT.value)
	channel = Case().when(is_sent, touch.message_channel)
	return str(
		touches()
		.select(touch.customer, level_of(), touch.touch_date, channel)
		.where(is_sent | touch.outcome.isin(BY_PEOPLE))
		.orderby(touch.touch_date, touch.customer, touch.name)
	)


def touches() -> QueryBuilder:
	"""Return the touches within the days of the selected customers that are served."""
	return (
		MySQLQuery.from_(touch)
		.join(state)
		.on(state.customer == touch.customer)
		.join(customer)
		.on(customer.name == touch.customer)
		.where(selected(state.customer) & is_in_book() & within())
	)


def book() -> QueryBuilder:
	"""Return the selected customers that are served, each with its touches counted by kind."""
	sent = touch.decision == TouchDecision.SENT.value
	counted = sent & (touch.message_class != EXEMPT.value)
	kinds = {
		"people": touch.outcome.isin(BY_PEOPLE),
		"automatic": counted,
		"exempt": sent & (touch.message_class == EXEMPT.value),
		"merged": touch.decision == TouchDecision.MERGED.value,
		"waiting": touch.decision == TouchDecision.HELD.value,
		"held": touch.was_held == 1,
		"skipped": touch.decision == TouchDecision.SKIPPED.value,
		"by_email": counted & (touch.message_channel == MessageChannel.EMAIL.value),
		"by_sms": counted & (touch.message_channel == MessageChannel.SMS.value),
	}
	sums = [fn.Sum(Case().when(kinds[name], 1).else_(0)).as_(name) for name in COUNTED]
	made = (
		MySQLQuery.from_(touch)
		.select(touch.customer, *sums)
		.where(within())
		.groupby(touch.customer)
		.as_("made")
	)
	return (
		MySQLQuery.from_(state)
		.join(customer)
		.on(customer.name == state.customer)
		.left_join(made)
		.on(made.customer == state.customer)
		.where(selected(state.customer) & is_in_book())
	)


def counts() -> tuple[Term, ...]:
	"""Return COUNTED of the customers of `book`; who has no touch has none of any kind."""
	return tuple(fn.Coalesce(Field(name, table=Table("made")), 0) for name in COUNTED)


def within() -> Term:
	return touch.touch_date[parameter("first_day") : parameter("last_day")]
