"""Statements written behind: in order, one at a time, and none left running when a block ends."""

from __future__ import annotations

import signal
import threading
from contextvars import ContextVar

import pytest

from cs_retention.store.behind import Behind

told = ContextVar("told", default="")


class Server:
	"""Takes statements, and holds them until it is let go."""

	def __init__(self) -> None:
		self.taken, self.busy, self.most_busy = [], 0, 0
		self.go = threading.Event()
		self.go.set()

	def run(self, statement: str) -> None:
		self.busy += 1
		self.most_busy = max(self.most_busy, self.busy)
		assert self.go.wait(10)
		self.busy -= 1
		if statement.startswith("refused"):
			raise ValueError(statement)
		self.taken.append(statement)


@pytest.fixture
def server() -> Server:
	return Server()


def test_statements_run_in_order_one_at_a_time_and_are_done_at_the_end(server):
	behind = Behind()
	with behind.open():
		for number in range(50):
			behind.run(server.run, str(number))
	assert server.taken == list(map(str, range(50)))
	assert server.most_busy == 1


def test_the_next_rows_are_made_while_a_statement_runs(server):
	behind = Behind(most=9)
	server.go.clear()
	with behind.open():
		for number in range(9):
			behind.run(server.run, str(number))
		assert server.taken == []
		server.go.set()
	assert len(server.taken) == 9


def test_no_more_wait_than_may(server):
	behind = Behind(most=9)
	server.go.clear()
	timer = threading.Timer(0.05, server.go.set)
	with behind.open():
		for number in range(6):
			behind.run(server.run, str(number))
		timer.start()
		behind.run(server.run, "last")
		assert server.taken
	assert server.taken[-1] == "last"


def test_a_statement_longer_than_all_that_may_wait_runs_alone(server):
	behind = Behind(most=9)
	with behind.open():
		behind.run(server.run, "a" * 10)
		behind.run(server.run, "b")
	assert server.taken == ["a" * 10, "b"]


def test_what_a_statement_meets_is_raised_and_those_after_it_are_not_run(server):
	behind = Behind()
	with pytest.raises(ValueError, match="refused"), behind.open():
		for statement in ("first", "refused", "second", "third"):
			behind.run(server.run, statement)
	assert server.taken == ["first"]
	with behind.open():
		behind.run(server.run, "tried again")
	assert server.taken == ["first", "tried again"]


def test_asking_waits_for_what_is_being_written(server):
	behind = Behind()
	with behind.open():
		behind.run(server.run, "first")
		behind.settle()
		assert server.taken == ["first"]


def test_an_error_of_the_caller_leaves_nothing_running_and_wins(server):
	behind = Behind()
	with pytest.raises(KeyError), behind.open():
		behind.run(server.run, "refused")
		raise KeyError
	assert server.busy == 0
	behind.settle()


def test_an_inner_block_leaves_its_statements_to_the_outer(server):
	behind = Behind()
	server.go.clear()
	with behind.open():
		with behind.open():
			behind.run(server.run, "inner")
		assert server.taken == []
		server.go.set()
	assert server.taken == ["inner"]


def test_a_timeout_while_waiting_waits_for_the_answer_of_the_statement(server):
	behind = Behind()
	server.go.clear()

	def strike(*_):
		threading.Timer(0.05, server.go.set).start()
		raise TimeoutError

	before = signal.signal(signal.SIGALRM, strike)
	try:
		with pytest.raises(TimeoutError), behind.open():
			behind.run(server.run, "first")
			behind.run(server.run, "second")
			signal.setitimer(signal.ITIMER_REAL, 0.02)
			behind.settle()
	finally:
		signal.setitimer(signal.ITIMER_REAL, 0)
		signal.signal(signal.SIGALRM, before)
	assert server.busy == 0
	assert server.taken == ["first"]


def test_statements_run_in_the_context_of_the_caller():
	behind, seen = Behind(), []
	told.set("of this site")
	with behind.open():
		behind.run(lambda _statement: seen.append(told.get()), "first")
	assert seen == ["of this site"]
