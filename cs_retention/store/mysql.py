"""The set writes in MariaDB's dialect, whoever holds the connection."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cs_retention.store import rows as stamped
from cs_retention.store.base import Authorship, Row, Value, batches
from cs_retention.store.schema import Table

COLLATION = "utf8mb4_unicode_ci"

PASSING = frozenset({0, 1020, 1053, 1205, 1213, 1927, 2003, 2006, 2013, 2055})
"""Errors that pass: row changed, shutdown, lock wait, deadlock, connection killed or lost (0: used after its loss)."""

DRIVER = "pymysql."

Values = Mapping[str, Value] | Sequence[Any]


class MySQLWrites(ABC):
	"""A `Store` but for its connection: a subclass runs the statements, commits and rolls back.

	Updates go through a temporary table per DocType, because UPDATE .. JOIN sets a thousand rows in one statement.
	A subclass makes them before its first write: Frappe refuses to make one after it.
	"""

	_authorship: Authorship
	_tables: Mapping[str, Table]

	def rows(self, query: str, values: Mapping[str, Value] | None = None) -> Iterator[tuple[Any, ...]]:
		"""Run a query and yield its rows; the driver holds the whole result, so ask in pages."""
		return iter(self._execute(query, values))

	def new_name(self) -> str:
		"""Return a fresh document name."""
		return self._authorship.new_name()

	def insert_rows(self, doctype: str, fieldnames: Sequence[str], rows: Iterable[Row]) -> int:
		"""Insert rows, a thousand to a statement."""
		new = stamped.for_insert(self._tables[doctype], self._authorship, fieldnames, rows)
		return self._insert(f"tab{doctype}", new.fieldnames, new.rows)

	def update_rows(self, doctype: str, fieldnames: Sequence[str], rows: Iterable[Row]) -> int:
		"""Set fields by a join over the temporary table."""
		changed = stamped.for_update(self._tables[doctype], self._authorship, fieldnames, rows)
		staging = staging_name(doctype)
		settings = ", ".join(f"t.`{name}` = s.`{name}`" for name in changed.fieldnames[1:])
		count = 0
		for batch in batches(changed.rows):
			count += self._insert(staging, changed.fieldnames, batch)
			self._execute(f"UPDATE `tab{doctype}` t JOIN `{staging}` s ON s.`name` = t.`name` SET {settings}")
			self._execute(f"DELETE FROM `{staging}`")
		return count

	def upsert_rows(self, doctype: str, fieldnames: Sequence[str], rows: Iterable[Row]) -> int:
		"""Insert or set by the unique first fieldname."""
		new = stamped.for_insert(self._tables[doctype], self._authorship, fieldnames, rows)
		kept = ", ".join(f"`{name}` = VALUES(`{name}`)" for name in stamped.overwritten(fieldnames))
		return self._insert(f"tab{doctype}", new.fieldnames, new.rows, f" ON DUPLICATE KEY UPDATE {kept}")

	def add_missing(self, doctype: str, fieldnames: Sequence[str], rows: Iterable[Row]) -> int:
		"""Insert with IGNORE; of several who insert the same key at once one counts it."""
		new = stamped.for_insert(self._tables[doctype], self._authorship, fieldnames, rows)
		head, places = insertion(f"tab{doctype}", new.fieldnames)
		count = 0
		for batch in batches(new.rows):
			statement = head.replace("INSERT", "INSERT IGNORE", 1) + ", ".join([places] * len(batch))
			count += self._change(statement, [value for row in batch for value in row])
		return count

	def delete_rows(self, doctype: str, names: Iterable[str]) -> int:
		"""Delete rows by name, a thousand to a statement."""
		count = 0
		for batch in batches(names):
			places = ", ".join(["%s"] * len(batch))
			self._execute(f"DELETE FROM `tab{doctype}` WHERE `name` IN ({places})", batch)
			count += len(batch)
		return count

	def claim(self, doctype: str, name: str, found: Mapping[str, Value], taken: Mapping[str, Value]) -> bool:
		"""Change one row while it still is as found."""
		settings = ", ".join(f"`{field}` = %s" for field in taken)
		conditions = " AND ".join(f"`{field}` <=> %s" for field in found)
		row = f"`name` = %s AND {conditions}"
		if self._change(
			f"UPDATE `tab{doctype}` SET {settings} WHERE {row}", [*taken.values(), name, *found.values()]
		):
			return True
		# MariaDB counts no row that already holds what it is set to.
		same = " AND ".join(f"`{field}` <=> %s" for field in taken)
		query = f"SELECT `name` FROM `tab{doctype}` WHERE {row} AND {same} FOR UPDATE"
		return any(self._execute(query, [name, *found.values(), *taken.values()]))

	def change(self, statement: str, values: Values) -> int:
		"""Run one set write in MariaDB's own words, an UPDATE .. JOIN, and return how many rows it found to change."""
		return self._change(statement, values)

	def lock_next(self, query: str, values: Mapping[str, Value]) -> tuple[Any, ...] | None:
		"""Pass over the rows that others hold."""
		found = next(iter(self._execute(f"{query} LIMIT 1 FOR UPDATE SKIP LOCKED", values)), None)
		return None if found is None else tuple(found)

	def recover(self) -> None:
		"""Roll back, or connect anew and make the temporary tables again."""
		try:
			self.rollback()
		except Exception as error:
			if not self.is_passing(error):
				raise
			self.reconnect()

	def is_passing(self, error: BaseException) -> bool:
		"""Look for MariaDB's number of the error in it and in what it was raised from."""
		return bool(PASSING & set(_numbers(error)))

	@abstractmethod
	def rollback(self) -> None:
		"""Forget what was written."""

	@abstractmethod
	def reconnect(self) -> None:
		"""Open the connection anew, with the temporary tables it had."""

	@abstractmethod
	def _execute(self, statement: str, values: Values | None = None) -> Iterable[tuple[Any, ...]]:
		"""Run a statement and return its rows; %% stands for one percent sign, with values or without."""

	@abstractmethod
	def _change(self, statement: str, values: Values) -> int:
		"""Run a statement and return how many rows it found to change."""

	@abstractmethod
	def _insert(
		self, table: str, fieldnames: Sequence[str], rows: Iterable[Sequence[Any]], tail: str = ""
	) -> int:
		"""Insert rows in batches, `tail` after their values, and return how many they were."""


