"""Whether a night looks at every plan anew, or at those alone that may be another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

FEW = 2
"""Of so many customers one at most is looked at by name."""


@dataclass(frozen=True, slots=True)
class PlanFrame:
	"""What all plans of a night share: a mark of the rules and working days, and the days between which facts count.

	`since` is the first day of contacts that count, `until` the last one that is planned.
	"""

	rules: str
	since: date
	until: date
	month: date

	@property
	def mark(self) -> str:
		"""The frame as text, equal where nothing but a day has passed."""
		return f"{self.rules} {self.since} {self.until} {self.month}"


def looks_at_everybody(frame: PlanFrame, before: str | None) -> bool:
	"""Tell whether every plan is looked at: `before` is the mark of the night before, None where it is not known.

	It is on the first night of a month, on which what was written without a sign is found, when a period more is
	planned, and under other rules.
	"""
	return frame.mark != before


def are_few(due: int, customers: int) -> bool:
	"""Tell whether so few customers are due that they are noted one by one, and not everybody is looked at."""
	return due * FEW <= customers
