"""The store over one SQLite file: the preview's book.

SQLite compares names byte by byte where MariaDB folds case, accents and trailing blanks: whoever fills a book
writes every reference to a customer under the customer's own name.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from cs_retention.store import rows as stamped
from cs_retention.store.base import Authorship, Row, Value, batches
from cs_retention.store.schema import Table, listed, sqlite_indexes, sqlite_tables

PARAMETER = re.compile(r"%\((\w+)\)s")
CACHE_KIB = 16 * 1024
STATEMENTS_KEPT = 16
"""Prepared statements that stay; one that names thousands of customers is large, and comes once."""

LONGEST_KEPT = 4096
"""Length of a query up to which its translation is remembered."""

AS_THEY_ARE = frozenset({str, int, float, type(None)})
"""Classes whose values the file takes without a change; looked up here because millions of values pass."""


class SQLiteStore:
	"""A `Store` over a SQLite file, `:memory:` included; dates are ISO text, amounts are floats."""

	def __init__(self, path: Path | str, authorship: Authorship, tables: Mapping[str, Table]):
		self._connection = sqlite3.connect(path, isolation_level=None, cached_statements=STATEMENTS_KEPT)
		self._connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
		# The book is one file to hand on: no write-ahead log beside it.
		self._connection.execute("PRAGMA journal_mode = DELETE")
		self._connection.create_function("CONCAT_WS", -1, _concat_ws, deterministic=True)
		self._authorship = authorship
		self._tables = tables

	def create_tables(self) -> None:
		"""Create every table of the schema in an empty file."""
		self._begin()
		for statement in sqlite_tables(self._tables.values()):
			self._connection.execute(statement)

	def create_indexes(self) -> None:
		"""Create the indexes; after a bulk load this sorts once instead of once per row."""
		self._begin()
		for statement in sqlite_indexes(self._tables.values()):
			self._connection.execute(statement)

	def overlapping(self) -> AbstractContextManager[None]:
		"""Do everything at once: the database is in this process."""
		return nullcontext()

	def ahead(
		self, query: str, columns: int, values: Mapping[str, Value] | None = None, in_order: bool = False
	) -> None:
		"""Begin with nothing."""

	def rows(self, query: str, values: Mapping[str, Value] | None = None) -> Iterator[tuple[Any, ...]]:
		"""Run a query and stream its rows."""
		named = {name: _bound(value) for name, value in (values or {}).items()}
		return self._connection.execute(_translated(query), named)

	def has_table(self, doctype: str) -> bool:
		"""Tell whether the table of a DocType exists in the file."""
		query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = %(name)s"
		return any(self.rows(query, {"name": f"tab{doctype}"}))

	def lines(
		self,
		query: str,
		columns: int,
		values: Mapping[str, Value] | None = None,
		in_order: bool = False,
		cut: int = -1,
	) -> Iterable[Sequence[Any]]:
		"""Run a query and return its rows as the file gives them."""
		return self.rows(query, values)

	def new_name(self) -> str:
		"""Return a fresh document name."""
		return self._authorship.new_name()

	def insert_rows(self, doctype: str, fieldnames: Sequence[str], rows: Iterable[Row]) -> int:
		"""Insert rows in batches."""
		new = stamped.for_insert(self._tables[doctype], self._authorship, fieldnames, rows)
		return self._write(f"INSERT INTO {_target(doctype, new.fieldnames)}", new.rows)

	def insert_copies(
		self,
		doctype: str,
		fieldnames: Sequence[str],
		rows: Iterable[Row],
		source: str,
		copied: Mapping[str, str],
	) -> int:
		"""Insert rows that copy fields of another row, which they find through its primary key."""
		new = stamped.for_insert(self._tables[doctype], self._authorship, fieldnames, rows)
		targets = listed((*new.fieldnames, *copied))
		given = (f"?{place}" for place in range(1, len(new.fieldnames) + 1))
		chosen = ", ".join((*given, *(f"`{name}`" for name in copied.values())))
		statement = (
			f"INSERT INTO `tab{doctype}` ({targets}) SELECT {chosen} FROM `tab{source}` WHERE `name` = ?1"
		)
		return self._write(statement, new.rows)

	def update_rows(
		self, doctype: str, fieldnames: Sequence[str], rows: Iterable[Row], still: str | None = None
	) -> int:
		"""Set fields row by row through the primary key."""
		changed = stamped.for_update(self._tables[doctype], self._authorship, fieldnames, rows)
		numbered = [f"`{name}` = ?{place}" for place, name in enumerate(changed.fieldnames[1:], 2)]
		statement = f"UPDATE `tab{doctype}` SET {', '.join(numbered)} WHERE `name` = ?1"
		if still:
			statement += f" AND `{still}` > ''"
		return self._write(statement, changed.rows)

	def upsert_rows(self, doctype: str, fieldnames: Sequence[str], rows: Iterable[Row]) -> int:
		"""Insert or set by the unique first fieldname."""
		new = stamped.for_insert(self._tables[doctype], self._authorship, fieldnames, rows)
		kept = [f"`{name}` = excluded.`{name}`" for name in stamped.overwritten(fieldnames)]
		statement = f"INSERT INTO {_target(doctype, new.fieldnames)}"
		return self._write(
			f"{statement} ON CONFLICT (`{fieldnames[0]}`) DO UPDATE SET {', '.join(kept)}", new.rows
		)

	def add_missing(self, doctype: str, fieldnames: Sequence[str], rows: Iterable[Row]) -> int:
		"""Insert, and leave a row with the same key as it is; anything else that is wrong is raised."""
		new = stamped.for_insert(self._tables[doctype], self._authorship, fieldnames, rows)
		self._begin()
		before = self._connection.total_changes
		self._write(f"INSERT INTO {_target(doctype, new.fieldnames)} ON CONFLICT DO NOTHING", new.rows)
		return self._connection.total_changes - before

	def copy_fields(
		self, doctype: str, fields: Mapping[str, str], source: str, link: str, names: Sequence[str]
	) -> None:
		"""Copy row by row through the primary key."""
		settings = ", ".join(
			f"`{name}` = (SELECT s.`{taken}` FROM `tab{source}` s WHERE s.`{link}` = `tab{doctype}`.`name`)"
			for name, taken in fields.items()
		)
		self._write(f"UPDATE `tab{doctype}` SET {settings} WHERE `name` = ?", ([name] for name in names))

	def delete_rows(self, doctype: str, names: Iterable[str]) -> int:
		"""Delete rows through the primary key."""
		return self._write(f"DELETE FROM `tab{doctype}` WHERE `name` = ?", ((name,) for name in names))

	def claim(self, doctype: str, name: str, found: Mapping[str, Value], taken: Mapping[str, Value]) -> bool:
		"""Change one row while it still is as found."""
		settings = ", ".join(f"`{field}` = ?" for field in taken)
		conditions = " AND ".join(f"`{field}` IS ?" for field in found)
		statement = f"UPDATE `tab{doctype}` SET {settings} WHERE `name` = ? AND {conditions}"
		self._begin()
		bound = [_bound(value) for value in (*taken.values(), name, *found.values())]
		return self._connection.execute(statement, bound).rowcount == 1

	def lock_next(self, query: str, values: Mapping[str, Value]) -> tuple[Any, ...] | None:
		"""Hold the whole file, which is what SQLite locks."""
		return next(iter(self.lock_some(query, values, 1)), None)

	def lock_some(self, query: str, values: Mapping[str, Value], most: int) -> list[tuple[Any, ...]]:
		"""Hold the whole file."""
		self._begin()
		return list(self.rows(f"{query} LIMIT {most:d}", values))

	def hold(self, doctype: str, fieldname: str, keys: Sequence[str]) -> list[str]:
		"""Return the keys found; there is nobody else to wait for."""
		query = f"SELECT `{fieldname}` FROM `tab{doctype}` WHERE `{fieldname}` = ?"
		return [key for given in keys for (key,) in self._connection.execute(query, [given])]

	def change(self, statement: str, values: Mapping[str, Value]) -> int:
		"""Run one UPDATE or DELETE."""
		self._begin()
		named = {name: _bound(value) for name, value in values.items()}
		return self._connection.execute(_translated(statement), named).rowcount

	def commit(self) -> None:
		"""Keep what was written."""
		if self._connection.in_transaction:
			self._connection.execute("COMMIT")

	def rollback(self) -> None:
		"""Forget what was written."""
		if self._connection.in_transaction:
			self._connection.execute("ROLLBACK")

	def holder(self) -> str:
		"""Return one name for all: SQLite does not tell its connections apart."""
		return "file"

	def is_gone(self, holder: str) -> bool:
		"""Nobody is known to be gone."""
		return False

	def end(self, holder: str) -> None:
		"""Nobody can be told apart, and so nobody is ended."""

	def recover(self) -> None:
		"""Roll back."""
		self.rollback()

	def reconnect(self) -> None:
		"""Roll back: a call into SQLite ends before Python goes on."""
		self.rollback()

	def is_passing(self, error: BaseException) -> bool:
		"""Only a file that somebody else holds passes."""
		return isinstance(error, sqlite3.OperationalError) and "locked" in str(error)

	def close(self) -> None:
		"""Close the file; what was not committed is forgotten."""
		self._connection.close()

	def _begin(self) -> None:
		if not self._connection.in_transaction:
			self._connection.execute("BEGIN IMMEDIATE")

	def _write(self, statement: str, rows: Iterable[Sequence[Any]]) -> int:
		self._begin()
		count = 0
		for batch in batches(rows):
			bound = (
				[value if value.__class__ in AS_THEY_ARE else _bound(value) for value in row] for row in batch
			)
			self._connection.executemany(statement, bound)
			count += len(batch)
		return count


def _translated(query: str) -> str:
	return _known_translation(query) if len(query) <= LONGEST_KEPT else _translate(query)


def _translate(query: str) -> str:
	return PARAMETER.sub(r":\1", query).replace("%%", "%")


_known_translation = lru_cache(maxsize=256)(_translate)


def _target(doctype: str, fieldnames: Sequence[str]) -> str:
	return f"`tab{doctype}` ({listed(fieldnames)}) VALUES ({', '.join('?' * len(fieldnames))})"


def _bound(value: Any) -> Any:
	"""Return a value as the file holds it: ISO text for dates, a float for a decimal."""
	if isinstance(value, datetime):
		return value.isoformat(sep=" ", timespec="microseconds")
	if isinstance(value, date):
		return value.isoformat()
	if isinstance(value, Decimal):
		return float(value)
	return value


def _concat_ws(between: str, *values: object) -> str:
	"""Return values as one text, NULL left out, as MariaDB's function of the name does."""
	return between.join(str(value) for value in values if value is not None)
