"""A seeded book of any size, written by the database itself: the same rows on MariaDB and SQLite.

938 of 1,000 customers bought, 1 to 19 times (9.4 invoices per customer over all); 400 account managers, one in four
customers with a backup; 3 % returns, 2 % drafts and cancelled, 5 % overdue. Each customer keeps its own rhythm, of 9
to 68 days between purchases. Two statements per table; the numbers behind it are hashes of customer and invoice.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from cs_retention.store.mariadb import MariaDBStore
from cs_retention.store.sqlite import SQLiteStore

AS_OF = date(2026, 11, 15)
COMPANY = "East"
MANAGERS = 400
MOST_INVOICES = 19
DAYS_BACK = 2000
BOUGHT_OF_1000 = 938
PRIME = 999_983

BenchmarkStore = MariaDBStore | SQLiteStore


def fill(store: BenchmarkStore, customers: int, **options: int) -> None:
	"""Create all tables and write a book with the options of `write_book`; indexes are made when the rows are there."""
	store.create_tables()
	write_book(store, customers, **options)
	store.create_indexes()
	store.commit()


def write_book(
	store: BenchmarkStore,
	customers: int,
	seed: int = 1,
	with_items: bool = False,
	managers: int = MANAGERS,
) -> None:
	"""Write the book into tables that are there."""
	concat = _concat_mariadb if isinstance(store, MariaDBStore) else _concat_sqlite
	_write_numbers(store, customers)
	salt = random.Random(seed).randrange(PRIME)
	for statement in _statements(concat, salt, with_items, managers):
		list(store.rows(statement))
	store.insert_rows("Company", ("name", "default_currency"), [(COMPANY, "CNY")])
	_write_touches(store, customers, seed)
	store.commit()


def _statements(concat: Callable[..., str], salt: int, with_items: bool, managers: int) -> Iterator[str]:
	yield f"""
		INSERT INTO `tabCustomer` (name, customer_name, account_manager, retention_backup_manager, retention_key_account)
		SELECT {concat("'C-'", "code")}, {concat("'Customer '", "code")}, {_manager(concat, "n", managers)},
			CASE WHEN n %% 4 = 0 THEN {_manager(concat, "n + 1", managers)} END, CASE WHEN n %% 200 = 0 THEN 1 ELSE 0 END
		FROM bench_number ORDER BY n"""
	kinds = _hashed("c.n", "i.n", salt + 5)
	cents = f"({_hashed('c.n', 'i.n', salt + 6)} %% 500000 + 1000) / 100.0"
	yield f"""
		INSERT INTO `tabSales Invoice` (name, customer, company, docstatus, posting_date, due_date, is_return,
			is_opening, base_net_total, outstanding_amount, party_account_currency, conversion_rate)
		SELECT name, customer, '{COMPANY}', CASE kind WHEN 97 THEN 0 WHEN 98 THEN 2 ELSE 1 END, d.day, e.day,
			CASE WHEN kind < 3 THEN 1 ELSE 0 END, 'No', CASE WHEN kind < 3 THEN -amount / 10 ELSE amount END,
			CASE WHEN kind BETWEEN 10 AND 14 THEN amount ELSE 0 END, 'CNY', 1
		FROM (
			SELECT {concat("'INV-'", "c.code", "'-'", "i.code")} AS name, {concat("'C-'", "c.code")} AS customer,
				{kinds} %% 100 AS kind, {cents} AS amount,
				{_hashed("c.n", "0", salt + 3)} %% 240 + i.n * (9 + {_hashed("c.n", "0", salt + 4)} %% 60) AS back
			FROM bench_number c JOIN bench_number i ON i.n <= {_hashed("c.n", "0", salt + 2)} %% {MOST_INVOICES}
			WHERE i.n < {MOST_INVOICES} AND {_hashed("c.n", "0", salt + 1)} %% 1000 < {BOUGHT_OF_1000}
		) drawn
		JOIN bench_day d ON d.back = drawn.back JOIN bench_day e ON e.back = drawn.back - 30"""
	if with_items:
		group = concat("'Group '", "n %% 7")
		yield f"""
			INSERT INTO `tabSales Invoice Item` (name, parent, item_group)
			SELECT {concat("s.name", "'-'", "n.code")}, s.name, {group}
			FROM `tabSales Invoice` s JOIN bench_number n ON n.n < 2"""
	yield "DROP TABLE bench_number"
	yield "DROP TABLE bench_day"


def _write_numbers(store: BenchmarkStore, customers: int) -> None:
	"""Write the numbers and days that the statements draw from; both are dropped at the end."""
	count = max(customers, MOST_INVOICES)
	digits = "(SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL "
	digits += "SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)"
	places = "abcdefg"
	number = " + ".join(f"{place}.n * {10**power}" for power, place in enumerate(places))
	crossed = " CROSS JOIN ".join(f"{digits} {place}" for place in places)
	text = "LPAD(n, 7, '0')" if isinstance(store, MariaDBStore) else "printf('%%07d', n)"
	collate = "COLLATE utf8mb4_unicode_ci" if isinstance(store, MariaDBStore) else ""
	list(store.rows(f"CREATE TABLE bench_number (n int primary key, code varchar(7) {collate})"))
	list(store.rows("CREATE TABLE bench_day (back int primary key, day date)"))
	list(
		store.rows(
			f"INSERT INTO bench_number SELECT n, {text} FROM (SELECT {number} AS n FROM {crossed}) numbers "
			f"WHERE n < {count}"
		)
	)
	days = ((back, AS_OF - timedelta(days=back)) for back in range(-60, DAYS_BACK))
	listed = ", ".join(f"({back}, '{day.isoformat()}')" for back, day in days)
	list(store.rows(f"INSERT INTO bench_day VALUES {listed}"))


def _write_touches(store: BenchmarkStore, customers: int, seed: int) -> None:
	"""Write two contacts for every third customer, and an issue for every fiftieth."""
	draw = random.Random(seed)
	outcomes = ("Reached", "Reached", "Visited", "Not Reached", "Refused")
	store.insert_rows(
		"Customer Touch",
		("customer", "touch_date", "outcome", "channel", "satisfaction"),
		(
			(_name(number), _day(draw, 120), draw.choice(outcomes), "Phone", draw.choice((0, 0, 3, 5)))
			for number in range(0, customers, 3)
			for _ in range(2)
		),
	)
	store.insert_rows(
		"Issue",
		("customer", "opening_date", "issue_type", "priority", "status"),
		((_name(number), _day(draw, 300), "Complaint", "Low", "Open") for number in range(0, customers, 50)),
	)


def _name(number: int) -> str:
	return f"C-{number:07d}"


def _day(draw: random.Random, back: int) -> date:
	return AS_OF - timedelta(days=draw.randrange(back))


def _manager(concat: Callable[..., str], number: str, managers: int) -> str:
	return concat("'manager.'", f"({number}) %% {managers}", "'@branch.example'")


def _hashed(customer: str, invoice: str, salt: int) -> str:
	"""Return an expression that scatters two numbers over 0 .. PRIME - 1; no step leaves 64 bits."""
	mixed = f"(({customer} * 7919 + {invoice} * 104729 + {salt % PRIME}) * 31337 %% {PRIME})"
	return f"({mixed} * {mixed} * 17 %% {PRIME})"


def _concat_mariadb(*parts: str) -> str:
	return f"CONCAT({', '.join(parts)})"


def _concat_sqlite(*parts: str) -> str:
	return " || ".join(f"({part})" for part in parts)


def count_rows(store: BenchmarkStore, doctypes: Sequence[str]) -> dict[str, Any]:
	"""Return the number of rows of each DocType."""
	return {name: next(store.rows(f"SELECT COUNT(*) FROM `tab{name}`"))[0] for name in doctypes}
