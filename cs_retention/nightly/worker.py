"""A worker of the night: claims chunks until none is left, tries again what passes, cuts what fails to the one row."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeVar

from cs_retention.engine.vocabulary import RunStatus
from cs_retention.nightly.ledger import Chunk, Done, FencedError, Ledger, Part, Run, in_words
from cs_retention.nightly.phases import HALVES, Night, customers_of

T = TypeVar("T")
RETRIES = 5
FIRST_PAUSE = 0.2
"""Seconds before the first of them; each pause is twice the one before."""

SECONDS_OF_WORK = 15 * 60
SECONDS_TO_WAIT = 60
"""How long a worker without a chunk waits for the others of its phase."""


class Ending(str, Enum):
	"""Why a worker stopped."""

	NOTHING_LEFT = "nothing left"
	OTHERS_AT_WORK = "others at work"
	OUT_OF_TIME = "out of time"


@dataclass
class Worker:
	"""A worker over one run; `open_night` is asked for the night once the run turns out to be at work."""

	ledger: Ledger
	run: str
	open_night: Callable[[Run], Night]
	seconds: float = SECONDS_OF_WORK
	patience: float = SECONDS_TO_WAIT
	clock: Callable[[], float] = time.monotonic
	sleep: Callable[[float], None] = time.sleep
	_night: Night | None = field(default=None, init=False)

	def work(self) -> Ending:
		"""Take chunks until the run has ended, the time is over, or only others have something to do."""
		began = idle_since = self.clock()
		run: Run | None = None
		while self.clock() - began < self.seconds:
			run = run or self._passing(lambda: self.ledger.read(self.run))
			if run is None or run.status is not RunStatus.RUNNING:
				return Ending.NOTHING_LEFT
			if self._take_chunk(run):
				# While there are chunks, the run is at work and in this phase: it is not read again.
				idle_since = self.clock()
				continue
			run = self._open_next(run)
			if run:
				idle_since = self.clock()
			elif self.clock() - idle_since > self.patience:
				return Ending.OTHERS_AT_WORK
			else:
				self.sleep(FIRST_PAUSE)
		return Ending.OUT_OF_TIME

	def _night_of(self, run: Run) -> Night:
		self._night = self._night or self._passing(lambda: self.open_night(run))
		return self._night

	def _take_chunk(self, run: Run) -> bool:
		"""Do a chunk; tell whether there was one."""
		night = self._night_of(run)
		chunk = self._passing(lambda: self.ledger.take(run))
		if chunk:
			self._do(night, chunk)
		return chunk is not None

	def _open_next(self, run: Run) -> Run | None:
		"""Open what follows a phase whose chunks have ended, and return the run as it then stands; None: to be read anew."""
		night = self._night_of(run)
		try:
			return self._passing(lambda: self.ledger.advance(run, night.parts))
		except night.stops:
			raise
		except Exception as error:
			cause = error
		self._recover()
		return self._passing(lambda: self.ledger.fail_run(run, cause))

	def _do(self, night: Night, chunk: Chunk) -> None:
		"""Do a chunk, unless somebody else has it by now; what ends the worker gives it back."""
		try:
			self._do_or_cut(night, chunk)
		except FencedError:
			self._recover()
		except night.stops:
			self._release(chunk)
			raise

	def _do_or_cut(self, night: Night, chunk: Chunk) -> None:
		"""Do a chunk as one transaction; one that cannot be done is cut, or closed as failed."""
		try:
			self._passing(
				lambda: self._transaction(night, chunk), before_again=lambda: self.ledger.beat(chunk)
			)
		except FencedError:
			raise
		except night.stops:
			raise
		except Exception as error:
			cause = error
		else:
			return
		self._recover()
		self._passing(lambda: self._cut(night, chunk, cause))

	def _release(self, chunk: Chunk) -> None:
		"""Give a chunk back if that can be done; if not, it is taken over once it is stale.

		What stopped the work may have struck in the middle of a statement, so the connection is opened anew.
		"""
		with suppress(Exception):
			self.ledger.store.reconnect()
			self.ledger.release(chunk)

	def _transaction(self, night: Night, chunk: Chunk) -> None:
		self.ledger.finish(chunk, night.work(chunk))
		self.ledger.store.commit()

	def _cut(self, night: Night, chunk: Chunk, error: Exception) -> None:
		"""Cut a chunk in two; a single customer that cannot be done is left out; what passes with time has failed."""
		is_cut = not self.ledger.store.is_passing(error) and chunk.phase in HALVES
		parts: Sequence[Part] = night.halves(chunk) if is_cut else ()
		names = customers_of(night, chunk) if is_cut and not parts else []
		if parts:
			self.ledger.split(chunk, parts)
		elif names:
			self.ledger.finish(chunk, Done(spared=[(name, in_words(error)) for name in names]))
			self.ledger.store.commit()
		else:
			self.ledger.fail(chunk, error)

	def _passing(self, work: Callable[[], T], before_again: Callable[[], None] | None = None) -> T:
		"""Do something, and again after a pause while the database says that its refusal may pass."""
		for attempt in range(RETRIES):
			try:
				if attempt and before_again:
					before_again()
				return work()
			except Exception as error:
				if not self.ledger.store.is_passing(error):
					raise
			self._recover()
			self.sleep(FIRST_PAUSE * 2**attempt)
		return work()

	def _recover(self) -> None:
		"""Roll back or connect anew; a server that is away now may be back at the next attempt."""
		try:
			self.ledger.store.recover()
		except Exception as error:
			if not self.ledger.store.is_passing(error):
				raise
