"""Whose plan may be another than on the night before: whose documents changed, and for whom a day has come.

Rows written past Frappe, without a moment of their change, are not among them. What people do with a callback plans the
customer at once; where that is left to the night, the plan on the state is said to hold no more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from functools import cache, reduce
from operator import add
from typing import Any, NamedTuple

from pypika import CustomFunction, MySQLQuery
from pypika import functions as fn
from pypika.queries import QueryBuilder
from pypika.terms import Criterion, Term

from cs_retention.engine.obligation_sources import WITHOUT_DOCUMENTS
from cs_retention.engine.retention_case import CaseStatus
from cs_retention.engine.vocabulary import CallbackStatus
from cs_retention.facts.book import book_query, customer
from cs_retention.facts.callbacks import DATED_KINDS
from cs_retention.facts.cases import case
from cs_retention.facts.changes import read_deleted, stamped
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import parameter, table

NAMED_BY = {
	"Customer": "name",
	"Callback Schedule": "customer",
	"Customer Touch": "customer",
	"Release File": "customer",
	"Retention Case": "customer",
	"Issue": "customer",
	"Delivery Note": "customer",
	"Maintenance Visit": "customer",
	"Maintenance Schedule": "customer",
	"Alliance Merchant": "customer",
	"Alliance Voucher": "customer",
}
"""The documents that plans are made from, and the field that names their customer."""

DELETED = {**NAMED_BY, "Customer Callback": "customer"}
"""Documents that are missed where they were deleted."""

DATED = {"Delivery Note": "posting_date", "Maintenance Visit": "mntc_date"}
"""Documents that count from a day on, which may be after that of their change."""

STANDING = (
	*("star_level", "is_key_account", "health_band", "last_contact"),
	*("cadence_before", "cadence_changed_on"),
)
"""Fields of a state that its plan rests on."""

BETWEEN = "|"
state, touch = table("Customer Retention State"), table("Customer Touch")
callback, purpose = table("Customer Callback"), table("Customer Callback Purpose")
contact, link = table("Contact"), table("Dynamic Link")
merchant, tier = table("Alliance Merchant"), table("Alliance Tier")
voucher, campaign = table("Alliance Voucher"), table("Alliance Campaign")
concat = CustomFunction("CONCAT_WS", ["between", *STANDING])


class Since(NamedTuple):
	"""From where on changes are looked for: a moment, and the date of the night that saw everything before it."""

	moment: datetime
	day: date


def standing_of(fields: Mapping[str, Any]) -> str:
	"""Return the fields of a state that its plan rests on as the text that is compared."""
	return BETWEEN.join("" if fields[name] is None else str(fields[name]) for name in STANDING)


def read_due(source: Source, since: Since, as_of: date, others: Collection[str]) -> list[str]:
	"""Return the states of the customers whose plan may be another as of a date, and those of `others`.

	They are in order of customers, which is that in which states are held.

	The first are those of whom a document that plans are made from was changed or deleted; whose standing is another than
	that which the plan was made for; whose plan says that it ends, or left something without a day; whose callback is past;
	for whom a callback stands that a document asks for, which may be withdrawn in more ways than show; and those who were
	let go, who come back by what they buy. One query, and one of what was deleted.
	"""
	tables = frozenset(doctype for doctype in (*NAMED_BY, *JOINED) if source.has_table(doctype))
	values = {
		"since": since.moment,
		"day": since.day,
		"as_of": as_of,
		"planned": CallbackStatus.PLANNED.value,
		"released": CaseStatus.RELEASED.value,
		**{kind.name.lower(): kind.value for kind in DATED_KINDS},
		**{f"without_{number}": f"{prefix}|%" for number, prefix in enumerate(WITHOUT_DOCUMENTS)},
	}
	due = set(source.rows(due_query(tables), values))
	if named := sorted({*others, *read_deleted(source, since.moment, DELETED)}):
		query = str(
			MySQLQuery.from_(state).select(state.customer, state.name).where(selected(state.customer))
		)
		due.update(Selection.of(named).rows(source, query))
	return [name for _, name in sorted(due)]


def is_looked_at() -> Criterion:
	"""Return the condition that the plan of a state is looked at on the date `as_of`."""
	return (state.plan_look_on == parameter("as_of")) | state.plan_valid_until.isnull()


@cache
def due_query(tables: frozenset[str]) -> str:
	"""Return the query of the states whose plan may be another; of documents, those of the DocTypes named."""
	due = reduce(add, _parts(tables)).as_("due")
	of_book = (
		book_query(state.customer, state.name)
		.join(due)
		.on(due.customer == customer.name)
		.join(state)
		.on(state.customer == customer.name)
	)
	return str(of_book)


def _parts(tables: Collection[str]) -> Iterator[QueryBuilder]:
	"""Yield queries of one column: customers; the first names it."""
	is_said = state.plan_valid_until.isnull() | state.plan_fingerprint.isnull()
	ends = is_said | (state.plan_valid_until <= parameter("as_of"))
	yield (
		MySQLQuery.from_(state)
		.select(state.customer.as_("customer"))
		.where(ends | (state.plan_shortfall > "") | _is_another())
	)
	for doctype, field in NAMED_BY.items():
		if doctype in tables:
			query = stamped(doctype, field)
			# What the house sent by itself has no outcome, and is no contact.
			yield query.where(touch.outcome > "") if doctype == "Customer Touch" else query
	for doctype, query in JOINED.items():
		if doctype in tables:
			yield query
	for doctype, day in DATED.items():
		if doctype in tables:
			document = table(doctype)
			has_come = (document[day] > parameter("day")) & (document[day] <= parameter("as_of"))
			yield MySQLQuery.from_(document).select(document.customer).where(has_come)
	is_past = (callback.status == parameter("planned")) & (callback.due_date < parameter("as_of"))
	yield MySQLQuery.from_(callback).select(callback.customer).where(is_past)
	yield _asked_for_by_documents()
	is_let_go = (case.status == parameter("released")) & case.back_on.isnull()
	yield MySQLQuery.from_(case).select(case.customer).where(is_let_go)


def _is_another() -> Criterion:
	"""Return the condition that a state is another than that which its plan was made for."""
	fields: list[Term] = [
		state[name] if name == "is_key_account" else fn.Coalesce(state[name], "") for name in STANDING
	]
	return fn.Coalesce(state.plan_standing, "") != concat(BETWEEN, *fields)


def _asked_for_by_documents() -> QueryBuilder:
	is_dated = purpose.kind.isin([parameter(kind.name.lower()) for kind in DATED_KINDS])
	query = (
		MySQLQuery.from_(callback)
		.join(purpose)
		.on(purpose.parent == callback.name)
		.select(callback.customer)
		.where((callback.status == parameter("planned")) & is_dated)
	)
	for number in range(len(WITHOUT_DOCUMENTS)):
		query = query.where(purpose.obligation_key.not_like(parameter(f"without_{number}")))
	return query


JOINED: Mapping[str, QueryBuilder] = {
	"Contact": MySQLQuery.from_(contact)
	.join(link)
	.on((link.parent == contact.name) & (link.parenttype == "Contact") & (link.link_doctype == "Customer"))
	.select(link.link_name)
	.where(contact.modified >= parameter("since")),
	"Alliance Tier": MySQLQuery.from_(tier)
	.join(merchant)
	.on(merchant.tier == tier.name)
	.select(merchant.customer)
	.where(tier.modified >= parameter("since")),
	"Alliance Campaign": MySQLQuery.from_(campaign)
	.join(voucher)
	.on(voucher.campaign == campaign.name)
	.select(voucher.customer)
	.where(campaign.modified >= parameter("since")),
}
"""By DocType, the customers of the documents that one of it speaks for."""
