"""A recommendation says what and why until when, and ends once."""

from __future__ import annotations

from datetime import date

import pytest

from cs_retention.engine.reasons import WorkError
from cs_retention.engine.recommendation import RecommendationStatus, check_end, check_recommendation

TODAY = date(2026, 11, 26)
OPEN, USED, WITHDRAWN = RecommendationStatus


def test_a_recommendation_says_what_why_and_until_when() -> None:
	check_recommendation("show the new tariff", "bill rose twice", TODAY, TODAY)
	for what, why, until, field, remedy in (
		(" ", "bill rose", TODAY, "recommendation", "say what you recommend"),
		("tariff", "--", TODAY, "reason", "say why"),
		("tariff", "bill rose", None, "until", "a later date"),
		("tariff", "bill rose", date(2026, 11, 25), "until", "a later date"),
	):
		with pytest.raises(WorkError, match=remedy) as refused:
			check_recommendation(what, why, until, TODAY)
		assert refused.value.field == field


def test_it_ends_once() -> None:
	check_end(OPEN, USED, "took the tariff")
	check_end(OPEN, WITHDRAWN, "")
	with pytest.raises(WorkError, match="say what came of it"):
		check_end(OPEN, USED, " ")
	for before in (USED, WITHDRAWN):
		with pytest.raises(WorkError, match="make a new one") as refused:
			check_end(before, USED, "again")
		assert refused.value.field == "status"
