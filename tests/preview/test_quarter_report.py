"""The quarterly report of a book on the command line: figures, the rows that add up to each, the page, bad input."""

from __future__ import annotations

import csv
import re
from datetime import date
from decimal import Decimal

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from cs_retention.engine.vocabulary import Kpi, ReportSection
from cs_retention.preview.book import opened
from cs_retention.preview.command import main
from cs_retention.preview.demo import AS_OF, BOOK, fill
from cs_retention.preview.nights import play_night

FORMULA = "=HYPERLINK(1)"


@pytest.fixture(scope="module")
def book(tmp_path_factory):
	"""Return the sample branch after its night."""
	path = tmp_path_factory.mktemp("quarter") / BOOK
	fill(path)
	with opened(path, is_written=True) as known:
		play_night(known, AS_OF, 28)
	return path


def run(book, out, *options):
	return CliRunner().invoke(main, ["quarter", str(book), "--out", str(out), *options])


def read(path):
	with path.open(encoding="utf-8", newline="") as file:
		return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def written(book, tmp_path_factory):
	out = tmp_path_factory.mktemp("written")
	result = run(book, out, "--quarter", "2026Q2")
	assert result.exit_code == 0, result.output
	return out, result.output


def test_every_figure_is_the_sum_of_the_rows_it_opens(written):
	out, _ = written
	figures = read(out / "figures.csv")
	assert len(figures) == len(list((out / "rows").iterdir())) >= 17
	for figure in figures:
		rows = read(out / "rows" / f"{figure['kpi']}.csv")
		assert len(rows) == int(figure["rows"])
		for part in ("numerator", "denominator"):
			assert sum(Decimal(row[part]) for row in rows) == Decimal(figure[part]), figure["kpi"]


def test_the_workbook_has_the_same_rows_and_computes_nothing(book, tmp_path):
	with opened(book, is_written=True) as known:
		known.store.insert_rows("Customer", ("name", "disabled", "is_internal_customer"), [(FORMULA, 0, 0)])
		known.store.insert_rows(
			"Contract",
			("party_type", "party_name", "docstatus", "start_date"),
			[("Customer", FORMULA, 1, date(2026, 1, 1))],
		)
		known.store.commit()
	assert run(book, tmp_path, "--quarter", "2026Q2").exit_code == 0
	workbook = load_workbook(tmp_path / "quarter.xlsx")
	for path in [tmp_path / "figures.csv", *tmp_path.glob("rows/*"), *tmp_path.glob("tables/*")]:
		rows = list(workbook[path.stem].iter_rows(min_row=2))
		assert len(rows) == len(read(path))
		assert {cell.data_type for row in rows for cell in row} <= {"s", "inlineStr", "n"}
	names = [row[0].value for row in workbook["COHORT_RETENTION"].iter_rows()]
	assert "'" + FORMULA in names and FORMULA not in names


def test_a_figure_says_by_which_definition_it_was_counted_and_what_it_was_before(written):
	figures = {row["kpi"]: row for row in read(written[0] / "figures.csv")}
	retained = figures[Kpi.COHORT_RETENTION.name]
	assert (retained["definition"], retained["unit"], retained["quarter"]) == ("1", "percent", "2026Q2")
	assert retained["quarter_before"] and retained["year_before"]


def test_the_page_and_the_terminal_say_the_same_five_sentences(written):
	out, text = written
	page = (out / "quarter.html").read_text(encoding="utf-8")
	for line in text.splitlines()[1:6]:
		assert line.strip() in page
	assert "http" not in page.replace("http://www.w3.org", "") and "<script" not in page


def test_the_page_speaks_chinese(book, tmp_path):
	result = run(book, tmp_path, "--quarter", "2026年第三季度", "--lang", "zh")
	assert result.exit_code == 0, result.output
	page = (tmp_path / "quarter.html").read_text(encoding="utf-8")
	assert '<html lang="zh">' in page and "期初活跃" in page and "Customers" not in page
	words = set(map(str.strip, re.findall(r"<text[^>]*>([^<]+)<", page)))
	assert "未回访" in words and not [text for text in words if re.search("[A-Za-z]", text)]
	assert "进行中，统计至2026年9月21日" in page


def test_a_fiscal_quarter_begins_where_the_year_does(book, tmp_path):
	result = run(book, tmp_path, "--quarter", "2026Q1", "--year-begins", "04-06")
	assert "fiscal quarter 1 of 2026" in result.output
	assert "6 Apr 2026 to 5 Jul 2026" in (tmp_path / "quarter.html").read_text(encoding="utf-8")
	assert {row["quarter"] for row in read(tmp_path / "figures.csv")} == {"FY2026Q1"}


@pytest.mark.parametrize(
	("options", "said"),
	[
		(("--quarter", "2026Q4"), "begins after the last night of 2026-09-21"),
		(("--quarter", "summer"), "is no quarter"),
		(
			("--quarter", "2026Q2", "--company", "Nobody"),
			"is not in the book; give --company, one of: Harbour Branch",
		),
		(("--quarter", "2026Q2", "--year-begins", "31"), "is no first day of a year"),
		(("--quarter", "2026Q2", "--year-begins", "02-30"), "is no first day of a year"),
	],
)
def test_what_cannot_be_told_is_refused_and_nothing_written(book, tmp_path, options, said):
	result = run(book, tmp_path / "out", *options)
	assert result.exit_code == 2 and said in result.output
	assert not (tmp_path / "out").exists()


def test_a_back_dated_invoice_changes_the_next_reading_and_a_second_one_changes_nothing(book, tmp_path):
	first = run(book, tmp_path / "a", "--quarter", "2026Q2")
	again = run(book, tmp_path / "b", "--quarter", "2026Q2")
	assert first.exit_code == again.exit_code == 0
	assert (tmp_path / "a/figures.csv").read_bytes() == (tmp_path / "b/figures.csv").read_bytes()
	with opened(book, is_written=True) as known:
		(((name, company),)) = list(
			known.store.rows("SELECT customer, company FROM `tabSales Invoice` ORDER BY name LIMIT 1")
		)
		columns = (
			"customer",
			"company",
			"docstatus",
			"posting_date",
			"is_return",
			"is_opening",
			"base_net_total",
		)
		known.store.insert_rows(
			"Sales Invoice", columns, [(name, company, 1, date(2026, 5, 4), 0, "No", 12_345)]
		)
		known.store.commit()
	run(book, tmp_path / "c", "--quarter", "2026Q2")
	before, after = (
		{row["kpi"]: Decimal(row["numerator"]) for row in read(tmp_path / folder / "figures.csv")}
		for folder in "bc"
	)
	assert after["NET_REVENUE_RETENTION"] - before["NET_REVENUE_RETENTION"] == 12_345


def test_the_page_tells_the_tables_that_stand_in_files_beside_it(written):
	out, _ = written
	page = (out / "quarter.html").read_text(encoding="utf-8")
	tables = {path.stem: read(path) for path in (out / "tables").iterdir()}
	assert {"PRESSURE", "COMMITMENT", "COMPLAINT_TYPES"} <= set(tables)
	for name, rows in tables.items():
		assert ReportSection[name].value in page
		assert rows and all(not row["name"] or f"<b>{row['name']}</b>" in page for row in rows)
	active = sum(int(row["active"]) for row in tables["COMMITMENT"])
	figures = {row["kpi"]: row for row in read(out / "figures.csv")}
	assert active == int(figures["HARD_COMMITMENT"]["denominator"])
	assert sum(int(row["hard"]) for row in tables["COMMITMENT"]) == int(
		figures["HARD_COMMITMENT"]["numerator"]
	)
