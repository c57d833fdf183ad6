"""The book: one SQLite file, shaped like ERPNext's tables and ours, with the policy it is kept under."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from cs_retention.engine.policy import Policy
from cs_retention.facts.erpnext_schema import ERPNEXT, INDEXES, OUR_INDEXES
from cs_retention.facts.keys import fold
from cs_retention.preview.importing import Import, Moved
from cs_retention.preview.problems import BadInput, Problem
from cs_retention.render.exports import replaced_when_complete
from cs_retention.store.base import Authorship
from cs_retention.store.schema import Table, host_table, own_tables
from cs_retention.store.sqlite import SQLiteStore

NOTES = "cs_retention_book"


class Book:
	"""An open book: its store, and the notes kept beside the tables (policy, date of the last night)."""

	def __init__(self, path: Path, is_written: bool):
		self.path = path
		session = 1 + int(read_note(path, "session") or 0)
		if is_written:
			write_note(path, "session", str(session))
		self.store = SQLiteStore(path, Authorship(datetime.now, new_name=_numbered(session)), book_tables())

	@property
	def policy(self) -> Policy:
		"""The policy this book is kept under."""
		return Policy.from_mapping(json.loads(read_note(self.path, "policy") or "{}"))

	@property
	def horizon(self) -> int:
		"""Days that lists show: those of the last night, else the policy's."""
		noted = read_note(self.path, "night")
		return int(json.loads(noted)["horizon_days"]) if noted else self.policy.planning.horizon_days

	def noted_night(self) -> str:
		"""Return what was noted of the last night; BadInput before the first one."""
		noted = read_note(self.path, "night")
		if noted is None:
			remedy = "has no night yet; give it one with: cs-retention run BOOK --as-of YYYY-MM-DD"
			raise BadInput([Problem(self.path.name, remedy).sentence()])
		return noted

	@property
	def last_as_of(self) -> date | None:
		"""The date of the last night; None before the first one."""
		noted = read_note(self.path, "night")
		return date.fromisoformat(json.loads(noted)["as_of"]) if noted else None

	def customer_named(self, name: str) -> str | None:
		"""Return the customer's own spelling of a name that MariaDB would hold equal; None for nobody."""
		query = "SELECT name FROM `tabCustomer` WHERE name = %(name)s"
		if any(self.store.rows(query, {"name": name})):
			return name
		folded = fold(name)
		everybody = (known for (known,) in self.store.rows("SELECT name FROM `tabCustomer`"))
		return next((known for known in everybody if fold(known) == folded), None)

	def note(self, field: str, value: str) -> None:
		"""Note a value under a word, in place of the former one."""
		write_note(self.path, field, value)

	def close(self) -> None:
		"""Close the file; what was not committed is forgotten."""
		self.store.close()


def fill_book(path: Path, files: Mapping[str, Path], policy: Mapping[str, Any], moved: Moved) -> int:
	"""Make a book from exports and return how many customers it has.

	The file appears only when all exports are clean; BadInput otherwise.
	"""
	with replaced_when_complete(path) as part:
		part.unlink(missing_ok=True)
		store = SQLiteStore(part, Authorship(datetime.now, new_name=_numbered(0)), book_tables())
		with closing(store):
			store.create_tables()
			work = Import(store, files, moved)
			work.run()
			store.create_indexes()
			store.commit()
		_create_notes(part)
		write_note(part, "policy", json.dumps(policy))
	return work.customers.count


@contextmanager
def opened(path: Path, is_written: bool = False) -> Iterator[Book]:
	"""Open a book that `fill_book` made, to read it or to write to it; BadInput when it is none."""
	if not path.is_file():
		remedy = "does not exist; make it with: cs-retention open BOOK --customers FILE --invoices FILE"
		raise BadInput([Problem(str(path), remedy).sentence()])
	try:
		book = Book(path, is_written)
	except sqlite3.DatabaseError as error:
		remedy = "is no book of cs-retention; make one with: cs-retention open"
		raise BadInput([Problem(str(path), remedy).sentence()]) from error
	with closing(book):
		yield book


def book_tables() -> Mapping[str, Table]:
	"""Return every table of a book by DocType: ERPNext's and ours."""
	hosts = {
		doctype: host_table(doctype, columns, {**INDEXES.get(doctype, {}), **OUR_INDEXES.get(doctype, {})})
		for doctype, columns in ERPNEXT.items()
	}
	return {**hosts, **own_tables()}


def read_note(path: Path, field: str) -> str | None:
	"""Return what is noted under a word, None when nothing is."""
	with closing(sqlite3.connect(path)) as connection:
		found = connection.execute(f"SELECT value FROM {NOTES} WHERE field = ?", (field,)).fetchone()
	return found[0] if found else None


def write_note(path: Path, field: str, value: str) -> None:
	"""Note a value under a word, in place of the former one."""
	with closing(sqlite3.connect(path)) as connection, connection:
		connection.execute(f"INSERT OR REPLACE INTO {NOTES} VALUES (?, ?)", (field, value))


def _create_notes(path: Path) -> None:
	with closing(sqlite3.connect(path)) as connection, connection:
		connection.execute(f"CREATE TABLE {NOTES} (field TEXT PRIMARY KEY, value TEXT NOT NULL)")


def _numbered(session: int) -> Callable[[], str]:
	"""Return a source of row names that no other session of the same book gives: equal input, equal names."""
	count = 0

	def new_name() -> str:
		nonlocal count
		count += 1
		return f"{session:05d}{count:09d}"

	return new_name
