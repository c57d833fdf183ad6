"""Reading the facts, as ratios to F: python -m benchmarks.facts [--customers 100000] [--items].

F is the server alone reading every invoice fact from our index, F0 without it; the ratios of SQLite are to its own F.
"""

from __future__ import annotations

import argparse
import tracemalloc
from collections.abc import Callable

from benchmarks.book import AS_OF, BenchmarkStore, count_rows
from benchmarks.floors import EVERYONE, measure_floors, seconds
from benchmarks.server import mariadb_book, sqlite_book
from cs_retention.engine.policy import ComplaintPolicy
from cs_retention.facts.basis import read_book_figures
from cs_retention.facts.book import page_of, pages, read_customers, read_shape
from cs_retention.facts.invoices import boundaries, invoices_query, read_invoices
from cs_retention.store.mariadb import MariaDBStore


def main() -> None:
	"""Measure both databases and print one line per figure."""
	parser = argparse.ArgumentParser(description="Reading the facts, as ratios to F.")
	parser.add_argument("--customers", type=int, default=100_000)
	parser.add_argument("--items", action="store_true", help="two item rows per invoice")
	options = parser.parse_args()
	for name, opened in (("MariaDB", mariadb_book), ("SQLite", sqlite_book)):
		with opened(options.customers, options.items) as store:
			print(f"{name}: {count_rows(store, ('Customer', 'Sales Invoice', 'Sales Invoice Item'))}")
			_print_ratios(store, _floor(store))


def _floor(store: BenchmarkStore) -> float:
	if not isinstance(store, MariaDBStore):
		covered = seconds(
			lambda: list(
				EVERYONE.rows(store, f"{invoices_query(False)} HAVING COUNT(*) < 0", boundaries(AS_OF))
			)
		)
		print(f"  F  {covered:7.3f} s")
		return covered
	floors = measure_floors(store)
	print(f"  F  {floors.covered:7.3f} s")
	for name, taken in (("F0", floors.uncovered), ("Wu", floors.update), ("Wi", floors.insert)):
		print(f"  {name} {taken:7.3f} s {taken / floors.covered:6.2f} F")
	return floors.covered


def _print_ratios(store: BenchmarkStore, floor: float) -> None:
	shape, complaints = read_shape(store), ComplaintPolicy()

	def everyone() -> int:
		return sum(1 for page in pages(store) for _ in read_customers(store, page, shape, complaints, AS_OF))

	def invoices() -> None:
		for page in pages(store):
			read_invoices(store, page_of(page), AS_OF)

	works: tuple[tuple[str, Callable[[], object]], ...] = (
		("customers alone", lambda: sum(len(page) for page in pages(store))),
		("invoice facts in pages, read into Python", invoices),
		("all facts of all customers", everyone),
		("figures of the book", lambda: read_book_figures(store, shape, AS_OF, 6)),
	)
	for name, work in works:
		taken = seconds(work)
		print(f"  {taken:7.3f} s {taken / floor:6.2f} F  {name}")
	tracemalloc.start()
	everyone()
	print(
		f"  {tracemalloc.get_traced_memory()[1] / 1e6:7.1f} MB at most while reading all facts page by page"
	)
	tracemalloc.stop()


if __name__ == "__main__":
	main()
