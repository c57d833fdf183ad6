"""A recommendation of the account manager to whoever meets the customer next: what it says, and how it ends."""

from __future__ import annotations

from datetime import date
from enum import Enum

from cs_retention.engine.callback_work import check_reason, says_something
from cs_retention.engine.reasons import WorkError


class RecommendationStatus(str, Enum):
	"""Life of a recommendation: open until it is used or withdrawn."""

	OPEN = "Open"
	USED = "Used"
	WITHDRAWN = "Withdrawn"


def check_recommendation(recommendation: str, reason: str, until: date | None, today: date) -> None:
	"""Refuse a recommendation that says nothing, does not say why, or is over before it begins."""
	if not says_something(recommendation):
		raise WorkError("recommendation", recommendation, "say what you recommend")
	check_reason("reason", reason)
	if until is None or until < today:
		raise WorkError("until", until, "give today or a later date")


def check_end(before: RecommendationStatus, after: RecommendationStatus, words: str) -> None:
	"""Refuse to end what has ended, and a use that does not say what came of it."""
	if before is not RecommendationStatus.OPEN:
		raise WorkError("status", after, "it is {status} already; make a new one", status=before)
	if after is RecommendationStatus.USED and not says_something(words):
		raise WorkError("used_words", words, "say what came of it")
