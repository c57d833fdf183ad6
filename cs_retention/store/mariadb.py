"""The store over a plain MariaDB connection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pymysql.connections import Connection
from pymysql.cursors import Cursor

from cs_retention.store.base import Authorship
from cs_retention.store.behind import Behind
from cs_retention.store.literals import COLLATION
from cs_retention.store.mysql import MySQLWrites, Values
from cs_retention.store.schema import Table, mariadb_indexes, mariadb_tables


class MariaDBStore(MySQLWrites):
	"""A `Store` over one connection, which it opens and owns; dates are dates, amounts are decimals."""

	def __init__(self, address: Mapping[str, Any], authorship: Authorship, tables: Mapping[str, Table]):
		"""Connect to `address`: the keywords of pymysql.connect (host, port or unix_socket, user, password, database)."""
		self._address = address
		self._authorship = authorship
		self._tables = tables
		self._behind = Behind()
		self._connect()

	def _connect(self) -> None:
		self._connection: Connection[Cursor] = Connection(
			charset="utf8mb4", collation=COLLATION, autocommit=False, **self._address
		)
		self._execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")

	def reconnect(self) -> None:
		"""Open the connection anew."""
		self._holder = None
		if self._connection.open:
			self._connection.close()
		self._connect()

	def create_tables(self) -> None:
		"""Create every table of the schema in an empty database."""
		for statement in mariadb_tables(self._tables.values()):
			self._execute(statement)

	def create_indexes(self) -> None:
		"""Create the indexes; after a bulk load this sorts once instead of once per row."""
		for statement in mariadb_indexes(self._tables.values()):
			self._execute(statement)

	def commit(self) -> None:
		"""Keep what was written."""
		self._behind.settle()
		self._connection.commit()

	def rollback(self) -> None:
		"""Forget what was written."""
		self._connection.rollback()

	def close(self) -> None:
		"""Close the connection; what was not committed is forgotten."""
		self._connection.close()

	def _ask(self, statement: str, values: Values | None = None) -> Cursor:
		cursor = self._connection.cursor()
		# Without values the driver would leave %% doubled.
		cursor.execute(statement, values or {})
		return cursor

	def _count(self, statement: str, values: Values) -> int:
		return self._ask(statement, values).rowcount

	def _run(self, statement: str) -> None:
		self._connection.cursor().execute(statement)
