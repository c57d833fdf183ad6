"""The set writes in MariaDB's dialect, whoever holds the connection."""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from typing import Any, NamedTuple

from cs_retention.store import rows as stamped
from cs_retention.store.base import Authorship, Row, Value
from cs_retention.store.behind import Behind
from cs_retention.store.literals import COLLATION, Rows, literal, statements, values_list
from cs_retention.store.one_cell import in_one_cell, split
from cs_retention.store.schema import Table, listed

PASSING = frozenset({0, 1020, 1053, 1205, 1213, 1927, 2003, 2006, 2013, 2055})
"""Errors that pass: row changed, shutdown, lock wait, deadlock, connection killed or lost (0: used after its loss)."""

DRIVER = "pymysql."

Values = Mapping[str, Value] | Sequence[Any]


class MySQLWrites(ABC):
	"""A `Store` but for its connection: a subclass runs the statements, commits and rolls back."""

	_authorship: Authorship
	_tables: Mapping[str, Table]
	_holder: str | None = None
	_behind: Behind

	def overlapping(self) -> AbstractContextManager[None]:
		"""Let set writes and what is asked ahead run on while the block goes on."""
		return self._behind.open()

	def rows(self, query: str, values: Mapping[str, Value] | None = None) -> Iterator[tuple[Any, ...]]:
		"""Run a query and yield its rows; the driver holds the whole result, so ask in pages."""
		return iter(self._execute(query, values))

	def has_table(self, doctype: str) -> bool:
		"""Tell whether the table of a DocType existed in the connection's database when the first one was asked for."""
		return f"tab{doctype}" in self._table_names

	@cached_property
	def _table_names(self) -> frozenset[str]:
		query = "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()"
		return frozenset(name for (name,) in self.rows(query))

	def lines(
		self,
		query: str,
		columns: int,
		values: Mapping[str, Value] | None = None,
		in_order: bool = False,
		cut: int = -1,
	) -> Iterable[Sequence[Any]]:
		"""Run a query and return its rows as texts, which come in one cell and are cut as they are taken."""
		question, ask = self._question(query, columns, values, in_order)
		((count, text),) = self._behind.answer(question, ask)
		found = split(text or "", count, columns, cut)
		return self.rows(query, values) if found is None else found

	def ahead(
		self, query: str, columns: int, values: Mapping[str, Value] | None = None, in_order: bool = False
	) -> None:
		"""Ask ahead what `lines` will be asked."""
		self._behind.ask(*self._question(query, columns, values, in_order))

	def _question(
		self, query: str, columns: int, values: Mapping[str, Value] | None, in_order: bool
	) -> tuple[Hashable, Callable[[], Iterable[tuple[Any, ...]]]]:
		"""Return what `lines` asks, and how."""
		told = in_one_cell(query, columns, in_order)
		return (told, tuple((values or {}).items())), lambda: self._ask(told, values)

	def new_name(self) -> str:
		"""Return a fresh document name."""
		return self._authorship.new_name()

	def insert_rows(self, doctype: str, fieldnames: Sequence[str], rows: Iterable[Row]) -> int:
		"""Insert rows, as many to a statement as it may carry."""
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
		found = f"`tab{source}` s ON s.`name` = {_given_name(fieldnames[0])}"

		def write(rows: Rows) -> str:
			given = given_rows(new.fieldnames, rows)
			return f"{head} {given.table} SELECT {', '.join(given.fields)}{taken} FROM given JOIN {found}"

		return self._run_all(statements(new.rows, write))

	def update_rows(
		self, doctype: str, fieldnames: Sequence[str], rows: Iterable[Row], still: str | None = None
	) -> int:
		"""Set fields by a join over the rows as a table."""
		changed = stamped.for_update(self._tables[doctype], self._authorship, fieldnames, rows)
		target = f"`tab{doctype}` t ON t.`name` = {_given_name('name')}"
		if still:
			target += f" AND t.`{still}` > ''"

		def write(rows: Rows) -> str:
			given = given_rows(changed.fieldnames, rows)
			pairs = zip(changed.fieldnames[1:], given.fields[1:], strict=True)
			settings = ", ".join(f"t.`{name}` = {value}" for name, value in pairs)
			# The rows given come first: nothing tells the optimizer how few they are.
			return f"UPDATE ({given.table} SELECT * FROM given) given STRAIGHT_JOIN {target} SET {settings}"

		return self._run_all(statements(changed.rows, write))

	def upsert_rows(self, doctype: str, fieldnames: Sequence[str], rows: Iterable[Row]) -> int:
		"""Insert or set by the unique first fieldname."""
		new = stamped.for_insert(self._tables[doctype], self._authorship, fieldnames, rows)
		kept = ", ".join(f"`{name}` = VALUES(`{name}`)" for name in stamped.overwritten(fieldnames))
		return self._insert(f"tab{doctype}", new.fieldnames, new.rows, f" ON DUPLICATE KEY UPDATE {kept}")

	def add_missing(self, doctype: str, fieldnames: Sequence[str], rows: Iterable[Row]) -> int:
		"""Insert, and leave a row with the same key as it is; of several who insert one at once one counts it.

		IGNORE would do so too, but also cut off what is too long for its column.
		"""
		new = stamped.for_insert(self._tables[doctype], self._authorship, fieldnames, rows)
		# MariaDB counts no row that already holds what it is set to.
		as_it_is = " ON DUPLICATE KEY UPDATE `name` = `name`"
		write = _insert_of(f"INTO `tab{doctype}`", new.fieldnames, as_it_is)
		# `_change` reads %% as one percent sign.
		return sum(self._change(text.replace("%", "%%"), {}) for text, _ in statements(new.rows, write))

	def copy_fields(
		self, doctype: str, fields: Mapping[str, str], source: str, link: str, names: Sequence[str]
	) -> None:
		"""Copy by a join."""
		settings = ", ".join(f"t.`{name}` = s.`{taken}`" for name, taken in fields.items())
		found = f"`tab{source}` s ON s.`{link}` = t.`name`"

		def write(rows: Rows) -> str:
			return (
				f"UPDATE `tab{doctype}` t JOIN {found} SET {settings} WHERE t.`name` IN ({values_list(rows)})"
			)

		self._run_all(statements(((name,) for name in names), write))

	def delete_rows(self, doctype: str, names: Iterable[str]) -> int:
		"""Delete rows by name."""

		def write(rows: Rows) -> str:
			return f"DELETE FROM `tab{doctype}` WHERE `name` IN ({values_list(rows)})"

		return self._run_all(statements(((name,) for name in names), write))

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
		return next(iter(self.lock_some(query, values, 1)), None)

	def lock_some(self, query: str, values: Mapping[str, Value], most: int) -> list[tuple[Any, ...]]:
		"""Pass over the rows that others hold."""
		return list(map(tuple, self._execute(f"{query} LIMIT {most:d} FOR UPDATE SKIP LOCKED", values)))

	def hold(self, doctype: str, fieldname: str, keys: Sequence[str]) -> list[str]:
		"""Lock row by row through the unique key, in the order of the keys; a scan would lock the rows of others too."""
		target = f"`tab{doctype}` t ON t.`{fieldname}` = {_given_name(fieldname)}"

		def write(rows: Rows) -> str:
			given = given_rows((fieldname,), rows).table
			found = f"SELECT t.`{fieldname}` FROM ({given} SELECT * FROM given) given"
			return f"{found} STRAIGHT_JOIN {target} FOR UPDATE"

		# `_execute` reads %% as one percent sign.
		told = [text.replace("%", "%%") for text, _ in statements(((key,) for key in keys), write)]
		return [key for text in told for (key,) in self._execute(text)]

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
		"""Roll back, or connect anew."""
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
		"""Open the connection anew."""

	@abstractmethod
	def _ask(self, statement: str, values: Values | None = None) -> Iterable[tuple[Any, ...]]:
		"""Run a statement and return its rows; %% stands for one percent sign, with values or without."""

	@abstractmethod
	def _count(self, statement: str, values: Values) -> int:
		"""Run a statement and return how many rows it found to change."""

	@abstractmethod
	def _run(self, statement: str) -> None:
		"""Run a statement that holds its values, as it stands: a percent sign is a percent sign."""

	def _execute(self, statement: str, values: Values | None = None) -> Iterable[tuple[Any, ...]]:
		"""Ask, after what is being written."""
		self._behind.settle()
		return self._ask(statement, values)

	def _change(self, statement: str, values: Values) -> int:
		"""Count, after what is being written."""
		self._behind.settle()
		return self._count(statement, values)

	def _insert(
		self, table: str, fieldnames: Sequence[str], rows: Iterable[Sequence[Any]], tail: str = ""
	) -> int:
		"""Insert rows, `tail` after their values, and return how many they were."""
		return self._run_all(statements(rows, _insert_of(f"INTO `{table}`", fieldnames, tail)))

	def _run_all(self, told: Iterable[tuple[str, int]]) -> int:
		"""Run statements and return how many rows they were given together."""
		count = 0
		with self.overlapping():
			for text, rows in told:
				self._behind.run(self._run, text)
				count += rows
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


def _insert_of(table: str, fieldnames: Sequence[str], tail: str = "") -> Callable[[Rows], str]:
	"""Return what writes rows as one INSERT."""
	return lambda rows: f"INSERT {table} ({listed(fieldnames)}) VALUES {values_list(rows)}{tail}"


class Given(NamedTuple):
	"""Rows as a table of a statement: the clause that gives them as `given`, and how each field is had from it."""

	table: str
	fields: list[str]


def given_rows(fieldnames: Sequence[str], rows: Rows) -> Given:
	"""Return rows as a table of those fields that differ from row to row, the first among them; the others stand once."""
	columns = enumerate(zip(*rows, strict=True))
	differing = [place for place, column in columns if not place or len(set(column)) > 1]
	fields = [literal(value) for value in rows[0]]
	for place in differing:
		fields[place] = f"given.`{fieldnames[place]}`"
	names = listed(fieldnames[place] for place in differing)
	values = values_list([[row[place] for place in differing] for row in rows])
	return Given(f"WITH given ({names}) AS (VALUES {values})", fields)


def _given_name(fieldname: str) -> str:
	"""Return a name given, with the collation of names: text has that of no column, and could use no key."""
	return f"given.`{fieldname}` COLLATE {COLLATION}"
