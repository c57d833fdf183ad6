"""The store over the database connection that Frappe holds: frappe.db is handed in, never imported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from cs_retention.store.base import Authorship
from cs_retention.store.behind import Behind
from cs_retention.store.mysql import MySQLWrites, Values
from cs_retention.store.schema import Table


class SiteDatabase(Protocol):
	"""What is asked of frappe.db."""

	def sql(self, query: str, values: Any = ..., /) -> Sequence[tuple[Any, ...]]:
		"""Run a statement in the open transaction and return its rows."""

	def connect(self) -> None:
		"""Open the connection."""

	def close(self) -> None:
		"""Close the connection."""

	def commit(self) -> None:
		"""Keep what was written, and run what waits for it."""

	def rollback(self) -> None:
		"""Forget what was written."""


class SiteStore(MySQLWrites):
	"""A `Store` over frappe.db; it shares the transaction of whoever else writes through it."""

	def __init__(self, database: SiteDatabase, authorship: Authorship, tables: Mapping[str, Table]):
		self._database = database
		self._authorship = authorship
		self._tables = tables
		self._behind = Behind()

	def reconnect(self) -> None:
		"""Have Frappe open its connection anew."""
		self._holder = None
		self._database.close()
		self._database.connect()
		# Frappe counts what the lost transaction wrote.
		self._database.rollback()

	def commit(self) -> None:
		"""Keep what was written."""
		self._behind.settle()
		self._database.commit()

	def rollback(self) -> None:
		"""Forget what was written."""
		self._database.rollback()

	def _ask(self, statement: str, values: Values | None = None) -> Iterable[tuple[Any, ...]]:
		return self._database.sql(statement, values or {})

	def _count(self, statement: str, values: Values) -> int:
		self._ask(statement, values)
		((count,),) = self._database.sql("SELECT ROW_COUNT()", {})
		return int(count)

	def _run(self, statement: str) -> None:
		self._database.sql(statement)
