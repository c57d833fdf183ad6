"""A whole result in one cell: the driver makes a Python object of every cell, and that costs more than the query."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

CELL_END, ROW_END = "\x1f", "\x1e"
MOST_BYTES = 1 << 24
"""What a cell may hold; the server's own limit is a million."""


def in_one_cell(query: str, columns: int, in_order: bool = False) -> str:
	"""Return the query of how many rows a query of so many columns has, and all of them as one text; NULL is empty."""
	order = " ORDER BY c0" if in_order else ""
	names = [f"c{number}" for number in range(columns)]
	cells = ", ".join(f"COALESCE({name}, '')" for name in names)
	return (
		f"SET STATEMENT group_concat_max_len = {MOST_BYTES} FOR WITH result ({', '.join(names)}) AS ({query}) "
		f"SELECT COUNT(*), GROUP_CONCAT(CONCAT_WS('{CELL_END}', {cells}), '{ROW_END}'{order} SEPARATOR '') FROM result"
	)


def split(text: str, rows: int, columns: int, cut: int = -1) -> Iterator[list[str]] | None:
	"""Return the cells of such a text, after the first `cut` the others as they are; None where it cannot be cut.

	It cannot where a cell holds one of the marks itself, or the end is missing.
	"""
	if text.count(ROW_END) != rows or text.count(CELL_END) != rows * (columns - 1):
		return None
	return (line.split(CELL_END, cut) for line in islice(text.split(ROW_END), rows))
