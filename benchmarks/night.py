"""The night as ratios to F: python -m benchmarks.night [--customers 100000] [--sqlite].

First night with everything new, the same date again, the next day when nothing but the day has changed, and the day
after a working day on which the calls that were due were made; each split into rating and planning. Beside the time
stands what of it this process computed, and by how much its memory has grown at most. Reads are counted as the
store is asked.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from benchmarks.book import AS_OF, BenchmarkStore
from benchmarks.floors import measure_floors
from benchmarks.server import mariadb_book, sqlite_book
from cs_retention.engine.policy import Policy
from cs_retention.nightly.plan import plan_book_of
from cs_retention.nightly.run import rate_book
from cs_retention.store.mariadb import MariaDBStore

POLICY = Policy()
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
		_rate("first night", store, AS_OF, floor)
		_rate("same date again", store, AS_OF, floor)
		_rate("next day", store, AS_OF + timedelta(days=1), floor)
		_plan("first plan", store, AS_OF + timedelta(days=1), floor)
		print(f"  {_make_calls(store, AS_OF + timedelta(days=2)):,} calls made")
		_rate("day after the calls", store, AS_OF + timedelta(days=3), floor)
		_plan("day after the calls", store, AS_OF + timedelta(days=3), floor)


def _rate(name: str, store: BenchmarkStore, as_of: date, floor: float) -> None:
	taken = measure(store, lambda: rate_book(store, POLICY, as_of, silent))
	print(f"{name} ({as_of}), rate: {taken.outcome}\n{taken.line(floor)}")


def _plan(name: str, store: BenchmarkStore, as_of: date, floor: float) -> None:
	taken = measure(store, lambda: plan_book_of(store, POLICY, as_of, silent).counts)
	print(f"{name} ({as_of}), plan: {taken.outcome}\n{taken.line(floor)}")


@dataclass(frozen=True, slots=True)
class Taken:
	"""What a piece of work gave, its seconds, those of this process, its reads and the memory it added at most."""

	outcome: object
	seconds: float
	computed: float
	asked: int
	megabytes: float

	def line(self, floor: float) -> str:
		"""Return the figures on one line, seconds as ratios to the floor too."""
		return (
			f"  {self.seconds:7.2f} s {self.seconds / floor:6.2f} F, computed here {self.computed / floor:5.2f} F, "
			f"{self.asked} reads, {self.megabytes:+.0f} MB"
		)


def measure(store: BenchmarkStore, work: Callable[[], object]) -> Taken:
	"""Do the work and measure it."""
	asked: Counter[str] = Counter()
	most, reads = _resident(), ("rows", "lines") if isinstance(store, MariaDBStore) else ("rows",)
	for name in reads:
		setattr(store, name, _counted(getattr(store, name), asked))
	start, computed = time.perf_counter(), time.process_time()
	outcome = work()
	seconds, computed = time.perf_counter() - start, time.process_time() - computed
	for name in reads:
		delattr(store, name)
	return Taken(outcome, seconds, computed, asked.total(), _resident() - most)


def _counted(read: Callable[..., Any], asked: Counter[str]) -> Callable[..., Any]:
	def counted(*arguments: Any, **options: Any) -> Any:
		asked["read"] += 1
		return read(*arguments, **options)

	return counted


def _resident() -> float:
	"""Return the most memory that this process ever had, in megabytes."""
	return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


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


def silent(phase: str, done: int) -> None:
	"""Tell nobody."""


if __name__ == "__main__":
	main()
