"""Frappe's and ERPNext's own tests of a DocType on a site with the app and on one without, and what became of them."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from private_bench import PrivateBench

RUNNER = Path(__file__).with_name("run_own_tests.py")
MADE: list[OwnTests] = []
"""What was run, for the table at the end."""


@dataclass(frozen=True)
class OwnTests:
	"""What every test of a DocType came to: passed, failed or skipped."""

	doctype: str
	without: dict[str, str] = field(repr=False)
	with_app: dict[str, str] = field(repr=False)

	def passed(self, found: dict[str, str]) -> set[str]:
		return {test for test, outcome in found.items() if outcome == "passed"}

	@property
	def theirs(self) -> list[str]:
		"""Tests that do not pass without the app either."""
		return sorted(set(self.without) - self.passed(self.without))

	@property
	def broken(self) -> list[str]:
		"""Tests that pass without the app and not with it."""
		return sorted(self.passed(self.without) - self.passed(self.with_app))


def run_own_tests(bench: PrivateBench, doctype: str, without: str, with_app: str) -> OwnTests:
	"""Run the tests of a DocType on both sites, side by side."""
	with ThreadPoolExecutor(2) as pool:
		found = pool.map(lambda site: run_on(bench, site, doctype), (without, with_app))
	made = OwnTests(doctype, *found)
	MADE.append(made)
	return made


def run_on(bench: PrivateBench, site: str, doctype: str) -> dict[str, str]:
	"""Return what every test came to on a site."""
	file = bench.folder / f"{site}.json"
	file.unlink(missing_ok=True)
	bench.python(str(RUNNER), site, doctype, str(file))
	return json.loads(file.read_text(encoding="utf-8"))


def print_table(terminalreporter: Any) -> None:
	"""Print what was run, with the tests that pass on neither site."""
	if not MADE:
		return
	terminalreporter.section("tests of Frappe and ERPNext")
	line = "{:<26}{:>7}{:>16}{:>13}".format
	terminalreporter.write_line(line("DocType", "tests", "passed without", "passed with"))
	for made in MADE:
		passed = [len(made.passed(found)) for found in (made.without, made.with_app)]
		terminalreporter.write_line(line(made.doctype, len(made.without), *passed))
	for test in (test for made in MADE for test in made.theirs):
		terminalreporter.write_line(f"their own, fails without the app: {test.rpartition('.')[2]}")
