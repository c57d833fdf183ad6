"""Levels of head office come in by Frappe's own Data Import, from the sample file."""

from __future__ import annotations

import csv

import pytest
from personas import make_customer
from private_bench import CHECKOUT

SAMPLE = CHECKOUT / "docs/samples/head_office_levels.csv"


@pytest.fixture
def importing(frappe, monkeypatch):
	"""Import CSV text and return the log: row numbers and whether they came in; nothing is kept."""
	from frappe.core.doctype.data_import.importer import Importer

	monkeypatch.setattr(frappe.db, "commit", lambda: None)

	def run(text: str) -> list[tuple[str, int]]:
		fields = {"reference_doctype": "Head Office Level", "import_type": "Insert New Records"}
		document = frappe.get_doc({"doctype": "Data Import", **fields}).insert()
		file = {"doctype": "File", "file_name": "levels.csv", "content": text, "is_private": 1}
		document.db_set("import_file", frappe.get_doc(file).insert().file_url)
		Importer("Head Office Level", data_import=document).import_data()
		log = {"data_import": document.name}
		rows = frappe.get_all("Data Import Log", log, ["row_indexes", "success"], order_by="log_index")
		return [(row.row_indexes, row.success) for row in rows]

	return run


@pytest.fixture
def customers(frappe):
	with SAMPLE.open(encoding="utf-8", newline="") as file:
		names = [row["Customer"] for row in csv.DictReader(file)]
	for name in names:
		make_customer(name)
	return names


def test_the_sample_comes_in_with_the_customers_states(frappe, customers, importing) -> None:
	assert importing(SAMPLE.read_text(encoding="utf-8")) == [("[2]", 1), ("[3]", 1), ("[4]", 1)]
	rows = frappe.get_all("Head Office Level", ["customer", "level", "decided_on", "source", "state"])
	assert {row.customer for row in rows} == set(customers)
	for row in rows:
		assert row.state == frappe.db.get_value("Customer Retention State", {"customer": row.customer})
		assert (str(row.decided_on), row.source) == ("2026-10-01", "Head office list 2026/7")


def test_a_level_of_the_same_list_and_date_is_there_once(frappe, customers) -> None:
	level = {"doctype": "Head Office Level", "customer": customers[0], "level": "Two Star"}
	frappe.get_doc(level | {"decided_on": "2026-10-01", "source": "List 7"}).insert()
	frappe.get_doc(level | {"decided_on": "2026-10-02", "source": "List 7"}).insert()
	with pytest.raises(frappe.UniqueValidationError):
		frappe.get_doc(level | {"decided_on": "2026-10-01", "source": "list 7"}).insert()


def test_a_row_that_cannot_be_used_keeps_the_others_from_nothing(frappe, customers, importing) -> None:
	head = "Customer,Level,Decided On,Source\n"
	good = f"{customers[0]},Two Star,2026-10-01,List\n"
	log = importing(f"{head}{good}{customers[1]},Two Star,,List\n")
	assert log == [("[2]", 1), ("[3]", 0)]
