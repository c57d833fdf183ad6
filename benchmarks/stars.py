"""Rating and applying a book on a site's MariaDB, as ratios to F (RULES section 5): a review computed, submitted, cancelled.

Run with the Python of a bench: env/bin/python benchmarks/stars.py [CUSTOMERS] [ROUNDS], BENCH naming the bench. The
site is made beside it and thrown away; the jobs run in this process, as a worker would run them.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

import private_bench  # noqa: E402
from private_bench import PrivateBench, database_of  # noqa: E402
from support_book import all_tables  # noqa: E402
from support_reviews import connect, new_review, run_job, start  # noqa: E402

from benchmarks.book import write_book  # noqa: E402
from benchmarks.floors import INDEX, Floors, measure_floors  # noqa: E402
from cs_retention.facts.erpnext_schema import OUR_INDEXES  # noqa: E402
from cs_retention.store.base import Authorship  # noqa: E402
from cs_retention.store.mariadb import MariaDBStore  # noqa: E402

SITE = "benchmark.localhost"
BUFFER_POOL = 1 << 30
STEPS = ("Compute", "Submit", "Cancel")
MUST, AIM = 15, 9
"""Ratios for everything being new and two tables written: proposals, then states."""


def main(customers: int, rounds: int) -> None:
	"""Take floors and steps in the same run, print the table."""
	with site_of_a_book(customers, rounds) as floors:
		print_table(customers, floors, measure_steps(rounds))


@contextmanager
def site_of_a_book(customers: int, rounds: int) -> Iterator[Floors]:
	"""Make a site with a book beside the bench that BENCH names, be in its folder, and yield the floors taken on it."""
	source = Path(os.environ.get("BENCH", "~/frappe-bench")).expanduser()
	with (
		tempfile.TemporaryDirectory() as folder,
		private_bench.started(Path(folder) / "bench", source) as bench,
	):
		store = make_site(bench, customers)
		floors = measure_floors(store, rounds)
		store.close()
		os.environ["FRAPPE_BENCH_ROOT"] = str(bench.folder)
		os.chdir(bench.sites)
		yield floors
		os.chdir(ROOT)


def make_site(bench: PrivateBench, customers: int) -> MariaDBStore:
	"""Return a plain connection to the database of a new site with the app and the book."""
	bench.restore(SITE, private_bench.prepared_dump(bench))
	bench.frappe(SITE, "install-app", "cs_retention")
	with bench.server.connect() as connection:
		connection.cursor().execute(f"SET GLOBAL innodb_buffer_pool_size = {BUFFER_POOL}")
	address = {
		"host": "127.0.0.1",
		"port": bench.server.port,
		"user": "root",
		"password": bench.server.password,
	}
	authorship = Authorship(now=datetime.now)
	store = MariaDBStore({**address, "database": database_of(SITE)}, authorship, all_tables())
	write_book(store, customers)
	columns = ", ".join(OUR_INDEXES["Sales Invoice"][INDEX])
	for statement in (
		f"CREATE INDEX IF NOT EXISTS {INDEX} ON `tabSales Invoice` ({columns})",
		# One company, as in the book that the floors of RULES were taken on; a second one costs queries of its own.
		"DELETE FROM `tabCompany` WHERE name != 'East'",
		"ANALYZE TABLE `tabSales Invoice`, `tabCustomer`, `tabCustomer Touch`",
	):
		list(store.rows(statement))
	store.commit()
	return store


def measure_steps(rounds: int) -> Mapping[str, float]:
	"""Return the median seconds of every step; each round puts back what it changed."""
	import frappe

	connect(frappe, SITE)
	# As the installation of the app on a site with this book would have done.
	frappe.get_attr("cs_retention.cs_retention.states.ensure_states")()
	frappe.db.commit()
	taken: dict[str, list[float]] = {step: [] for step in STEPS}
	for _round in range(rounds):
		review = new_review(frappe, kind="Initial").name
		frappe.db.commit()
		for step in STEPS:
			start(frappe, review, step)
			began = time.perf_counter()
			played: Any = run_job(frappe, review)
			taken[step].append(time.perf_counter() - began)
			assert played.error is None, played.error
	frappe.destroy()
	return {step: median(seconds) for step, seconds in taken.items()}


def print_table(customers: int, floors: Floors, steps: Mapping[str, float]) -> None:
	"""Print seconds and ratios to F."""
	print(f"{customers} customers; F = {floors.covered:.2f} s, F0 = {floors.uncovered:.2f} s")
	print(f"Wu = {floors.update / floors.covered:.2f} F, Wi = {floors.insert / floors.covered:.2f} F")
	for step, seconds in steps.items():
		print(f"{step:<10}{seconds:8.2f} s {seconds / floors.covered:6.2f} F")
	both = steps["Compute"] + steps["Submit"]
	print(f"{'rate and apply':<10} {both:.2f} s {both / floors.covered:.2f} F (must {MUST}, aim {AIM})")


if __name__ == "__main__":
	given = [int(argument) for argument in sys.argv[1:]]
	main(*(given + [100_000, 3][len(given) :]))
