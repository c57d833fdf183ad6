"""What is wrong with the input: one sentence per problem, collected per file."""

from __future__ import annotations

from dataclasses import dataclass

SHOWN_PER_FILE = 20
SHOWN_VALUE = 60


@dataclass(frozen=True, slots=True)
class Problem:
	"""One thing to repair: where it stands, what was found there and what to do about it.

	`line` counts from 1 as an editor does, 0 where the whole file is meant; `column` is the header as it is written
	in the file, or the fieldname of a column that is missing.
	"""

	file: str
	remedy: str
	line: int = 0
	column: str = ""
	value: str | None = None

	def sentence(self) -> str:
		"""Return the problem as one sentence: file, line, column, value and remedy."""
		place = [self.file]
		if self.line:
			place.append(f"line {self.line}")
		if self.column:
			place.append(f"column {self.column}")
		found = "" if self.value is None else f"{quoted(self.value)} "
		return f"{', '.join(place)}: {found}{self.remedy}"


class Problems:
	"""The problems of one file; remembers the first twenty and counts the rest, so that a bad million stays small."""

	def __init__(self, file: str):
		self.file = file
		self.count = 0
		self._first: list[Problem] = []

	def add(self, remedy: str, line: int = 0, column: str = "", value: str | None = None) -> None:
		"""Note one problem of this file."""
		self.count += 1
		if len(self._first) < SHOWN_PER_FILE:
			self._first.append(Problem(self.file, remedy, line, column, value))

	def sentences(self) -> list[str]:
		"""Return one sentence per problem in the order of the lines, at most twenty, then how many more there are."""
		shown = [problem.sentence() for problem in sorted(self._first, key=lambda problem: problem.line)]
		if self.count > len(shown):
			shown.append(f"{self.file}: and {self.count - len(shown):,} more")
		return shown


class BadInput(Exception):
	"""Input that cannot be used; nothing was written. Carries one sentence per problem."""

	def __init__(self, sentences: list[str]):
		super().__init__("\n".join(sentences))
		self.sentences = sentences


def quoted(value: str) -> str:
	"""Return the value as it is shown: in quotes, on one line, control characters escaped, cut at 60 characters."""
	shown = value if len(value) <= SHOWN_VALUE else value[: SHOWN_VALUE - 1] + "…"
	return '"' + "".join(c if c.isprintable() else repr(c)[1:-1] for c in shown) + '"'
