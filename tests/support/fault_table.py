"""The table of faults that the fault and workers tiers end with: how many trials, and in how many something did not hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

TABLE: dict[str, tuple[int, int]] = {}
"""Trials, and trials with violations, by fault."""


def note(name: str, made: Sequence[tuple[object, Sequence[str]]]) -> None:
	"""Add a fault to the table, with what did not hold by case of it; fail with all of it."""
	TABLE[name] = len(made), sum(bool(found) for _case, found in made)
	bad = [f"{case}: {problem}" for case, found in made for problem in found]
	assert not bad, "\n".join(bad)


def print_table(terminalreporter: Any) -> None:
	"""Print the table at the end of a run that made trials."""
	if not TABLE:
		return
	terminalreporter.section("faults")
	rows = [("fault", "trials", "with violations"), *((name, *row) for name, row in TABLE.items())]
	total = [sum(row[place] for row in TABLE.values()) for place in (0, 1)]
	for name, trials, violations in (*rows, ("all", *total)):
		terminalreporter.write_line(f"{name:<58}{trials:>8}{violations:>17}")
