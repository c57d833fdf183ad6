"""Rows as the text of set statements, as few as the server takes: MariaDB's literals, what is equal written once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from itertools import islice
from typing import Any

Rows = Sequence[Sequence[Any]]

COLLATION = "utf8mb4_unicode_ci"
LONGEST = 1_500_000
"""Characters of a statement: whatever they are, they fit into the 16 MB that a server takes, and into our memory."""
SAMPLE = 50
"""Rows from whose length that of the others is estimated."""


def statements(rows: Iterable[Sequence[Any]], write: Callable[[Rows], str]) -> Iterator[tuple[str, int]]:
	"""Yield what `write` makes of the rows, as few statements as LONGEST allows, and of how many rows each is."""
	iterator = iter(rows)
	while some := list(islice(iterator, SAMPLE)):
		if len(some) == SAMPLE:
			some += islice(iterator, LONGEST * SAMPLE * 9 // (len(write(some)) * 10))
		yield from _fitting(some, write)


def _fitting(rows: Rows, write: Callable[[Rows], str]) -> Iterator[tuple[str, int]]:
	"""Yield one statement, or those of the halves where the rows turn out longer than estimated."""
	text = write(rows)
	if len(text) <= LONGEST or len(rows) == 1:
		yield text, len(rows)
		return
	middle = len(rows) // 2
	yield from _fitting(rows[:middle], write)
	yield from _fitting(rows[middle:], write)


def values_list(rows: Rows) -> str:
	"""Return rows of the same length as `(..),(..)`; values that are equal are written alike."""
	columns: list[Iterable[str]] = []
	for column in zip(*rows, strict=True):
		distinct = set(column)
		if 2 * len(distinct) > len(column):
			columns.append(map(literal, column))
			continue
		literals = {value: literal(value) for value in distinct}
		columns.append(map(literals.__getitem__, column))
	return f"({'),('.join(map(','.join, zip(*columns, strict=True)))})"


def literal(value: Any) -> str:
	"""Return a value as MariaDB reads it; TypeError for what no column holds."""
	write = WRITERS.get(value.__class__)
	if write is None:
		write = next((write for kind, write in WRITERS.items() if isinstance(value, kind)), None)
	if write is None:
		raise TypeError(f"no column holds a {type(value).__name__}: {value!r}")
	return write(value)


def _text(value: str) -> str:
	"""Return a text in quotes, or in hexadecimal digits where a quote or a backslash stands in it.

	So no escape depends on the server's mode; told its collation, it stands among other texts. A parenthesis counts as odd because Frappe rewrites `ifnull(`
	wherever it stands in a statement.
	"""
	if "'" in value or "\\" in value or "(" in value:
		return f"CONVERT(x'{value.encode().hex()}' USING utf8mb4) COLLATE {COLLATION}"
	# By adding and not by formatting: of an enumeration this takes the text and not the member's name.
	return "'" + value + "'"


def _quoted(value: object) -> str:
	return f"'{value}'"


def _number(value: Any) -> str:
	"""Return a number without an exponent, which would make every amount of its column an approximate one."""
	text = repr(value + 0)
	return f"{Decimal(text):f}" if "e" in text else text


WRITERS: dict[type, Callable[[Any], str]] = {
	str: _text,
	int: _number,
	float: _number,
	Decimal: "{:f}".format,
	date: _quoted,
	datetime: _quoted,
	time: _quoted,
	type(None): "NULL".format,
}
"""How each class is written; a subclass as its first base here."""
