"""One person's days against every way to place the calls."""

import random

import pytest
from planner_brute_force import assignments, best_taken, days_of, most_even, smallest_peak

from cs_retention.engine.loads import choose, rooms_of, spread


def random_masks(rng, count, days):
	masks = []
	for _ in range(count):
		first = rng.randrange(days)
		length = rng.randint(1, days - first)
		masks.append(((1 << length) - 1) << first & (rng.getrandbits(days) | 1 << first))
	return masks


def squares(board):
	return sum(load * load for load in board.loads)


@pytest.mark.parametrize("seed", range(4))
def test_spread_has_the_smallest_sum_of_squares_and_the_smallest_peak(seed):
	rng = random.Random(seed)
	for _ in range(500):
		masks = random_masks(rng, rng.randint(0, 6), 4)
		base = [rng.randrange(4) for _ in range(4)]
		hints = [rng.choice((-1, *days_of(mask), rng.randrange(4))) for mask in masks]
		board = spread(masks, base, hints)
		assert (squares(board), max(board.loads)) == most_even(masks, base, None, 4)
		assert sum(board.loads) == sum(base) + len(masks)


def test_peak_is_what_a_flow_finds_by_raising_a_trial_peak():
	rng = random.Random(3)
	for _ in range(150):
		masks = random_masks(rng, 40, 12)
		base = [rng.randrange(5) for _ in range(12)]
		assert max(spread(masks, base).loads) == smallest_peak(masks, base)


@pytest.mark.parametrize("seed", range(4))
def test_choose_takes_the_most_calls_of_the_best_rank_and_levels_them(seed):
	rng = random.Random(seed)
	for _ in range(400):
		masks = random_masks(rng, rng.randint(1, 7), 3)
		base = [rng.randrange(3) for _ in range(3)]
		rooms = [rng.randrange(3) for _ in range(3)]
		board, taken = choose(masks, base, rooms)
		assert taken == best_taken(masks, rooms)
		chosen = [mask for mask, has_room in zip(masks, taken, strict=True) if has_room]
		assert (squares(board), max(board.loads)) == most_even(chosen, base, rooms, 3)


@pytest.mark.parametrize("seed", range(4))
def test_choose_with_a_reserve_takes_the_most_and_levels_within_both_rooms(seed):
	rng = random.Random(100 + seed)
	for _ in range(400):
		plain = random_masks(rng, rng.randint(1, 6), 3)
		masks = [mask | (mask << 3 if rng.random() < 0.5 else 0) for mask in plain]
		base = [rng.randrange(3) for _ in range(3)]
		rooms = [rng.randrange(3) for _ in range(6)]
		hints = [rng.choice((-1, 0, 1, 2)) for _ in masks]
		board, taken = choose(masks, base, rooms, hints)
		assert taken == best_taken(masks, rooms)
		chosen = [mask for mask, has_room in zip(masks, taken, strict=True) if has_room]
		assert (squares(board), max(board.loads)) == most_even(chosen, base, rooms, 3)
		assert all(room >= 0 for room in board.free)


def test_calls_stay_on_their_day_when_the_days_are_even_already():
	board = spread([0b111] * 3, [0, 0, 0], [2, 1, 0])
	assert [dict(held) for held in board.held] == [{0b111: 1}] * 3


def test_every_way_to_place_calls_is_tried():
	assert len(list(assignments([0b11, 0b110]))) == 4


@pytest.mark.parametrize(
	("load", "reserved", "general", "spare"),
	[
		(0, 0, 18, 2),
		(17, 0, 1, 2),
		(18, 0, 0, 2),
		(19, 0, 0, 1),
		(18, 2, 2, 0),
		(19, 1, 0, 1),
		(25, 3, 0, 0),
	],
)
def test_committed_calls_that_may_use_the_reserve_take_it_up_first(load, reserved, general, spare):
	assert rooms_of([load], [reserved], 20, 2) == ([general], [spare])
