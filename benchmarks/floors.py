"""The floors of RULES section 5, taken in the same run on the same data: what the server alone needs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from benchmarks.book import AS_OF
from cs_retention.facts.invoices import boundaries, invoices_query
from cs_retention.facts.selection import Selection
from cs_retention.store.mariadb import MariaDBStore

EVERYONE = Selection.between("", "\uffff")
INDEX = "retention_invoice_facts"


@dataclass(frozen=True, slots=True)
class Floors:
	"""Seconds: `covered` (F) and `uncovered` (F0) read every invoice fact, `update` (Wu) and `insert` (Wi) write."""

	covered: float
	uncovered: float
	update: float
	insert: float


def seconds(work: Callable[[], object], times: int = 3) -> float:
	"""Return the median time of doing the work."""
	taken = []
	for _ in range(times):
		start = time.perf_counter()
		work()
		taken.append(time.perf_counter() - start)
	return median(taken)


def measure_floors(store: MariaDBStore, times: int = 3) -> Floors:
	"""Measure all four; writes go to tables of their own, which are dropped."""
	return Floors(
		covered=seconds(lambda: _aggregate(store, f"FORCE INDEX ({INDEX})"), times),
		uncovered=seconds(lambda: _aggregate(store, f"IGNORE INDEX ({INDEX})"), times),
		update=_update(store, times),
		insert=_insert(store, times),
	)


def _aggregate(store: MariaDBStore, hint: str) -> None:
	# The condition no group meets keeps the result on the server.
	query = invoices_query(False).replace("FROM `tabSales Invoice`", f"FROM `tabSales Invoice` {hint}")
	list(EVERYONE.rows(store, f"{query} HAVING COUNT(*) < 0", boundaries(AS_OF)))


def _update(store: MariaDBStore, times: int) -> float:
	"""Return the time of UPDATE .. JOIN of four columns for all customers."""
	columns = ("customer_group", "territory", "retention_star_level", "retention_health_band")
	list(
		store.rows(
			f"CREATE TABLE bench_change (name varchar(140) primary key, {', '.join(f'{c} varchar(140)' for c in columns)})"
			" COLLATE utf8mb4_unicode_ci"
		)
	)
	list(store.rows("INSERT INTO bench_change SELECT name, name, name, name, name FROM `tabCustomer`"))
	settings = ", ".join(f"t.{column} = CONCAT(s.{column}, '{{round}}')" for column in columns)
	statement = f"UPDATE `tabCustomer` t JOIN bench_change s ON s.name = t.name SET {settings}"
	rounds = iter(range(times))
	taken = seconds(lambda: _run(store, statement.format(round=next(rounds))), times)
	_run(store, "DROP TABLE bench_change")
	return taken


def _insert(store: MariaDBStore, times: int) -> float:
	"""Return the time of INSERT .. SELECT of all customers into a table with three secondary indexes."""
	_run(
		store,
		"CREATE TABLE bench_new (name varchar(140) primary key, customer varchar(140), star_level varchar(140), "
		"health int, as_of date, index (customer), index (star_level), index (as_of)) COLLATE utf8mb4_unicode_ci",
	)
	statement = (
		"INSERT INTO bench_new SELECT SHA1(name), name, territory, 50, '2026-11-15' FROM `tabCustomer`"
	)

	def insert() -> None:
		_run(store, "TRUNCATE bench_new")
		_run(store, statement)

	taken = seconds(insert, times)
	_run(store, "DROP TABLE bench_new")
	return taken


def _run(store: MariaDBStore, statement: str) -> None:
	list(store.rows(statement))
	store.commit()
