"""The outbox killed, raced and cut off: a key has one mail and at most one text, and nothing is lost."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any

import fault_table
import outbox_trials
import private_mariadb
import pytest
from fault_scale import scaled, thinned
from support_outbox import open_outbox


class OutboxFaults:
	"""Makes trials one after the other; the figures are those of a sweep without a fault."""

	def __init__(self, address: dict[str, Any]):
		self.address = address
		self.statements, self.commits, self.found = outbox_trials.undisturbed(address)

	def try_all(self, name: str, trial: Callable[..., list[str]], cases: Iterable[tuple[Any, ...]]) -> None:
		fault_table.note(name, [(case, trial(self.address, *case)) for case in cases])

	def statement_numbers(self, count: int) -> list[int]:
		"""Return statements of a sweep, one drawn from each of `count` equal parts of it."""
		draw = random.Random(1)
		edges = [1 + part * self.statements // count for part in range(count + 1)]
		return [draw.randrange(start, max(start + 1, end)) for start, end in pairwise(edges)]


@pytest.fixture(scope="module")
def outbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OutboxFaults]:
	server = private_mariadb.start(tmp_path_factory.mktemp("outbox"))
	with server.connect() as root:
		root.cursor().execute("CREATE DATABASE outbox")
	address = {
		**{"host": "127.0.0.1", "port": server.port, "user": "root", "password": server.password},
		"database": "outbox",
	}
	open_outbox(address, is_new=True).close()
	yield OutboxFaults(address)
	server.stop()


def test_a_sweep_without_a_fault_leaves_one_mail_and_one_text_per_key(outbox):
	assert outbox.found == []


def test_killed_at_a_statement(outbox):
	cases = [(number,) for number in outbox.statement_numbers(scaled(25))]
	outbox.try_all("F10 outbox killed at a statement", outbox_trials.killed, cases)


def test_killed_around_every_commit(outbox):
	cases = [(None, commit, made) for commit in range(1, outbox.commits + 1) for made in (False, True)]
	outbox.try_all("F10 outbox killed before or after a commit", outbox_trials.killed, thinned(cases))


def test_killed_between_the_gateway_and_the_mark(outbox):
	cases = [(number,) for number in range(1, outbox_trials.TEXTS + 1)]
	outbox.try_all(
		"F10 killed when the gateway took a text", outbox_trials.killed_at_the_gateway, thinned(cases)
	)


@pytest.mark.parametrize("act", ["400", "429", "503", "500", "502", "drop", "hang"])
def test_the_gateway_refuses_hangs_or_drops_the_line(outbox, act):
	cases = [(act, number) for number in range(1, outbox_trials.TEXTS + 1)]
	outbox.try_all(f"F10 gateway: {act}", outbox_trials.answered, thinned(cases))


def test_several_sweeps_at_once(outbox):
	cases = [((2, 4)[number % 2], number) for number in range(scaled(20))]
	outbox.try_all("F3 two or four sweeps at once", outbox_trials.raced, cases)


def test_connection_killed(outbox):
	cases = [(number,) for number in outbox.statement_numbers(scaled(20))]
	outbox.try_all("F7 sweep cut off at a statement", outbox_trials.cut_off, cases)


@pytest.mark.parametrize("times", [1, 2])
def test_statement_refused(outbox, times):
	errors = (1213, 1205, 1020, 2006, 2013)
	numbers = outbox.statement_numbers(scaled(15))
	cases = [(errors[place % 5], number, times) for place, number in enumerate(numbers)]
	name = f"F8 sweep refused {('once', 'twice')[times - 1]}"
	outbox.try_all(name, outbox_trials.refused, cases)
