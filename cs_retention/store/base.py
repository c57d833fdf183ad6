"""The database as the night sees it: read, four set writes, claim, commit, roll back."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any, Protocol, TypeVar

Value = str | int | float | date | datetime | None
Row = Sequence[Any]
Item = TypeVar("Item")

BATCH = 1000


def random_name() -> str:
	"""Return a fresh document name of ten hexadecimal digits, as Frappe's `hash` naming gives."""
	return secrets.token_hex(5)


@dataclass(frozen=True, slots=True)
class Authorship:
	"""What a written row says of itself: who wrote it, when, and how new rows are named."""

	now: Callable[[], datetime]
	user: str = "Administrator"
	new_name: Callable[[], str] = random_name


class Store(Protocol):
	"""One database connection with one open transaction.

	Queries are MySQL's dialect as far as SQLite speaks it too, tables in backticks under Frappe's names
	(`tabCustomer`), parameters named as %(x)s. Set writes take any iterable of rows in the order of `fieldnames`
	and return how many rows they were given; they fill creation, modified, owner and modified_by. A None in a
	number or check column is written as Frappe writes it: as the column's default. Nothing is kept before `commit`.
	"""

	def rows(self, query: str, values: Mapping[str, Value] | None = None) -> Iterator[tuple[Any, ...]]:
		"""Run a query and yield its rows; dates, numbers and text come as the database gives them."""

	def new_name(self) -> str:
		"""Return a fresh document name, for a row that others refer to before it is written."""

	def insert_rows(self, doctype: str, fieldnames: Sequence[str], rows: Iterable[Row]) -> int:
		"""Insert rows; those without a `name` among the fieldnames are given one."""

	def update_rows(self, doctype: str, fieldnames: Sequence[str], rows: Iterable[Row]) -> int:
		"""Set the fields of existing rows; the first fieldname is `name`, unknown names are passed over."""

	def upsert_rows(self, doctype: str, fieldnames: Sequence[str], rows: Iterable[Row]) -> int:
		"""Insert rows, or set the fields where one with the same first fieldname, a unique one, exists."""

	def add_missing(self, doctype: str, fieldnames: Sequence[str], rows: Iterable[Row]) -> int:
		"""Insert the rows whose name or unique key nobody has yet, and return how many they were."""

	def delete_rows(self, doctype: str, names: Iterable[str]) -> int:
		"""Delete rows by name."""

	def claim(self, doctype: str, name: str, found: Mapping[str, Value], taken: Mapping[str, Value]) -> bool:
		"""Change one row to `taken` only while it still is as `found`; true for exactly one of several claimants."""

	def lock_next(self, query: str, values: Mapping[str, Value]) -> tuple[Any, ...] | None:
		"""Return the first row of a query that nobody else holds, and hold it until the transaction ends."""

	def change(self, statement: str, values: Mapping[str, Value]) -> int:
		"""Run one UPDATE or DELETE and return how many rows it changed; it stamps nothing."""

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
