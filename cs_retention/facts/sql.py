"""Pieces every query is made of: parameters by name, a page of customers, parameters for a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pypika import Parameter, Table
from pypika.terms import Criterion, Field

from cs_retention.engine.vocabulary import Outcome

QUALIFYING = (Outcome.REACHED.value, Outcome.VISITED.value)
"""Outcomes of a contact that count for a quota."""


def parameter(name: str) -> Parameter:
	"""Return the parameter `name`, written as MariaDB's driver and our SQLite adapter read it."""
	return Parameter(f"%({name})s")


def table(doctype: str) -> Table:
	"""Return the table of a DocType."""
	return Table(f"tab{doctype}")


def in_page(customer: Field) -> Criterion:
	"""Return the condition that a customer lies between the first and the last of a page."""
	return customer[parameter("first") : parameter("last")]


def listed(name: str, items: Iterable[str]) -> dict[str, str]:
	"""Return numbered values for a list: {"name_0": .., "name_1": ..}."""
	return {f"{name}_{place}": item for place, item in enumerate(items)}


def parameters(values: Mapping[str, Any]) -> list[Parameter]:
	"""Return the parameters of values made by `listed`."""
	return [parameter(name) for name in values]
