"""Which review a night owes, what people gave since, and which review leaves a record."""

from dataclasses import replace
from datetime import date

import pytest

from cs_retention.engine.reviews_due import is_given_anew, is_given_unrated, is_on_record, review_due
from cs_retention.engine.star_policy import StarPolicy
from cs_retention.engine.star_review import Move
from cs_retention.engine.star_settlement import ImportedLevel, Override, ReviewKind
from cs_retention.engine.vocabulary import Level, ScheduledReviews

POLICY = StarPolicy()
TODAY = date(2026, 11, 20)
RATED = date(2024, 5, 1)


@pytest.mark.parametrize(
	("rated_on", "reviewed_on", "kind"),
	[
		(None, None, ReviewKind.INITIAL),
		(None, TODAY, ReviewKind.INITIAL),
		(RATED, None, ReviewKind.INITIAL),
		(RATED, date(2025, 12, 31), ReviewKind.ANNUAL),
		(RATED, date(2026, 10, 31), ReviewKind.INTERIM),
		(RATED, date(2026, 11, 1), None),
		(RATED, TODAY, None),
		(RATED, date(2026, 12, 1), None),
		(RATED, date(2027, 1, 1), None),
	],
)
def test_a_review_is_due_first_and_with_every_month_and_year(rated_on, reviewed_on, kind):
	assert review_due(rated_on, reviewed_on, TODAY, POLICY) is kind
	proposed = replace(POLICY, scheduled_reviews=ScheduledReviews.PROPOSED)
	by_night = kind if kind is ReviewKind.INITIAL else None
	assert review_due(rated_on, reviewed_on, TODAY, proposed) is by_night


def until(day):
	return Override(Level.FIVE_STAR, "a word", "boss", day)


@pytest.mark.parametrize(
	("in_force", "reviewed_on", "override", "imported", "is_anew"),
	[
		(Level.TWO_STAR, date(2026, 11, 1), None, None, False),
		(Level.TWO_STAR, date(2026, 11, 1), until(TODAY), None, True),
		(Level.FIVE_STAR, date(2026, 11, 1), until(TODAY), None, False),
		(Level.FIVE_STAR, date(2026, 11, 1), None, None, True),
		(Level.TWO_STAR, date(2026, 11, 1), until(date(2026, 11, 1)), None, True),
		(Level.TWO_STAR, date(2026, 11, 1), until(date(2026, 10, 31)), None, False),
		(Level.TWO_STAR, date(2026, 11, 1), None, ImportedLevel(Level.ONE_STAR, TODAY, "HQ"), True),
		(Level.TWO_STAR, TODAY, until(TODAY), None, False),
	],
)
def test_what_people_gave_counts_anew_once_it_begins_or_ends(
	in_force, reviewed_on, override, imported, is_anew
):
	assert is_given_anew(Level.TWO_STAR, in_force, reviewed_on, TODAY, override, imported) is is_anew


@pytest.mark.parametrize(
	("rated_on", "level", "is_given", "found"),
	[
		(RATED, Level.TWO_STAR, True, False),
		(None, None, True, False),
		(None, Level.NEW, False, False),
		(None, Level.NEW, True, True),
		(None, Level.TWO_STAR, False, True),
	],
)
def test_who_cannot_be_rated_may_have_a_level_by_people(rated_on, level, is_given, found):
	assert is_given_unrated(rated_on, level, is_given) is found


@pytest.mark.parametrize("kind", list(ReviewKind))
@pytest.mark.parametrize("move", list(Move))
@pytest.mark.parametrize("rated", [Level.NEW, Level.THREE_STAR])
def test_every_move_and_every_full_review_of_the_rated_is_on_record(kind, move, rated):
	is_full = kind is not ReviewKind.INTERIM and rated is not Level.NEW
	assert is_on_record(kind, move, rated) is (
		move in (Move.UP, Move.DOWN, Move.FIRST) or (move is Move.SAME and is_full)
	)
