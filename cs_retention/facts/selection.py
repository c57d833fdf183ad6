"""What a query speaks of: the customers of a page, from its first name to its last, or those of given names.

A selection of names also picks out what is no customer: merchants, addresses, documents, keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pypika import Parameter
from pypika.terms import Criterion, Term

from cs_retention.facts.source import Source

SELECTED = "IN %(selected)s"
"""What a query says of those it speaks of until it is told which they are."""


def selected(customer: Term) -> Criterion:
	"""Return the condition that a customer, or what else a selection is of, is one of those selected."""
	return customer.isin(Parameter("%(selected)s"))


@dataclass(frozen=True, slots=True)
class Selection:
	"""Customers or others: `condition` stands in a query's text in place of SELECTED, `values` are its parameters."""

	condition: str
	values: Mapping[str, str]

	@classmethod
	def between(cls, first: str, last: str) -> Selection:
		"""Return the customers from `first` to `last`, in the database's own order of names."""
		return cls("BETWEEN %(first)s AND %(last)s", {"first": first, "last": last})

	@classmethod
	def of(cls, names: Sequence[str]) -> Selection:
		"""Return those of these names, at least one."""
		values = {f"customer_{place}": name for place, name in enumerate(names)}
		return cls(f"IN ({', '.join(f'%({place})s' for place in values)})", values)

	def rows(
		self, source: Source, query: str, values: Mapping[str, Any] | None = None
	) -> Iterator[tuple[Any, ...]]:
		"""Run a query that says `selected` of its customers, and yield its rows."""
		return source.rows(self.told(query), {**(values or {}), **self.values})

	def lines(
		self,
		source: Source,
		query: str,
		columns: int,
		values: Mapping[str, Any] | None = None,
		in_order: bool = False,
		cut: int = -1,
	) -> Iterable[Sequence[Any]]:
		"""Run such a query of so many columns, and return its rows, cells as they are or as text.

		They are in any order, unless they are asked for in that of their first cell; `cut` is as a source has it.
		"""
		return source.lines(self.told(query), columns, {**(values or {}), **self.values}, in_order, cut)

	def ahead(
		self,
		source: Source,
		query: str,
		columns: int,
		values: Mapping[str, Any] | None = None,
		in_order: bool = False,
	) -> None:
		"""Announce what `lines` will be asked of these customers."""
		source.ahead(self.told(query), columns, {**(values or {}), **self.values}, in_order)

	def told(self, query: str) -> str:
		"""Return the query told which customers it speaks of; `values` are then among its parameters."""
		return query.replace(SELECTED, self.condition)
