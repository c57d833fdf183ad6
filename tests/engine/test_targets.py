"""Targets: what is achieved of them, who stands where, and parts that add up to the unit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.kpis import KeyFigure, Quotient
from cs_retention.engine.targets import (
	LESS_IS_BETTER,
	TargetStanding,
	achieved,
	measured,
	ranks,
	split,
	standings,
)
from cs_retention.engine.vocabulary import Kpi, TargetMeasure


@pytest.mark.parametrize(
	("value", "target", "is_less_better", "share"),
	[
		("88", "80", False, "110.0"),
		("0", "80", False, "0.0"),
		("15", "10", True, "66.7"),
		("8", "10", True, "125.0"),
		("0", "10", True, "200.0"),
		("-5", "10", True, "200.0"),
		("-5", "10", False, "-50.0"),
		("1", "10", True, "200.0"),
	],
)
def test_what_is_achieved(value: str, target: str, is_less_better: bool, share: str) -> None:
	assert achieved(Decimal(value), Decimal(target), is_less_better) == Decimal(share)


def test_without_a_value_or_a_target_nothing_is_achieved() -> None:
	assert achieved(None, Decimal(1)) is None and achieved(Decimal(1), Decimal(0)) is None


def test_equal_values_share_a_rank_and_leave_the_next_one_out() -> None:
	values = {"a": Decimal(5), "b": Decimal(7), "c": Decimal(5), "d": Decimal(1), "e": None}
	assert ranks(values) == {"b": 1, "a": 2, "c": 2, "d": 4}
	assert ranks(values, is_less_better=True) == {"d": 1, "a": 2, "c": 2, "b": 4}


def test_a_target_splits_by_past_share() -> None:
	assert split(Decimal(10), {"a": Decimal(2), "b": Decimal(1)}) == {"a": 7, "b": 3}
	assert split(Decimal("10.00"), dict.fromkeys("abc", Decimal(0)), Decimal("0.01")) == {
		"a": Decimal("3.34"),
		"b": Decimal("3.33"),
		"c": Decimal("3.33"),
	}


@pytest.mark.parametrize(("total", "shares"), [("1.5", ["1"]), ("1", ["-1"]), ("1", [])])
def test_what_cannot_be_split_is_refused(total: str, shares: list[str]) -> None:
	with pytest.raises(ValueError, match="whole units"):
		split(Decimal(total), {f"part {share}": Decimal(share) for share in shares})


@given(
	st.integers(0, 10**7),
	st.dictionaries(st.text("abcdefgh", min_size=1), st.integers(0, 1000), min_size=1, max_size=20),
)
def test_parts_add_up_and_are_within_a_unit_of_their_share(total: int, past: dict[str, int]) -> None:
	parts = split(Decimal(total), {key: Decimal(share) for key, share in past.items()})
	assert sum(parts.values()) == total
	whole = sum(past.values())
	for key, share in past.items():
		exact = total * share / whole if whole else total / len(past)
		assert abs(float(parts[key]) - exact) <= 1 + 1e-6


def test_a_target_is_compared_with_the_figure_or_with_its_number() -> None:
	figure = KeyFigure(Kpi.CALLBACK_COMPLETION, 1, Quotient(45, 50), 50)
	assert measured(figure, TargetMeasure.FIGURE) == Decimal("90.0")
	assert measured(figure, TargetMeasure.NUMBER) == 45
	assert measured(KeyFigure(Kpi.CALLBACK_COMPLETION, 1, Quotient(0, 0), 0), TargetMeasure.FIGURE) is None


def test_who_has_a_target_is_ranked_by_what_was_achieved_of_it() -> None:
	values = {"a": Decimal(90), "b": Decimal(80), "c": Decimal(99), "d": None}
	found = standings(Kpi.CALLBACK_COMPLETION, values, {"a": Decimal(100), "b": Decimal(80), "e": Decimal(5)})
	assert [(each.key, each.achieved, each.rank) for each in found] == [
		("b", Decimal("100.0"), 1),
		("a", Decimal("90.0"), 2),
		("c", None, None),
		("d", None, None),
		("e", None, None),
	]


def test_without_any_target_the_values_are_ranked_and_less_may_be_better() -> None:
	assert Kpi.CUSTOMER_CHURN in LESS_IS_BETTER
	found = standings(Kpi.CUSTOMER_CHURN, {"a": Decimal(9), "b": Decimal(4)}, {})
	assert found == [
		TargetStanding("b", Decimal(4), rank=1),
		TargetStanding("a", Decimal(9), rank=2),
	]
