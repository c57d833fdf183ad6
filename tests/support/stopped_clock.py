"""The clock of a site stopped at a moment, for this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from unittest.mock import patch

CLOCKS = (
	"frappe.utils.data",
	"frappe.utils",
	"frappe.automation.doctype.reminder.reminder",
	"cs_retention.callbacks.promises",
	"cs_retention.callbacks.reminder_trial",
)
"""Modules that look at the clock by a name of their own."""


@contextmanager
def stopped_clock(day: str, hour: int = 10) -> Iterator[None]:
	"""Stop the clock."""
	now = datetime.fromisoformat(f"{day} {hour:02d}:00:00.000001")
	with ExitStack() as stack:
		for module in CLOCKS:
			stack.enter_context(patch(f"{module}.now_datetime", lambda: now))
		yield
