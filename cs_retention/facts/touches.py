"""Contacts and answers from the ledger of Customer Touch."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from pypika import Case, MySQLQuery
from pypika import functions as fn

from cs_retention.engine.vocabulary import Channel, Outcome
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import COUNTED, parameter, table
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


def read_touches(source: Source, selection: Selection, as_of: date) -> dict[str, TouchFacts]:
	"""Return the facts of the selected customers from their touches up to as_of, by folded customer."""
	values = {"as_of": as_of}
	return {
		fold(customer): _facts(figures)
		for customer, *figures in selection.lines(source, touches_query(), 7, values)
	}


def read_contacts(
	source: Source, selection: Selection, since: date, until: date
) -> dict[str, tuple[Contact, ...]]:
	"""Return the contacts of the selected customers from `since` to `until`, once per day and channel, in order."""
	values = {"since": since, "until": until}
	contacts: defaultdict[str, set[Contact]] = defaultdict(set)
	for customer, day, channel in selection.rows(source, contacts_query(), values):
		if found := as_date(day):
			contacts[fold(customer)].add(Contact(found, Channel(channel)))
	return {customer: tuple(sorted(found)) for customer, found in contacts.items()}


def read_attempts(source: Source, selection: Selection, since: date) -> dict[str, tuple[date, ...]]:
	"""Return the days from `since` on on which the selected customers were tried in vain, by folded customer.

	A refusal counts: nobody calls again on the day of a refusal.
	"""
	values = {"since": since}
	attempts: defaultdict[str, set[date]] = defaultdict(set)
	for customer, day in selection.rows(source, attempts_query(), values):
		if found := as_date(day):
			attempts[fold(customer)].add(found)
	return {customer: tuple(sorted(days)) for customer, days in attempts.items()}


@cache
def touches_query() -> str:
	"""Return the query, one row per customer, of its last contact, its last answer, and what was tried since.

	Columns: customer; day of the last contact; of the last answer; lowest answer of that day; then of the touches
	after the last contact: how many reached nobody, the latest day, the latest day of a refusal.
	"""
	contact = Case().when(touch.outcome.isin(COUNTED), touch.touch_date)
	answer = Case().when(touch.satisfaction > 0, touch.touch_date)
	so_far = selected(touch.customer) & (touch.touch_date <= parameter("as_of"))
	latest = (
		MySQLQuery.from_(touch)
		.select(touch.customer, fn.Max(contact).as_("contact"), fn.Max(answer).as_("answer"))
		.where(so_far)
		.groupby(touch.customer)
		.as_("latest")
	)
	is_answer = (touch.satisfaction > 0) & (touch.touch_date == latest.answer)
	since = latest.contact.isnull() | (touch.touch_date > latest.contact)
	unreached = since & (touch.outcome == Outcome.NOT_REACHED.value)
	refused = since & (touch.outcome == Outcome.REFUSED.value)
	return str(
		MySQLQuery.from_(touch)
		.join(latest)
		.on(latest.customer == touch.customer)
		.select(
			touch.customer,
			latest.contact,
			latest.answer,
			fn.Min(Case().when(is_answer, touch.satisfaction)),
			fn.Sum(Case().when(unreached, 1).else_(0)),
			fn.Max(Case().when(since, touch.touch_date)),
			fn.Max(Case().when(refused, touch.touch_date)),
		)
		.where(so_far)
		.groupby(touch.customer, latest.contact, latest.answer)
	)


@cache
def contacts_query() -> str:
	"""Return the query of customer, day and channel of the contacts within a range of days."""
	within = touch.touch_date[parameter("since") : parameter("until")]
	return str(
		MySQLQuery.from_(touch)
		.select(touch.customer, touch.touch_date, touch.channel)
		.distinct()
		.where(selected(touch.customer) & within & touch.outcome.isin(COUNTED))
	)


@cache
def attempts_query() -> str:
	"""Return the query of customer and day of the attempts that count for no quota."""
	tried = (touch.touch_date >= parameter("since")) & touch.outcome.notin(COUNTED)
	return str(
		MySQLQuery.from_(touch)
		.select(touch.customer, touch.touch_date)
		.distinct()
		.where(selected(touch.customer) & tried)
	)


def _facts(figures: list[Any]) -> TouchFacts:
	contact, answer, satisfaction, unreached, latest, refused = figures
	return TouchFacts(
		last_satisfaction=as_count(satisfaction) or None,
		last_satisfaction_on=as_date(answer),
		last_contact=as_date(contact),
		unreached_in_a_row=as_count(unreached),
		has_refused=bool(refused) and refused == latest,
	)