def _numbers(error: BaseException | None) -> Iterator[int]:
	"""Yield MariaDB's numbers of an error: its own, those of errors it carries or was raised from.

	Only the driver's errors have one; a number in another error is somebody's key or amount.
	"""
	while error is not None:
		for carried in error.args[:1]:
			if isinstance(carried, int) and type(error).__module__.startswith(DRIVER):
				yield carried
			elif isinstance(carried, BaseException):
				yield from _numbers(carried)
		error = error.__cause__


def staging_name(doctype: str) -> str:
	"""Return the name of the temporary table that updates of a DocType go through."""
	return f"changed {doctype}"


def staging_table(table: Table) -> str:
	"""Return the temporary table of a DocType: its columns, all but the name empty unless given."""
	columns = [f"`{column.name}` {column.sql_type}" for column in table.columns if column.name != "name"]
	return (
		f"CREATE TEMPORARY TABLE IF NOT EXISTS `{staging_name(table.doctype)}` "
		f"(`name` varchar(140) NOT NULL PRIMARY KEY, {', '.join(columns)}) "
		f"ENGINE=InnoDB CHARACTER SET=utf8mb4 COLLATE={COLLATION}"
	)


def insertion(table: str, fieldnames: Sequence[str]) -> tuple[str, str]:
	"""Return an INSERT up to its values, and the places of one row."""
	listed = ", ".join(f"`{name}`" for name in fieldnames)
	return f"INSERT INTO `{table}` ({listed}) VALUES ", f"({', '.join(['%s'] * len(fieldnames))})"
