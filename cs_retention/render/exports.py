"""Tables handed to people as CSV and XLSX, in which no cell can start a formula."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

Cell = str | int | float | Decimal | date | None
Rows = Iterable[Sequence[Cell]]

FORMULA_START = re.compile(r"[\t\r\n]|\s*[=+\-@]")
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")


def safe_cell(value: Cell) -> str | int | float | Decimal:
	"""Return what may stand in a cell: numbers as they are, dates as ISO text, text that no program computes.

	Text that starts with `=`, `+`, `-`, `@` (after blanks too), TAB, CR or LF gets a leading apostrophe; control
	characters that neither format can hold are left out.
	"""
	if value is None:
		return ""
	if isinstance(value, (int, float, Decimal)):
		return value
	text = value.isoformat() if isinstance(value, date) else UNPRINTABLE.sub("", str(value))
	return f"'{text}" if FORMULA_START.match(text) else text


def write_csv(path: str | Path, header: Sequence[str], rows: Rows) -> int:
	"""Write a UTF-8 CSV without BOM (RFC 4180, lines end in CR LF) and return the number of rows.

	`rows` is streamed. CR LF also makes the writer quote a lone CR, which would otherwise break a row.
	"""
	count = 0
	with replaced_when_complete(Path(path)) as part, part.open("w", encoding="utf-8", newline="") as stream:
		writer = csv.writer(stream)
		writer.writerow([safe_cell(name) for name in header])
		for row in rows:
			writer.writerow([safe_cell(value) for value in row])
			count += 1
	return count


def write_xlsx(path: str | Path, sheets: Mapping[str, tuple[Sequence[str], Rows]]) -> None:
	"""Write one sheet per entry (title: header, rows) without holding them in memory; every text is a string cell."""
	book = Workbook(write_only=True)
	for title, (header, rows) in sheets.items():
		sheet = book.create_sheet(title)
		sheet.freeze_panes = "A2"
		for row in chain([header], rows):
			sheet.append([typed_cell(sheet, value) for value in row])
	with replaced_when_complete(Path(path)) as part:
		book.save(part)


def typed_cell(sheet: Any, value: Cell) -> Any:
	"""Return a cell of `sheet` whose type is number or string, never the formula or error openpyxl would guess."""
	content: Any = safe_cell(value)
	cell = WriteOnlyCell(sheet, value=content)
	cell.data_type = "s" if isinstance(content, str) else "n"
	return cell


@contextmanager
def replaced_when_complete(path: Path) -> Iterator[Path]:
	"""Yield a path to write to, which takes the place of `path` only when everything was written."""
	part = path.with_name(path.name + ".part")
	try:
		yield part
		os.replace(part, path)
	finally:
		part.unlink(missing_ok=True)
