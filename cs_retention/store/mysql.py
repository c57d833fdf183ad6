"""The set writes in MariaDB's dialect, whoever holds the connection."""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cs_retention.store import rows as stamped
from cs_retention.store.base import Authorship, Row, Value, batches
from cs_retention.store.literals import literal, values_list
from cs_retention.store.one_cell import in_one_cell, split
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
	_holder: str | None = None

	def rows(self, query: str, values: Mapping[str, Value] | None = None) -> Iterator[tuple[Any, ...]]:
		"""Run a query and yield its rows; the driver holds the whole result, so ask in pages."""
		return iter(self._execute(query, values))

	def has_table(self, doctype: str) -> bool:
		"""Tell whether the table of a DocType exists in the connection's database."""
		query = "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = %(name)s"
		return any(self.rows(query, {"name": f"tab{doctype}"}))

	def lines(
		self, query: str, columns: int, values: Mapping[str, Value] | None = None, in_order: bool = False
	) -> Iterable[Sequence[Any]]:
		"""Run a query and return its rows as texts, which come in one cell."""
		((count, text),) = self._execute(in_one_cell(query, columns, in_order), values)
		found = split(text or "", count, columns)
		return self.rows(query, values) if found is None else found

	def new_name(self) -> str:
		"""Return a fresh document name."""
		return self._authorship.new_name()

	def insert_rows(self, doctype: str, fieldnames: Sequence[str], rows: Iterable[Row]) -> int:
		"""Insert rows, a thousand to a statement."""
		new = stamped.for_insert(self._tables[doctype], self._authorship, fieldnames, rows)
		return self._insert(f"tab{doctype}", new.fieldnames, new.rows)

	def insert_copies(
		self,
		doctype: str,
		fieldnames: Sequence[str],
		rows: Iterable[Row],
		source: str,
		copied: Mapping[str, str],
	) -> int:
		"""Insert rows that copy fields of another row, which stay on the server."""
		new = stamped.for_insert(self._tables[doctype], self._authorship, fieldnames, rows)
		head = f"INSERT INTO `tab{doctype}` ({listed((*new.fieldnames, *copied))})"
		taken = "".join(f", s.`{name}`" for name in copied.values())
		# Given text has the collation of no column; it is told, or the key of the source could not be used.
		joined = f"JOIN `tab{source}` s ON s.`name` = given.`{fieldnames[0]}` COLLATE {COLLATION}"
		count = 0
		for batch in batches(new.rows):
			given = common_table(new.fieldnames, batch)
			table = f"WITH given ({given.columns}) AS (VALUES {given.rows})"
			self._run(f"{head} {table} SELECT {given.chosen}{taken} FROM given {joined}")
			count += len(batch)
		return count

	def update_rows(self, doctype: str, fieldnames: Sequence[str], rows: Iterable[Row]) -> int:
		"""Set fields by a join over the temporary table."""
		changed = stamped.for_update(self._tables[doctype], self._authorship, fieldnames, rows)
		staging = staging_name(doctype)
		settings = ", ".join(f"t.`{name}` = s.`{name}`" for name in changed.fieldnames[1:])
		count = 0
		for batch in batches(changed.rows):
			count += self._insert(staging, changed.fieldnames, batch)
			# The rows given come first: nothing tells the optimizer how few they are.
			self._execute(
				f"UPDATE `{staging}` s STRAIGHT_JOIN `tab{doctype}` t ON t.`name` = s.`name` SET {settings}"
			)
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
		head = f"INSERT IGNORE INTO `tab{doctype}` ({listed(new.fieldnames)}) VALUES "
		# `_change` reads %% as one percent sign.
		statements = (head + values_list(batch).replace("%", "%%") for batch in batches(new.rows))
		return sum(self._change(statement, {}) for statement in statements)

	def copy_fields(
		self, doctype: str, fields: Mapping[str, str], source: str, link: str, names: Sequence[str]
	) -> None:
		"""Copy by a join, a thousand rows to a statement."""
		settings = ", ".join(f"t.`{name}` = s.`{taken}`" for name, taken in fields.items())
		for batch in batches(names):
			places = ", ".join(["%s"] * len(batch))
			self._execute(
				f"UPDATE `tab{doctype}` t JOIN `tab{source}` s ON s.`{link}` = t.`name` SET {settings}"
				f" WHERE t.`name` IN ({places})",
				batch,
			)

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

	def holder(self) -> str:
		"""Return server and name of a lock that the connection holds as long as it stands."""
		if self._holder is None:
			self._holder = f"{self._server()}:{secrets.token_hex(5)}"
			list(self._execute("SELECT GET_LOCK(%(name)s, 0)", {"name": self._holder}))
		return self._holder

	def is_gone(self, holder: str) -> bool:
		"""Ask the server who holds the lock of that name."""
		return self._is_here(holder) and self._connection_of(holder) is None

	def end(self, holder: str) -> None:
		"""Kill the connection that holds the lock of that name."""
		number = self._connection_of(holder) if self._is_here(holder) else None
		if number is not None:
			list(self._execute(f"KILL CONNECTION {number}"))

	def _is_here(self, holder: str) -> bool:
		return holder.rpartition(":")[0] == self._server()

	def _server(self) -> str:
		((server,),) = self._execute("SELECT CONCAT(@@hostname, ':', @@port)")
		return str(server)

	def _connection_of(self, holder: str) -> int | None:
		((number,),) = self._execute("SELECT IS_USED_LOCK(%(name)s)", {"name": holder})
		return None if number is None else int(number)

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
	def _run(self, statement: str) -> None:
		"""Run a statement that holds its values, as it stands: a percent sign is a percent sign."""

	def _insert(
		self, table: str, fieldnames: Sequence[str], rows: Iterable[Sequence[Any]], tail: str = ""
	) -> int:
		"""Insert rows in batches, `tail` after their values, and return how many they were."""
		count = 0
		for batch in batches(rows):
			self._run(f"INSERT INTO `{table}` ({listed(fieldnames)}) VALUES {values_list(batch)}{tail}")
			count += len(batch)
		return count


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


class Given(NamedTuple):
	"""Rows as a table of a statement: its columns, its rows, and the choice of all fields from it."""

	columns: str
	rows: str
	chosen: str


def common_table(fieldnames: Sequence[str], rows: Sequence[Sequence[Any]]) -> Given:
	"""Return rows as a table of those fields that differ from row to row, the first among them; the others stand once."""
	columns = enumerate(zip(*rows, strict=True))
	differing = [place for place, column in columns if not place or len(set(column)) > 1]
	chosen = [literal(value) for value in rows[0]]
	for place in differing:
		chosen[place] = f"given.`{fieldnames[place]}`"
	names = listed(fieldnames[place] for place in differing)
	return Given(names, values_list([[row[place] for place in differing] for row in rows]), ", ".join(chosen))


def listed(fieldnames: Iterable[str]) -> str:
	"""Return fieldnames as a statement lists them."""
	return ", ".join(f"`{name}`" for name in fieldnames)
