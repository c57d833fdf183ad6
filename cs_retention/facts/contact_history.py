"""What the contact policy is told of customers: levels, consents, touches made, touches held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from pypika import MySQLQuery

from cs_retention.engine.consent import Consent, plain_address
from cs_retention.engine.contact_decisions import PastTouch
from cs_retention.engine.vocabulary import (
	ConsentScope,
	ConsentStatus,
	Level,
	MessageChannel,
	MessageClass,
	TouchDecision,
)
from cs_retention.facts.compliance import level_of, state
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import BY_PEOPLE, parameter, table
from cs_retention.facts.values import as_date, as_datetime

touch, consent = table("Customer Touch"), table("Customer Consent")

HELD_COLUMNS = (
	*("name", "customer", "message_key", "message_class", "message_channel", "recipient", "asked_at"),
	*("held_until", "summary", "message", "language", "source", "person"),
)


class Subject(NamedTuple):
	"""A customer with its state and the level whose caps it has."""

	customer: str
	state: str
	level: str


class Entry(NamedTuple):
	"""One entry of the record of consents, to be ordered by its day and, within it, by when it was recorded."""

	day: str
	created: str
	name: str
	channel: str
	status: str
	address: str

	def consent(self) -> Consent:
		"""Return the entry as the engine takes it."""
		return Consent(
			ConsentScope(self.channel), ConsentStatus(self.status), date.fromisoformat(self.day), self.address
		)


class HeldTouch(NamedTuple):
	"""A touch that is held, as HELD_COLUMNS; `summary` is the subject of a mail."""

	name: str
	customer: str
	key: str
	class_: MessageClass
	channel: MessageChannel
	recipient: str
	asked_at: datetime
	held_until: datetime
	subject: str
	body: str
	language: str
	source: str
	person: str | None


def read_subjects(source: Source, selection: Selection) -> dict[str, Subject]:
	"""Return the selected customers by folded name."""
	rows = selection.rows(source, subjects_query(), {"new": Level.NEW.value})
	return {fold(customer): Subject(customer, name, level) for customer, name, level in rows}


def read_made_touches(
	source: Source, selection: Selection, since: date, until: date
) -> dict[str, tuple[PastTouch, ...]]:
	"""Return the touches of the selected customers by people and by the house, from one day to another."""
	values = {"since": since, "until": until, "sent": TouchDecision.SENT.value}
	found: defaultdict[str, list[PastTouch]] = defaultdict(list)
	for customer, day, class_, channel in selection.rows(source, made_query(), values):
		if made_on := as_date(day):
			past = PastTouch(
				made_on,
				MessageClass(class_) if class_ else None,
				MessageChannel(channel) if channel else None,
			)
			found[fold(customer)].append(past)
	return {customer: tuple(touches) for customer, touches in found.items()}


class ConsentRecord(NamedTuple):
	"""What was recorded of customers, and of addresses whoever they belong to: what stops one stops it for all."""

	of_customers: Mapping[str, Sequence[Entry]]
	of_addresses: Mapping[str, Sequence[Entry]]

	def of(self, customer: str, addresses: Iterable[str]) -> tuple[Consent, ...]:
		"""Return the entries about a folded customer and addresses of it, in their order, each once."""
		entries = set(self.of_customers.get(customer, ()))
		for address in set(map(plain_address, addresses)):
			entries.update(self.of_addresses.get(address, ()))
		return tuple(entry.consent() for entry in sorted(entries))


def read_consents(source: Source, selection: Selection, addresses: Iterable[str]) -> ConsentRecord:
	"""Return the record of the selected customers, and the withdrawals and bounces of addresses."""
	of_customers: defaultdict[str, list[Entry]] = defaultdict(list)
	of_addresses: defaultdict[str, list[Entry]] = defaultdict(list)
	for customer, *entry in selection.rows(source, consents_query()):
		of_customers[fold(customer)].append(as_entry(entry))
	if plain := sorted({plain_address(address) for address in addresses} - {""}):
		stopping = {"given": ConsentStatus.GIVEN.value}
		for _customer, *entry in Selection.of(plain).rows(source, stopped_query(), stopping):
			found = as_entry(entry)
			of_addresses[found.address].append(found)
	return ConsentRecord(of_customers, of_addresses)


def as_entry(entry: Sequence[Any]) -> Entry:
	day, created, name, channel, status, address = entry
	return Entry(str(day)[:10], str(created), name, channel, status, plain_address(address or ""))


def read_held(source: Source, selection: Selection) -> dict[str, tuple[HeldTouch, ...]]:
	"""Return the touches that are held, by folded customer."""
	held: defaultdict[str, list[HeldTouch]] = defaultdict(list)
	values = {"held": TouchDecision.HELD.value}
	for row in selection.rows(source, held_query(), values):
		found = as_held(row)
		held[fold(found.customer)].append(found)
	return {customer: tuple(touches) for customer, touches in held.items()}


def read_due_customers(source: Source, now: datetime, after: str, most: int) -> list[str]:
	"""Return the next customers after a name for whom the time of a held touch has come."""
	values = {"now": now, "after": after, "held": TouchDecision.HELD.value}
	return [customer for (customer,) in source.rows(f"{due_query()} LIMIT {most:d}", values)]


def read_known_keys(source: Source, keys: Sequence[str]) -> set[str]:
	"""Return which message keys have a touch already, folded."""
	if not keys:
		return set()
	return {fold(key) for (key,) in Selection.of(keys).rows(source, keys_query())}


def as_held(row: tuple[Any, ...]) -> HeldTouch:
	name, customer, key, class_, channel, recipient, asked_at, held_until, *texts = row
	subject, body, language, source, person = (text or "" for text in texts)
	asked, until = as_datetime(asked_at), as_datetime(held_until)
	assert asked and until, "a touch that is held has both moments"
	return HeldTouch(
		name=name,
		customer=customer,
		key=key,
		class_=MessageClass(class_),
		channel=MessageChannel(channel),
		recipient=recipient or "",
		asked_at=asked,
		held_until=until,
		subject=subject,
		body=body,
		language=language,
		source=source,
		person=person or None,
	)


@cache
def subjects_query() -> str:
	"""Return the query of customer, state and level."""
	query = MySQLQuery.from_(state).select(state.customer, state.name, level_of())
	return str(query.where(selected(state.customer)))


@cache
def made_query() -> str:
	"""Return the query of customer, day, class and channel of the touches that were made."""
	within = touch.touch_date[parameter("since") : parameter("until")]
	is_made = touch.outcome.isin(BY_PEOPLE) | (touch.decision == parameter("sent"))
	return str(
		MySQLQuery.from_(touch)
		.select(touch.customer, touch.touch_date, touch.message_class, touch.message_channel)
		.where(selected(touch.customer) & within & is_made)
	)


@cache
def consents_query() -> str:
	"""Return the query of the entries of customers, with what puts them in order."""
	return str(_entries().where(selected(consent.customer)))


@cache
def stopped_query() -> str:
	"""Return the same of entries by whosesoever address, but for consents given."""
	return str(_entries().where(selected(consent.address) & (consent.status != parameter("given"))))


def _entries() -> Any:
	ordering = (consent.consent_date, consent.creation, consent.name)
	return MySQLQuery.from_(consent).select(
		consent.customer, *ordering, consent.channel, consent.status, consent.address
	)


@cache
def held_query() -> str:
	"""Return the query of HELD_COLUMNS."""
	columns = (touch[name] for name in HELD_COLUMNS)
	is_held = touch.decision == parameter("held")
	return str(MySQLQuery.from_(touch).select(*columns).where(selected(touch.customer) & is_held))


@cache
def due_query() -> str:
	"""Return the query of customers, in order, who have a held touch whose time has come."""
	is_due = (touch.decision == parameter("held")) & (touch.held_until <= parameter("now"))
	return str(
		MySQLQuery.from_(touch)
		.select(touch.customer)
		.distinct()
		.where(is_due & (touch.customer > parameter("after")))
		.orderby(touch.customer)
	)


@cache
def keys_query() -> str:
	"""Return the query of the message keys there are."""
	return str(MySQLQuery.from_(touch).select(touch.message_key).where(selected(touch.message_key)))
