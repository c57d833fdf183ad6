"""Bad input in every cell of every export, and in every word of the command line: read, or told with place and remedy."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import click
import pytest
from bad_inputs import DAYS, NUMBERS, TEXTS, WORDS, of
from click.testing import CliRunner
from random_exports import KINDS, write_exports
from support_book import AS_OF, open_sqlite_book

from cs_retention.preview.columns import FILE_KINDS, Column, FileKind
from cs_retention.preview.command import main
from cs_retention.preview.importing import Import
from cs_retention.preview.problems import SHOWN_PER_FILE, BadInput

CLEAN = {
	"customers": {"name": "ACME"},
	"invoices": {"name": "I-1", "customer": "ACME", "posting_date": "2026-11-01", "base_net_total": "100"},
	"items": {"parent": "I-1", "item_group": "Repairs"},
	"contracts": {"customer": "ACME", "start_date": "2026-01-01"},
	"contacts": {"customer": "ACME", "date": "2026-11-03", "channel": "Phone", "outcome": "Reached"},
	"issues": {"customer": "ACME", "opening_date": "2026-11-03", "status": "Open", "severity": "Serious"},
	"holidays": {"date": "2026-10-01", "description": "Festival", "type": "off"},
	"absences": {"owner": "east@branch.example", "from_date": "2026-11-02", "to_date": "2026-11-06"},
}
"""A row of every export that can be read."""

EVERY = [str(value) for kind in (TEXTS, DAYS, NUMBERS, WORDS) for value in of(kind)]
VALUES = [value for value in EVERY if len(value) < 1000 and "\x00" not in value]
ALONE = [value for value in EVERY if value not in VALUES]
"""What makes a file unreadable: its first line is told, and nothing of the others."""
AT_ONCE = SHOWN_PER_FILE - 5
CELLS = [(kind, column) for kind in FILE_KINDS for column in kind.columns]
BRANCH = Path(str(resources.files("cs_retention.preview") / "sample_branch"))
PATHS = ("no/such/file", "..", "n" * 300)


def write(folder: Path, kind: str, rows: list[dict[str, str]]) -> Path:
	"""Write an export."""
	file = folder / f"{kind}.csv"
	with file.open("w", encoding="utf-8", newline="") as stream:
		writer = csv.DictWriter(stream, [*dict.fromkeys(key for row in rows for key in row)])
		writer.writeheader()
		writer.writerows(rows)
	return file


def read(folder: Path) -> list[str]:
	"""Read the exports of a folder into a fresh book and return what is wrong with them."""
	try:
		Import(open_sqlite_book(), {kind.kind: folder / f"{kind.kind}.csv" for kind in FILE_KINDS}).run()
	except BadInput as refused:
		return refused.sentences
	return []


def rows_with(kind: FileKind, column: Column, values: list[str]) -> Iterator[dict[str, str]]:
	"""Yield a row per value, each with a name of its own."""
	for number, value in enumerate(values):
		row = dict(CLEAN[kind.kind])
		if "name" in row:
			row["name"] = f"{row['name']}-{number}"
		if kind.kind == "holidays":
			row["date"] = f"2026-10-{number + 1:02d}"
		yield row | {column.field: value}


@pytest.mark.parametrize(
	("kind", "column"), CELLS, ids=[f"{kind.kind}-{column.field}" for kind, column in CELLS]
)
def test_a_cell_is_read_or_told_with_its_line_column_and_remedy(
	tmp_path: Path, kind: FileKind, column: Column
) -> None:
	for name, row in CLEAN.items():
		write(tmp_path, name, [row])
	for start in range(0, len(VALUES), AT_ONCE):
		rows = list(rows_with(kind, column, VALUES[start : start + AT_ONCE]))
		kept = [CLEAN[kind.kind]] if kind.kind in ("customers", "invoices") else []
		file = write(tmp_path, kind.kind, [*kept, *rows])
		lines = starts_of(file)
		told = read(tmp_path)
		assert all(f"{kind.kind}.csv, line " in sentence for sentence in told), told
		assert all(len(sentence.rpartition(": ")[2]) > 10 for sentence in told)
		wrong = {int(sentence.partition("line ")[2].partition(",")[0]) for sentence in told}
		good = [row for row, line in zip([*kept, *rows], lines, strict=True) if line not in wrong]
		write(tmp_path, kind.kind, good or [CLEAN[kind.kind]])
		assert read(tmp_path) == [], "what was not complained of can be read"


@pytest.mark.parametrize("value", ALONE, ids=["nul", "megabyte"])
def test_a_cell_that_makes_a_file_unreadable_is_told_with_its_line(tmp_path: Path, value: str) -> None:
	for name, row in CLEAN.items():
		write(tmp_path, name, [row])
	for kind, column in CELLS:
		write(tmp_path, kind.kind, [CLEAN[kind.kind] | {column.field: value}])
		(told, *_) = read(tmp_path)
		assert told.startswith(f"{kind.kind}.csv, line 2"), told
		assert len(told) < 400
		write(tmp_path, kind.kind, [CLEAN[kind.kind]])


def starts_of(file: Path) -> list[int]:
	"""Return the line on which every record of a file begins, the header left out."""
	with file.open(encoding="utf-8", newline="") as stream:
		reader = csv.reader(stream)
		next(reader)
		found, line = [], reader.line_num
		for _row in reader:
			found.append(line + 1)
			line = reader.line_num
	return found


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
	"""A small book after its first night."""
	folder = tmp_path_factory.mktemp("book")
	exports = write_exports(folder, 5, 12, AS_OF)
	files = [
		part
		for kind in KINDS
		if (exports / f"{kind}.csv").exists()
		for part in (f"--{kind}", str(exports / f"{kind}.csv"))
	]
	for words in (
		["open", str(folder / "book.sqlite"), *files],
		["run", str(folder / "book.sqlite"), "--as-of", str(AS_OF)],
	):
		done = CliRunner().invoke(main, words)
		assert done.exit_code == 0, done.output
	return folder / "book.sqlite"


def right(parameter: click.Parameter, book: Path) -> list[str]:
	"""Return a right value of a parameter, as words."""
	given = {
		"book": str(book),
		"customer": "Customer 00001",
		"person": "manager1@branch.example",
		"takers": "manager2@branch.example",
		"ended": "2026Q3",
		"quarter": "2026Q3",
		"as_of": str(AS_OF),
		"outcome": "Reached",
		"summary": "talked",
		"out": str(book.parent / "out"),
		"policy": str(BRANCH / "policy.toml"),
	}.get(parameter.name, str(BRANCH / f"{parameter.name}.csv"))
	return [given] if isinstance(parameter, click.Argument) else [parameter.opts[0], given]


WORDS_OF_COMMANDS = [
	(command, parameter.name)
	for command, found in main.commands.items()
	for parameter in found.params
	if not getattr(parameter, "is_flag", False) and command != "demo"
]


@pytest.mark.parametrize(("command", "name"), WORDS_OF_COMMANDS)
def test_a_word_of_a_command_is_understood_or_told(
	tmp_path: Path, monkeypatch: pytest.MonkeyPatch, book: Path, command: str, name: str
) -> None:
	monkeypatch.chdir(tmp_path)
	copy = tmp_path / "book.sqlite"
	copy.write_bytes(book.read_bytes())
	parameters = main.commands[command].params
	(tried,) = (parameter for parameter in parameters if parameter.name == name)
	others = [
		word
		for parameter in parameters
		if parameter.required and parameter is not tried
		for word in right(parameter, copy)
	]
	is_path = isinstance(tried.type, click.Path)
	for value in PATHS if is_path else VALUES:
		words = [value] if isinstance(tried, click.Argument) else [f"{tried.opts[0]}={value}"]
		# What begins with a hyphen is an option to every command line; -- ends these.
		order = [*others, "--", *words] if isinstance(tried, click.Argument) else [*words, *others]
		done = CliRunner().invoke(main, [command, *order])
		assert done.exit_code in (0, 1, 2), (value, done.output)
		assert done.exception is None or isinstance(done.exception, SystemExit), (value, repr(done.exception))
		assert done.exit_code == 0 or done.output.strip(), value
