"""Pieces every query is made of: parameters by name, tables."""

from __future__ import annotations

from pypika import Parameter, Table

from cs_retention.engine.vocabulary import COUNTED_OUTCOMES, VAIN_OUTCOMES

COUNTED = tuple(outcome.value for outcome in COUNTED_OUTCOMES)
VAIN = tuple(outcome.value for outcome in VAIN_OUTCOMES)

BY_PEOPLE = (*COUNTED, *VAIN)
"""Outcomes of touches that people made and that stand; an automatic touch has none, but a decision."""


def parameter(name: str) -> Parameter:
	"""Return the parameter `name`, written as MariaDB's driver and our SQLite adapter read it."""
	return Parameter(f"%({name})s")


def table(doctype: str) -> Table:
	"""Return the table of a DocType."""
	return Table(f"tab{doctype}")
