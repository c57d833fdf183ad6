"""Back-test: simulated books of known truth, books of noise, too little of everything, and the words on the form."""

import random
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from statistics import median as middle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.backtest import (
	WARNED,
	BacktestPolicy,
	BacktestSpan,
	BandResult,
	Observation,
	judge,
	median,
	words,
)
from cs_retention.engine.health_parts import band_of
from cs_retention.engine.health_policy import BandBounds
from cs_retention.engine.ranking import Verdict
from cs_retention.engine.reasons import PolicyError, Reason
from cs_retention.engine.vocabulary import DRIFTING_BANDS, Band, Card

AS_OF = date(2025, 11, 20)
SPAN = BacktestSpan(AS_OF, date(2026, 11, 20), date(2020, 1, 1))
POLICY = BacktestPolicy()
SMALL = BacktestPolicy(least_customers=1, least_events=1, least_alike=1)


def seen(health, lead=None, card=Card.FREE_BUYER, rules=()):
	return Observation(card, health, band_of(health, BandBounds()), rules, lead)


def simulated(chance_to_stay, count=2000, seed=7):
	"""Return customers of random health who stay with a chance that depends on it."""
	dice = random.Random(seed)
	for _ in range(count):
		health = dice.randint(0, 100)
		yield seen(health, None if dice.random() < chance_to_stay(health) else dice.randint(0, 200))


def free_buyers(observations, span=SPAN, policy=POLICY):
	return judge(observations, span, policy)[0]


def test_the_truth_of_a_simulated_book_is_found():
	found = free_buyers(simulated(lambda health: health / 100))
	# Two healths are drawn evenly; the chance that the better one is of who stayed is 5/6 when stay = health.
	assert float(found.ranking.auc) == pytest.approx(5 / 6, abs=0.02)
	assert found.verdict is Verdict.RANKS
	assert [reason.code for reason in found.reasons] == ["ranks"]
	for row, expected in zip(found.bands, (0.8, 0.495, 0.295, 0.095), strict=True):
		assert float(row.share) == pytest.approx(expected, abs=0.05)
	assert found.lift > Fraction(3, 2)


def test_books_of_noise_say_that_the_warning_is_worth_nothing():
	books = [free_buyers(simulated(lambda health: 0.6, 400, seed)) for seed in range(100)]
	told = [book for book in books if book.verdict is Verdict.CHANCE]
	# The interval is right for 95 books of 100.
	assert 90 <= len(told) <= 99
	for book in told:
		low, high = book.ranking.interval
		assert low <= 0.5 <= high
		assert book.reasons[0].code == "ranks_by_chance"


def test_a_card_turned_around_is_called_backwards():
	found = free_buyers(simulated(lambda health: 1 - health / 100))
	assert found.verdict is Verdict.BACKWARDS
	assert [reason.code for reason in found.reasons] == ["ranks_backwards", "bands_out_of_order"]


def test_bands_with_few_customers_do_not_count_as_out_of_order():
	rows = [seen(80)] * 70 + [seen(80, 5)] * 10 + [seen(10, 5)] * 30 + [seen(50)] * 3
	assert "bands_out_of_order" not in {reason.code for reason in free_buyers(rows).reasons}
	strict = free_buyers(rows, policy=BacktestPolicy(least_alike=3))
	assert "bands_out_of_order" in {reason.code for reason in strict.reasons}


def test_bands_that_differ_by_chance_do_not_count_as_out_of_order():
	rows = [seen(80)] * 90 + [seen(80, 5)] * 10 + [seen(30)] * 65 + [seen(30, 5)] * 35
	by_chance = rows + [seen(10)] * 67 + [seen(10, 5)] * 33
	assert "bands_out_of_order" not in {reason.code for reason in free_buyers(by_chance).reasons}
	clearly = rows + [seen(10)] * 85 + [seen(10, 5)] * 15
	assert "bands_out_of_order" in {reason.code for reason in free_buyers(clearly).reasons}


@pytest.mark.parametrize(
	("rows", "span", "expected"),
	[
		(
			[seen(80)] * 80 + [seen(10, 9)] * 19,
			SPAN,
			[Reason.of("too_few_customers", customers=99, least=100)],
		),
		([seen(80)] * 91 + [seen(10, 9)] * 9, SPAN, [Reason.of("too_few_left", customers=9, least=10)]),
		([seen(80)] * 9 + [seen(10, 9)] * 91, SPAN, [Reason.of("too_few_stayed", customers=9, least=10)]),
		(
			[seen(80)] * 80 + [seen(10, 9)] * 20,
			BacktestSpan(AS_OF, AS_OF + timedelta(days=59), AS_OF - timedelta(days=179)),
			[
				Reason.of("window_too_short", days=59, least=60),
				Reason.of("too_little_history", days=179, least=180),
			],
		),
		(
			[seen(80)] * 80 + [seen(10, 9)] * 20,
			BacktestSpan(AS_OF, SPAN.until, None),
			[Reason.of("too_little_history", days=0, least=180)],
		),
		(
			[seen(80)] * 80 + [seen(10, 9)] * 20,
			BacktestSpan(AS_OF, SPAN.until, AS_OF + timedelta(days=3)),
			[Reason.of("too_little_history", days=0, least=180)],
		),
	],
)
def test_too_little_is_said_with_its_figures(rows, span, expected):
	found = free_buyers(rows, span)
	assert found.verdict is Verdict.TOO_LITTLE
	assert list(found.reasons) == expected


