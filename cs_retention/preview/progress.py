"""A bar for work that takes over a second, on a terminal only."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack
from types import TracebackType
from typing import Any

import click

SILENT_SECONDS = 1.0


class Progress:
	"""Shows how far a piece of work is, once a second has passed and when a person looks at standard error."""

	def __init__(self, label: str, length: int):
		self._label = label
		self._length = max(1, length)
		self._position = 0
		self._started = time.monotonic()
		self._bar: Any = None
		self._open = ExitStack()

	def __enter__(self) -> Progress:
		return self

	def __exit__(
		self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
	) -> None:
		self._open.close()

	def moved(self, position: int) -> None:
		"""Say how much of `length` is done."""
		if self._bar is None and self._is_wanted():
			bar = click.progressbar(length=self._length, label=self._label, file=sys.stderr)
			self._bar = self._open.enter_context(bar)
			self._position = 0
		if self._bar is not None:
			self._bar.update(position - self._position)
			self._position = position

	def _is_wanted(self) -> bool:
		return sys.stderr.isatty() and time.monotonic() - self._started > SILENT_SECONDS
