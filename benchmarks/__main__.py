"""Every line of RULES section 5 over one size of book: python -m benchmarks [--customers 100000] [--bench PATH].

Prints one Markdown table: what must be, what is aimed at, what was reached. Floors are taken in the same run on the same
data. Lines that need a site are measured with a bench at hand, beside which a site is made and thrown away. The single
benchmarks of this folder tell more, and of more than these lines; `ranking`, `month`, `alliance`, `outbox` and `saving`
have no line there.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path

from benchmarks import plan, quarter, workers
from benchmarks.book import AS_OF
from benchmarks.floors import INDEX, measure_floors
from benchmarks.night import POLICY, Taken, measure, silent
from benchmarks.server import ROOT, mariadb_book
from cs_retention.engine.cadence import PlanningPolicy
from cs_retention.engine.night import NightPolicy
from cs_retention.engine.vocabulary import RunStatus
from cs_retention.facts.erpnext_schema import OUR_INDEXES
from cs_retention.nightly.basis import Basis, dump_basis, read_basis
from cs_retention.nightly.daytime import look_by_day
from cs_retention.nightly.ledger import RUN, Ledger, name_of
from cs_retention.nightly.plan import plan_book_of
from cs_retention.nightly.rate import RateCounts
from cs_retention.nightly.run import rate_book
from cs_retention.store.mariadb import MariaDBStore

DAY = timedelta(days=1)
ROUNDS = 3
LEAST_BOOK = 1000
ON_SITE = re.compile(r"candidates of an offer .* ([\d.]+) F")


@dataclass(frozen=True, slots=True)
class Line:
	"""A line of the table: a figure in a unit, at most `must`, `aim` where there is one."""

	what: str
	must: float
	aim: float | None
	reached: float
	unit: str

	@property
	def verdict(self) -> str:
		"""Which of both was met."""
		if self.reached > self.must:
			return "**missed**"
		return "met" if self.aim is None or self.reached <= self.aim else "must met, aim missed"

	def told(self) -> str:
		"""Return the line in Markdown."""
		must, aim, reached = (_number(each, self.unit) for each in (self.must, self.aim, self.reached))
		return f"| {self.what} | {must} | {aim} | {reached} | {self.verdict} |"


def _number(value: float | None, unit: str) -> str:
	return "" if value is None else f"{value:.2f}".rstrip("0").rstrip(".") + f" {unit}".rstrip()


def lines(customers: int, bench: Path | None) -> Iterator[Line]:
	"""Yield every line that can be measured."""
	with mariadb_book(customers) as store:
		seconds = yield from of_nights(store, customers)
	yield from of_a_tenth(customers, seconds)
	yield from of_a_worker(customers)
	if bench:
		yield from on_a_site(bench.expanduser().resolve(), customers)


class Nights:
	"""Nights in a row, rated as the ledger has it done: the figures of the book hold for the nights of a week."""

	def __init__(self, store: MariaDBStore) -> None:
		self.store = store
		self.basis: Basis | None = None

	def measured(self, day: date) -> Taken:
		"""Rate a night and measure it."""
		return measure(self.store, lambda: self._rate(day))

	def _rate(self, day: date) -> RateCounts:
		self.basis = read_basis(self.store, POLICY, day, self.basis)
		return rate_book(self.store, POLICY, day, silent, self.basis)


def of_nights(store: MariaDBStore, customers: int) -> Generator[Line, None, float]:
	"""Yield the lines of rating, planning left out as RULES has it; return the seconds of a next day."""
	floors = measure_floors(store, ROUNDS)
	print(f"{customers:,} customers, F {floors.covered:.3f} s, F0 {floors.uncovered:.3f} s", file=sys.stderr)

	nights = Nights(store)
	rated = nights.measured
	first, again = rated(AS_OF), rated(AS_OF)
	yield Line("first night, everything new", 15, 9, first.seconds / floors.covered, "F")
	assert isinstance(again.outcome, RateCounts)
	yield Line("second run on the same date", 0, 0, again.outcome.rows_written, "rows")
	monday = rated(AS_OF + DAY)
	yield Line("next day, the first of a week", 6, 3.5, monday.seconds / floors.covered, "F")
	sent = workers.questions(store)
	following = rated(AS_OF + 2 * DAY)
	sent = workers.questions(store) - sent
	yield Line("next day", 6, 3.5, following.seconds / floors.covered, "F")
	share = sent / -(-customers // workers.SHARE)
	yield Line("statements per 5,000 customers, next day, ledger left out", 12, 6, share, "")
	changed = looked_by_day(store, AS_OF + 2 * DAY, nights.basis)
	yield Line("1 % of the customers bought", 10, 6, 100 * changed / following.seconds, "% of a next day")
	planned = measure(store, lambda: plan_book_of(store, POLICY, AS_OF + 2 * DAY, silent))
	print(f"plan with reading and writing {planned.seconds / floors.covered:.1f} F", file=sys.stderr)
	yield from plans(customers, floors.covered)
	yield from quarters(store, floors.covered)
	list(store.rows(f"DROP INDEX {INDEX} ON `tabSales Invoice`"))
	bare = rated(AS_OF + 3 * DAY)
	yield Line("next day without our index on Sales Invoice", 2.5, 1.6, bare.seconds / floors.uncovered, "F0")
	columns = ", ".join(OUR_INDEXES["Sales Invoice"][INDEX])
	list(store.rows(f"CREATE INDEX {INDEX} ON `tabSales Invoice` ({columns})"))
	return float(following.seconds)


def looked_by_day(store: MariaDBStore, day: date, basis: Basis | None) -> float:
	"""Let every hundredth customer buy after the night of a day, and return the seconds of the look that follows."""
	assert basis
	four, noon = (datetime.combine(day, time(hour)) for hour in (4, 12))
	name = Ledger(store, lambda: four).open_dates(day, NightPolicy(), lambda: POLICY)
	done = (name, RunStatus.DONE.value, dump_basis(basis))
	store.update_rows(RUN, ("name", "status", "basis"), [done])
	workers.buy(store, day, noon)
	ledger = Ledger(store, lambda: noon)
	taken = measure(store, lambda: look_by_day(ledger, name_of(day), partial(workers.open_night, ledger)))
	print(f"by day: {taken.outcome}, {taken.seconds:.2f} s", file=sys.stderr)
	return float(taken.seconds)


def plans(customers: int, floor: float) -> Iterator[Line]:
	"""Yield the lines of planning, computing alone."""
	policy = PlanningPolicy()
	with redirect_stdout(sys.stderr):
		book = plan.make_book(customers, policy)
		whole, made = plan.measure("whole book", book, policy, plan.person_of())
		changed, base = plan.changed_night(book, made)
		ordinary, _ = plan.measure("5 % changed", changed, policy, plan.person_of(base=base))
	yield Line("plan of the whole book, computing alone", 6, 2.5, whole / floor, "F")
	yield Line("plan when 5 % of the customers changed", 3, 1.5, ordinary / floor, "F")


def quarters(store: MariaDBStore, floor: float) -> Iterator[Line]:
	"""Yield the line of the quarterly report."""
	taken = quarter.step(lambda: quarter.purchases(store), ROUNDS)
	yield Line("purchases of eight quarters", quarter.MUST, quarter.AIM, taken / floor, "F")


def of_a_worker(customers: int) -> Iterator[Line]:
	"""Yield the memory of a first night, planned too, in a process of its own."""
	with mariadb_book(customers) as store:
		(figures,) = workers.work_on(store, AS_OF, 1)
	yield Line("memory over the idle process, first night with planning", 40, 15, figures.megabytes, "MB")


def of_a_tenth(customers: int, seconds: float) -> Iterator[Line]:
	"""Yield how much longer the next day takes than that of a tenth of the book."""
	with mariadb_book(customers // 10) as store:
		nights = Nights(store)
		*_, tenth = (nights.measured(AS_OF + number * DAY) for number in range(3))
	yield Line("ten times the data, next day", 12, 10, seconds / tenth.seconds, "times the time")


def on_a_site(bench: Path, customers: int) -> Iterator[Line]:
	"""Yield the line of a report page of customers, on a site; `benchmarks.trials` measures it."""
	command = [
		str(bench / "env/bin/python"),
		str(ROOT / "benchmarks" / "trials.py"),
		str(customers),
		str(ROUNDS),
	]
	environment = os.environ | {"BENCH": str(bench), "PYTHONPATH": str(ROOT)}
	done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
	print(done.stdout, file=sys.stderr)
	found = ON_SITE.search(done.stdout)
	assert found, "benchmarks/trials.py told of no candidates"
	yield Line("customer-level report in full: candidates of an offer", 3, None, float(found[1]), "F")


def read_arguments() -> argparse.Namespace:
	parser = argparse.ArgumentParser(description=__doc__)
	parser.add_argument("--customers", type=_size, default=100_000, help=f"{LEAST_BOOK} or more")
	parser.add_argument("--bench", type=Path, help="a bench with ERPNext 15, for what needs a site")
	return parser.parse_args()


def _size(text: str) -> int:
	if int(text) < LEAST_BOOK:
		raise argparse.ArgumentTypeError(f"give {LEAST_BOOK} or more")
	return int(text)


def main() -> None:
	"""Measure and print the table; what is of use beside it goes to the standard error."""
	asked = read_arguments()
	print(f"| of {asked.customers:,} customers | must | aim | reached | |\n|---|---|---|---|---|", flush=True)
	for line in lines(asked.customers, asked.bench):
		print(line.told(), flush=True)
	if not asked.bench:
		print("\nNot measured without a bench: the customer-level report.", file=sys.stderr)


if __name__ == "__main__":
	main()
