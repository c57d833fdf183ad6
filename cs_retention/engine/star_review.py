"""The words of a review of the whole book: its life, and how it moves each customer."""

from __future__ import annotations

from enum import Enum

from cs_retention.engine.star_settlement import RANK
from cs_retention.engine.vocabulary import Level


class ReviewStatus(str, Enum):
	"""Life of a review; each step is a job, FAILED tells that the last one ended with an error."""

	DRAFT = "Draft"
	COMPUTING = "Computing"
	COMPUTED = "Computed"
	SUBMITTING = "Submitting"
	SUBMITTED = "Submitted"
	CANCELLING = "Cancelling"
	CANCELLED = "Cancelled"
	FAILED = "Failed"


class Move(str, Enum):
	"""How a review moves the level in force; NEW is a customer without enough history, before and after."""

	UP = "Up"
	DOWN = "Down"
	SAME = "Same"
	FIRST = "First Rating"
	NEW = "New"


def move_between(before: Level | None, after: Level) -> Move:
	"""Return the move from one level in force to the next; None is a customer no run has rated."""
	if before is None or before is Level.NEW:
		return Move.NEW if after is Level.NEW else Move.FIRST
	if before is after:
		return Move.SAME
	return Move.UP if RANK[after] < RANK[before] else Move.DOWN
