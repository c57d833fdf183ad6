"""Python's cycle collector, paused where it finds nothing."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
	"""Pause the collector, as a block or as a decorator, while customers are worked on: a page, or page after page.

	A page makes a hundred objects per customer and no cycle among them, so that all go when their last reference
	goes; the collector would walk through those that live again and again.
	"""
	was_enabled = gc.isenabled()
	gc.disable()
	try:
		yield
	finally:
		if was_enabled:
			gc.enable()
