"""The night as ratios to F: python -m benchmarks.night [--customers 100000] [--sqlite].

First night with everything new, the same date again, and the next day after a working day on which the calls that
were due were made; each split into rating and planning. Statements are counted as the server is asked.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable
from datetime import date, timedelta

from benchmarks.book import AS_OF, BenchmarkStore
from benchmarks.floors import measure_floors
from benchmarks.server import mariadb_book, sqlite_book
from cs_retention.engine.policy import Policy
from cs_retention.nightly.plan import plan_book_of
from cs_retention.nightly.run import rate_book
from cs_retention.store.mariadb import MariaDBStore

TOUCH = ("customer", "touch_date", "channel", "outcome", "callback")


def main() -> None:
	"""Measure and print one line per figure."""
	parser = argparse.ArgumentParser(description="The night as ratios to F.")
	parser.add_argument("--customers", type=int, default=100_000)
	parser.add_argument("--sqlite", action="store_true", help="the same on SQLite, in seconds")
	options = parser.parse_args()
	opened = sqlite_book if options.sqlite else mariadb_book
	with opened(options.customers) as store:
		floor = measure_floors(store).covered if isinstance(store, MariaDBStore) else 1.0
		print(f"{options.customers:,} customers, F {floor:.3f} s")
		_night("first night", store, AS_OF, floor)
		_night("same date again", store, AS_OF, floor)
		print(f"  {_make_calls(store, AS_OF + timedelta(days=1)):,} calls made")
		_night("next day", store, AS_OF + timedelta(days=2), floor)
		print(f"  {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB resident at most")


def _night(name: str, store: BenchmarkStore, as_of: date, floor: float) -> None:
	policy = Policy()
	rate, rate_time, rate_asked = _measure(store, lambda: rate_book(store, policy, as_of, _silent))
	plan, plan_time, plan_asked = _measure(store, lambda: plan_book_of(store, policy, as_of, _silent))
	print(f"{name} ({as_of})")
	print(f"  {rate_time:7.2f} s {rate_time / floor:6.2f} F  rate: {rate_asked} statements, {rate}")
	print(f"  {plan_time:7.2f} s {plan_time / floor:6.2f} F  plan: {plan_asked} statements, {plan.counts}")


def _measure(store: BenchmarkStore, work: Callable[[], object]) -> tuple[object, float, int]:
	"""Return what the work gave, its seconds, and how many reads it asked the database for."""
	asked, rows = 0, store.rows

	def counted(*arguments: object) -> object:
		nonlocal asked
		asked += 1
		return rows(*arguments)

	store.rows = counted  # type: ignore[method-assign]
	start = time.perf_counter()
	outcome = work()
	taken = time.perf_counter() - start
	del store.rows
	return outcome, taken, asked


def _make_calls(store: BenchmarkStore, day: date) -> int:
	"""Make every call planned for a day."""
	due = "SELECT customer, channel, name FROM `tabCustomer Callback` WHERE status = 'Planned' AND due_date = %(day)s"
	calls = [
		(customer, day, channel, "Visited" if channel == "Visit" else "Reached", name)
		for customer, channel, name in list(store.rows(due, {"day": day}))
	]
	made = store.insert_rows("Customer Touch", TOUCH, calls)
	store.commit()
	return made


def _silent(phase: str, done: int) -> None:
	"""Tell nobody."""


if __name__ == "__main__":
	main()
