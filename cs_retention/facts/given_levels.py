"""Levels given to customers from outside a rating: overrides approved by a person, levels handed down by head office."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import NamedTuple

from pypika import MySQLQuery

from cs_retention.engine.star_settlement import ImportedLevel, Override
from cs_retention.engine.vocabulary import Level
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source, has_rows
from cs_retention.facts.sql import parameter, table
from cs_retention.facts.values import as_date

override = table("Star Override")
head_office = table("Head Office Level")


class GivenLevels(NamedTuple):
	"""What was given to one customer: the newest override, by name of its record, and the newest imported level."""

	override: Override | None = None
	override_name: str | None = None
	imported: ImportedLevel | None = None


NOTHING_GIVEN = GivenLevels()


def has_given_levels(source: Source) -> bool:
	"""Tell whether anybody was ever given a level; a book without is spared the queries."""
	queries = (str(MySQLQuery.from_(given).select(given.name).limit(1)) for given in (override, head_office))
	return any(has_rows(source, query) for query in queries)


def read_given_levels(source: Source, selection: Selection, as_of: date) -> dict[str, GivenLevels]:
	"""Return what stands given to the selected customers as of a date, by folded customer; overrides that ended included."""
	values = {"as_of": as_of}
	given: dict[str, GivenLevels] = {}
	for customer, level, decided_on, origin in selection.rows(source, _head_office_query(), values):
		imported = ImportedLevel(Level(level), as_date(decided_on) or as_of, origin)
		given[fold(customer)] = GivenLevels(imported=imported)
	for customer, name, level, reason, approver, until in selection.rows(source, _override_query(), values):
		decided = Override(Level(level), reason, approver, as_date(until) or as_of)
		key = fold(customer)
		given[key] = given.get(key, NOTHING_GIVEN)._replace(override=decided, override_name=name)
	return given


@cache
def _head_office_query() -> str:
	"""Return the query of imported levels, the newest of a customer last."""
	return str(
		MySQLQuery.from_(head_office)
		.select(head_office.customer, head_office.level, head_office.decided_on, head_office.source)
		.where(selected(head_office.customer) & (head_office.decided_on <= parameter("as_of")))
		.orderby(head_office.decided_on, head_office.creation, head_office.name)
	)


@cache
def _override_query() -> str:
	"""Return the query of approved overrides, the newest of a customer last."""
	return str(
		MySQLQuery.from_(override)
		.select(
			override.customer,
			override.name,
			override.level,
			override.reason,
			override.approver,
			override.until,
		)
		.where(selected(override.customer) & (override.docstatus == 1))
		.where(override.approved_on <= parameter("as_of"))
		.orderby(override.approved_on, override.creation, override.name)
	)
