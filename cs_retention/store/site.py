"""The store over the database connection that Frappe holds: frappe.db is handed in, never imported."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

from cs_retention.store import rows as stamped
from cs_retention.store.base import Authorship, Row
from cs_retention.store.mysql import MySQLWrites, Values, staging_table
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
	"""A `Store` over frappe.db; it shares the transaction of whoever else writes through it.

	`updated` names the DocTypes that update_rows will be asked for: their temporary tables are made on opening, which
	Frappe refuses once the transaction has written something. They stay with the connection.
	"""

	def __init__(
		self,
		database: SiteDatabase,
		authorship: Authorship,
		tables: Mapping[str, Table],
		updated: Collection[str] = (),
	):
		self._database = database
		self._authorship = authorship
		self._tables = tables
		self._updated = tuple(updated)
		self._make_staging_tables()

	def _make_staging_tables(self) -> None:
		for doctype in self._updated:
			self._database.sql(staging_table(self._tables[doctype]))

	def reconnect(self) -> None:
		"""Have Frappe open its connection anew, and make the temporary tables again."""
		self._holder = None
		self._database.close()
		self._database.connect()
		# Frappe counts what the lost transaction wrote, and makes no table after that.
		self._database.rollback()
		self._make_staging_tables()

	def commit(self) -> None:
		"""Keep what was written."""
		self._database.commit()

	def rollback(self) -> None:
		"""Forget what was written."""
		self._database.rollback()

	def _execute(self, statement: str, values: Values | None = None) -> Iterable[tuple[Any, ...]]:
		return self._database.sql(statement, values or {})

	def _change(self, statement: str, values: Values) -> int:
		self._execute(statement, values)
		((count,),) = self._database.sql("SELECT ROW_COUNT()", {})
		return int(count)

	def _run(self, statement: str) -> None:
		self._database.sql(statement)


class HandfulStore(SiteStore):
	"""A store for a handful of rows in the middle of somebody's transaction, after which no temporary table can be made."""

	def update_rows(self, doctype: str, fieldnames: Sequence[str], rows: Iterable[Row]) -> int:
		"""Set fields row by row."""
		changed = stamped.for_update(self._tables[doctype], self._authorship, fieldnames, rows)
		settings = ", ".join(f"`{name}` = %s" for name in changed.fieldnames[1:])
		count = 0
		for name, *values in changed.rows:
			self._execute(f"UPDATE `tab{doctype}` SET {settings} WHERE `name` = %s", [*values, name])
			count += 1
		return count
