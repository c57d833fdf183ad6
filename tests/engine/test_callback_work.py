"""Work on a callback: transitions, what a logged call must say, attempts on other days and hours, whose turn it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from cs_retention.engine.callback_work import (
	Actor,
	Attempt,
	LoggedCall,
	NextAttempt,
	Promised,
	WorkPolicy,
	as_outcome,
	check_attempt,
	check_call,
	check_reason,
	is_last,
	is_unreached,
	may_follow,
	next_attempt,
	part_of_day,
	who_tries_next,
)
from cs_retention.engine.reasons import PolicyError, WorkError
from cs_retention.engine.vocabulary import Band, CallbackStatus, NextStep, Outcome
from cs_retention.engine.workdays import WorkCalendar

TODAY = date(2026, 11, 24)
TOMORROW = date(2026, 11, 25)
POLICY = WorkPolicy()
CALL = LoggedCall(TODAY, Outcome.REACHED, "Ms Lin", "talked about the tariff", NextStep.CALL, TOMORROW)
A, B = "a@branch.example", "b@branch.example"


def test_only_a_planned_callback_changes_and_to_each_state_by_one_kind_of_actor() -> None:
	by_people = {CallbackStatus.DONE, CallbackStatus.SKIPPED, CallbackStatus.UNREACHED}
	for before in CallbackStatus:
		for after in CallbackStatus:
			allowed = {actor for actor in Actor if may_follow(before, after, actor)}
			if before is CallbackStatus.MET and after in (CallbackStatus.PLANNED, CallbackStatus.DONE):
				assert allowed == {Actor.PERSON if after is CallbackStatus.DONE else Actor.HOUSE}
			elif before is not CallbackStatus.PLANNED or after is CallbackStatus.PLANNED:
				assert allowed == set()
			else:
				assert allowed == {Actor.PERSON if after in by_people else Actor.HOUSE}
	assert [status for status in CallbackStatus if not is_last(status)] == [CallbackStatus.PLANNED]


@pytest.mark.parametrize(
	("field", "value"),
	[
		*(("attempts_limit", value) for value in (0, 11)),
		*(("summary_minimum", value) for value in (0, 201)),
		*(("reminder_hour", value) for value in (-1, 24)),
	],
)
def test_a_policy_that_cannot_be_is_refused(field: str, value: int) -> None:
	with pytest.raises(PolicyError) as refused:
		WorkPolicy(**{field: value})
	assert (refused.value.field, refused.value.value) == (field, value)


def test_an_outcome_is_one_of_a_finished_call() -> None:
	assert as_outcome("Visited") is Outcome.VISITED
	for value, remedy in ((None, "one of"), ("Talked", "one of"), ("Not Reached", "log an attempt")):
		with pytest.raises(WorkError, match=remedy) as refused:
			as_outcome(value)
		assert (refused.value.field, refused.value.value) == ("outcome", value)


def test_a_call_that_says_what_it_must_is_accepted() -> None:
	check_call(CALL, POLICY, TODAY)
	check_call(
		replace(CALL, next_step=NextStep.NONE, next_date=None, no_next_reason="moves away"), POLICY, TODAY
	)
	check_call(replace(CALL, satisfaction=5, promises=(Promised("offer", A, TOMORROW),)), POLICY, TODAY)


@pytest.mark.parametrize(
	("field", "changes"),
	[
		("done_on", {"made_on": TOMORROW, "next_date": date(2026, 12, 1)}),
		("spoken_to", {"spoken_to": "  "}),
		("satisfaction", {"satisfaction": 9}),
		("satisfaction", {"satisfaction": -1}),
		("next_date", {"next_date": None}),
		("next_date", {"next_date": TODAY}),
		("no_next_reason", {"next_step": NextStep.NONE, "no_next_reason": " ... "}),
		("promise", {"promises": (Promised(" ", A, TOMORROW),)}),
		("promised_by", {"promises": (Promised("offer", "", TOMORROW),)}),
		("due_date", {"promises": (Promised("offer", A, None),)}),
		("due_date", {"promises": (Promised("offer", A, TODAY),)}),
	],
)
def test_what_a_call_lacks_is_named(field: str, changes: dict) -> None:
	with pytest.raises(WorkError) as refused:
		check_call(replace(CALL, **changes), POLICY, TODAY)
	assert refused.value.field == field
	assert refused.value.remedy


@pytest.mark.parametrize(
	"summary", ["", "   ", "ok", "........", "aaaaaaaaaaaa", "哈哈哈哈哈哈", "好的", "-- !? --"]
)
def test_a_summary_that_says_nothing_is_refused(summary: str) -> None:
	with pytest.raises(WorkError, match="at least 8 letters or 4 Chinese characters") as refused:
		check_call(replace(CALL, summary=summary), POLICY, TODAY)
	assert refused.value.field == "summary"


@pytest.mark.parametrize("summary", ["客户满意", "satisfied", "wants ADSL", "bill 2026"])
def test_a_summary_that_says_something_is_accepted(summary: str) -> None:
	check_call(replace(CALL, summary=summary), POLICY, TODAY)


def test_a_reason_has_a_letter() -> None:
	check_reason("skip_reason", "病")
	with pytest.raises(WorkError, match="say why"):
		check_reason("skip_reason", " -- ")


def test_one_attempt_a_day_up_to_the_limit() -> None:
	attempts = [Attempt(TODAY, 10, A)]
	check_attempt(attempts, TOMORROW)
	with pytest.raises(WorkError, match="one attempt a day counts"):
		check_attempt(attempts, TODAY)
	assert not is_unreached(attempts, POLICY)
	assert is_unreached(attempts, WorkPolicy(attempts_limit=1))
	assert not is_unreached([Attempt(TODAY, hour, A) for hour in (9, 12, 17)], POLICY), (
		"three on one day are one"
	)


def test_the_next_attempt_is_on_another_working_day_in_another_part_of_the_day() -> None:
	calendar = WorkCalendar()
	friday = date(2026, 11, 27)
	first = [Attempt(friday, 9, A)]
	assert next_attempt(first, A, calendar) == NextAttempt(date(2026, 11, 30), 15, A)
	second = [*first, Attempt(date(2026, 11, 30), 15, A)]
	assert next_attempt(second, A, calendar) == NextAttempt(date(2026, 12, 1), 17, A)
	third = [*second, Attempt(date(2026, 12, 1), 18, A)]
	assert next_attempt(third, B, calendar) == NextAttempt(date(2026, 12, 2), 10, B), (
		"the one tried longest ago"
	)
	assert next_attempt([Attempt(friday, None, A)], A, calendar).hour == 10


def test_the_next_attempt_keeps_to_the_hours_wished() -> None:
	tried = [Attempt(TODAY, 10, A)]
	assert next_attempt(tried, A, WorkCalendar(), (9, 12)).hour == 10
	assert next_attempt(tried, A, WorkCalendar(), (12, 16)).hour == 15
	assert next_attempt(tried, A, WorkCalendar(), (18, 20)).hour == 18, (
		"no proposal lies in them: their first"
	)
	assert [part_of_day(hour) for hour in (0, 11, 12, 15, 16, 23)] == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize("band", list(Band))
def test_account_manager_and_backup_take_turns_for_customers_who_drift_away(band: Band) -> None:
	drifts = band in (Band.AT_RISK, Band.CRITICAL)
	assert who_tries_next(band, A, B, last=A, responsible=A) == (B if drifts else A)
	assert who_tries_next(band, A, B, last=B, responsible=B) == (A if drifts else B)
	assert who_tries_next(band, A, B, last="c", responsible=B) == (A if drifts else B)
	assert who_tries_next(band, A, None, last=A, responsible=A) == A
	assert who_tries_next(band, None, B, last=B, responsible=B) == B
