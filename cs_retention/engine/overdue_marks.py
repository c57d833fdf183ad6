"""What was overdue before: an amount is remembered with its day, and counts as the one before 30 days later."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

MARK_DAYS = 30
"""Age in days from which a remembered amount counts as the one before."""


class OverdueMarks(NamedTuple):
	"""What is remembered of a customer's overdue amounts, in company currency; a day that is None marks none."""

	mark: float
	mark_on: date | None
	earlier: float
	earlier_on: date | None

	def is_old(self, as_of: date) -> bool:
		"""Tell whether the mark is of 30 days ago or earlier."""
		return self.mark_on is not None and (as_of - self.mark_on).days >= MARK_DAYS

	def before(self, as_of: date) -> float | None:
		"""Return the overdue amount as it stood 30 days ago or earlier; None where nothing that old is remembered."""
		if self.is_old(as_of):
			return self.mark
		return self.earlier if self.earlier_on is not None else None

	def gives_way(self, now: float, as_of: date) -> bool:
		"""Tell whether a day's amount takes the place of the mark: where there is none, or of an old one it left."""
		return self.mark_on is None or (self.is_old(as_of) and self.mark != now)
