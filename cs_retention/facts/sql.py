"""Pieces every query is made of: parameters by name, tables, a page of customers."""

from __future__ import annotations

from pypika import Parameter, Table
from pypika.terms import Criterion, Field

from cs_retention.engine.vocabulary import COUNTED_OUTCOMES

COUNTED = tuple(outcome.value for outcome in COUNTED_OUTCOMES)


def parameter(name: str) -> Parameter:
	"""Return the parameter `name`, written as MariaDB's driver and our SQLite adapter read it."""
	return Parameter(f"%({name})s")


def table(doctype: str) -> Table:
	"""Return the table of a DocType."""
	return Table(f"tab{doctype}")


def in_page(customer: Field) -> Criterion:
	"""Return the condition that a customer lies between the first and the last of a page."""
	return customer[parameter("first") : parameter("last")]
