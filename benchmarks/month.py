"""A month of a branch on a bench: 2,000 customers, 10 people, absences, a holiday week, a make-up working Saturday.

Run with the Python of a bench: env/bin/python benchmarks/month.py [CUSTOMERS] [PEOPLE], BENCH naming the bench. The site
is made beside it and thrown away.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from dataclasses import fields
from datetime import datetime
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

import private_bench  # noqa: E402
from private_bench import PrivateBench  # noqa: E402
from support_month import FIRST, figures, make_branch, play_month  # noqa: E402
from support_reviews import connect  # noqa: E402

SITE = "month.localhost"


def main(customers: int, people: int) -> None:
	"""Make the site, play the month, print what it gave."""
	source = Path(os.environ.get("BENCH", "~/frappe-bench")).expanduser()
	with (
		tempfile.TemporaryDirectory() as folder,
		private_bench.started(Path(folder) / "bench", source) as bench,
	):
		make_site(bench)
		os.environ["FRAPPE_BENCH_ROOT"] = str(bench.folder)
		os.chdir(bench.sites)
		play(customers, people)


def make_site(bench: PrivateBench) -> None:
	bench.restore(SITE, private_bench.prepared_dump(bench))
	bench.frappe(SITE, "install-app", "cs_retention")


def play(customers: int, people: int) -> None:
	import frappe

	connect(frappe, SITE)
	staff = make_branch(frappe, customers, people)
	began = time.monotonic()
	month = play_month(frappe, staff, set_clock)
	found = figures(month)
	print(
		f"{customers} customers, {people} people, {FIRST:%B %Y}, played in {time.monotonic() - began:.0f} s"
	)
	for field in fields(found):
		print(f"{field.name}: {getattr(found, field.name)}")
	for row in month.unexplained[:10]:
		print("unexplained:", *row)
	frappe.destroy()


def set_clock(moment: datetime) -> None:
	"""Set the clock of Frappe and of every module of ours that asks it."""
	for room in ("cs_retention.retention_night", "callbacks.work"):
		import_module(f"cs_retention.{room}")
	ours = [module for name, module in sys.modules.items() if name.startswith("cs_retention.")]
	for module in (sys.modules["frappe.utils.data"], *ours):
		if hasattr(module, "now_datetime"):
			module.now_datetime = lambda: moment


if __name__ == "__main__":
	main(*(int(text) for text in sys.argv[1:3])) if len(sys.argv) > 2 else main(2000, 10)
