"""Contacts and answers from the ledger of Customer Touch: what people did, never what the house sent by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date, time
from functools import cache
from typing import Any, NamedTuple

from pypika import Case, MySQLQuery
from pypika import functions as fn

from cs_retention.engine.vocabulary import Channel, ContactDocument, Outcome
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source, has_rows
from cs_retention.facts.sql import BY_PEOPLE, COUNTED, VAIN, parameter, table
from cs_retention.facts.values import Packed, as_count, as_date, as_time, pack, unpack

touch = table("Customer Touch")
NOTED_FIELDS = ("name", "customer", "source_doctype", "source_name", "touch_date", "channel", "outcome")


class TouchFacts(NamedTuple):
	"""The facts of one customer that its touches give, named as in CustomerFacts."""

	last_satisfaction: int | None = None
	last_satisfaction_on: date | None = None
	last_contact: date | None = None
	unreached_in_a_row: int = 0
	has_refused: bool = False


COLUMNS = 7
"""Columns of the query of touches."""


class Contact(NamedTuple):
	"""A contact that counts for a quota."""

	day: date
	channel: Channel


class NotedContact(NamedTuple):
	"""A touch that a document of ERPNext tells of."""

	name: str
	customer: str
	document: ContactDocument
	document_name: str
	day: date
	channel: Channel
	outcome: Outcome


def has_noted(source: Source) -> bool:
	"""Tell whether a touch was ever noted from a document."""
	query = MySQLQuery.from_(touch).select(touch["name"]).where(touch.source_doctype > "").limit(1)
	return has_rows(source, str(query))


def read_noted(
	source: Source, selection: Selection, documents: Collection[ContactDocument], since: date, until: date
) -> Iterator[NotedContact]:
	"""Yield the touches of the selected customers that documents of these kinds tell of, within a range of days."""
	values = {"since": since, "until": until, **{kind.name.lower(): kind.value for kind in ContactDocument}}
	for row in selection.rows(source, noted_query(), values):
		noted = as_noted(row)
		if noted.document in documents:
			yield noted


def read_noted_of(source: Source, document: ContactDocument, name: str) -> list[NotedContact]:
	"""Return the touches that one document tells of."""
	is_of = (touch.source_doctype == parameter("document")) & (touch.source_name == parameter("name"))
	query = MySQLQuery.from_(touch).select(*(touch[field] for field in NOTED_FIELDS)).where(is_of)
	return [as_noted(row) for row in source.rows(str(query), {"document": document.value, "name": name})]


def as_noted(row: Sequence[Any]) -> NotedContact:
	"""Return a touch as noted from the columns NOTED_FIELDS."""
	name, customer, document, document_name, day, channel, outcome = row
	return NotedContact(
		name,
		customer,
		ContactDocument(document),
		document_name,
		as_date(day) or date.max,
		Channel(channel),
		Outcome(outcome),
	)


def read_names(
	source: Source, selection: Selection, since: date, until: date
) -> dict[tuple[str, date, Channel], str]:
	"""Return the name of the selected customers' contacts by folded customer, day and channel; of several the last."""
	values = {"since": since, "until": until}
	rows = sorted(
		selection.rows(source, names_query(), values), key=lambda row: (as_time(row[3]) or time.min, row[4])
	)
	return {
		(fold(customer), as_date(day) or date.max, Channel(channel)): name
		for customer, day, channel, _time, name in rows
	}


def ask_touches(source: Source, selection: Selection, as_of: date) -> None:
	"""Announce what `read_touches` asks."""
	selection.ahead(source, touches_query(), COLUMNS, {"as_of": as_of})


def read_touches(source: Source, selection: Selection, as_of: date) -> dict[str, TouchFacts]:
	"""Return the facts of the selected customers from their touches up to as_of, by folded customer."""
	packed = read_packed_touches(source, selection, as_of)
	return {customer: touch_facts(cells) for customer, cells in packed.items()}


def read_packed_touches(source: Source, selection: Selection, as_of: date) -> dict[str, Packed]:
	"""Return the same as it came, for `touch_facts` to read."""
	found = selection.lines(source, touches_query(), COLUMNS, {"as_of": as_of}, cut=1)
	return {fold(customer): pack(figures) for customer, *figures in found}


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
	stands = (touch.touch_date <= parameter("as_of")) & touch.outcome.isin(BY_PEOPLE)
	so_far = selected(touch.customer) & stands
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
def noted_query() -> str:
	"""Return the query of NOTED_FIELDS of the touches that documents tell of, within a range of days."""
	within = touch.touch_date[parameter("since") : parameter("until")]
	kinds = [parameter(kind.name.lower()) for kind in ContactDocument]
	return str(
		MySQLQuery.from_(touch)
		.select(*(touch[field] for field in NOTED_FIELDS))
		.where(selected(touch.customer) & within & touch.source_doctype.isin(kinds))
	)


@cache
def names_query() -> str:
	"""Return the query of customer, day, channel, time and name of the contacts within a range of days."""
	within = touch.touch_date[parameter("since") : parameter("until")]
	return str(
		MySQLQuery.from_(touch)
		.select(touch.customer, touch.touch_date, touch.channel, touch.touch_time, touch["name"])
		.where(selected(touch.customer) & within & touch.outcome.isin(COUNTED))
	)


@cache
def attempts_query() -> str:
	"""Return the query of customer and day of the attempts that count for no quota."""
	tried = (touch.touch_date >= parameter("since")) & touch.outcome.isin(VAIN)
	return str(
		MySQLQuery.from_(touch)
		.select(touch.customer, touch.touch_date)
		.distinct()
		.where(selected(touch.customer) & tried)
	)


def touch_facts(packed: Packed) -> TouchFacts:
	"""Return what the touches of one customer say."""
	contact, answer, satisfaction, unreached, latest, refused = unpack(packed)
	return TouchFacts(
		last_satisfaction=as_count(satisfaction) or None,
		last_satisfaction_on=as_date(answer),
		last_contact=as_date(contact),
		unreached_in_a_row=as_count(unreached),
		has_refused=bool(refused) and refused == latest,
	)
