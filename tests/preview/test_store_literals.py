from datetime import date, datetime, time
from decimal import Decimal

import pytest

from cs_retention.engine.vocabulary import Level
from cs_retention.facts import source
from cs_retention.facts.values import pack, packed_text, unpack
from cs_retention.store import literals
from cs_retention.store.literals import literal, statements, values_list
from cs_retention.store.one_cell import CELL_END, ROW_END, split


@pytest.mark.parametrize(
	("value", "written"),
	[
		(None, "NULL"),
		(True, "1"),
		(-7, "-7"),
		(0.1, "0.1"),
		(1e-06, "0.000001"),
		(Decimal("1E+3"), "1000"),
		(date(2026, 11, 1), "'2026-11-01'"),
		(datetime(2026, 11, 1, 2, 3, 4, 5), "'2026-11-01 02:03:04.000005'"),
		(time(9, 30), "'09:30:00'"),
		("Acme", "'Acme'"),
		(Level.FIVE_STAR, "'Five Star'"),
		("a'b", "CONVERT(x'612762' USING utf8mb4) COLLATE utf8mb4_unicode_ci"),
		("a\\b", "CONVERT(x'615c62' USING utf8mb4) COLLATE utf8mb4_unicode_ci"),
		("ifnull(é", "CONVERT(x'69666e756c6c28c3a9' USING utf8mb4) COLLATE utf8mb4_unicode_ci"),
	],
)
def test_every_class_of_value_is_written_as_mariadb_reads_it(value, written):
	assert literal(value) == written


def test_what_no_column_holds_is_refused():
	with pytest.raises(TypeError, match="no column holds a list"):
		literal([1])


def test_rows_are_written_in_their_order():
	assert values_list([("a", 1, None), ("b", 1, "x")]) == "('a',1,NULL),('b',1,'x')"


@pytest.fixture
def short(monkeypatch):
	"""Statements of a thousand characters."""
	monkeypatch.setattr(literals, "LONGEST", 1000)


def test_rows_share_statements_as_long_as_they_may_be(short):
	rows = [(f"row {number:04d}", "x" * 20) for number in range(1000)]
	found = list(statements(iter(rows), values_list))
	assert ",".join(text for text, _ in found) == values_list(rows)
	assert sum(count for _, count in found) == 1000
	assert all(500 < len(text) <= 1000 for text, _ in found[:-1])


def test_rows_longer_than_the_first_ones_are_cut_into_more_statements(short):
	rows = [("x",)] * 60 + [("y" * 400,)] * 10
	found = list(statements(rows, values_list))
	assert ",".join(text for text, _ in found) == values_list(rows)
	assert all(len(text) <= 1000 for text, _ in found)


def test_a_row_longer_than_a_statement_may_be_goes_alone(short):
	rows = [("a",), ("b" * 2000,), ("c",)]
	assert [count for _, count in statements(rows, values_list)] == [1, 1, 1]
	assert list(statements([], values_list)) == []


def test_a_text_that_was_cut_off_or_holds_a_mark_is_not_split():
	whole = f"a{CELL_END}b{ROW_END}c{CELL_END}{ROW_END}"
	assert list(split(whole, 2, 2)) == [["a", "b"], ["c", ""]]
	assert list(split("", 0, 2)) == []
	assert split(whole[:-1], 2, 2) is None
	assert split(whole.replace("b", CELL_END), 2, 2) is None


def test_cells_that_come_as_one_text_are_those_that_come_one_by_one():
	"""Store and facts know nothing of each other, so each names the mark between cells."""
	assert source.CELL_END == CELL_END
	text = CELL_END.join(("Acme", "7", "", "2026-11-28")) + ROW_END
	((name, *whole),) = split(text, 1, 4, cut=1)
	((_, *cells),) = split(text, 1, 4)
	assert (name, pack(whole)) == ("Acme", pack(cells))
	assert unpack(pack(whole)) == cells
	assert packed_text(pack(whole)) == pack(whole)


def test_cells_that_are_no_text_are_packed_as_they_are():
	assert unpack(pack(["Acme", 7, None])) == ("Acme", 7, None)
	texts = {packed_text(pack(cells)) for cells in (["Acme", 7, None], ["Acme", "7", None], ["Acme", 7, ""])}
	assert len(texts) == 3
