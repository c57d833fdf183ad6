"""Rating and health, computing only, as ratios to F: python -m benchmarks.rating [--customers 100000] [--sqlite].

Facts are read page by page as in the night and not counted; F is the server alone reading every invoice fact.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, field

from benchmarks.book import AS_OF, BenchmarkStore
from benchmarks.floors import EVERYONE, measure_floors, seconds
from benchmarks.server import mariadb_book, sqlite_book
from cs_retention.engine.health import assess
from cs_retention.engine.policy import Policy
from cs_retention.engine.star_rating import rate
from cs_retention.facts.book import pages, read_customers
from cs_retention.facts.invoices import boundaries, invoices_query
from cs_retention.nightly.basis import read_basis
from cs_retention.store.mariadb import MariaDBStore


@dataclass(slots=True)
class Taken:
	"""Seconds per step, and customers seen."""

	customers: int = 0
	seconds: dict[str, float] = field(default_factory=lambda: {"health": 0.0, "rating": 0.0})


def measure(store: BenchmarkStore) -> Taken:
	"""Rate and assess the whole book once, page by page."""
	policy, taken = Policy(), Taken()
	basis = read_basis(store, policy, AS_OF)
	for page in pages(store):
		everyone = list(read_customers(store, page, basis.shape, policy.complaints, AS_OF))
		start = time.perf_counter()
		for facts in everyone:
			assess(facts, policy.health, basis.gap, AS_OF)
		middle = time.perf_counter()
		for facts in everyone:
			rate(facts, policy.stars, basis.standing, AS_OF)
		taken.seconds["health"] += middle - start
		taken.seconds["rating"] += time.perf_counter() - middle
		taken.customers += len(everyone)
	return taken


def measure_floor(store: BenchmarkStore) -> float:
	"""Return F of a database in seconds."""
	if isinstance(store, MariaDBStore):
		return measure_floors(store).covered
	return seconds(
		lambda: list(EVERYONE.rows(store, f"{invoices_query(False)} HAVING COUNT(*) < 0", boundaries(AS_OF)))
	)


def main() -> None:
	"""Measure three times and print the quickest of each step."""
	parser = argparse.ArgumentParser(description="Rating and health, computing only, as ratios to F.")
	parser.add_argument("--customers", type=int, default=100_000)
	parser.add_argument("--sqlite", action="store_true", help="without a MariaDB server; F is SQLite's own")
	options = parser.parse_args()
	opened = sqlite_book if options.sqlite else mariadb_book
	with opened(options.customers, False) as store:
		floor = measure_floor(store)
		runs = [measure(store) for _ in range(3)]
	print(f"{runs[0].customers:,} customers, F {floor:.3f} s")
	for step in runs[0].seconds:
		best = min(run.seconds[step] for run in runs)
		print(f"  {step:8} {best:6.3f} s  {best / floor:5.2f} F")


if __name__ == "__main__":
	main()
