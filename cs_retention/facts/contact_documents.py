"""ERPNext's own documents that tell of a contact: answered calls, phone communications, maintenance visits, events.

Each kind is one query. A document is a contact with every customer that it names, itself or through a contact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, time, timedelta
from functools import cache, reduce
from operator import add
from typing import NamedTuple

from pypika import Case, MySQLQuery, Table
from pypika import functions as fn
from pypika.queries import QueryBuilder
from pypika.terms import Criterion, Term, ValueWrapper

from cs_retention.engine.policy import ContactDocumentPolicy
from cs_retention.engine.vocabulary import Channel, ContactDocument, Outcome
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source, kept
from cs_retention.facts.sql import parameter, table
from cs_retention.facts.values import as_date, as_hour

call, spoken, visit, event = (table(kind.value) for kind in ContactDocument)
link, spoken_link, participant = (
	table("Dynamic Link"),
	table("Communication Link"),
	table("Event Participants"),
)
of_contact = table("Dynamic Link").as_("of_contact")
work, seller, employee = table("Maintenance Visit Purpose"), table("Sales Person"), table("Employee")

ONE_DAY = timedelta(days=1)
NOBODY = ("Administrator", "Guest", "")
"""Users that stand for a program: a contact is nobody's then."""


class DocumentContact(NamedTuple):
	"""A contact with a customer, as named in the document that tells of it; `person` is who made it."""

	customer: str
	document: ContactDocument
	document_name: str
	day: date
	at: time | None
	channel: Channel
	person: str | None
	subject: str | None

	@property
	def outcome(self) -> Outcome:
		"""What came of the contact: the customer was reached, or visited."""
		return Outcome.VISITED if self.channel is Channel.VISIT else Outcome.REACHED


def kept_documents(source: Source, policy: ContactDocumentPolicy) -> tuple[ContactDocument, ...]:
	"""Return the kinds that count and of which the site keeps any document; the others are spared the queries."""
	found = kept(source, [kind.value for kind in policy.documents])
	return tuple(kind for kind in policy.documents if kind.value in found)


def read_document_contacts(
	source: Source,
	selection: Selection,
	kind: ContactDocument,
	policy: ContactDocumentPolicy,
	days: tuple[date, date],
) -> Iterator[DocumentContact]:
	"""Yield the contacts of one kind with the selected customers from the first to the last of `days`.

	An event counts once somebody has closed it, or once its last day has passed.
	"""
	values = {"since": days[0], "until": days[1], "before": days[1] + ONE_DAY, "least": policy.call_seconds}
	for customer, name, moment, channel, person, subject in selection.rows(
		source, documents_query(kind), values
	):
		if day := as_date(moment):
			who = None if person in NOBODY else person
			yield DocumentContact(
				customer, kind, name, day, as_hour(moment), Channel(channel), who, subject or None
			)


def read_customers_of_contacts(source: Source, contacts: Sequence[str]) -> set[str]:
	"""Return the customers that contacts belong to."""
	belongs = (of_contact.parenttype == "Contact") & (of_contact.link_doctype == "Customer")
	query = (
		MySQLQuery.from_(of_contact).select(of_contact.link_name).where(belongs & selected(of_contact.parent))
	)
	return {customer for (customer,) in Selection.of(contacts).rows(source, str(query))}


@cache
def documents_query(kind: ContactDocument) -> str:
	"""Return the query of customer, name, moment, channel, person and subject, a row per way to a customer or fewer."""
	return str(reduce(add, QUERIES[kind]()))


def _calls() -> list[QueryBuilder]:
	"""Return the calls that were answered, by their customer, by a link, and by the link of a contact."""
	moment = fn.Coalesce(call.start_time, call.creation)
	person = fn.Coalesce(fn.NullIf(call.employee_user_id, ""), call.owner)
	columns = (call["name"], moment, ValueWrapper(Channel.PHONE.value), person, call.summary)
	answered = (call.status == "Completed") & (call.duration >= parameter("least")) & _within(moment)
	# The customer's own column has no index; a call is written no earlier than it begins.
	written = call.modified >= parameter("since")
	named = MySQLQuery.from_(call).select(call.customer, *columns)
	named = named.where(selected(call.customer) & written & answered)
	linked = _linked(MySQLQuery.from_(call), call, "Call Log")
	return [named, *(found.select(customer, *columns).where(answered) for found, customer in linked)]


