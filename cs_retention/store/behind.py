"""Writing behind and asking ahead: the server works while this process makes or reads rows.

One statement at a time, in the order given, on the one connection: the transaction is that of statements run one after
the other. Only the waiting is saved.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from contextvars import copy_context
from typing import Any, TypeVar

Answer = TypeVar("Answer")

MOST = 3_000_000
"""Characters of the statements that may wait or run together; a single one that is longer runs alone."""


class Behind:
	"""One thread that runs what is given to it, and what it has not done yet."""

	def __init__(self, most: int = MOST) -> None:
		self._most = most
		self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="behind")
		self._waiting: deque[tuple[Future[Any], int]] = deque()
		self._characters = 0
		self._asked: dict[Hashable, Future[Any]] = {}
		self._depth = 0
		self._has_failed = False

	def run(self, run: Callable[[str], None], statement: str) -> None:
		"""Let a statement run after those before it, in the context of the caller: Frappe keeps its own there.

		Raises what one of them met; those that follow a failed one are not run.
		"""
		while self._characters and self._characters + len(statement) > self._most:
			self._end_first()
		self._start(lambda: run(statement), len(statement))

	def ask(self, question: Hashable, ask: Callable[[], object]) -> None:
		"""Let a question be asked after what was given before; without an open block it is not asked ahead."""
		if self._depth:
			self._asked[question] = self._start(ask)

	def answer(self, question: Hashable, ask: Callable[[], Answer]) -> Answer:
		"""Return the answer to a question asked ahead, once, else ask it now."""
		asked = self._asked.pop(question, None)
		if asked is None:
			self.settle()
			return ask()
		while any(asked is waiting for waiting, _ in self._waiting):
			self._end_first()
		answer: Answer = asked.result()
		return answer

	def settle(self) -> None:
		"""Wait for everything given; raises what it met."""
		while self._waiting:
			self._end_first()

	@contextmanager
	def open(self) -> Iterator[None]:
		"""Let statements run on until the outermost such block ends; one that fails leaves nothing running."""
		self._depth += 1
		try:
			yield
			if self._depth == 1:
				self.settle()
		except BaseException:
			self._give_up()
			raise
		finally:
			self._depth -= 1
			if not self._depth:
				self._asked.clear()

	def _start(self, work: Callable[[], object], characters: int = 0) -> Future[Any]:
		started = self._thread.submit(copy_context().run, self._do, work)
		self._waiting.append((started, characters))
		self._characters += characters
		return started

	def _do(self, work: Callable[[], object]) -> object:
		if self._has_failed:
			return None
		try:
			return work()
		except BaseException:
			self._has_failed = True
			raise

	def _end_first(self) -> None:
		"""Wait for the first statement; it counts as waiting until its answer is in, whatever strikes meanwhile."""
		first, characters = self._waiting[0]
		first.result()
		self._waiting.popleft()
		self._characters -= characters

	def _give_up(self) -> None:
		"""Run no statement that waits, and wait for the one that runs: nobody else may use the connection before."""
		self._has_failed = True
		wait([waiting for waiting, _ in self._waiting])
		self._waiting.clear()
		self._characters = 0
		self._has_failed = False
