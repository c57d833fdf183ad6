"""How the level in force rises, holds and falls, and what wins over it (RULES section 1)."""

from datetime import date

import pytest

from cs_retention.engine.reasons import PolicyError
from cs_retention.engine.star_policy import StarPolicy
from cs_retention.engine.star_rating import REASONS, ImportedLevel, Override, ReviewKind, Standing, settle
from cs_retention.engine.vocabulary import Level

POLICY = StarPolicy()
RATED_ON, AS_OF = date(2026, 1, 31), date(2026, 11, 20)
FOUR_STAR = Standing(Level.FOUR_STAR, RATED_ON, date(2027, 1, 31))
FRESH = {"rated_on": AS_OF, "valid_until": date(2027, 11, 20)}
INITIAL, INTERIM, ANNUAL = ReviewKind.INITIAL, ReviewKind.INTERIM, ReviewKind.ANNUAL


def settled(rated, standing=FOUR_STAR, kind=INTERIM, as_of=AS_OF, **others):
	settlement = settle(rated, standing, kind, POLICY, as_of, **others)
	for reason in settlement.reasons:
		assert REASONS[reason.code] == tuple(reason.as_mapping())
	return settlement


def codes(settlement):
	return [reason.code for reason in settlement.reasons]


@pytest.mark.parametrize("kind", [INITIAL, INTERIM, ANNUAL])
def test_the_first_rating_applies_at_once(kind):
	for standing in (None, Standing(Level.NEW, RATED_ON, RATED_ON)):
		settlement = settled(Level.TWO_STAR, standing, kind)
		assert (settlement.level, settlement.standing) == (Level.TWO_STAR, Standing(Level.TWO_STAR, **FRESH))
		assert codes(settlement) == ["first_rating"]


@pytest.mark.parametrize("standing", [None, Standing(Level.NEW, RATED_ON, RATED_ON)])
def test_a_customer_without_history_stays_new(standing):
	settlement = settled(Level.NEW, standing)
	assert (settlement.level, codes(settlement)) == (Level.NEW, ["not_rated_yet"])


@pytest.mark.parametrize("kind", [INTERIM, ANNUAL])
def test_a_level_rises_at_any_review(kind):
	settlement = settled(Level.FIVE_STAR, kind=kind)
	assert settlement.standing == Standing(Level.FIVE_STAR, **FRESH)
	assert settlement.reasons[0].as_mapping() == {"level": "Five Star", "before": "Four Star"}


def test_an_initial_review_sets_the_level_whatever_it_was():
	settlement = settled(Level.ONE_STAR, kind=INITIAL)
	assert (settlement.level, codes(settlement)) == (Level.ONE_STAR, ["first_rating"])


def test_an_interim_review_confirms_without_a_longer_validity_and_forgets_a_rating_below():
	below = Standing(Level.FOUR_STAR, RATED_ON, date(2027, 1, 31), interim_below=1)
	settlement = settled(Level.FOUR_STAR, below)
	assert (settlement.standing, codes(settlement)) == (FOUR_STAR, ["confirmed"])


def test_the_annual_review_and_an_expired_validity_confirm_for_another_year():
	assert settled(Level.FOUR_STAR, kind=ANNUAL).standing == Standing(Level.FOUR_STAR, **FRESH)
	late = settled(Level.FOUR_STAR, as_of=date(2027, 2, 1)).standing
	assert (late.rated_on, late.valid_until) == (date(2027, 2, 1), date(2028, 2, 1))


def test_a_level_falls_at_the_annual_review():
	settlement = settled(Level.ONE_STAR, kind=ANNUAL)
	assert settlement.standing == Standing(Level.ONE_STAR, **FRESH)
	assert codes(settlement) == ["demoted_at_annual_review"]


def test_a_level_falls_between_annual_reviews_only_after_two_ratings_below_in_a_row():
	first = settled(Level.THREE_STAR)
	assert (first.level, first.standing.interim_below, codes(first)) == (
		Level.FOUR_STAR,
		1,
		["demotion_in_grace"],
	)
	assert first.reasons[0].as_mapping() == {
		"level": "Four Star",
		"rated": "Three Star",
		"times": 1,
		"limit": 2,
		"valid_until": date(2027, 1, 31),
	}
	second = settled(Level.TWO_STAR, first.standing)
	assert second.standing == Standing(Level.TWO_STAR, **FRESH)
	assert second.reasons[0].as_mapping() == {"level": "Two Star", "before": "Four Star", "times": 2}


