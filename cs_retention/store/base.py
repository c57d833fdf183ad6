"""The database as the night sees it: reads, set writes, claims and locks, commit, roll back."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import count, islice
from typing import Any, Protocol, TypeVar

Value = str | int | float | date | datetime | None
Row = Sequence[Any]
Item = TypeVar("Item")

BATCH = 1000


def consecutive_names() -> Callable[[], str]:
	"""Return a source of document names: 13 hexadecimal digits that count on from a random number.

	Consecutive names are added at one end of a table; of random ones a hundred thousand are likely to meet.
	"""
	return map("{:013x}".format, count(secrets.randbits(52))).__next__


@dataclass(frozen=True, slots=True)
class Authorship:
	"""What a written row says of itself: who wrote it, when, and how new rows are named."""

	now: Callable[[], datetime]
	user: str = "Administrator"
	new_name: Callable[[], str] = field(default_factory=consecutive_names)


class Store(Protocol):
	"""One database connection with one open transaction.

	Queries are MySQL's dialect as far as SQLite speaks it too, tables in backticks under Frappe's names
	(`tabCustomer`), parameters named as %(x)s. Set writes take any iterable of rows in the order of `fieldnames`
	and return how many rows they were given; they fill creation, modified, owner and modified_by. A None in a
	number or check column is written as Frappe writes it: as the column's default. Nothing is kept before `commit`.
	"""

	def overlapping(self) -> AbstractContextManager[None]:
		"""Let set writes within the block run while the next rows are made; what one meets is raised by its end.

		Everything else waits for them, so that nothing is read, kept or forgotten out of turn. What is asked ahead within
		the block runs while earlier answers are read. Within it nobody else may use the connection.
		"""

	def rows(self, query: str, values: Mapping[str, Value] | None = None) -> Iterator[tuple[Any, ...]]:
		"""Run a query and yield its rows; dates, numbers and text come as the database gives them."""

	def has_table(self, doctype: str) -> bool:
		"""Tell whether the table of a DocType exists; that of an app which is not installed does not."""

	def lines(
		self,
		query: str,
		columns: int,
		values: Mapping[str, Value] | None = None,
		in_order: bool = False,
		cut: int = -1,
	) -> Iterable[Sequence[Any]]:
		"""Run a query of so many columns and return its rows all at once and cheaper than `rows`.

		A cell is as `rows` gives it or its text, where nothing is empty text. A query ordered by its first column keeps
		its order only when asked to. The cells after the first `cut` may come as one text, each but the last ended as
		`one_cell` does.
		"""

	def ahead(
		self, query: str, columns: int, values: Mapping[str, Value] | None = None, in_order: bool = False
	) -> None:
		"""Announce what `lines` will be asked next, in turn; a store may begin with it, and answers it as of now."""

	def new_name(self) -> str:
		"""Return a fresh document name, for a row that others refer to before it is written."""

	def insert_rows(self, doctype: str, fieldnames: Sequence[str], rows: Iterable[Row]) -> int:
		"""Insert rows; those without a `name` among the fieldnames are given one."""

	def insert_copies(
		self,
		doctype: str,
		fieldnames: Sequence[str],
		rows: Iterable[Row],
		source: str,
		copied: Mapping[str, str],
	) -> int:
		"""Insert rows whose other fields are copied from the row of `source` that their first field names.

		`copied` maps these fields to the source's; what names no row of the source is passed over.
		"""

	def update_rows(
		self, doctype: str, fieldnames: Sequence[str], rows: Iterable[Row], still: str | None = None
	) -> int:
		"""Set the fields of existing rows; the first fieldname is `name`, unknown names are passed over.

		So are rows whose field `still` is empty by the time of the write, whatever was read of them before.
		"""

	def upsert_rows(self, doctype: str, fieldnames: Sequence[str], rows: Iterable[Row]) -> int:
		"""Insert rows, or set the fields where one with the same first fieldname, a unique one, exists."""

	def add_missing(self, doctype: str, fieldnames: Sequence[str], rows: Iterable[Row]) -> int:
		"""Insert the rows whose name or unique key nobody has yet, and return how many they were."""

	def copy_fields(
		self, doctype: str, fields: Mapping[str, str], source: str, link: str, names: Sequence[str]
	) -> None:
		"""Set fields of the rows named to those of the source's row whose `link` names them; nothing is stamped.

		`fields` maps a fieldname to the source's.
		"""

	def delete_rows(self, doctype: str, names: Iterable[str]) -> int:
		"""Delete rows by name."""

	def claim(self, doctype: str, name: str, found: Mapping[str, Value], taken: Mapping[str, Value]) -> bool:
		"""Change one row to `taken` only while it still is as `found`; true for exactly one of several claimants."""

	def lock_next(self, query: str, values: Mapping[str, Value]) -> tuple[Any, ...] | None:
		"""Return the first row of a query that nobody else holds, and hold it until the transaction ends."""

	def lock_some(self, query: str, values: Mapping[str, Value], most: int) -> list[tuple[Any, ...]]:
		"""Return the first rows of a query that nobody else holds, at most so many; they are held as by `lock_next`."""

	def hold(self, doctype: str, fieldname: str, keys: Sequence[str]) -> list[str]:
		"""Wait for the rows whose unique field is one of the keys, and hold them until the transaction ends.

		Returns the keys found, as stored. It takes no snapshot: as first statement of a transaction it lets the reads
		that follow show what others did to these rows before.
		"""

	def change(self, statement: str, values: Mapping[str, Value]) -> int:
		"""Run one UPDATE or DELETE and return how many rows it changed; it stamps nothing."""

	def holder(self) -> str:
		"""Return a name of this connection that others can ask about."""

	def is_gone(self, holder: str) -> bool:
		"""Tell whether the connection of that name is known to be gone; one on another server never is."""

	def end(self, holder: str) -> None:
		"""End the connection of that name where it still stands: what it has locked is given free."""

	def commit(self) -> None:
		"""Keep what was written since the last commit."""

	def rollback(self) -> None:
		"""Forget what was written since the last commit."""

	def recover(self) -> None:
		"""Forget what was written, after an error of the database; a connection that is lost is opened anew."""

	def reconnect(self) -> None:
		"""Open the connection anew, after an exception that may have struck between a statement and its answer."""

	def is_passing(self, error: BaseException) -> bool:
		"""Tell whether an error may be gone when the transaction is tried again: a deadlock, a lost connection."""


def batches(items: Iterable[Item], size: int = BATCH) -> Iterator[list[Item]]:
	"""Yield the items in lists of at most `size`."""
	iterator = iter(items)
	while batch := list(islice(iterator, size)):
		yield batch
