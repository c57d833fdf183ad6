"""Contacts and answers from the ledger of Customer Touch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from pypika import Case, MySQLQuery
from pypika import functions as fn

from cs_retention.engine.vocabulary import Channel, Outcome
from cs_retention.facts.keys import fold
from cs_retention.facts.source import Source
from cs_retention.facts.sql import QUALIFYING, in_page, parameter, table
from cs_retention.facts.values import as_count, as_date

touch = table("Customer Touch")


class TouchFacts(NamedTuple):
	"""The facts of one customer that its touches give, named as in CustomerFacts."""

	last_satisfaction: int | None = None
	last_satisfaction_on: date | None = None
	last_contact: date | None = None
	unreached_in_a_row: int = 0
	has_refused: bool = False


class Contact(NamedTuple):
	"""A contact that counts for a quota."""

	day: date
	channel: Channel


class _Touches(NamedTuple):
	"""The touches of one customer, day and outcome, beside the customer's last contact and last answer."""

	day: date
	outcome: str
	made: int
	satisfaction: int | None
	last_contact: date | None
	last_answer: date | None


def read_touches(source: Source, first: str, last: str, as_of: date) -> dict[str, TouchFacts]:
	"""Return the facts of a page's customers from their touches up to as_of, by folded customer."""
	values = {"first": first, "last": last, "as_of": as_of}
	touches: defaultdict[str, list[_Touches]] = defaultdict(list)
	for customer, *figures in source.rows(touches_query(), values):
		touches[fold(customer)].append(_touches(figures))
	return {customer: _facts(rows) for customer, rows in touches.items()}


def read_contacts(
	source: Source, first: str, last: str, since: date, until: date
) -> dict[str, tuple[Contact, ...]]:
	"""Return the contacts of a page's customers from `since` to `until`, once per day and channel, in order."""
	values = {"first": first, "last": last, "since": since, "until": until}
	contacts: defaultdict[str, set[Contact]] = defaultdict(set)
	for customer, day, channel in source.rows(contacts_query(), values):
		if found := as_date(day):
			contacts[fold(customer)].add(Contact(found, Channel(channel)))
	return {customer: tuple(sorted(found)) for customer, found in contacts.items()}


def read_attempts(source: Source, first: str, last: str, since: date) -> dict[str, tuple[date, ...]]:
	"""Return the days from `since` on on which a page's customers were tried and not reached, by folded customer."""
	values = {"first": first, "last": last, "since": since, "outcome": Outcome.NOT_REACHED.value}
	attempts: defaultdict[str, set[date]] = defaultdict(set)
	for customer, day in source.rows(attempts_query(), values):
		if found := as_date(day):
			attempts[fold(customer)].add(found)
	return {customer: tuple(sorted(days)) for customer, days in attempts.items()}


@cache
def touches_query() -> str:
	"""Return the query of the touches since the last contact and on the day of the last answer.

	The ledger only grows, so what lies before is left to the database.
	"""
	contact = Case().when(touch.outcome.isin(QUALIFYING), touch.touch_date)
	answer = Case().when(touch.satisfaction > 0, touch.touch_date)
	so_far = in_page(touch.customer) & (touch.touch_date <= parameter("as_of"))
	latest = (
		MySQLQuery.from_(touch)
		.select(touch.customer, fn.Max(contact).as_("contact"), fn.Max(answer).as_("answer"))
		.where(so_far)
		.groupby(touch.customer)
		.as_("latest")
	)
	recent = (
		latest.contact.isnull() | (touch.touch_date >= latest.contact) | (touch.touch_date == latest.answer)
	)
	satisfaction = fn.Min(Case().when(touch.satisfaction > 0, touch.satisfaction))
	kinds = (touch.customer, touch.touch_date, touch.outcome)
	return str(
		MySQLQuery.from_(touch)
		.join(latest)
		.on(latest.customer == touch.customer)
		.select(*kinds, fn.Count("*"), satisfaction, latest.contact, latest.answer)
		.where(so_far & recent)
		.groupby(*kinds, latest.contact, latest.answer)
	)


@cache
def contacts_query() -> str:
	"""Return the query of customer, day and channel of the contacts within a range of days."""
	within = touch.touch_date[parameter("since") : parameter("until")]
	return str(
		MySQLQuery.from_(touch)
		.select(touch.customer, touch.touch_date, touch.channel)
		.distinct()
		.where(in_page(touch.customer) & within & touch.outcome.isin(QUALIFYING))
	)


@cache
def attempts_query() -> str:
	"""Return the query of customer and day of the attempts that reached nobody."""
	tried = (touch.touch_date >= parameter("since")) & (touch.outcome == parameter("outcome"))
	return str(
		MySQLQuery.from_(touch)
		.select(touch.customer, touch.touch_date)
		.distinct()
		.where(in_page(touch.customer) & tried)
	)


def _touches(figures: list[Any]) -> _Touches:
	day, outcome, count, satisfaction, last_contact, last_answer = figures
	return _Touches(
		as_date(day) or date.min,
		outcome,
		as_count(count),
		as_count(satisfaction) or None,
		as_date(last_contact),
		as_date(last_answer),
	)


def _facts(rows: Iterable[_Touches]) -> TouchFacts:
	rows = list(rows)
	last_contact, last_answer = rows[0].last_contact, rows[0].last_answer
	since = [row for row in rows if last_contact is None or row.day > last_contact]
	latest = max((row.day for row in since), default=None)
	answers = [row.satisfaction for row in rows if row.satisfaction and row.day == last_answer]
	return TouchFacts(
		last_satisfaction=min(answers, default=None),
		last_satisfaction_on=last_answer,
		last_contact=last_contact,
		unreached_in_a_row=sum(row.made for row in since if row.outcome == Outcome.NOT_REACHED.value),
		has_refused=any(row.day == latest and row.outcome == Outcome.REFUSED.value for row in since),
	)