@pytest.mark.parametrize(
	("as_of", "level", "code"),
	[
		(date(2027, 1, 31), Level.FOUR_STAR, "demotion_in_grace"),
		(date(2027, 2, 1), Level.THREE_STAR, "demoted_after_expiry"),
	],
)
def test_grace_ends_with_the_validity(as_of, level, code):
	settlement = settled(Level.THREE_STAR, as_of=as_of)
	assert (settlement.level, codes(settlement)) == (level, [code])


def test_a_rated_customer_whose_history_vanished_falls_like_any_other():
	assert settled(Level.NEW).level is Level.FOUR_STAR
	assert settled(Level.NEW, kind=ANNUAL).level is Level.NEW


@pytest.mark.parametrize(
	("as_of", "level", "code"),
	[
		(date(2026, 12, 31), Level.FIVE_STAR, "overridden"),
		(date(2027, 1, 1), Level.FOUR_STAR, "override_ended"),
	],
)
def test_an_override_wins_through_its_last_day_while_our_standing_goes_on_beside_it(as_of, level, code):
	override = Override(Level.FIVE_STAR, "strategic", "manager.east@branch.example", date(2026, 12, 31))
	settlement = settled(Level.THREE_STAR, as_of=as_of, override=override)
	assert (settlement.level, codes(settlement)) == (level, ["demotion_in_grace", code])
	assert (settlement.standing.level, settlement.standing.interim_below) == (Level.FOUR_STAR, 1)


@pytest.mark.parametrize(("field", "values"), [("reason", (" ", "a")), ("approver", ("a", ""))])
def test_an_override_says_why_and_who(field, values):
	with pytest.raises(PolicyError, match=rf"override\.{field} = '.*': say why and who approved it"):
		Override(Level.FIVE_STAR, *values, AS_OF)


def test_an_imported_level_is_in_force_beside_ours_and_the_difference_is_told():
	imported = ImportedLevel(Level.TWO_STAR, date(2026, 10, 1), "head office list 2026-10")
	settlement = settled(Level.FIVE_STAR, imported=imported)
	assert (settlement.level, settlement.standing.level) == (Level.TWO_STAR, Level.FIVE_STAR)
	assert codes(settlement) == ["promoted", "imported_level", "imported_level_differs"]
	assert settlement.reasons[-1].as_mapping() == {
		"level": "Two Star",
		"ours": "Five Star",
		"levels_above_ours": -3,
	}
	same = settled(Level.FOUR_STAR, imported=ImportedLevel(Level.FOUR_STAR, AS_OF, "head office"))
	assert codes(same) == ["confirmed", "imported_level"]


def test_an_override_wins_over_an_imported_level():
	override = Override(Level.ONE_STAR, "fraud", "manager.east@branch.example", AS_OF)
	imported = ImportedLevel(Level.FIVE_STAR, AS_OF, "head office")
	assert settled(Level.FOUR_STAR, override=override, imported=imported).level is Level.ONE_STAR


@pytest.mark.parametrize("rated", [Level.FIVE_STAR, Level.FOUR_STAR, Level.ONE_STAR, Level.NEW])
def test_a_given_level_that_begins_or_ends_leaves_our_own_standing_as_it_is(rated):
	below = Standing(Level.FOUR_STAR, RATED_ON, date(2026, 6, 30), interim_below=1)
	ended = Override(Level.FIVE_STAR, "new branch", "manager.east@branch.example", date(2026, 11, 19))
	settlement = settled(rated, below, ReviewKind.GIVEN_LEVEL, override=ended)
	assert (settlement.level, settlement.standing) == (Level.FOUR_STAR, below)
	assert codes(settlement) == ["own_level_kept", "override_ended"]
	assert settled(rated, below, ReviewKind.GIVEN_LEVEL).level is Level.FOUR_STAR
	new = Standing(Level.NEW, RATED_ON, date(2027, 1, 31))
	assert settled(rated, new, ReviewKind.GIVEN_LEVEL).standing == new
	assert settled(rated, None, ReviewKind.GIVEN_LEVEL).standing.level is rated
