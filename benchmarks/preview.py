"""Time and peak memory of `cs-retention preview` over generated files, a process of its own per size.

	python benchmarks/preview.py [customers ...]      default 10000 100000

Prints per size: rows, seconds, seconds per 1,000 customers, peak memory in MB, and memory over the smallest size.
"""

from __future__ import annotations

import csv
import json
import random
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

AS_OF = date(2026, 11, 23)
CUSTOMERS_PER_PERSON = 250
MEASURED = """
import json, resource, sys, time
from cs_retention.preview.command import main
started = time.perf_counter()
try:
	main(sys.argv[1:])
except SystemExit as ended:
	if ended.code:
		raise
usage = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"seconds": time.perf_counter() - started, "megabytes": usage.ru_maxrss / 1024}))
"""


def generate(folder: Path, customers: int) -> int:
	"""Write a book of about ten invoices per customer; return the number of invoices."""
	dice = random.Random(customers)
	people = [
		f"manager{number}@branch.example" for number in range(max(2, customers // CUSTOMERS_PER_PERSON))
	]
	write(
		folder / "customers.csv",
		("name", "account_manager", "retention_backup_manager"),
		((f"C-{number:07d}", dice.choice(people), dice.choice(people)) for number in range(customers)),
	)
	header = ("name", "customer", "posting_date", "due_date", "base_net_total", "outstanding_amount")
	invoices = write(folder / "invoices.csv", header, invoice_rows(dice, customers))
	contacts = (
		(f"C-{dice.randrange(customers):07d}", AS_OF - timedelta(days=dice.randrange(90)), "Phone", "Reached")
		for _ in range(customers)
	)
	write(folder / "contacts.csv", ("customer", "date", "channel", "outcome"), contacts)
	return invoices


def invoice_rows(dice: random.Random, customers: int) -> Iterator[Sequence[object]]:
	"""Yield invoices in the order of customers: one in sixteen never bought, the others about once a month."""
	number = 0
	for customer in range(customers):
		count = 0 if dice.random() < 1 / 16 else round(dice.lognormvariate(2.0, 0.9)) + 1
		for _ in range(count):
			number += 1
			day = AS_OF - timedelta(days=dice.randrange(1100))
			net = round(dice.lognormvariate(5.5, 1.2), 2)
			owed = net if dice.random() < 0.03 else 0
			yield f"INV-{number:08d}", f"C-{customer:07d}", day, day + timedelta(days=30), net, owed


def write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
	"""Write a CSV and return the number of its rows."""
	count = 0
	with path.open("w", encoding="utf-8", newline="") as stream:
		writer = csv.writer(stream)
		writer.writerow(header)
		for row in rows:
			writer.writerow(row)
			count += 1
	return count


def measure(folder: Path) -> tuple[float, float]:
	"""Return seconds and peak megabytes of a preview of the files in a folder."""
	files = [
		part
		for kind in ("customers", "invoices", "contacts")
		for part in (f"--{kind}", folder / f"{kind}.csv")
	]
	command = [sys.executable, "-c", MEASURED, "preview", *files, "--as-of", AS_OF, "--out", folder / "out"]
	done = subprocess.run([str(word) for word in command], check=True, stdout=subprocess.PIPE, text=True)
	figures = json.loads(done.stdout.splitlines()[-1])
	return figures["seconds"], figures["megabytes"]


def main(sizes: Sequence[int]) -> None:
	"""Measure each size and print the table."""
	print(
		f"{'customers':>10} {'invoices':>10} {'seconds':>8} {'s/1000':>7} {'peak MB':>8} {'over first':>10}"
	)
	first = None
	for customers in sizes:
		with TemporaryDirectory() as name:
			invoices = generate(Path(name), customers)
			seconds, megabytes = measure(Path(name))
		first = first or megabytes
		per_thousand = seconds * 1000 / customers
		print(
			f"{customers:>10,} {invoices:>10,} {seconds:>8.1f} {per_thousand:>7.3f} {megabytes:>8.0f} {megabytes - first:>10.0f}"
		)


if __name__ == "__main__":
	main([int(word) for word in sys.argv[1:]] or [10_000, 100_000])
