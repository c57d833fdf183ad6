"""The store over a plain MariaDB connection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pymysql.connections import Connection
from pymysql.cursors import Cursor

from cs_retention.store import rows as stamped
from cs_retention.store.base import Authorship, Row, Value, batches
from cs_retention.store.schema import Table, mariadb_indexes, mariadb_tables

COLLATION = "utf8mb4_unicode_ci"


class MariaDBStore:
	"""A `Store` over one connection, which it opens and owns; dates are dates, amounts are decimals.

	Updates go through a temporary table per DocType, because UPDATE .. JOIN sets a thousand rows in one statement.
	All of them are made on opening: Frappe refuses to make one after the first write of a transaction.
	"""

	def __init__(self, address: Mapping[str, Any], authorship: Authorship, tables: Mapping[str, Table]):
		"""Connect to `address`: the keywords of pymysql.connect (host, port or unix_socket, user, password, database)."""
		self._connection: Connection[Cursor] = Connection(
			charset="utf8mb4", collation=COLLATION, autocommit=False, **address
		)
		self._authorship = authorship
		self._tables = tables
		self._execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
		for table in tables.values():
			self._execute(_staging_table(table))

	def create_tables(self) -> None:
		"""Create every table of the schema in an empty database."""
		for statement in mariadb_tables(self._tables.values()):
			self._execute(statement)

	def create_indexes(self) -> None:
		"""Create the indexes; after a bulk load this sorts once instead of once per row."""
		for statement in mariadb_indexes(self._tables.values()):
			self._execute(statement)

	def rows(self, query: str, values: Mapping[str, Value] | None = None) -> Iterator[tuple[Any, ...]]:
		"""Run a query and yield its rows; the driver holds the whole result, so ask in pages."""
		return iter(self._execute(query, values))

	def new_name(self) -> str:
		"""Return a fresh document name."""
		return self._authorship.new_name()

	def insert_rows(self, doctype: str, fieldnames: Sequence[str], rows: Iterable[Row]) -> int:
		"""Insert rows, a thousand to a statement."""
		new = stamped.for_insert(self._tables[doctype], self._authorship, fieldnames, rows)
		return self._write(f"INSERT INTO {_target(f'tab{doctype}', new.fieldnames)}", new.rows)

	def update_rows(self, doctype: str, fieldnames: Sequence[str], rows: Iterable[Row]) -> int:
		"""Set fields by a join over the temporary table."""
		changed = stamped.for_update(self._tables[doctype], self._authorship, fieldnames, rows)
		staging = _staging(doctype)
		settings = ", ".join(f"t.`{name}` = s.`{name}`" for name in changed.fieldnames[1:])
		count = 0
		for batch in batches(changed.rows):
			count += self._write(f"INSERT INTO {_target(staging, changed.fieldnames)}", batch)
			self._execute(f"UPDATE `tab{doctype}` t JOIN `{staging}` s ON s.`name` = t.`name` SET {settings}")
			self._execute(f"DELETE FROM `{staging}`")
		return count

	def upsert_rows(self, doctype: str, fieldnames: Sequence[str], rows: Iterable[Row]) -> int:
		"""Insert or set by the unique first fieldname."""
		new = stamped.for_insert(self._tables[doctype], self._authorship, fieldnames, rows)
		kept = ", ".join(f"`{name}` = VALUES(`{name}`)" for name in stamped.overwritten(fieldnames))
		target = _target(f"tab{doctype}", new.fieldnames)
		return self._write(f"INSERT INTO {target} ON DUPLICATE KEY UPDATE {kept}", new.rows)

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
		statement = f"UPDATE `tab{doctype}` SET {settings} WHERE `name` = %s AND {conditions}"
		return self._execute(statement, [*taken.values(), name, *found.values()]).rowcount == 1

	def commit(self) -> None:
		"""Keep what was written."""
		self._connection.commit()

	def rollback(self) -> None:
		"""Forget what was written."""
		self._connection.rollback()

	def close(self) -> None:
		"""Close the connection; what was not committed is forgotten."""
		self._connection.close()

	def _execute(self, statement: str, values: Mapping[str, Value] | Sequence[Any] | None = None) -> Cursor:
		cursor = self._connection.cursor()
		# Without values the driver would leave %% doubled.
		cursor.execute(statement, values or {})
		return cursor

	def _write(self, statement: str, rows: Iterable[Sequence[Any]]) -> int:
		count = 0
		for batch in batches(rows):
			self._connection.cursor().executemany(statement, batch)
			count += len(batch)
		return count


def _staging(doctype: str) -> str:
	return f"changed {doctype}"


def _staging_table(table: Table) -> str:
	"""Return the temporary table of a DocType: its columns, all but the name empty unless given."""
	columns = [f"`{column.name}` {column.sql_type}" for column in table.columns if column.name != "name"]
	return (
		f"CREATE TEMPORARY TABLE `{_staging(table.doctype)}` "
		f"(`name` varchar(140) NOT NULL PRIMARY KEY, {', '.join(columns)}) "
		f"ENGINE=InnoDB CHARACTER SET=utf8mb4 COLLATE={COLLATION}"
	)


def _target(table: str, fieldnames: Sequence[str]) -> str:
	listed = ", ".join(f"`{name}`" for name in fieldnames)
	return f"`{table}` ({listed}) VALUES ({', '.join(['%s'] * len(fieldnames))})"
