"""A MariaDB server with the branch on it, and two processes that make trials; a table says what they found.

FAULT_SCALE multiplies the number of trials of every fault, 1 by default; of the commit boundaries there are never more than all.
"""

from __future__ import annotations

import multiprocessing
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import fault_table
import fault_trials
import private_mariadb
import pytest
from fault_branch import write_branch
from fault_scale import SEED, scaled
from fault_slot import PRISTINE, make_pristine

PROCESSES = 2

Trial = tuple[Any, ...]


@dataclass
class Faults:
	"""Makes trials and keeps count; the figures are those of a run without a fault."""

	pool: ProcessPoolExecutor
	statements: int = 0
	commits: int = 0
	chunks: Sequence[tuple[str, str]] = ()
	mark: str = ""
	found: Sequence[str] = ()

	def measure(self) -> None:
		"""Run without a fault."""
		figures = self.pool.submit(fault_trials.reference).result()
		self.statements, self.commits, self.chunks, self.mark, self.found = figures

	def try_all(self, name: str, trial: Callable[..., list[str]], cases: Iterable[Trial]) -> None:
		"""Make a trial of every case and fail with all that was found."""
		made = [(case, self.pool.submit(trial, self.mark, *case)) for case in cases]
		fault_table.note(name, [(case, result.result()) for case, result in made])

	def statement_numbers(self, count: int) -> list[int]:
		"""Return statements of a run, one drawn from each of `count` equal parts of it."""
		draw, parts = random.Random(SEED), scaled(count)
		edges = [1 + part * self.statements // parts for part in range(parts + 1)]
		return [draw.randrange(start, max(start + 1, end)) for start, end in pairwise(edges)]


@pytest.fixture(scope="session")
def faults(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Faults]:
	server = private_mariadb.start(tmp_path_factory.mktemp("server"))
	folder = write_branch(tmp_path_factory.mktemp("branch") / "exports")
	address = {"host": "127.0.0.1", "port": server.port, "user": "root", "password": server.password}
	with server.connect() as root:
		root.cursor().execute(f"CREATE DATABASE {PRISTINE}")
	make_pristine(address, folder)
	context = multiprocessing.get_context("spawn")
	begin = fault_trials.begin, (address, folder)
	with ProcessPoolExecutor(PROCESSES, context, *begin) as pool:
		made = Faults(pool)
		made.measure()
		yield made
	server.stop()


def pytest_terminal_summary(terminalreporter: Any) -> None:
	fault_table.print_table(terminalreporter)
