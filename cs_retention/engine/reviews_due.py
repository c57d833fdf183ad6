"""Which review a night owes a customer, and whether it leaves a record."""

from __future__ import annotations

from datetime import date

from cs_retention.engine.star_policy import StarPolicy
from cs_retention.engine.star_review import Move
from cs_retention.engine.star_settlement import ImportedLevel, Override, ReviewKind, level_in_force
from cs_retention.engine.vocabulary import Level, ScheduledReviews


def review_due(
	rated_on: date | None, reviewed_on: date | None, as_of: date, policy: StarPolicy
) -> ReviewKind | None:
	"""Return the review that is due: the first one, and the first of a month or a year; None for none.

	Where the policy has them proposed, those of the calendar are a manager's to submit and no night's.
	"""
	if rated_on is None or reviewed_on is None:
		return ReviewKind.INITIAL
	if policy.scheduled_reviews == ScheduledReviews.PROPOSED:
		return None
	if reviewed_on.year < as_of.year:
		return ReviewKind.ANNUAL
	if reviewed_on.year == as_of.year and reviewed_on.month < as_of.month:
		return ReviewKind.INTERIM
	return None


def is_given_anew(
	own: Level,
	in_force: Level,
	reviewed_on: date,
	as_of: date,
	override: Override | None,
	imported: ImportedLevel | None,
) -> bool:
	"""Tell whether what people gave has changed since the last review: an override or imported level began or ended."""
	if reviewed_on >= as_of:
		return False
	has_ended = override is not None and reviewed_on <= override.until < as_of
	return has_ended or level_in_force(own, as_of, override, imported) is not in_force


def is_given_unrated(rated_on: date | None, level: Level | None, is_given: bool) -> bool:
	"""Tell whether a customer who cannot be rated has a level that people give or gave, or is given one now."""
	if rated_on is not None or level is None:
		return False
	return is_given or level is not Level.NEW


def is_on_record(kind: ReviewKind, move: Move, rated: Level) -> bool:
	"""Tell whether a review leaves a Star Rating: the first, the annual one, and every move of the level.

	Who cannot be rated yet is reviewed every night: with a level given by a person it leaves one when that level moves.
	"""
	if move is Move.SAME:
		return kind is not ReviewKind.INTERIM and rated is not Level.NEW
	return move is not Move.NEW
