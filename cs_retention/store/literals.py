"""Rows as the text of a multi-row INSERT: MariaDB's literals, a value that a column holds often written once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any


def values_list(rows: Sequence[Sequence[Any]]) -> str:
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

	So no escape depends on the server's mode. A parenthesis counts as odd because Frappe rewrites `ifnull(`
	wherever it stands in a statement.
	"""
	if "'" in value or "\\" in value or "(" in value:
		return f"CONVERT(x'{value.encode().hex()}' USING utf8mb4)"
	# By adding and not by formatting: of an enumeration this takes the text and not the member's name.
	return "'" + value + "'"


def _quoted(value: object) -> str:
	return f"'{value}'"


def _number(value: Any) -> str:
	return repr(value + 0)


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
