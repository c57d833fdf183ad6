"""Lists of another warning system come in by Frappe's own Data Import: refused twice, kept aside, taken after mending."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from personas import make_customer
from private_bench import CHECKOUT, PrivateBench
from support_reviews import connected

SITE = "warninglists.localhost"
SAMPLE = CHECKOUT / "docs/samples/external_warnings.csv"
WARNING, SIGNAL = "External Warning", "Churn Signal"
HEAD = "Customer as Given,Warned On,Source,Batch\n"
Import = Callable[..., list[tuple[str, int]]]


@pytest.fixture(scope="module")
def own_site(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Any]:
	"""Frappe on a site of this module's own: the importer commits, and rolls back what failed."""
	with connected(bench, installed_dump, SITE) as frappe:
		yield frappe


@pytest.fixture
def frappe(own_site: Any) -> Iterator[Any]:
	"""Frappe on that site; what a test left is deleted."""
	yield own_site
	for doctype in (
		WARNING,
		SIGNAL,
		"Customer Retention State",
		"Customer",
		"Data Import",
		"Data Import Log",
	):
		own_site.db.delete(doctype)
	own_site.db.commit()


@pytest.fixture
def names() -> list[str]:
	"""The customers of the sample."""
	with SAMPLE.open(encoding="utf-8", newline="") as file:
		return [row["Customer as Given"] for row in csv.DictReader(file)]


@pytest.fixture
def customers(frappe: Any, names: list[str]) -> list[str]:
	for name in names:
		make_customer(name)
	return names


@pytest.fixture
def listed(frappe: Any) -> Import:
	"""Import a list, by default the sample; return the log: row numbers and whether they came in."""
	from frappe.core.doctype.data_import.importer import Importer

	def run(text: str | None = None, kind: str = "Insert New Records") -> list[tuple[str, int]]:
		frappe.db.commit()
		fields = {"reference_doctype": WARNING, "import_type": kind}
		document = frappe.get_doc({"doctype": "Data Import", **fields}).insert()
		content = text or SAMPLE.read_text(encoding="utf-8")
		file = {"doctype": "File", "file_name": "warnings.csv", "content": content, "is_private": 1}
		document.db_set("import_file", frappe.get_doc(file).insert().file_url)
		frappe.db.commit()
		Importer(WARNING, data_import=document).import_data()
		log = {"data_import": document.name}
		rows = frappe.get_all("Data Import Log", log, ["row_indexes", "success"], order_by="log_index")
		return [(row.row_indexes, row.success) for row in rows]

	return run


def warnings_of(frappe: Any) -> list[tuple[str, str, str | None]]:
	rows = frappe.get_all(WARNING, {}, ["customer_given", "status", "customer"], order_by="customer_given")
	return [(row.customer_given, row.status, row.customer) for row in rows]


def test_the_sample_becomes_a_signal_per_customer(frappe, customers, listed) -> None:
	assert listed() == [("[2]", 1), ("[3]", 1), ("[4]", 1)]
	assert warnings_of(frappe) == [(name, "Taken", name) for name in customers]
	signals = frappe.get_all(SIGNAL, {"rule": WARNING}, ["customer", "raised_on", "note", "status"])
	assert {row.customer for row in signals} == set(customers)
	(harbour,) = (row for row in signals if row.customer == "Harbour Photo")
	assert (str(harbour.raised_on), harbour.status) == ("2026-10-05", "Open")
	assert harbour.note == "Billing watch 2026-10: traffic down by half"


def test_a_list_that_comes_twice_is_refused_row_by_row(frappe, customers, listed) -> None:
	listed()
	assert listed() == [("[2]", 0), ("[3]", 0), ("[4]", 0)]
	assert len(warnings_of(frappe)) == 3
	assert frappe.db.count(SIGNAL, {"rule": WARNING}) == 3
	(told,) = frappe.get_all("Data Import Log", {"row_indexes": "[2]", "success": 0}, pluck="messages")
	assert "stands on the list" in told


def test_unknown_customers_are_kept_aside_and_taken_by_the_same_list_after_mending(frappe, listed) -> None:
	make_customer("Harbour Photo")
	assert listed() == [("[2]", 1), ("[3]", 1), ("[4]", 1)]
	assert warnings_of(frappe) == [
		("East Street Stationers", "Kept Aside", None),
		("Harbour Photo", "Taken", "Harbour Photo"),
		("North Gate Telecom", "Kept Aside", None),
	]
	problem = frappe.db.get_value(WARNING, {"customer_given": "North Gate Telecom"}, "problem")
	assert problem.startswith("North Gate Telecom is no customer here.")
	make_customer("North Gate Telecom")
	assert listed() == [("[2]", 1), ("[3]", 0), ("[4]", 1)]
	assert warnings_of(frappe) == [
		("East Street Stationers", "Kept Aside", None),
		("Harbour Photo", "Taken", "Harbour Photo"),
		("North Gate Telecom", "Taken", "North Gate Telecom"),
	]
	assert frappe.db.count(SIGNAL, {"rule": WARNING}) == 2


def test_what_was_kept_aside_is_mended_by_an_import_of_changes(frappe, listed) -> None:
	make_customer("Harbour Photo")
	assert listed(f"{HEAD}Harbor Foto,2026-10-05,Billing watch,2026-10\n") == [("[2]", 1)]
	(name,) = frappe.get_all(WARNING, {"status": "Kept Aside"}, pluck="name")
	mended = f"ID,Customer as Given\n{name},Harbour Photo\n"
	assert listed(mended, kind="Update Existing Records") == [("[2]", 1)]
	assert warnings_of(frappe) == [("Harbour Photo", "Taken", "Harbour Photo")]


def test_rows_without_source_or_of_a_day_to_come_keep_no_other_row_out(frappe, customers, listed) -> None:
	rows = (
		f"{customers[0]},2026-10-05,,2026-10",
		f"{customers[1]},2099-10-05,Billing watch,2026-10",
		f"{customers[2]},2026-10-05,Billing watch,2026-10",
	)
	assert [came for _, came in listed(HEAD + "\n".join(rows) + "\n")] == [0, 0, 1]
