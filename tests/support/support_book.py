"""A small book built row by row: every table of ours and of ERPNext's, over any store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from itertools import count
from typing import Any

from cs_retention.facts.calendars import Calendars
from cs_retention.facts.erpnext_schema import HRMS
from cs_retention.preview.book import book_tables as all_tables
from cs_retention.store.base import Authorship, Store
from cs_retention.store.schema import Table, host_table
from cs_retention.store.sqlite import SQLiteStore

AS_OF = date(2026, 11, 15)


def numbered_authorship() -> Authorship:
	"""Return an authorship that counts names and stands still in time."""
	numbers = count(1)
	return Authorship(now=lambda: datetime(2026, 11, 15, 1), new_name=lambda: f"row-{next(numbers):06d}")


def tables_with_hrms() -> Mapping[str, Table]:
	"""Return every table of a site that has HRMS too."""
	return {**all_tables(), **{doctype: host_table(doctype, HRMS[doctype], {}) for doctype in HRMS}}


def open_sqlite_book(tables: Mapping[str, Table] | None = None) -> SQLiteStore:
	"""Return an empty book in memory."""
	store = SQLiteStore(":memory:", numbered_authorship(), tables or all_tables())
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


LEAVES = (
	{"from_date": date(2026, 11, 16), "to_date": date(2026, 11, 17)},
	{"from_date": date(2026, 11, 18), "to_date": date(2026, 11, 18), "half_day": 1},
	{
		**{"from_date": date(2026, 11, 19), "to_date": date(2026, 11, 24)},
		**{"half_day": 1, "half_day_date": date(2026, 11, 20)},
	},
	{"from_date": date(2026, 11, 25), "to_date": date(2026, 11, 25), "status": "Rejected"},
	{"from_date": date(2026, 11, 26), "to_date": date(2026, 11, 26), "docstatus": 0},
	{"from_date": date(2026, 11, 27), "to_date": date(2026, 11, 27), "docstatus": 2, "status": "Cancelled"},
	{"from_date": date(2026, 11, 10), "to_date": date(2026, 11, 12), "half_day_date": date(2026, 11, 11)},
	{"from_date": date(2026, 11, 30), "to_date": date(2026, 11, 30), "employee": "E-2"},
)
"""Leave Applications, most of employee E-1: whole, half and in part half days, and all that is no leave."""

ON_LEAVE = {10, 11, 12, 16, 17, 19, 23, 24}
"""Days of November 2026, weekends left out, on which employee E-1 is away by `LEAVES`."""


def add_leaves(store: Store, user: str) -> None:
	"""Insert employee E-1, who is `user`, E-2, who is nobody's user, and their leave."""
	add(store, "Employee", [{"name": "E-1", "user_id": user, "status": "Active"}, {"name": "E-2"}])
	usual = {"employee": "E-1", "docstatus": 1, "status": "Approved"}
	add(store, "Leave Application", [{**usual, **row} for row in LEAVES])


def days_off(calendars: Calendars, user: str) -> set[int]:
	"""Return the days of November 2026, weekends left out, on which a person does not work."""
	calendar = calendars.of_person(user)
	days = (date(2026, 11, day) for day in range(1, 31))
	return {day.day for day in days if day.weekday() < 5 and not calendar.is_working(day)}
