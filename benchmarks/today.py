"""What a user of ERPNext has today over the same book, beside the night: its own reports, and a script of saves.

Run with the Python of a bench: env/bin/python benchmarks/today.py [CUSTOMERS] [SAVES], BENCH naming the bench. The site
is that of benchmarks/stars.py, made beside the bench and thrown away. The reports run as their pages run them, without
the browser. A script that saves every customer is measured over as many of them as SAVES says and told for the book.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from support_reviews import connect  # noqa: E402

from benchmarks.book import AS_OF, COMPANY  # noqa: E402
from benchmarks.floors import seconds  # noqa: E402
from benchmarks.night import POLICY, silent  # noqa: E402
from benchmarks.stars import SITE, site_of_a_book  # noqa: E402

DAY = timedelta(days=1)
ROUNDS = 3
SAVED = {
	**{"customer_type": "Company", "customer_group": "Commercial", "territory": "All Territories"},
	**{"account_manager": None, "retention_backup_manager": None, "retention_key_account": 0},
}
"""What a Customer cannot be saved without, and the people of the book, who are no users."""

Row = tuple[str, float, str]


def main(customers: int, saves: int) -> None:
	"""Make the site, take F and everything else in the same run, print the table."""
	with site_of_a_book(customers, ROUNDS) as floors:
		floor = floors.covered
		print(f"{customers:,} customers, F {floor:.3f} s\n")
		print("| | seconds | F | |\n|---|---|---|---|")
		for what, taken, told in rows(customers, saves):
			print(f"| {what} | {taken:.1f} | {taken / floor:.1f} | {told} |", flush=True)


def rows(customers: int, saves: int) -> Iterator[Row]:
	"""Yield what was done, its seconds, and what of it is to be said."""
	import frappe

	connect(frappe, SITE)
	try:
		yield from reports(frappe)
		yield from of_ours(frappe)
		yield from script(frappe, customers, saves)
	finally:
		frappe.destroy()


def reports(frappe: Any) -> Iterator[Row]:
	"""Yield the reports of ERPNext that look at the same."""
	found = report(frappe, "Inactive Customers", {"days_since_last_order": 60, "doctype": "Sales Invoice"})
	yield ("Inactive Customers", *found)
	analytics = {
		"tree_type": "Customer",
		"doc_type": "Sales Invoice",
		"value_quantity": "Value",
		"from_date": AS_OF - 365 * DAY,
		"to_date": AS_OF,
		"company": COMPANY,
		"range": "Monthly",
	}
	yield ("Sales Analytics by customer and month", *report(frappe, "Sales Analytics", analytics))


def script(frappe: Any, customers: int, saves: int) -> Iterator[Row]:
	"""Yield a script that saves one customer after the other."""
	each = saved(frappe, saves) / saves
	yield (
		f"a script that saves every customer, from {saves:,} saves",
		customers * each,
		f"{1000 * each:.0f} ms each",
	)


def of_ours(frappe: Any) -> Iterator[Row]:
	"""Yield the night over the same site."""
	from cs_retention.cs_retention.states import open_store
	from cs_retention.nightly.plan import plan_book_of
	from cs_retention.nightly.run import rate_book

	def timed(work: Callable[[], Any]) -> tuple[float, Any]:
		outcome: list[Any] = []
		return seconds(lambda: outcome.append(work()), times=1), outcome[0]

	store = open_store()
	taken, counts = timed(lambda: rate_book(store, POLICY, AS_OF, silent))
	yield (
		"ours: first night, every customer rated and assessed, reasons kept",
		taken,
		f"{counts.customers:,} customers",
	)
	taken, plan = timed(lambda: plan_book_of(store, POLICY, AS_OF, silent))
	yield ("ours: its plan, every callback laid out", taken, f"{plan.counts.callbacks_added:,} callbacks")
	taken, counts = timed(lambda: rate_book(store, POLICY, AS_OF + DAY, silent))
	yield ("ours: next day", taken, f"{counts.states_changed:,} states changed")


def report(frappe: Any, name: str, filters: dict[str, Any]) -> tuple[float, str]:
	"""Run a report of ERPNext's and return its seconds and how many rows it has."""
	doc, found = frappe.get_doc("Report", name), []
	taken = seconds(lambda: found.append(doc.execute_script_report(frappe._dict(filters))), times=ROUNDS)
	return taken, f"{len(found[-1][1]):,} rows"


def saved(frappe: Any, saves: int) -> float:
	"""Return the seconds of reading and saving so many customers, committed once at the end."""
	frappe.db.set_value("Customer", {"name": ("!=", "")}, SAVED, update_modified=False)
	names = frappe.get_all("Customer", pluck="name", limit=saves, order_by="name")

	def save() -> None:
		for name in names:
			doc = frappe.get_doc("Customer", name)
			doc.customer_details = "rated"
			doc.save()
		frappe.db.commit()

	return seconds(save, times=1)


if __name__ == "__main__":
	given = [int(argument) for argument in sys.argv[1:]]
	main(*(given + [10_000, 500][len(given) :]))
