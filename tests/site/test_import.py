"""Levels, managers, birthdays, targets and past contacts come in by Frappe's own Data Import, from the sample files."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from bad_inputs import DAYS, TEXTS, WORDS, of
from personas import make_customer, user
from private_bench import CHECKOUT
from support_inputs import LIVE

SAMPLES = CHECKOUT / "docs/samples"
SAMPLE = SAMPLES / "head_office_levels.csv"


@pytest.fixture
def importing(frappe, monkeypatch):
	"""Import CSV text and return the log: row numbers and whether they came in; nothing is kept."""
	from frappe.core.doctype.data_import.importer import Importer

	monkeypatch.setattr(frappe.db, "commit", lambda: None)

	def run(
		text: str, doctype: str = "Head Office Level", kind: str = "Insert New Records"
	) -> list[tuple[str, int]]:
		fields = {"reference_doctype": doctype, "import_type": kind}
		document = frappe.get_doc({"doctype": "Data Import", **fields}).insert()
		file = {"doctype": "File", "file_name": "levels.csv", "content": text, "is_private": 1}
		document.db_set("import_file", frappe.get_doc(file).insert().file_url)
		Importer(doctype, data_import=document).import_data()
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


def cells(*rows: tuple[object, ...]) -> str:
	"""Return CSV of level rows."""
	text = StringIO()
	csv.writer(text).writerows([("Customer", "Level", "Decided On", "Source"), *rows])
	return text.getvalue()


@pytest.mark.parametrize("text", [text for text in of(TEXTS) if len(str(text)) < 10_000])
def test_a_bad_text_comes_in_inert_or_keeps_its_row_out(frappe, customers, importing, text: str) -> None:
	((_row, is_in),) = importing(cells((customers[0], "Two Star", "2026-10-01", text)))
	stored = frappe.get_all("Head Office Level", pluck="source")
	assert len(stored) == is_in
	for source in stored:
		assert not LIVE.search(source) and "\x00" not in source


@pytest.mark.parametrize("day", of(DAYS))
def test_a_day_that_is_none_is_not_stored(frappe, customers, importing, day: str) -> None:
	importing(cells((customers[0], "Two Star", day, "List")))
	stored = frappe.get_all("Head Office Level", {"source": "List"}, pluck="decided_on")
	assert [str(each) for each in stored if str(each) != "2026-12-31"] == []


@pytest.mark.parametrize("word", [*of(WORDS), "<script>alert(1)</script>"])
def test_a_word_that_no_choice_has_is_not_stored(frappe, customers, importing, word: str) -> None:
	importing(cells((customers[0], word, "2026-10-01", "List")))
	assert not frappe.db.exists("Head Office Level", {"source": "List"})


@pytest.fixture
def people(frappe) -> None:
	for persona in ("east", "west"):
		person = {"doctype": "User", "email": user(persona), "first_name": persona.title()}
		frappe.get_doc({**person, "send_welcome_email": 0}).insert(ignore_if_duplicate=True)


def test_managers_birthdays_targets_and_history_come_in_from_their_samples(
	frappe, customers, people, importing
) -> None:
	def came_in(sample: str, doctype: str, kind: str = "Insert New Records") -> int:
		log = importing((SAMPLES / sample).read_text(encoding="utf-8"), doctype, kind)
		assert log and all(success for _rows, success in log), (sample, log)
		return len(log)

	assert came_in("managers.csv", "Customer", "Update Existing Records") == 3
	team = frappe.db.get_value("Customer", "Harbour Photo", ["account_manager", "retention_backup_manager"])
	assert team == (user("west"), user("east"))
	assert came_in("birthdays.csv", "Contact") == 2
	(contact,) = frappe.get_all("Dynamic Link", {"link_name": "Harbour Photo"}, pluck="parent")
	born, decides = frappe.db.get_value(
		"Contact", contact, ["retention_date_of_birth", "retention_decision_maker"]
	)
	assert (str(born), decides) == ("1984-03-17", 1)
	frappe.db.delete("Retention Target")
	assert came_in("targets.csv", "Retention Target") == 3
	assert frappe.db.get_value("Retention Target", {"person": user("east")}, "value") == 100
	assert came_in("history.csv", "Customer Touch") == 3
	assert frappe.get_all(
		"Customer Touch", {"customer": "Harbour Photo"}, pluck="outcome", order_by="touch_date"
	) == ["Visited", "Not Reached"]
