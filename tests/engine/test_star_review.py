"""How a review moves a customer from one level in force to the next."""

from __future__ import annotations

import pytest

from cs_retention.engine.star_review import Move, move_between
from cs_retention.engine.vocabulary import Level

MOVES = [
	(None, Level.NEW, Move.NEW),
	(Level.NEW, Level.NEW, Move.NEW),
	(None, Level.ONE_STAR, Move.FIRST),
	(Level.NEW, Level.FIVE_STAR, Move.FIRST),
	(Level.TWO_STAR, Level.THREE_STAR, Move.UP),
	(Level.FIVE_STAR, Level.FIVE_STAR, Move.SAME),
	(Level.THREE_STAR, Level.TWO_STAR, Move.DOWN),
	(Level.ONE_STAR, Level.NEW, Move.DOWN),
]


@pytest.mark.parametrize(("before", "after", "move"), MOVES)
def test_a_move_compares_the_level_in_force_before_and_after(
	before: Level | None, after: Level, move: Move
) -> None:
	assert move_between(before, after) is move
