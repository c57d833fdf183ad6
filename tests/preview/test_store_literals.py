from datetime import date, datetime, time
from decimal import Decimal

import pytest

from cs_retention.engine.vocabulary import Level
from cs_retention.store.literals import literal, values_list
from cs_retention.store.one_cell import CELL_END, ROW_END, split


@pytest.mark.parametrize(
	("value", "written"),
	[
		(None, "NULL"),
		(True, "1"),
		(-7, "-7"),
		(0.1, "0.1"),
		(Decimal("1E+3"), "1000"),
		(date(2026, 11, 1), "'2026-11-01'"),
		(datetime(2026, 11, 1, 2, 3, 4, 5), "'2026-11-01 02:03:04.000005'"),
		(time(9, 30), "'09:30:00'"),
		("Acme", "'Acme'"),
		(Level.FIVE_STAR, "'Five Star'"),
		("a'b", "CONVERT(x'612762' USING utf8mb4)"),
		("a\\b", "CONVERT(x'615c62' USING utf8mb4)"),
		("ifnull(é", "CONVERT(x'69666e756c6c28c3a9' USING utf8mb4)"),
	],
)
def test_every_class_of_value_is_written_as_mariadb_reads_it(value, written):
	assert literal(value) == written


def test_what_no_column_holds_is_refused():
	with pytest.raises(TypeError, match="no column holds a list"):
		literal([1])


def test_rows_are_written_in_their_order():
	assert values_list([("a", 1, None), ("b", 1, "x")]) == "('a',1,NULL),('b',1,'x')"


def test_a_text_that_was_cut_off_or_holds_a_mark_is_not_split():
	whole = f"a{CELL_END}b{ROW_END}c{CELL_END}{ROW_END}"
	assert split(whole, 2, 2) == [["a", "b"], ["c", ""]]
	assert split("", 0, 2) == []
	assert split(whole[:-1], 2, 2) is None
	assert split(whole.replace("b", CELL_END), 2, 2) is None
