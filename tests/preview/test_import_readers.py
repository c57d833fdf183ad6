"""Exports become records: encodings, kinds of file, headers in two languages, cells."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from cs_retention.preview.columns import CONTACTS, CUSTOMERS, FILE_KINDS, INVOICES, ISSUES, match_header
from cs_retention.preview.problems import Problems
from cs_retention.preview.sheets import UnreadableFile, decide_encoding, read_rows
from cs_retention.preview.tables import Table


def records(path: Path, kind) -> list[dict[str, object]]:
	problems = Problems(path.name)
	found = [record.values for record in Table(path, kind, problems).records()]
	assert problems.sentences() == []
	return found


@pytest.mark.parametrize(
	("encoding", "decided"), [("utf-8", "utf-8-sig"), ("utf-8-sig", "utf-8-sig"), ("gb18030", "gb18030")]
)
def test_a_chinese_export_reads_alike_in_every_encoding_allowed(tmp_path, encoding, decided):
	path = tmp_path / "customers.csv"
	path.write_bytes("编号,客户名称,客户经理\nC-1,远洋餐厅,甲\n".encode(encoding))

	assert decide_encoding(path) == decided
	assert records(path, CUSTOMERS)[0]["customer_name"] == "远洋餐厅"
	assert records(path, CUSTOMERS)[0]["account_manager"] == "甲"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_other_encodings_are_refused_with_the_remedy(tmp_path, encoding):
	path = tmp_path / "customers.csv"
	path.write_bytes("name\n客户\n".encode(encoding))

	with pytest.raises(UnreadableFile, match="neither UTF-8 nor GB18030; save it as CSV UTF-8"):
		decide_encoding(path)


def test_a_broken_byte_late_in_a_long_file_is_found_with_its_line(tmp_path):
	path = tmp_path / "customers.csv"
	path.write_bytes(b"name\n" + "客户\n".encode() * 400_000 + b"\xff\xff\n")

	with pytest.raises(UnreadableFile) as refused:
		decide_encoding(path)
	assert refused.value.line == 400_002


def test_a_character_cut_by_a_block_border_is_whole_again(tmp_path):
	path = tmp_path / "customers.csv"
	path.write_bytes(b"name\nx" + "客".encode() * 700_000 + b"\n")

	assert decide_encoding(path) == "utf-8-sig"


def test_lines_are_numbered_as_an_editor_does_with_blank_lines_and_breaks_inside_quotes(tmp_path):
	path = tmp_path / "customers.csv"
	path.write_text('name,territory\n\nA,"North\nWest"\n,\nB,South\n', encoding="utf-8")

	assert [(row.line, row.cells[0]) for row in read_rows(path)] == [(1, "name"), (3, "A"), (6, "B")]
	assert records(path, CUSTOMERS)[0]["territory"] == "North West"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_read_off_the_header(tmp_path, delimiter):
	path = tmp_path / "customers.csv"
	path.write_text(delimiter.join(("name", "territory")) + "\n" + delimiter.join(("A", "North")), "utf-8")

	assert records(path, CUSTOMERS)[0]["territory"] == "North"


def test_quotes_that_do_not_close_are_refused_instead_of_swallowing_the_rest(tmp_path):
	path = tmp_path / "customers.csv"
	path.write_text('name\nA\n"B\nC\nD\n', encoding="utf-8")

	with pytest.raises(UnreadableFile, match="quotes of this line do not close") as refused:
		list(read_rows(path))
	assert refused.value.line == 3


def test_a_workbook_reads_like_the_csv_whatever_its_name(tmp_path):
	book = Workbook()
	book.active.append(
		["ID", "Customer", "Date", "Payment Due Date", "Net Total (Company Currency)", "Is Return"]
	)
	book.active.append([1001, "A", datetime(2026, 11, 1), date(2026, 12, 1), 1234.5, True])
	book.active.append([None, None, None, None, None, None])
	book.active.append(["INV-2", "B", "2026/11/2", None, "1,234.50", "否"])
	path = tmp_path / "invoices.csv"
	book.save(tmp_path / "book.xlsx")
	(tmp_path / "book.xlsx").rename(path)

	first, second = records(path, INVOICES)
	assert (first["name"], first["posting_date"], first["due_date"]) == ("1001", "2026-11-01", "2026-12-01")
	assert (first["base_net_total"], first["is_return"], first["docstatus"]) == (1234.5, 1, 1)
	assert (second["posting_date"], second["due_date"], second["is_return"]) == ("2026-11-02", None, 0)
	assert (second["base_net_total"], second["company"], second["outstanding_amount"]) == (
		1234.5,
		"Company",
		0.0,
	)


def test_a_workbook_that_declares_too_small_a_range_loses_no_row(tmp_path):
	book = Workbook(write_only=True)
	sheet = book.create_sheet()
	for row in (["name"], *([f"C-{number}"] for number in range(50))):
		sheet.append(row)
	path = tmp_path / "customers.xlsx"
	book.save(path)

	assert len(records(path, CUSTOMERS)) == 50


@pytest.mark.parametrize("content", [b"PK\x03\x04 this is no zip", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_a_workbook_that_cannot_be_read_is_refused_with_the_remedy(tmp_path, content):
	path = tmp_path / "customers.xlsx"
	path.write_bytes(content)

	with pytest.raises(UnreadableFile, match="CSV UTF-8"):
		list(read_rows(path))


@pytest.mark.parametrize("kind", FILE_KINDS, ids=lambda kind: kind.kind)
def test_every_header_listed_for_a_column_finds_that_column(kind):
	for column in kind.columns:
		for header in (column.field, *column.headers):
			found = match_header(kind, ["something else", f" {header.upper()}* "])
			assert found.positions.get(column.field) == 1, header


def test_the_fieldname_wins_over_a_label_and_unknown_columns_are_fine():
	found = match_header(CUSTOMERS, ["Weather", "ID", "\ufeffname", "客户名称"])

	assert found.positions == {"name": 2, "customer_name": 3}
	assert found.missing == () and found.twice == ()


def test_words_of_both_languages_are_taken_for_outcome_and_channel(tmp_path):
	path = tmp_path / "contacts.csv"
	path.write_text(
		"客户,联系日期,渠道,结果,满意度\nA,2026年11月3日,电话,已接通,5\nA,2026-11-04 10:30:00,visit,visited,\nA,2026-11-05,,no answer,\n",
		encoding="utf-8",
	)

	found = records(path, CONTACTS)
	assert [(row["date"], row["channel"], row["outcome"], row["satisfaction"]) for row in found] == [
		("2026-11-03", "Phone", "Reached", 5),
		("2026-11-04", "Visit", "Visited", None),
		("2026-11-05", "Phone", "Not Reached", None),
	]


def test_cells_missing_at_the_end_of_a_row_stand_for_empty_ones(tmp_path):
	path = tmp_path / "issues.csv"
	path.write_text("customer,opening_date,status,severity\nA,2026-11-01\n", encoding="utf-8")

	assert records(path, ISSUES) == [
		{
			"customer": "A",
			"opening_date": "2026-11-01",
			"status": "Open",
			"severity": None,
			"issue_type": None,
			"priority": None,
			"sla_resolution_date": None,
			"modified": None,
			"modified_by": None,
		}
	]
