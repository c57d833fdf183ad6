"""What the app adds to saving a Customer and to submitting a Sales Invoice: two sites of one bench, side by side.

Run with the Python of a bench: env/bin/python benchmarks/saving.py [ROUNDS] [TIMES], BENCH naming the bench. One
site has ERPNext only, the other the app too; each has a process of its own that stays warm. A round lets both do the
same, one after the other and the first one last in the next round, so that whatever else the machine does meets both.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

import private_bench  # noqa: E402
from private_bench import PrivateBench  # noqa: E402

WITHOUT, WITH = "without.localhost", "with.localhost"
MUST = 1.05
"""Most that saving a Customer with the app may cost, without it being 1."""

Medians = Mapping[str, Mapping[str, list[float]]]
"""By act and site: the median seconds of every round."""


def main(rounds: int, times: int) -> None:
	"""Make the sites, let them take turns and print the ratios."""
	source = Path(os.environ.get("BENCH", "~/frappe-bench")).expanduser()
	with (
		tempfile.TemporaryDirectory() as folder,
		private_bench.started(Path(folder) / "bench", source) as bench,
	):
		dump = private_bench.prepared_dump(bench)
		for site in (WITHOUT, WITH):
			bench.restore(site, dump)
		bench.frappe(WITH, "install-app", "cs_retention")
		with worker(bench, WITHOUT, times) as without, worker(bench, WITH, times) as with_app:
			print_table(take_turns({WITHOUT: without, WITH: with_app}, rounds), times)


def take_turns(workers: Mapping[str, subprocess.Popen], rounds: int) -> Medians:
	"""Return what every act took on each site, round by round; a first round warms up and is dropped."""
	taken: dict[str, dict[str, list[float]]] = {act: {site: [] for site in workers} for act in ACTS}
	order = list(workers)
	for number in range(rounds + 1):
		for act in ACTS:
			for site in order:
				seconds = ask(workers[site], act)
				if number:
					taken[act][site].append(seconds)
		order.reverse()
	return taken


def ask(process: subprocess.Popen, act: str) -> float:
	"""Have a worker do an act and return the median seconds it took once."""
	process.stdin.write(act + "\n")
	process.stdin.flush()
	return float(json.loads(process.stdout.readline()))


@contextmanager
def worker(bench: PrivateBench, site: str, times: int) -> Iterator[subprocess.Popen]:
	"""Yield a process that does on a site what it is asked to; it ends with its input."""
	process = subprocess.Popen(
		[str(bench.source / "env/bin/python"), __file__, "--site", site, str(times)],
		**{"cwd": bench.sites, "env": bench.environment, "text": True},
		**{"stdin": subprocess.PIPE, "stdout": subprocess.PIPE},
	)
	try:
		yield process
	finally:
		process.stdin.close()
		process.wait()


def print_table(taken: Medians, times: int) -> None:
	"""Print milliseconds and ratios; a ratio is the median over rounds of the two sites' ratio in one round."""
	rounds = len(taken[next(iter(ACTS))][WITH])
	print(f"{rounds} rounds of {times}; milliseconds, medians")
	print(f"{'':24}{'without':>10}{'with':>10}{'ratio':>8}   half of the rounds between")
	for act, by_site in taken.items():
		pairs = zip(by_site[WITHOUT], by_site[WITH], strict=True)
		ratios = [with_app / without for without, with_app in pairs]
		low, _middle, high = quantiles(ratios, n=4)
		seconds = [1000 * median(by_site[site]) for site in (WITHOUT, WITH)]
		line = f"{act:24}{seconds[0]:10.2f}{seconds[1]:10.2f}{median(ratios):8.3f}"
		print(f"{line}   {low:.3f} and {high:.3f}" + (f"; must {MUST}" if act in HELD else ""))


def save_customer(frappe, names: list[str], number: int) -> float:
	"""Save a customer whose details have changed, as a form does, and return the seconds without the reading."""
	doc = frappe.get_doc("Customer", names[number % len(names)])
	doc.customer_details = f"noted {time.perf_counter()}"
	return clocked(frappe, doc.save)


def insert_customer(frappe, names: list[str], number: int) -> float:
	"""Insert a customer."""
	return clocked(frappe, new_customer(frappe).insert)


def read_customer(frappe, names: list[str], number: int) -> float:
	"""Read a customer from the database, as a form is opened."""
	return clocked(frappe, lambda: frappe.get_doc("Customer", names[number % len(names)]))


def submit_invoice(frappe, names: list[str], number: int) -> float:
	"""Submit a Sales Invoice over one item."""
	items = [{"item_code": ITEM, "qty": 1, "rate": 100}]
	company = frappe.get_all("Company", pluck="name")[0]
	doc = frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"customer": names[number % len(names)],
			"company": company,
			"items": items,
		}
	).insert()
	return clocked(frappe, doc.submit)


def clocked(frappe, act: Callable[[], object]) -> float:
	"""Return the seconds an act took, its commit included."""
	began = time.perf_counter()
	act()
	frappe.db.commit()
	return time.perf_counter() - began


ITEM = "Consulting hour"
ACTS = {
	"save a Customer": save_customer,
	"insert a Customer": insert_customer,
	"read a Customer": read_customer,
	"submit a Sales Invoice": submit_invoice,
}
HELD = ("save a Customer", "insert a Customer")


def new_customer(frappe):
	"""Return an unsaved customer of no name that was there before."""
	return frappe.get_doc({"doctype": "Customer", "customer_name": frappe.generate_hash()})


def serve(site: str, times: int) -> None:
	"""Do the acts named on the input, each `times` times, and answer with the median seconds."""
	import frappe

	frappe.init(site=site)
	frappe.connect()
	names = prepare(frappe)
	for line in sys.stdin:
		seconds = [ACTS[line.strip()](frappe, names, number) for number in range(times)]
		print(json.dumps(median(seconds)), flush=True)
	frappe.destroy()


def prepare(frappe) -> list[str]:
	"""Insert what the acts need and return the customers."""
	names = [new_customer(frappe).insert().name for _number in range(25)]
	item = {"doctype": "Item", "item_code": ITEM, "item_group": "Services", "stock_uom": "Hour"}
	frappe.get_doc({**item, "is_stock_item": 0}).insert()
	if "cs_retention" in frappe.get_installed_apps():
		from cs_retention.cs_retention.states import ensure_states

		ensure_states()
	frappe.db.commit()
	return names


if __name__ == "__main__":
	if sys.argv[1:2] == ["--site"]:
		serve(sys.argv[2], int(sys.argv[3]))
	else:
		given = [int(argument) for argument in sys.argv[1:]]
		main(*(given + [40, 25][len(given) :]))
