"""What signals were worth, rule by rule."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.signal_quality import (
	JUDGED,
	JudgedSignals,
	Quality,
	SignalFigure,
	figures_of,
	judge,
)
from cs_retention.engine.vocabulary import SignalClosing, SignalRule

LATE = SignalRule.LATENESS
TRUE, KNOWN, FALSE = SignalClosing.TRUE_WARNING, SignalClosing.KNOWN_CAUSE, SignalClosing.FALSE_ALARM


def signals(closed_as, days=10, acted=False, count=1, rule=LATE):
	return JudgedSignals(rule, closed_as, acted, days, count)


def test_precision_is_the_share_that_proved_right_of_those_that_were_judged():
	found = [signals(TRUE, 10, count=2), signals(SignalClosing.CUSTOMER_LOST, 100), signals(KNOWN)]
	found += [signals(FALSE), signals(None, None, acted=True), signals(SignalClosing.FACT_GONE)]
	quality = judge(found)[LATE]
	assert (quality.precision.numerator, quality.precision.denominator) == (3, 5)
	assert quality.lead == 10
	assert quality.counts[SignalFigure.RAISED] == 7
	assert quality.counts[SignalFigure.ACTED_ON] == 1
	assert quality.counts[SignalFigure.OPEN] == 1
	assert quality.counts[SignalFigure.OTHER] == 1


def test_nothing_judged_has_neither_precision_nor_lead():
	assert Quality().precision.percent() is None
	assert Quality().lead is None
	assert judge([]) == {}
	assert judge([signals(TRUE, None)])[LATE].lead is None


CLOSINGS = st.one_of(st.none(), st.sampled_from(SignalClosing))
SIGNALS = st.builds(
	JudgedSignals,
	st.sampled_from(SignalRule),
	CLOSINGS,
	st.booleans(),
	st.one_of(st.none(), st.integers(0, 400)),
	st.integers(1, 5),
)


@given(st.lists(SIGNALS))
def test_every_signal_has_one_ending_and_the_endings_add_up(found):
	qualities = judge(found)
	assert sum(quality.counts[SignalFigure.RAISED] for quality in qualities.values()) == sum(
		row.times for row in found
	)
	for quality in qualities.values():
		endings = [
			figure for figure in SignalFigure if figure not in (SignalFigure.RAISED, SignalFigure.ACTED_ON)
		]
		assert sum(quality.counts[figure] for figure in endings) == quality.counts[SignalFigure.RAISED]
		ratio = quality.precision
		assert ratio.denominator == sum(quality.counts[figure] for figure in JUDGED)
		assert not ratio.denominator or 0 <= Fraction(ratio.numerator, ratio.denominator) <= 1
	for row in found:
		assert len(figures_of(row)) == 2 + row.is_acted_on


@given(st.lists(SIGNALS), st.randoms())
def test_the_order_does_not_matter(found, dice):
	shuffled = list(found)
	dice.shuffle(shuffled)
	assert {rule: (dict(q.counts), q.lead) for rule, q in judge(found).items()} == {
		rule: (dict(q.counts), q.lead) for rule, q in judge(shuffled).items()
	}
