"""The night by its ledger, with one and two worker processes: python -m benchmarks.workers [--customers N] [--managers N].

Each on a book of its own: the first night, the next day after a working day of calls, a day on which 1 % of the customers
bought, and two more days of calls. Both books must hold the same in the end. The 400 managers that a book has otherwise
do not keep up with 100,000 customers: a fifth of these finds no day; 600 do.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.book import AS_OF, COMPANY, MANAGERS
from benchmarks.server import AUTHORSHIP, CLOCK, all_tables, mariadb_book
from cs_retention.engine.night import NightPolicy
from cs_retention.engine.policy import Policy
from cs_retention.nightly.ledger import Ledger, Run, name_of
from cs_retention.nightly.phases import Night
from cs_retention.nightly.worker import Worker
from cs_retention.store.mariadb import MariaDBStore

TOUCH = ("customer", "touch_date", "channel", "outcome", "callback")
INVOICE = ("customer", "company", "docstatus", "posting_date", "is_return", "is_opening", "base_net_total")
STAMPS = ("name", "creation", "modified", "owner", "modified_by")
NAMES = ("touch",)
"""Links to rows whose names differ from book to book."""

AFTERNOON, NIGHT = time_of_day(15), time_of_day(4)

SHARE = 5000
"""Customers per which statements are told."""

MARKED = ("Customer Retention State", "Star Rating", "Customer Callback")


@dataclass(frozen=True)
class Figures:
	"""What one worker took: seconds, megabytes over the idle process, statements sent."""

	seconds: float
	megabytes: float
	statements: int


def main() -> None:
	"""Measure and print one line per night and number of workers."""
	parser = argparse.ArgumentParser(description="The night by its ledger, with one and with two workers.")
	parser.add_argument("--customers", type=int, default=100_000)
	parser.add_argument("--managers", type=int, default=MANAGERS)
	parser.add_argument("--workers", type=int, nargs="+", default=(1, 2), help="how many, one run each")
	options = parser.parse_args()
	seconds, marks = {}, {}
	for workers in options.workers:
		with mariadb_book(options.customers, managers=options.managers) as store:
			seconds[workers], marks[workers] = _nights(store, options.customers, workers)
	fewest, most = min(seconds), max(seconds)
	for name in seconds[fewest]:
		times = seconds[fewest][name] / seconds[most][name]
		print(f"{name}: {times:.2f} times as fast, workers: {most} instead of {fewest}")
	print("the same rows" if marks[fewest] == marks[most] else f"OTHER ROWS: {marks}")


def _nights(store: MariaDBStore, customers: int, workers: int) -> tuple[dict[str, float], list[Any]]:
	"""Run the nights and return the seconds of each and a mark of the book after each."""
	seconds, marks = {}, []
	changes = (
		("first night", 0, lambda day: None),
		("next day", 2, partial(_make_calls, store)),
		("1 % changed", 3, partial(buy, store)),
		("a working day later", 4, partial(_make_calls, store)),
		("another", 5, partial(_make_calls, store)),
	)
	for name, days, change in changes:
		day = AS_OF + timedelta(days=days)
		CLOCK.moment = datetime.combine(day - timedelta(days=1), AFTERNOON)
		change(day - timedelta(days=1))
		seconds[name] = _night(f"{name}, workers: {workers}", store, day, customers, workers)
		marks.append([_mark(store, doctype) for doctype in MARKED])
	return seconds, marks


def _night(name: str, store: MariaDBStore, day: date, customers: int, workers: int) -> float:
	"""Let the workers do a night, print what they took, and return the seconds of the longest."""
	found = work_on(store, day, workers)
	run = Ledger(store, CLOCK).read(name_of(day))
	seconds = max(each.seconds for each in found)
	pages = -(-customers // SHARE)
	print(
		f"{name}: {seconds:.2f} s, {max(each.megabytes for each in found):.0f} MB over the idle process,"
		f" {sum(each.statements for each in found) / pages:.0f} statements per {SHARE:,} customers,"
		f" {run.status.value if run else None}",
		flush=True,
	)
	return seconds


def work_on(store: MariaDBStore, day: date, workers: int) -> Sequence[Figures]:
	"""Open a night, let workers start together in processes of their own, and return what each took."""
	CLOCK.moment = datetime.combine(day, NIGHT)
	Ledger(store, CLOCK).open_dates(day, NightPolicy(), Policy)
	context = multiprocessing.get_context("spawn")
	gate = context.Barrier(workers)
	figures = context.SimpleQueue()
	processes = [
		context.Process(target=_work, args=(store._address, day, gate, figures)) for _ in range(workers)
	]
	for process in processes:
		process.start()
	found: Sequence[Figures] = [figures.get() for _ in processes]
	for process in processes:
		process.join()
	return found


def _work(address: Mapping[str, Any], day: date, gate: Any, figures: Any) -> None:
	"""Work on a night in a process of its own."""
	CLOCK.moment = datetime.combine(day, NIGHT)
	store = MariaDBStore(address, AUTHORSHIP, all_tables())
	ledger, idle, before = Ledger(store, CLOCK), _megabytes(), questions(store)
	gate.wait()
	start = time.perf_counter()
	Worker(ledger, name_of(day), partial(open_night, ledger)).work()
	taken = time.perf_counter() - start
	figures.put(Figures(taken, _megabytes() - idle, questions(store) - before))
	store.close()


def open_night(ledger: Ledger, run: Run) -> Night:
	"""Return the night that a run is."""
	read_basis = partial(ledger.basis_of, run.name)
	rules, before = ledger.rules_of(run.name), ledger.basis_before
	return Night(
		ledger.store,
		rules,
		run.as_of,
		read_basis,
		chunk=NightPolicy().chunk,
		read_basis_before=before,
		night_before=ledger.night_before,
	)


def _megabytes() -> float:
	"""Return the most memory this process has held; what getrusage tells begins with that of the process it came from."""
	(peak,) = (
		line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")
	)
	return int(peak.split()[1]) / 1024


def questions(store: MariaDBStore) -> int:
	"""Return how many statements this connection has sent, as the server counts them."""
	((_, count),) = list(store.rows("SHOW SESSION STATUS LIKE 'Questions'"))
	store.rollback()
	return int(count)


def _make_calls(store: MariaDBStore, day: date) -> None:
	"""Make every call planned for a day."""
	due = "SELECT customer, channel, name FROM `tabCustomer Callback` WHERE status = 'Planned' AND due_date = %(day)s"
	calls = [
		(customer, day, channel, "Visited" if channel == "Visit" else "Reached", name)
		for customer, channel, name in store.rows(due, {"day": day})
	]
	store.insert_rows("Customer Touch", TOUCH, calls)
	store.commit()


def buy(store: MariaDBStore, day: date, moment: datetime | None = None) -> None:
	"""Let every hundredth customer buy, at a moment if that matters."""
	names = [name for (name,) in store.rows("SELECT name FROM `tabCustomer` ORDER BY name")][::100]
	rows = [(name, COMPANY, 1, day, 0, "No", 250, moment or AUTHORSHIP.now()) for name in names]
	store.insert_rows("Sales Invoice", (*INVOICE, "modified"), rows)
	store.commit()


def _mark(store: MariaDBStore, doctype: str) -> tuple[Any, ...]:
	"""Return how many rows a DocType has and a mark of them; names differ from book to book and are left out."""
	columns = [
		column.name for column in all_tables()[doctype].columns if column.name not in (*STAMPS, *NAMES)
	]
	texts = [f"IFNULL({_without_names(column)}, '-')" for column in columns]
	digest = f"CONV(LEFT(MD5(CONCAT_WS('|', {', '.join(texts)})), 16), 16, 10)"
	query = f"SELECT COUNT(*), BIT_XOR(CAST({digest} AS UNSIGNED)) FROM `tab{doctype}`"
	(found,) = list(store.rows(query))
	store.rollback()
	return tuple(found)


def _without_names(column: str) -> str:
	if column == "state":
		return "customer"
	return (
		f"REPLACE({column}, state, customer)" if column in ("occurrence_key", "open_key") else f"`{column}`"
	)


if __name__ == "__main__":
	main()
