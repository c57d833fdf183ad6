"""Exports as streams of numbered rows: CSV in UTF-8 or GB18030, and XLSX."""

from __future__ import annotations

import codecs
import csv
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

ENCODINGS = ("utf-8-sig", "gb18030")
DELIMITERS = ",;\t"
BLOCK = 1 << 20
ROWS_PER_REPORT = 1000
ZIP = b"PK\x03\x04"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"

Cell = Any
"""Text in a CSV; in an XLSX also int, float, bool, date, datetime, time or None."""


class UnreadableFile(Exception):
	"""A file that cannot be read as a table; carries the remedy, the line and the value found there."""

	def __init__(self, remedy: str, line: int = 0, value: str | None = None):
		super().__init__(remedy)
		self.remedy = remedy
		self.line = line
		self.value = value


@dataclass(frozen=True, slots=True)
class Row:
	"""One row that is not blank: the line it begins on (the row number of an XLSX) and its cells."""

	line: int
	cells: Sequence[Cell]


def read_rows(path: Path, at: Callable[[int], None] = lambda position: None) -> Iterator[Row]:
	"""Yield the rows of a CSV or XLSX file, blank ones left out, never holding more than a block of it.

	What the file is, its first bytes say, not its name. `at` is told now and then how many bytes were read.
	Raises UnreadableFile.
	"""
	with path.open("rb") as stream:
		head = stream.read(len(ZIP))
	if head == OLD_EXCEL:
		raise UnreadableFile("is in the old Excel format; save it as .xlsx or as CSV UTF-8")
	return _read_xlsx(path, at) if head == ZIP else _read_csv(path, at)


def decide_encoding(path: Path) -> str:
	"""Return utf-8-sig when the whole file is UTF-8, else gb18030 when it is strictly that; else raise UnreadableFile."""
	first_bad: int | None = None
	for encoding in ENCODINGS:
		bad = _first_undecodable_line(path, encoding)
		if bad is None:
			return encoding
		first_bad = first_bad or bad
	raise UnreadableFile("is neither UTF-8 nor GB18030; save it as CSV UTF-8", first_bad or 0)


def _first_undecodable_line(path: Path, encoding: str) -> int | None:
	decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
	line = 1
	with path.open("rb") as stream:
		while True:
			block = stream.read(BLOCK)
			try:
				text = decoder.decode(block, final=not block)
			except UnicodeDecodeError as error:
				return line + block[: max(0, error.start)].count(b"\n")
			if "\0" in text:
				return line + text[: text.index("\0")].count("\n")
			if not block:
				return None
			line += block.count(b"\n")


def _read_csv(path: Path, at: Callable[[int], None]) -> Iterator[Row]:
	encoding = decide_encoding(path)
	with path.open("rb") as raw, TextIOWrapper(raw, encoding=encoding, newline="") as stream:
		header = stream.readline(BLOCK)
		stream.seek(0)
		reader = csv.reader(stream, delimiter=max(DELIMITERS, key=header.count), strict=True)
		line = 1
		while True:
			try:
				cells = next(reader)
			except StopIteration:
				return
			except csv.Error as error:
				remedy = "the quotes of this line do not close; put a value with quotes inside in quotes, and double those"
				raise UnreadableFile(remedy, line) from error
			if any(map(str.strip, cells)):
				yield Row(line, cells)
			line = reader.line_num + 1
			if not line % ROWS_PER_REPORT:
				at(raw.tell())


def _read_xlsx(path: Path, at: Callable[[int], None]) -> Iterator[Row]:
	try:
		with (
			path.open("rb") as stream,
			closing(load_workbook(stream, read_only=True, data_only=True)) as book,
		):
			sheet = book.worksheets[0]
			sheet.reset_dimensions()  # some programs write a dimension that is too small, and rows would be lost
			for line, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
				if any(cell is not None and str(cell).strip() for cell in cells):
					yield Row(line, cells)
				if not line % ROWS_PER_REPORT:
					at(stream.tell())
	except (InvalidFileException, zipfile.BadZipFile, KeyError, IndexError, ParseError, EOFError) as error:
		raise UnreadableFile(
			"is no readable .xlsx workbook; save it again as .xlsx or as CSV UTF-8"
		) from error
