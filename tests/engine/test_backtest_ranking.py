"""AUC and lift against brute force over all pairs and all orders; what an interval says of a ranking."""

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.ranking import Ranking, Verdict, lift, rank

SCORES = st.lists(st.integers(0, 12), min_size=1, max_size=25)


def area(stayed, left):
	"""Return the share of pairs that the score puts right, ties half."""
	won = sum((kept > gone) + Fraction(kept == gone, 2) for kept in stayed for gone in left)
	return Fraction(won) / (len(stayed) * len(left))


def lost_in_lowest_tenth(stayed, left):
	"""Return the expected losses in the lowest tenth when those of one score stand in any order."""
	rest, lost = Fraction(len(stayed) + len(left), 10), Fraction(0)
	for score in sorted({*stayed, *left}):
		count = stayed.count(score) + left.count(score)
		taken = min(rest, count)
		lost += Fraction(left.count(score), count) * taken
		rest -= taken
	return lost


@given(SCORES, SCORES)
def test_the_area_is_the_share_of_pairs_put_right(stayed, left):
	assert rank(Counter(stayed), Counter(left)).auc == area(stayed, left)


@given(SCORES, SCORES)
def test_turning_the_score_around_turns_the_area_around(stayed, left):
	turned = rank(Counter(-score for score in stayed), Counter(-score for score in left))
	assert turned.auc == 1 - rank(Counter(stayed), Counter(left)).auc


@given(SCORES, SCORES)
def test_lift_is_the_rate_of_the_lowest_tenth_over_that_of_all(stayed, left):
	everybody = len(stayed) + len(left)
	rate = lost_in_lowest_tenth(stayed, left) / Fraction(everybody, 10)
	assert lift(Counter(stayed), Counter(left)) == rate / Fraction(len(left), everybody)


@given(SCORES, SCORES)
def test_an_interval_holds_its_area_and_stays_a_share(stayed, left):
	found = rank(Counter(stayed), Counter(left))
	low, high = found.interval
	assert 0 <= low <= float(found.auc) <= high <= 1
	assert found.variance >= 0


def test_nothing_is_ranked_where_all_did_the_same():
	assert rank({50: 3}, {}) is None
	assert rank({}, {50: 3}) is None
	assert lift({50: 3}, {}) is None


def test_the_variance_is_that_of_the_paper():
	# Area .893 with 51 abnormal and 58 normal: table II of the paper gives a standard error of .032.
	found = rank({1: 1}, {0: 1})
	assert found == Ranking(Fraction(1), Fraction(0))
	area = Fraction(893, 1000)
	several, few = 58, 51
	first, second = area / (2 - area), 2 * area**2 / (1 + area)
	by_hand = (area * (1 - area) + (few - 1) * (second - area**2) + (several - 1) * (first - area**2)) / (
		several * few
	)
	assert float(by_hand) ** 0.5 == pytest.approx(0.032, abs=0.001)


@pytest.mark.parametrize(
	("stayed", "left", "verdict"),
	[
		({60: 400, 20: 100}, {60: 100, 20: 400}, Verdict.RANKS),
		({60: 250, 20: 250}, {60: 250, 20: 250}, Verdict.CHANCE),
		({60: 260, 20: 240}, {60: 250, 20: 250}, Verdict.CHANCE),
		({60: 100, 20: 400}, {60: 400, 20: 100}, Verdict.BACKWARDS),
		({60: 2, 20: 1}, {60: 1, 20: 2}, Verdict.CHANCE),
	],
)
def test_a_ranking_is_worth_something_only_outside_chance(stayed, left, verdict):
	assert rank(stayed, left).verdict is verdict
