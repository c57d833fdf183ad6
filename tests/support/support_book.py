"""A small book built row by row: every table of ours and of ERPNext's, over any store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import count
from typing import Any

from cs_retention.preview.book import book_tables as all_tables
from cs_retention.store.base import Authorship, Store
from cs_retention.store.sqlite import SQLiteStore

AS_OF = date(2026, 11, 15)


def numbered_authorship() -> Authorship:
	"""Return an authorship that counts names and stands still in time."""
	numbers = count(1)
	return Authorship(now=lambda: datetime(2026, 11, 15, 1), new_name=lambda: f"row-{next(numbers):06d}")


def open_sqlite_book() -> SQLiteStore:
	"""Return an empty book in memory."""
	store = SQLiteStore(":memory:", numbered_authorship(), all_tables())
	store.create_tables()
	store.create_indexes()
	store.commit()
	return store


def add(store: Store, doctype: str, rows: Iterable[Mapping[str, Any]]) -> None:
	"""Insert documents given as mappings."""
	for row in rows:
		store.insert_rows(doctype, tuple(row), [tuple(row.values())])


def add_invoices(store: Store, customer: str, *rows: Mapping[str, Any]) -> None:
	"""Insert submitted invoices of a customer; each row names what differs from the usual."""
	for row in rows:
		usual = {
			"customer": customer,
			"company": "East",
			"docstatus": 1,
			"posting_date": date(2026, 11, 1),
			"is_return": 0,
			"is_opening": "No",
			"base_net_total": 100,
		}
		add(store, "Sales Invoice", [{**usual, **row}])
