"""What the facts need of a database: to run a query, and to know whether an optional table is there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

CELL_END = "\x1f"
"""What stands between cells that come as one text."""


class Source(Protocol):
	"""Anything that runs a query with %(x)s parameters; every `Store` does."""

	def rows(self, query: str, values: Mapping[str, Any] | None = None) -> Iterator[tuple[Any, ...]]:
		"""Run a query and yield its rows."""

	def has_table(self, doctype: str) -> bool:
		"""Tell whether the table of a DocType exists; that of an app which is not installed does not."""

	def lines(
		self,
		query: str,
		columns: int,
		values: Mapping[str, Any] | None = None,
		in_order: bool = False,
		cut: int = -1,
	) -> Iterable[Sequence[Any]]:
		"""Run a query of so many columns and return its rows, cells as they are or as text; `in_order` of the first.

		After `cut` cells the others may come as one text, with CELL_END between them.
		"""

	def ahead(
		self, query: str, columns: int, values: Mapping[str, Any] | None = None, in_order: bool = False
	) -> None:
		"""Announce what `lines` will be asked next."""


def kept(source: Source, doctypes: Iterable[str]) -> frozenset[str]:
	"""Return those of the DocTypes of which there is any document; of an app that is not installed there is none. One query."""
	queries = [
		f"SELECT '{doctype}' FROM (SELECT `name` FROM `tab{doctype}` LIMIT 1) AS one"
		for doctype in doctypes
		if source.has_table(doctype)
	]
	return (
		frozenset(doctype for (doctype,) in source.rows(" UNION ALL ".join(queries)))
		if queries
		else frozenset()
	)


def has_rows(source: Source, query: str) -> bool:
	"""Tell whether a query has a row."""
	return next(iter(source.rows(query)), None) is not None