def _linked(query: QueryBuilder, document: Table, doctype: str) -> list[tuple[QueryBuilder, Term]]:
	"""Return a query of documents by customers in their links, and by contacts in them, with the customer's column."""
	joined = query.join(link).on((link.parent == document["name"]) & (link.parenttype == doctype))
	return _ways(joined, link.link_doctype, link.link_name)


def _ways(query: QueryBuilder, doctype: Term, name: Term) -> list[tuple[QueryBuilder, Term]]:
	"""Return a query of links by the selected customers, and by the contacts of selected customers."""
	through = (
		(of_contact.parenttype == "Contact")
		& (of_contact.link_doctype == "Customer")
		& (of_contact.parent == name)
		& (doctype == "Contact")
	)
	return [
		(query.where((doctype == "Customer") & selected(name)), name),
		(
			query.join(of_contact).on(through).where(selected(of_contact.link_name)),
			of_contact.link_name,
		),
	]


def _communications() -> list[QueryBuilder]:
	"""Return phone communications by what they refer to and by their links; what an event keeps of itself is no other."""
	person = fn.Coalesce(fn.NullIf(spoken["user"], ""), spoken.owner)
	moment = spoken.communication_date
	columns = (spoken["name"], moment, ValueWrapper(Channel.PHONE.value), person, spoken.subject)
	refers = fn.Coalesce(spoken.reference_doctype, "")
	is_call = (
		(spoken.communication_type == "Communication")
		& (spoken.communication_medium == "Phone")
		& (refers != ContactDocument.EVENT.value)
		& _within(moment)
	)
	referring = MySQLQuery.from_(spoken)
	linked = MySQLQuery.from_(spoken).join(spoken_link).on(spoken_link.parent == spoken["name"])
	ways = [
		*_ways(referring, spoken.reference_doctype, spoken.reference_name),
		*_ways(linked, spoken_link.link_doctype, spoken_link.link_name),
	]
	return [query.select(customer, *columns).where(is_call) for query, customer in ways]


def _visits() -> list[QueryBuilder]:
	"""Return submitted maintenance visits; the first service person made it, else who wrote it down."""
	person = fn.Coalesce(fn.NullIf(employee.user_id, ""), visit.owner)
	is_made = selected(visit.customer) & (visit.docstatus == 1)
	return [
		MySQLQuery.from_(visit)
		.left_join(work)
		.on((work.parent == visit["name"]) & (work.idx == 1))
		.left_join(seller)
		.on(seller["name"] == work.service_person)
		.left_join(employee)
		.on(employee["name"] == seller.employee)
		.select(
			visit.customer,
			visit["name"],
			visit.mntc_date,
			ValueWrapper(Channel.VISIT.value),
			person,
			visit.customer_feedback,
		)
		.where(is_made & visit.mntc_date[parameter("since") : parameter("until")])
	]


def _events() -> list[QueryBuilder]:
	"""Return calls and meetings that took place, by the customers and contacts that took part."""
	is_meeting = event.event_category == "Meeting"
	channel = Case().when(is_meeting, Channel.VISIT.value).else_(Channel.PHONE.value)
	columns = (event["name"], event.starts_on, channel, event.owner, event.subject)
	is_over = (event.status == "Open") & (fn.Coalesce(event.ends_on, event.starts_on) < parameter("until"))
	took_place = (
		event.event_category.isin(("Call", "Meeting"))
		& _within(event.starts_on)
		& (event.status.isin(("Completed", "Closed")) | is_over)
	)
	taking_part = MySQLQuery.from_(event).join(participant).on(participant.parent == event["name"])
	ways = _ways(taking_part, participant.reference_doctype, participant.reference_docname)
	return [query.select(customer, *columns).where(took_place) for query, customer in ways]


def _within(moment: Term) -> Criterion:
	return (moment >= parameter("since")) & (moment < parameter("before"))


QUERIES: Mapping[ContactDocument, Callable[[], Sequence[QueryBuilder]]] = {
	ContactDocument.CALL_LOG: _calls,
	ContactDocument.COMMUNICATION: _communications,
	ContactDocument.MAINTENANCE_VISIT: _visits,
	ContactDocument.EVENT: _events,
}
