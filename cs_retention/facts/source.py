"""What the facts need of a database: to run a query, and to know whether an optional table is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol


class Source(Protocol):
	"""Anything that runs a query with %(x)s parameters; every `Store` does."""

	def rows(self, query: str, values: Mapping[str, Any] | None = None) -> Iterator[tuple[Any, ...]]:
		"""Run a query and yield its rows."""

	def has_table(self, doctype: str) -> bool:
		"""Tell whether the table of a DocType exists; that of an app which is not installed does not."""
