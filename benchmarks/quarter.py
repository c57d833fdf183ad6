"""The quarterly report on a plain MariaDB, as ratios to F (RULES section 5): snapshot, figures, eight quarters, rows kept.

Run: .venv/bin/python benchmarks/quarter.py [CUSTOMERS] [ROUNDS]. The server is made for it and thrown away.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from benchmarks.book import AS_OF  # noqa: E402
from benchmarks.floors import Floors, measure_floors  # noqa: E402
from benchmarks.server import mariadb_book  # noqa: E402
from cs_retention.engine.policy import Policy  # noqa: E402
from cs_retention.engine.quarter_periods import QuarterPeriod  # noqa: E402
from cs_retention.engine.target_periods import TargetSpan  # noqa: E402
from cs_retention.engine.vocabulary import TargetHolder, TargetPeriod  # noqa: E402
from cs_retention.facts.book import page_of  # noqa: E402
from cs_retention.facts.past import past_pages  # noqa: E402
from cs_retention.facts.quarter_purchases import Counted, read_purchases_of  # noqa: E402
from cs_retention.nightly.levels_then import LevelsThen  # noqa: E402
from cs_retention.nightly.quarter import read_quarter  # noqa: E402
from cs_retention.nightly.quarter_rows import delete_rows, write_rows  # noqa: E402
from cs_retention.nightly.snapshot import COHORT, write_snapshot  # noqa: E402
from cs_retention.nightly.targets import read_figures  # noqa: E402
from cs_retention.nightly.trend import read_trend  # noqa: E402
from cs_retention.store.mariadb import MariaDBStore  # noqa: E402

POLICY, QUARTER = Policy(), QuarterPeriod.of(AS_OF).before
COMPANY, QUARTERS = "East", 8
MUST, AIM = 4, 2.5
"""Ratios for the purchases of eight quarters, from which snapshot, retention and churn are counted."""


def main(customers: int, rounds: int) -> None:
	"""Take floors and steps in the same run, print the table."""
	with mariadb_book(customers) as store:
		steps = {name: step(lambda work=work: work(store), rounds) for name, work in STEPS.items()}
		print_table(customers, measure_floors(store, rounds), steps)


def step(work: Callable[[], object], rounds: int) -> float:
	"""Return the median seconds of a step."""
	taken = []
	for _round in range(rounds):
		began = time.perf_counter()
		work()
		taken.append(time.perf_counter() - began)
	return median(taken)


def purchases(store: MariaDBStore) -> None:
	"""Read what eight quarters are counted from, customer by customer."""
	quarters = [QUARTER.moved(-back) for back in range(QUARTERS)]
	for page in past_pages(store):
		read_purchases_of(store, page_of(page), [Counted(quarter, quarter.end) for quarter in quarters])


def snapshot(store: MariaDBStore) -> None:
	"""Write the snapshot of a quarter as the night does."""
	store.change(f"DELETE FROM `tab{COHORT}`", {})
	store.commit()
	levels = LevelsThen.on(store, POLICY, QUARTER.eve)
	for page in past_pages(store):
		write_snapshot(store, page, QUARTER, levels, QUARTER.start)
		store.commit()


def counted(store: MariaDBStore, has_levels: bool) -> None:
	"""Count a quarter as a report does, or one it is compared with."""
	read_quarter(store, POLICY, QUARTER, day_after(), COMPANY, has_levels).figures()


def kept(store: MariaDBStore) -> None:
	"""Count a quarter and keep its rows."""
	delete_rows(store, "QRR")
	write_rows(store, "QRR", read_quarter(store, POLICY, QUARTER, day_after(), COMPANY), lambda _done: None)


def day_after() -> date:
	return QUARTER.end + timedelta(days=1)


def eight_quarters(store: MariaDBStore) -> None:
	"""Count what was kept in eight quarters, as the report tells it: agreements and cases at both ends included."""
	read_trend(store, QUARTER, day_after(), COMPANY)


def targets(store: MariaDBStore, kind: TargetPeriod) -> None:
	"""Count every key figure of a quarter, or of the year that ends with it, by person, as Targets and Results does."""
	first = QUARTER.start if kind is TargetPeriod.QUARTER else QUARTER.moved(-3).start
	read_figures(store, POLICY, TargetSpan(kind, first), day_after(), COMPANY, TargetHolder.PERSON)


STEPS: Mapping[str, Callable[[MariaDBStore], None]] = {
	"purchases of eight quarters": purchases,
	"eight quarters told": eight_quarters,
	"snapshot written": snapshot,
	"a quarter compared with": lambda store: counted(store, False),
	"a quarter with its levels": lambda store: counted(store, True),
	"the same, and its rows kept": kept,
	"targets of a quarter": lambda store: targets(store, TargetPeriod.QUARTER),
	"targets of a year": lambda store: targets(store, TargetPeriod.YEAR),
}


def print_table(customers: int, floors: Floors, steps: Mapping[str, float]) -> None:
	"""Print seconds and ratios to F."""
	print(f"{customers} customers; F = {floors.covered:.2f} s, Wi = {floors.insert / floors.covered:.2f} F")
	for name, seconds in steps.items():
		print(f"{name:<30}{seconds:8.2f} s {seconds / floors.covered:7.2f} F")
	ratio = steps["purchases of eight quarters"] / floors.covered
	print(f"eight quarters: {ratio:.2f} F (must {MUST}, aim {AIM})")


if __name__ == "__main__":
	given = [int(argument) for argument in sys.argv[1:]]
	main(*(given + [20_000, 3][len(given) :]))