def test_exactly_enough_is_enough():
	span = BacktestSpan(AS_OF, AS_OF + timedelta(days=60), AS_OF - timedelta(days=180))
	assert free_buyers([seen(80)] * 90 + [seen(10, 9)] * 10, span).verdict is Verdict.RANKS


def test_an_empty_book_has_a_result_for_each_card():
	for card, found in zip(Card, judge([], SPAN, POLICY), strict=True):
		assert found.card is card
		assert (found.customers, found.stayed, found.left) == (0, 0, 0)
		assert found.ranking is None and found.lift is None and found.rules == ()
		assert {row.share for row in found.bands} == {None}
		assert found.verdict is Verdict.TOO_LITTLE


OBSERVATIONS = st.builds(
	seen,
	health=st.integers(0, 100),
	lead=st.none() | st.integers(0, 60),
	card=st.sampled_from(Card),
	rules=st.lists(st.sampled_from(["a", "b", "c"]), unique=True).map(tuple),
)


@given(st.lists(OBSERVATIONS, max_size=40), st.randoms())
def test_the_order_of_customers_does_not_matter(rows, dice):
	shuffled = list(rows)
	dice.shuffle(shuffled)
	assert judge(rows, SPAN, SMALL) == judge(shuffled, SPAN, SMALL)


@given(st.lists(OBSERVATIONS, max_size=40))
def test_everything_counted_is_what_counting_by_hand_gives(rows):
	for result in judge(rows, SPAN, SMALL):
		own = [row for row in rows if row.card is result.card]
		assert result.customers == len(own)
		assert result.stayed == sum(row.lead is None for row in own)
		for band in result.bands:
			alike = [row for row in own if row.band is band.band]
			assert (band.customers, band.stayed) == (len(alike), sum(row.lead is None for row in alike))
		for rule in result.rules:
			named = [
				row
				for row in own
				if rule.rule in row.rules or (rule.rule == WARNED and row.band in DRIFTING_BANDS)
			]
			leads = [row.lead for row in named if row.lead is not None]
			assert (rule.fired, rule.left) == (len(named), len(leads))
			assert rule.precision == Fraction(len(leads), len(named))
			assert rule.lead == (Fraction(middle(leads)) if leads else None)
			assert rule.recall == (Fraction(len(leads), result.left) if result.left else None)
		assert [-rule.fired for rule in result.rules] == sorted(-rule.fired for rule in result.rules)


@given(st.lists(st.integers(-50, 50), min_size=1))
def test_the_median_of_counts_is_the_median(numbers):
	assert median(Counter(numbers)) == Fraction(middle(numbers))


@pytest.mark.parametrize("days", [365, 366])
def test_a_year_ago_is_said_in_words(days):
	alike = BandResult(Band.WATCH, 97, 63)
	bought = Reason.of("bought_again_of_a_year", customers=97, share=0.6495)
	assert words(Card.FREE_BUYER, alike, days, POLICY) == bought
	billed = Reason.of("still_billed_of_a_year", customers=97, share=0.6495)
	assert words(Card.CONTRACT_CUSTOMER, alike, days, POLICY) == billed


def test_other_windows_have_their_own_words():
	alike = BandResult(Band.WATCH, 20, 15)
	assert words(Card.FREE_BUYER, alike, 91, POLICY) == Reason.of(
		"bought_again", customers=20, share=0.75, days=91
	)
	assert words(Card.CONTRACT_CUSTOMER, alike, 91, POLICY) == Reason.of(
		"still_billed", customers=20, share=0.75, days=91
	)


@pytest.mark.parametrize(("customers", "least"), [(0, 20), (19, 20), (20, 21)])
def test_too_few_customers_alike_are_not_spoken_of(customers, least):
	alike = BandResult(Band.WATCH, customers, customers)
	few = Reason.of("too_few_alike", customers=customers, least=least)
	assert words(Card.FREE_BUYER, alike, 365, BacktestPolicy(least_alike=least)) == few


@pytest.mark.parametrize(
	"field", ["least_customers", "least_events", "least_alike", "least_window", "least_history"]
)
def test_least_numbers_that_make_no_sense_are_refused(field):
	with pytest.raises(PolicyError, match=field):
		BacktestPolicy(**{field: -1})
