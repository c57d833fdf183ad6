"""An export read as records of its kind: every cell parsed, everything wrong with it noted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cs_retention.preview.columns import Column, FileKind, Header, match_header
from cs_retention.preview.problems import Problems
from cs_retention.preview.sheets import Row, UnreadableFile, read_rows
from cs_retention.preview.values import Refused, as_text


@dataclass(frozen=True, slots=True)
class Record:
	"""One row of an export: the line it stands on, its values by fieldname, and whether all of them could be read.

	A value that could not be read is missing from the mapping; its problem is noted already.
	"""

	line: int
	values: dict[str, object]
	is_clean: bool


class Table:
	"""One export opened as records of its kind; the header is read at once, the rows as they are asked for."""

	def __init__(
		self,
		path: Path,
		kind: FileKind,
		problems: Problems,
		at: Callable[[int], None] = lambda position: None,
	):
		self.kind = kind
		self.problems = problems
		self._rows: Iterator[Row] = iter(())
		self._header: Sequence[str] = ()
		self.found: Header | None = None
		try:
			self._rows = read_rows(path, at)
			self._read_header()
		except OSError as error:
			problems.add(f"cannot be opened ({error.strerror}); give the path of a CSV or XLSX file")
		except UnreadableFile as error:
			problems.add(error.remedy, error.line)

	def has(self, field: str) -> bool:
		"""Return whether the file has that column."""
		return self.found is not None and field in self.found.positions

	def header_of(self, field: str) -> str:
		"""Return the header of a column as the file writes it, else the fieldname."""
		return self._header[self.found.positions[field]] if self.found and self.has(field) else field

	def _read_header(self) -> None:
		first = next(self._rows, None)
		if first is None:
			self.problems.add("is empty; export it again with its header line")
			return
		self._header = [as_text(cell) for cell in first.cells]
		found = match_header(self.kind, self._header)
		if not found.positions:
			wanted = ", ".join(column.field for column in self.kind.columns)
			self.problems.add(
				f"is no header of a {self.kind.kind} file; put the names of the columns first: {wanted}",
				first.line,
				value=", ".join(self._header[:6]),
			)
			return
		for column in found.missing:
			self.problems.add(_missing_remedy(column), first.line, column.field)
		for _field, header in found.twice:
			self.problems.add("stands twice in the header; keep one of the columns", first.line, header)
		if not found.missing and not found.twice:
			self.found = found

	def records(self) -> Iterator[Record]:
		"""Yield a record per row; none when the header could not be used."""
		if self.found is None:
			return
		positions = self.found.positions
		present = [
			(column, positions[column.field]) for column in self.kind.columns if column.field in positions
		]
		absent = {
			column.field: column.default for column in self.kind.columns if column.field not in positions
		}
		width = 1 + max(index for index, header in enumerate(self._header) if header)
		try:
			for row in self._rows:
				before = self.problems.count
				if len(row.cells) > width:
					self._check_surplus(row, width)
				values = absent | self._values(row, present)
				self._check_order(row, values)
				yield Record(row.line, values, self.problems.count == before)
		except UnreadableFile as error:
			self.problems.add(error.remedy, error.line)

	def _values(self, row: Row, present: Sequence[tuple[Column, int]]) -> dict[str, object]:
		"""Return the values of the columns that are there, in one pass that a million rows can afford."""
		values: dict[str, object] = {}
		cells, width = row.cells, len(row.cells)
		for column, position in present:
			cell = cells[position] if position < width else None
			if cell.__class__ is str:
				cell = cell.strip()
			if cell is not None and cell != "":
				try:
					values[column.field] = column.parse(cell)
				except Refused as refused:
					self._note(row, column, as_text(cell), str(refused))
			elif column.required:
				self._note(row, column, "", f"is empty; fill in {column.field}")
			else:
				values[column.field] = column.default
		return values

	def _note(self, row: Row, column: Column, value: str, remedy: str) -> None:
		self.problems.add(remedy, row.line, self.header_of(column.field), value)

	def _check_surplus(self, row: Row, width: int) -> None:
		surplus = next((text for text in map(as_text, row.cells[width:]) if text), None)
		if surplus is not None:
			remedy = "stands beyond the last column of the header; put a value that holds a comma in quotes"
			self.problems.add(remedy, row.line, str(width + 1), surplus)

	def _check_order(self, row: Row, values: dict[str, object]) -> None:
		if self.kind.reversed_dates is None:
			return
		first, last = (values.get(field) for field in self.kind.reversed_dates)
		if first and last and str(last) < str(first):
			self.problems.add(
				f"is before {self.header_of(self.kind.reversed_dates[0])} {first}; exchange or correct the two dates",
				row.line,
				self.header_of(self.kind.reversed_dates[1]),
				str(last),
			)


def _missing_remedy(column: Column) -> str:
	known = ", ".join(column.headers[:3])
	return f"is missing; add a column headed {column.field}" + (f" (or {known})" if known else "")
