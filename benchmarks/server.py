"""A MariaDB server of its own for a benchmark, with the book in it."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

import private_mariadb  # noqa: E402
from support_book import all_tables  # noqa: E402

from benchmarks.book import MANAGERS, fill  # noqa: E402
from cs_retention.store.base import Authorship  # noqa: E402
from cs_retention.store.mariadb import MariaDBStore  # noqa: E402
from cs_retention.store.sqlite import SQLiteStore  # noqa: E402

BUFFER_POOL = 1 << 30


class Clock:
	"""The clock of a book, set by hand."""

	def __init__(self) -> None:
		self.moment = datetime(2026, 11, 15, 1)

	def __call__(self) -> datetime:
		return self.moment


CLOCK = Clock()
AUTHORSHIP = Authorship(now=CLOCK)


@contextmanager
def mariadb_book(
	customers: int, with_items: bool = False, managers: int = MANAGERS
) -> Iterator[MariaDBStore]:
	"""Start a server, fill it, and give a store over it; everything is gone afterwards."""
	with tempfile.TemporaryDirectory() as folder:
		server = private_mariadb.start(Path(folder))
		try:
			with server.connect() as connection:
				connection.cursor().execute(f"SET GLOBAL innodb_buffer_pool_size = {BUFFER_POOL}")
				connection.cursor().execute("CREATE DATABASE book")
			address = {
				"host": "127.0.0.1",
				"port": server.port,
				"user": "root",
				"password": server.password,
				"database": "book",
			}
			store = MariaDBStore(address, AUTHORSHIP, all_tables())
			fill(store, customers, with_items=with_items, managers=managers)
			list(store.rows("ANALYZE TABLE `tabSales Invoice`, `tabCustomer`, `tabCustomer Touch`"))
			yield store
			store.close()
		finally:
			server.stop()


@contextmanager
def sqlite_book(customers: int, with_items: bool = False) -> Iterator[SQLiteStore]:
	"""Fill a SQLite file and give a store over it."""
	with tempfile.TemporaryDirectory() as folder:
		store = SQLiteStore(Path(folder) / "book.sqlite", AUTHORSHIP, all_tables())
		fill(store, customers, with_items=with_items)
		yield store
		store.close()
