"""Whose documents were changed or deleted since a moment: those who may be told of other facts than at the last look.

Every row of Frappe's says when it was last changed, and every table has an index of that. What is written past Frappe,
and so says nothing, is found by the night, which looks at everybody.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache, reduce
from operator import add
from typing import Any

from pypika import MySQLQuery
from pypika.queries import QueryBuilder

from cs_retention.engine.churn_signals import WARNINGS
from cs_retention.engine.vocabulary import SignalStatus
from cs_retention.facts.source import Source
from cs_retention.facts.sql import parameter, table

NAMED_BY = {
	"Sales Invoice": "customer",
	"Customer": "name",
	"Customer Touch": "customer",
	"Issue": "customer",
	"Contract": "party_name",
	"Subscription": "party",
	"Churn Signal": "customer",
	"Star Override": "customer",
	"Head Office Level": "customer",
	"Release File": "customer",
	"Retention Case": "customer",
}
"""The documents that facts are read from, and the field that names their customer."""

OF_ANY_PARTY = ("Contract", "Subscription")
"""Documents whose party may be somebody else than a customer."""

SIGNAL = "Churn Signal"
DELETED = "Deleted Document"


def read_changed(source: Source, since: datetime) -> set[str]:
	"""Return the customers whose documents changed at a moment or later, as these name them; some may be none of the book."""
	changed = {name for (name,) in source.rows(changed_query(), {"since": since}) if name}
	return changed | read_deleted(source, since, NAMED_BY)


def read_deleted(source: Source, since: datetime, named_by: Mapping[str, str]) -> set[str]:
	"""Return the customers whose documents were deleted at a moment or later; `named_by` is as NAMED_BY."""
	if not source.has_table(DELETED):
		return set()
	return set(_of_deleted(source.rows(deleted_query(tuple(named_by)), {"since": since}), named_by))


@cache
def changed_query() -> str:
	"""Return the query of the customers whose documents changed since."""
	return str(reduce(add, (_changed(doctype, field) for doctype, field in NAMED_BY.items())))


def stamped(doctype: str, field: str) -> QueryBuilder:
	"""Return the query of the customers whose documents of a DocType changed since."""
	document = table(doctype)
	return MySQLQuery.from_(document).select(document[field]).where(document.modified >= parameter("since"))


@cache
def deleted_query(doctypes: tuple[str, ...]) -> str:
	"""Return the query of kind and contents of the documents of these DocTypes deleted since."""
	deleted = table(DELETED)
	is_ours = deleted.deleted_doctype.isin(list(doctypes))
	query = MySQLQuery.from_(deleted).select(deleted.deleted_doctype, deleted.data)
	return str(query.where(is_ours & (deleted.modified >= parameter("since"))))


def _changed(doctype: str, field: str) -> QueryBuilder:
	document, query = table(doctype), stamped(doctype, field)
	if doctype in OF_ANY_PARTY:
		return query.where(document.party_type == "Customer")
	if doctype == SIGNAL:
		# What a night raised it has looked at: people enter warnings, and close or snooze what stands.
		is_entered = document.rule.isin([rule.value for rule in WARNINGS])
		is_treated = (document.open_key > "") & (document.status != SignalStatus.OPEN.value)
		return query.where(is_entered | is_treated)
	return query


def _of_deleted(rows: Iterator[tuple[Any, ...]], named_by: Mapping[str, str]) -> Iterator[str]:
	for doctype, data in rows:
		document = json.loads(data or "{}")
		if name := document.get(named_by[doctype]):
			yield name
