"""The bar: silent for a second, silent without a terminal, and never a reason to fail."""

from __future__ import annotations

import io

import pytest

from cs_retention.preview import progress
from cs_retention.preview.progress import Progress


class Terminal(io.StringIO):
	def isatty(self) -> bool:
		return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
	now = [0.0]
	monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
	return now


def test_a_bar_appears_once_a_second_has_passed(monkeypatch, clock):
	terminal = Terminal()
	monkeypatch.setattr(progress.sys, "stderr", terminal)
	with Progress("reading", 100) as bar:
		bar.moved(10)
		assert terminal.getvalue() == ""
		clock[0] = 1.5
		bar.moved(40)
		bar.moved(100)
	assert "reading" in terminal.getvalue() and "100%" in terminal.getvalue()


def test_a_pipe_sees_no_bar(monkeypatch, clock):
	pipe = io.StringIO()
	monkeypatch.setattr(progress.sys, "stderr", pipe)
	with Progress("reading", 0) as bar:
		clock[0] = 5.0
		bar.moved(10)
	assert pipe.getvalue() == ""
