"""Bad input: every problem is told at once with file, line, column, value and remedy, and nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from support_book import open_sqlite_book

from cs_retention.preview.importing import Import
from cs_retention.preview.problems import BadInput
from cs_retention.store.sqlite import SQLiteStore

CLEAN = {
	"customers": "name,account_manager\nACME,manager.east@branch.example\nBolt,\n",
	"invoices": "name,customer,posting_date,base_net_total\nI-1,ACME,2026-11-01,100\nI-2,Bolt,2026-11-02,50\n",
	"items": "parent,item_group\nI-1,Repairs\n",
	"contracts": "customer,start_date,end_date\nACME,2026-01-01,\n",
	"contacts": "customer,date,channel,outcome,satisfaction\nACME,2026-11-03,Phone,Reached,4\n",
	"issues": "customer,opening_date,status,severity\nACME,2026-11-03,Open,Serious\n",
	"holidays": "date,description,type\n2026-10-01,Festival,off\n2026-10-10,Make-up day,work\n",
	"absences": "owner,from_date,to_date\nManager.East@branch.example,2026-11-02,2026-11-06\n",
}


def written(folder: Path, texts: dict[str, str]) -> dict[str, Path]:
	for kind, text in texts.items():
		(folder / f"{kind}.csv").write_text(text, encoding="utf-8")
	return {kind: folder / f"{kind}.csv" for kind in texts}


def imported(folder: Path, texts: dict[str, str]) -> SQLiteStore:
	store = open_sqlite_book()
	Import(store, written(folder, texts)).run()
	return store


def problems(folder: Path, **texts: str) -> list[str]:
	with pytest.raises(BadInput) as refused:
		imported(folder, CLEAN | texts)
	return refused.value.sentences


def test_clean_files_fill_every_table_under_the_names_of_the_customers_file(tmp_path):
	texts = CLEAN | {
		"contracts": "customer,start_date,end_date\nacme ,2026-01-01,\n",
		"items": "parent,item_group\ni-1,Repairs\n",
		"invoices": CLEAN["invoices"] + 'I-3,ＡＣＭＥ,2026/11/4,"1,000.50"\n',
	}
	store = imported(tmp_path, texts)

	assert list(store.rows("SELECT party_name, end_date, party_type FROM `tabContract`")) == [
		("ACME", None, "Customer")
	]
	assert list(store.rows("SELECT parent FROM `tabSales Invoice Item`")) == [("I-1",)]
	assert list(store.rows("SELECT customer, base_net_total FROM `tabSales Invoice` WHERE name = 'I-3'")) == [
		("ACME", 1000.5)
	]
	assert list(store.rows("SELECT person FROM `tabOwner Absence`")) == [("manager.east@branch.example",)]
	assert list(store.rows("SELECT issue_type, priority FROM `tabIssue`")) == [("Complaint", "Serious")]
	assert list(store.rows("SELECT touch_date, satisfaction FROM `tabCustomer Touch`")) == [("2026-11-03", 4)]


def test_the_holiday_list_has_every_weekend_but_the_make_up_days_and_stands_at_the_company(tmp_path):
	store = imported(tmp_path, CLEAN)

	days = {day for (day,) in store.rows("SELECT holiday_date FROM `tabHoliday`")}
	assert len(days) == 104 + 1 - 1
	assert "2026-10-01" in days and "2026-10-10" not in days and "2026-10-11" in days
	assert list(store.rows("SELECT from_date, to_date FROM `tabHoliday List`")) == [
		("2026-01-01", "2026-12-31")
	]
	assert list(store.rows("SELECT name, default_holiday_list FROM `tabCompany`")) == [
		("Company", "Holidays")
	]


def test_an_issue_type_column_decides_what_is_a_complaint(tmp_path):
	issues = "customer,opening_date,status,issue_type,priority\nACME,2026-11-03,Open,Question,High\nACME,2026-11-03,Open,投诉,Low\n"
	store = imported(tmp_path, CLEAN | {"issues": issues})

	assert list(store.rows("SELECT issue_type, priority FROM `tabIssue` ORDER BY name")) == [
		("Question", "High"),
		("投诉", "Low"),
	]


INVOICE = "name,customer,posting_date,due_date,base_net_total,is_return\nI-1,ACME,{0},{1},{2},{3}\n"


@pytest.mark.parametrize(
	("cells", "sentence"),
	[
		(("2026-02-30", "", "1", ""), 'column posting_date: "2026-02-30" is no day of the calendar; write the date as YYYY-MM-DD'),
		(("31/12/2026", "", "1", ""), 'column posting_date: "31/12/2026" can be read as more than one date or none; write'),
		(("03/04/2026", "", "1", ""), 'column posting_date: "03/04/2026" can be read as more than one date or none; write'),
		(("0000-00-00", "", "1", ""), 'column posting_date: "0000-00-00" is no day of the calendar; write'),
		(("0001-01-01", "", "1", ""), 'column posting_date: "0001-01-01" lies before the year 1900; correct the year'),
		(("46357", "", "1", ""), 'column posting_date: "46357" can be read as more than one date or none; write'),
		(("", "", "1", ""), 'column posting_date: "" is empty; fill in posting_date'),
		(("2026-11-01", "2026-13-01", "1", ""), 'column due_date: "2026-13-01" is no day of the calendar; write'),
		(("2026-11-01", "", "NaN", ""), 'column base_net_total: "NaN" is not a number; write digits'),
		(("2026-11-01", "", "-inf", ""), 'column base_net_total: "-inf" is not a number; write digits'),
		(("2026-11-01", "", "abc", ""), 'column base_net_total: "abc" is no amount; write digits'),
		(("2026-11-01", "", "1_000", ""), 'column base_net_total: "1_000" is no amount; write digits'),
		(("2026-11-01", "", '"1.234,50"', ""), 'column base_net_total: "1.234,50" is no amount; write digits'),
		(("2026-11-01", "", '"12,34.50"', ""), 'column base_net_total: "12,34.50" is no amount; write digits'),
		(("2026-11-01", "", "#DIV/0!", ""), 'column base_net_total: "#DIV/0!" is no amount; write digits'),
		(("2026-11-01", "", "1e99", ""), 'column base_net_total: "1e99" is larger than ERPNext can hold; give an amount'),
		(("2026-11-01", "", "", ""), 'column base_net_total: "" is empty; fill in base_net_total'),
		(("2026-11-01", "", "1", "maybe"), 'column is_return: "maybe" is not known here; give one of 1, 0'),
	],
)  # fmt: skip
def test_a_cell_that_cannot_be_meant_in_one_way_is_refused(tmp_path, cells, sentence):
	(found,) = problems(tmp_path, invoices=INVOICE.format(*cells))

	assert found.startswith("invoices.csv, line 2, ")
	assert sentence in found


def test_unquoted_thousands_are_refused_where_they_shift_the_row(tmp_path):
	(found,) = problems(
		tmp_path, invoices="name,customer,posting_date,base_net_total\nI-1,ACME,2026-11-01,1,234.50\n"
	)

	assert found == (
		'invoices.csv, line 2, column 5: "234.50" stands beyond the last column of the header; '
		"put a value that holds a comma in quotes"
	)


def test_names_that_stand_twice_or_that_mariadb_holds_equal_are_refused_with_both_lines(tmp_path):
	found = problems(
		tmp_path,
		customers="name\nACME\nBolt\nACME\nacmé \n",
		invoices=CLEAN["invoices"] + "i-1,ACME,2026-11-01,3\n",
	)

	assert found == [
		'customers.csv, line 4, column name: "ACME" stands on line 2 already; give every row a name of its own or drop one',
		'customers.csv, line 5, column name: "acmé" is the same name for MariaDB as "ACME", which stands on line 2 already; '
		"give every row a name of its own or drop one",
		'invoices.csv, line 4, column name: "i-1" is the same name for MariaDB as "I-1", which stands on line 2 already; '
		"give every row a name of its own or drop one",
	]


@pytest.mark.parametrize("kind", ["invoices", "contracts", "contacts", "issues"])
def test_an_unknown_customer_is_refused_wherever_it_is_named(tmp_path, kind):
	(found,) = problems(tmp_path, **{kind: CLEAN[kind].replace("ACME", "Acne")}, items="parent,item_group\n")

	assert found == (
		f'{kind}.csv, line 2, column customer: "Acne" is no customer of customers.csv; '
		"add the customer there or correct the name"
	)


def test_an_item_of_an_unknown_invoice_is_refused(tmp_path):
	(found,) = problems(tmp_path, items="parent,item_group\nI-9,Repairs\n")

	assert found == (
		'items.csv, line 2, column parent: "I-9" is no invoice of invoices.csv; add the invoice there or drop this line'
	)


@pytest.mark.parametrize(
	("kind", "text", "sentence"),
	[
		("contacts", "customer,date,outcome,satisfaction\nACME,2026-11-01,Reached,6\n",
			'column satisfaction: "6" is no satisfaction; give a whole number from 1 to 5, or leave the cell empty'),
		("contacts", "customer,date,outcome\nACME,2026-11-01,Perhaps\n",
			'column outcome: "Perhaps" is not known here; give one of Reached, Visited, Not Reached, Refused'),
		("contracts", "customer,start_date,end_date\nACME,2026-06-01,2026-05-31\n",
			'column end_date: "2026-05-31" is before start_date 2026-06-01; exchange or correct the two dates'),
		("absences", "owner,from_date,to_date\nA,2026-06-02,2026-06-01\n",
			'column to_date: "2026-06-01" is before from_date 2026-06-02; exchange or correct the two dates'),
		("holidays", "date,type\n2926-10-01,off\n", 'column date: "2926-10-01" lies after the year 2199; correct the year'),
		("holidays", "date,type\n2026-10-01,party\n", 'column type: "party" is not known here; give one of off, work'),
		("customers", f"name\n{'x' * 141}\n", "has 141 characters; shorten it to 140, which is what ERPNext can hold"),
		("customers", 'name\n"A\nB"\n', 'column name: "A\\nB" contains a control character or a line break; remove it'),
		("customers", "name\nA\x07B\n", 'column name: "A\\x07B" contains a control character or a line break; remove it'),
		("customers", "name,disabled\nACME,perhaps\nBolt,\n", 'column disabled: "perhaps" is not known here; give one of 1, 0'),
	],
)  # fmt: skip
def test_other_cells_are_refused_with_what_is_allowed(tmp_path, kind, text, sentence):
	found = problems(tmp_path, **{kind: text})[0]

	assert found.startswith(f"{kind}.csv, line 2, ")
	assert sentence in found


def test_a_day_cannot_be_off_and_a_make_up_working_day(tmp_path):
	(found,) = problems(tmp_path, holidays="date,type\n2026-10-10,work\n2026-10-10,off\n")

	assert found == (
		'holidays.csv, line 3, column date: "2026-10-10" is both off and a make-up working day; keep one of the two lines'
	)


@pytest.mark.parametrize(
	("text", "sentence"),
	[
		("", "customers.csv: is empty; export it again with its header line"),
		("\n\n", "customers.csv: is empty; export it again with its header line"),
		("name\n", "customers.csv: holds no customers; export it again with at least one"),
		("ACME,East\nBolt,West\n", 'customers.csv, line 1: "ACME, East" is no header of a customers file; put the names of the columns first: name,'),
		("territory\nEast\n", "customers.csv, line 1, column name: is missing; add a column headed name (or ID, Name, 编号)"),
		("name,Name\nACME,B\n", "customers.csv, line 1, column name: stands twice in the header; keep one of the columns"),
	],
)  # fmt: skip
def test_a_file_without_rows_header_or_column_is_refused(tmp_path, text, sentence):
	assert problems(tmp_path, customers=text)[0].startswith(sentence)


def test_customers_that_cannot_be_read_make_no_customer_unknown(tmp_path):
	assert len(problems(tmp_path, customers="territory\nEast\n")) == 1


def test_a_file_that_is_not_there_is_told_beside_the_problems_of_the_others(tmp_path):
	files = written(tmp_path, CLEAN | {"contacts": "customer,date,outcome\nACME,2026-11-31,Reached\n"})
	files["invoices"].unlink()

	with pytest.raises(BadInput) as refused:
		Import(open_sqlite_book(), files).run()
	assert [sentence.split(":")[0] for sentence in refused.value.sentences] == [
		"invoices.csv",
		"contacts.csv, line 2, column date",
	]


def test_all_problems_of_a_file_are_told_twenty_are_shown_and_the_rest_counted(tmp_path):
	rows = "".join(f"I-{number},ACME,2026-02-30,NaN\n" for number in range(40))
	found = problems(
		tmp_path, invoices="name,customer,posting_date,base_net_total\n" + rows, items="parent,item_group\n"
	)

	assert len(found) == 21
	assert found[0].startswith("invoices.csv, line 2, column posting_date")
	assert found[1].startswith("invoices.csv, line 2, column base_net_total")
	assert found[20] == "invoices.csv: and 60 more"
