"""F13: people change what the night is about while it runs; it ends, nothing hangs in the air, and the next night agrees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fault_table
import pytest
from app_files import doctypes
from personas import make_customer, make_personas
from private_bench import PrivateBench
from support_random_book import PEOPLE
from support_reviews import connected, fill_book
from support_workers import Branch

SITE = "changes.localhost"
CUSTOMERS = 400
NIGHTS = 3
NEWCOMER = "Łódź newcomer"
STATE = "Customer Retention State"
KEPT = {"Quarterly Cohort Customer"}
"""What stays as it was frozen, whatever becomes of a customer."""


@pytest.fixture(scope="module")
def book_dump(
	site: str, bench: PrivateBench, installed_dump: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
	"""Dump of a site with a book, its first night still to come."""
	file = tmp_path_factory.mktemp("changes") / "book.sql"
	with connected(bench, installed_dump, SITE) as frappe:
		from cs_retention.cs_retention.states import ensure_states

		fill_book(frappe, CUSTOMERS)
		make_personas()
		make_people(frappe)
		make_customer(NEWCOMER, account_manager="east")
		for name, value in {"night_hour": 0, "night_chunk": 5}.items():
			frappe.db.set_single_value("CS Retention Settings", name, value)
		ensure_states()
		frappe.db.commit()
		bench.dump(SITE, file)
	return file


def make_people(frappe: Any) -> None:
	"""Make users of the account managers that the book names."""
	for person in PEOPLE:
		frappe.get_doc(
			{"doctype": "User", "email": person, "first_name": person, "send_welcome_email": 0}
		).insert()


@pytest.fixture
def branch(bench: PrivateBench, book_dump: Path) -> Iterator[Branch]:
	with connected(bench, book_dump, SITE) as frappe:
		made = Branch(frappe, bench)
		frappe.cache.flushall()
		yield made


class Changes:
	"""Everything that people may do to the records of a night, each on customers of its own."""

	def __init__(self, frappe: Any) -> None:
		self.frappe = frappe
		names = frappe.get_all(
			"Customer", {"disabled": 0, "name": ("!=", NEWCOMER)}, pluck="name", order_by="name"
		)
		bought = set(frappe.get_all("Sales Invoice", {"docstatus": 1}, pluck="customer"))
		# From the end: their chunks are still to come when the first are changed.
		self.names = iter([name for name in reversed(names) if name in bought])
		self.all: tuple[Callable[[], None], ...] = (
			*(self.rename, self.merge, self.delete, self.disable),
			*(self.cancel_invoice, self.date_back, self.disable_person, self.delete_holidays),
		)

	def rename(self) -> None:
		name = next(self.names)
		self.frappe.rename_doc("Customer", name, f"{name} & Sons", force=True)

	def merge(self) -> None:
		self.frappe.rename_doc("Customer", next(self.names), next(self.names), merge=True, force=True)

	def delete(self) -> None:
		# What was bought, said or worked on keeps a customer: this one is new.
		self.frappe.delete_doc("Customer", NEWCOMER)

	def disable(self) -> None:
		customer = self.frappe.get_doc("Customer", next(self.names))
		customer.disabled = 1
		customer.flags.ignore_mandatory = True
		customer.save()

	def invoice(self) -> str:
		sold = {"customer": next(self.names), "docstatus": 1}
		return self.frappe.get_all("Sales Invoice", sold, pluck="name", limit=1)[0]

	def cancel_invoice(self) -> None:
		self.frappe.db.set_value("Sales Invoice", self.invoice(), "docstatus", 2)

	def date_back(self) -> None:
		self.frappe.db.set_value("Sales Invoice", self.invoice(), "posting_date", "2025-01-07")

	def disable_person(self) -> None:
		person = self.frappe.get_doc("User", {"name": ("in", PEOPLE), "enabled": 1})
		person.enabled = 0
		person.save()

	def delete_holidays(self) -> None:
		self.frappe.delete_doc(
			"Holiday List", self.frappe.get_all("Holiday List", pluck="name")[0], force=True
		)


def in_the_air(frappe: Any) -> list[str]:
	"""Return the rows of ours whose customer, state or parent is gone, and customers without exactly one state."""
	found = []
	for doctype, meta in doctypes().items():
		links = {
			field["fieldname"]: field["options"] for field in meta["fields"] if field["fieldtype"] == "Link"
		}
		for fieldname, target in links.items():
			if (
				target in {"Customer", STATE, "Customer Callback"}
				and doctype not in KEPT
				and not meta.get("issingle")
			):
				rows = frappe.db.sql(
					f"SELECT r.name, r.`{fieldname}` FROM `tab{doctype}` r LEFT JOIN `tab{target}` t"
					f" ON t.name = r.`{fieldname}` WHERE r.`{fieldname}` > '' AND t.name IS NULL"
				)
				found += [f"{doctype} {row[0]}: no {target} {row[1]}" for row in rows]
	orphans = frappe.db.sql(
		"SELECT p.name FROM `tabCustomer Callback Purpose` p LEFT JOIN `tabCustomer Callback` c"
		" ON c.name = p.parent WHERE c.name IS NULL"
	)
	counts = frappe.db.sql(
		f"SELECT c.name, COUNT(s.name) FROM tabCustomer c LEFT JOIN `tab{STATE}` s ON s.customer = c.name"
		" GROUP BY c.name HAVING COUNT(s.name) != 1"
	)
	return [
		*found,
		*(f"purpose {name} of no callback" for (name,) in orphans),
		*(f"states: {row}" for row in counts),
	]


def next_night(branch: Branch, monkeypatch: pytest.MonkeyPatch) -> list[str]:
	"""Run the night of the next day cleanly; return what does not hold: done, nobody left out, and nothing left to write."""
	from datetime import timedelta

	from cs_retention.cs_retention import retention_night
	from cs_retention.cs_retention.states import open_store
	from cs_retention.nightly.run import run_night

	frappe = branch.frappe
	tomorrow = frappe.utils.now_datetime() + timedelta(days=1)
	monkeypatch.setattr(retention_night, "now_datetime", lambda: tomorrow)
	branch.wake()
	(name,) = frappe.get_all("Retention Run", {"status": "Running"}, pluck="name")
	retention_night.work(name, "1")
	run = frappe.get_doc("Retention Run", name)
	problems = [] if (run.status, run.customers_spared) == ("Done", 0) else [f"{run.status}: {run.error}"]
	again = run_night(open_store(), retention_night.load_rules(), tomorrow.date())
	frappe.db.rollback()
	return [*problems, *([f"{again.rows_written} rows written again"] if again.rows_written else [])]


@pytest.mark.parametrize("turn", range(NIGHTS))
def test_records_changed_in_mid_run(branch: Branch, monkeypatch: pytest.MonkeyPatch, turn: int) -> None:
	frappe = branch.frappe
	changes = Changes(frappe)
	order = changes.all[turn * 3 :] + changes.all[: turn * 3]
	problems = []
	with branch.workers(1):
		branch.wake()
		for place, change in enumerate(order, 1):
			branch.wait_until(
				lambda least=6 * place: branch.chunks(status="Done") >= least or branch.finished()
			)
			is_in_mid_run = not branch.finished()
			change()
			frappe.db.commit()
			if not is_in_mid_run:
				problems.append(f"{change.__name__}: the night had ended already")
		branch.wait_until(branch.finished)
	run = branch.run()
	if (run.status, run.customers_spared) != ("Done", 0):
		problems.append(f"{run.status}, {run.customers_spared} left out: {run.error}")
	problems += in_the_air(frappe)
	problems += next_night(branch, monkeypatch) + in_the_air(frappe)
	problems += [f"Error Log: {row.method}" for row in frappe.get_all("Error Log", ["method"])]
	cases = [change.__name__ for change in order]
	fault_table.note(
		f"F13 records changed in mid-run, order {turn + 1}",
		[(cases[0], problems), *((case, ()) for case in cases[1:])],
	)
