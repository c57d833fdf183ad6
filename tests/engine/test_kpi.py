"""Key figures of callbacks: every callback has one result, every figure its numerator and denominator."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cs_retention.engine.cadence import PlanningPolicy
from cs_retention.engine.kpi import (
	CallRecord,
	CallResult,
	LevelHistory,
	Ratio,
	completion,
	minimum_in_force,
	result_of,
)
from cs_retention.engine.vocabulary import CallbackStatus, Outcome, PeriodKind

DUE, EVE, AFTER = date(2026, 11, 24), date(2026, 11, 23), date(2026, 11, 25)
REACHED = CallRecord(CallbackStatus.DONE, Outcome.REACHED, DUE, DUE, False)
OPEN = CallRecord(CallbackStatus.PLANNED, None, None, None, False)
START, END = date(2026, 11, 1), date(2026, 11, 30)


@pytest.mark.parametrize(
	("call", "result"),
	[
		(REACHED, CallResult.IN_TIME),
		(replace(REACHED, outcome=Outcome.VISITED, done_on=EVE, recorded_on=None), CallResult.IN_TIME),
		(replace(REACHED, done_on=AFTER, recorded_on=AFTER), CallResult.LATE),
		(replace(REACHED, recorded_on=AFTER), CallResult.LATE),
		(replace(REACHED, done_on=None), CallResult.LATE),
		(replace(REACHED, done_on=None, recorded_on=None), CallResult.LATE),
		(replace(REACHED, outcome=Outcome.REFUSED), CallResult.ATTEMPTED),
		(replace(OPEN, status=CallbackStatus.UNREACHED), CallResult.ATTEMPTED),
		(replace(OPEN, is_tried=True), CallResult.ATTEMPTED),
		(OPEN, CallResult.NOT_CALLED),
		(replace(OPEN, status=CallbackStatus.MISSED), CallResult.NOT_CALLED),
		(replace(OPEN, status=CallbackStatus.SKIPPED, is_tried=True), CallResult.SKIPPED),
		(replace(OPEN, status=CallbackStatus.MET), None),
		(replace(OPEN, status=CallbackStatus.MET, done_on=DUE), None),
		(replace(OPEN, status=CallbackStatus.MET, done_on=AFTER), CallResult.LATE),
		(replace(OPEN, status=CallbackStatus.MERGED), None),
	],
)
def test_every_callback_has_one_result_once_its_day_is_over(
	call: CallRecord, result: CallResult | None
) -> None:
	assert result_of(call, DUE, AFTER) is result


def test_an_open_callback_is_not_due_before_its_day_is_over_and_one_reached_counts_at_once() -> None:
	assert result_of(OPEN, DUE, DUE) is None
	assert result_of(replace(OPEN, is_tried=True), DUE, EVE) is None
	assert result_of(replace(REACHED, done_on=EVE, recorded_on=EVE), DUE, EVE) is CallResult.IN_TIME


def test_completion_is_reached_in_time_of_all_due() -> None:
	ratio = completion({CallResult.IN_TIME: 2, CallResult.LATE: 1, CallResult.NOT_CALLED: 3})
	assert (ratio, ratio.percent()) == (Ratio(2, 6), Decimal("33.3"))
	assert completion({}).percent() is None
	assert Ratio(1, 16).percent() == Decimal("6.3")


@pytest.mark.parametrize(
	("changed_on", "levels"),
	[
		(START, ("Four Star",)),
		(DUE, ("Four Star", "Key Account")),
		(END, ("Four Star", "Key Account")),
		(date(2026, 12, 1), ("Key Account",)),
	],
)
def test_the_levels_in_force_begin_with_that_at_the_end(changed_on: date, levels: tuple) -> None:
	assert LevelHistory("Four Star", "Key Account", changed_on).levels(START, END) == levels


def test_a_level_that_never_changed_is_in_force() -> None:
	assert LevelHistory("Four Star").levels(START, END) == ("Four Star",)


def test_the_lowest_minimum_per_such_a_period_counts() -> None:
	cadences = dict(PlanningPolicy().by_level())
	cadences["Five Star"] = replace(cadences["Five Star"], contacts_min=2)
	assert minimum_in_force(("Five Star", "Four Star"), cadences, PeriodKind.MONTH) == 1
	assert minimum_in_force(("Five Star", "Key Account"), cadences, PeriodKind.MONTH) == 2
