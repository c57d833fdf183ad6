"""Callbacks that stand: what stays, what moves and why, what ends (PLANNER rules 4 to 6)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from plan_cases import AS_OF, CADENCES, A, B, callback, called, customer, dated, everybody_works, plan_one

from cs_retention.engine.cadence import PlanningPolicy, without_quota
from cs_retention.engine.obligations import MadeContact, is_agreed
from cs_retention.engine.plan import Ending, OverflowCause, plan_customer
from cs_retention.engine.vocabulary import KEY_ACCOUNT, Band, Channel, Level, ObligationKind
from cs_retention.engine.workdays import WorkCalendar

NOVEMBER, DECEMBER = "quota|s-C1|2026-11|1", "quota|s-C1|2026-12|1"
SECOND = "quota|s-C1|2026-11|2"


def days(plan, horizon):
	return [(horizon.day(call.first), horizon.day(call.last)) for call in plan.calls]


def keys(plan):
	return [[duty.key_of("s-C1") for duty in call.duties] for call in plan.calls]


def with_standing(*callbacks, **given):
	return customer(standing=callbacks, **given)


def test_committed_callback_stays_although_another_day_would_be_as_good():
	plan, horizon = plan_one(with_standing(callback(NOVEMBER, date(2026, 11, 12))))
	first = plan.calls[0]
	assert (first.callback, horizon.day(first.due), first.is_fixed) == ("CB-1", date(2026, 11, 12), True)
	assert keys(plan) == [[NOVEMBER], [DECEMBER]]
	assert plan.valid_until == date(2026, 11, 13)


def test_callback_that_nobody_was_shown_only_gives_its_name():
	plan, horizon = plan_one(with_standing(callback(NOVEMBER, date(2026, 11, 12), is_committed=False)))
	assert (plan.calls[0].callback, plan.calls[0].is_fixed) == ("CB-1", False)
	assert days(plan, horizon)[0] == (AS_OF, date(2026, 11, 27))


IMPOSSIBLE = [
	("date_passed", {}, {"due": date(2026, 11, 10)}),
	("not_reached", {"attempts": (AS_OF,)}, {"due": AS_OF}),
	("outside_period", {}, {"due": date(2026, 12, 2)}),
	("too_near", {"last_contact": date(2026, 11, 9), "band": Band.CRITICAL}, {"due": date(2026, 11, 13)}),
	("no_consent", {"channels": frozenset({Channel.PHONE})}, {"channel": Channel.WECHAT}),
	("paused", {"pause": (date(2026, 11, 12), date(2026, 11, 12))}, {"due": date(2026, 11, 12)}),
	("person_away", {}, {"due": date(2026, 11, 14)}),
]


@pytest.mark.parametrize(("because", "given", "changed"), IMPOSSIBLE, ids=[row[0] for row in IMPOSSIBLE])
def test_committed_callback_moves_with_its_reason_only_when_it_is_impossible(because, given, changed):
	fields = {"due": date(2026, 11, 12), **changed}
	inputs = customer(level=Level.FIVE_STAR, standing=(callback(NOVEMBER, **fields),), **given)
	plan, _ = plan_one(inputs, works=lambda person, day: horizon_day(day).weekday() < 5)
	moved = next(call for call in plan.calls if call.callback == "CB-1")
	assert not moved.is_fixed
	assert moved.reasons[0].code == "moved"
	assert moved.reasons[0].as_mapping() == {"because": because, "was": fields["due"]}


def horizon_day(day):
	return date(2026, 11, 1) + timedelta(days=day)


def test_callback_of_a_former_manager_goes_to_a_who_works_that_day():
	inputs = with_standing(callback(NOVEMBER, date(2026, 11, 12), responsible="left@branch.example"))
	plan, _ = plan_one(inputs)
	assert plan.calls[0].person == A
	assert plan.calls[0].reasons[0].as_mapping() == {"before": "left@branch.example"}
	plan, _ = plan_one(inputs, works=lambda person, day: person == B)
	assert plan.calls[0].person == B


def test_callback_is_met_the_night_after_the_customer_was_reached_otherwise():
	inputs = called(with_standing(callback(NOVEMBER, date(2026, 11, 20))), date(2026, 11, 10))
	plan, _ = plan_one(inputs)
	assert [(c.callback, c.ending, c.reason.code) for c in plan.closings] == [("CB-1", Ending.MET, "met_by")]
	assert plan.closings[0].met_by == MadeContact(date(2026, 11, 10))
	assert plan.closings[0].reason.as_mapping() == {
		"date": date(2026, 11, 10),
		"channel": "Phone",
		"was": date(2026, 11, 20),
	}
	assert keys(plan) == [[DECEMBER]]


def test_a_contact_after_the_due_date_meets_the_callback_all_the_same():
	inputs = called(with_standing(callback(NOVEMBER, date(2026, 11, 4))), date(2026, 11, 5))
	plan, _ = plan_one(inputs, as_of=date(2026, 11, 6))
	assert [(c.ending, c.reason.code) for c in plan.closings] == [(Ending.MET, "met_by")]


def test_a_contact_of_the_last_day_of_a_period_meets_it_once_the_period_is_over():
	old = callback("quota|s-C1|2026-10|1", date(2026, 10, 30))
	plan, _ = plan_one(called(with_standing(old), date(2026, 10, 31)))
	assert [(c.ending, c.met_by) for c in plan.closings] == [(Ending.MET, MadeContact(date(2026, 10, 31)))]
	plan, _ = plan_one(called(with_standing(old), date(2026, 11, 1)))
	assert [(c.ending, c.met_by) for c in plan.closings] == [(Ending.MISSED, None)]


def test_each_callback_is_met_by_a_contact_of_its_own_the_newest_last():
	week = "quota|s-C1|2026-W45|1"
	both = (
		callback("quota|s-C1|2026-10|2", date(2026, 10, 20), name="CB-2"),
		callback("quota|s-C1|2026-10|3", date(2026, 10, 28), name="CB-3"),
		callback(week, date(2026, 11, 5), name="CB-4"),
	)
	inputs = called(with_standing(*both), date(2026, 10, 5), date(2026, 10, 22), date(2026, 10, 29))
	plan, _ = plan_one(inputs, as_of=date(2026, 11, 9))
	assert {c.callback: c.met_by and c.met_by.day for c in plan.closings} == {
		"CB-2": date(2026, 10, 22),
		"CB-3": date(2026, 10, 29),
		"CB-4": None,
	}
	given_up = replace(
		with_standing(both[0]),
		contacts=(),
		given_up=frozenset({"quota|s-C1|2026-10|1", "quota|s-C1|2026-10|3"}),
	)
	plan, _ = plan_one(given_up)
	assert [(c.ending, c.reason.code) for c in plan.closings] == [(Ending.MISSED, "period_over")]


def test_a_visit_of_the_span_is_met_by_a_visit_and_by_no_call():
	asked = callback("visit|s-C1|2026-Q3", date(2026, 9, 29), channel=Channel.VISIT)
	plan, _ = plan_one(called(with_standing(asked), date(2026, 9, 30)))
	assert [(c.ending, c.met_by) for c in plan.closings] == [(Ending.MISSED, None)]
	plan, _ = plan_one(called(with_standing(asked), date(2026, 9, 30), channel=Channel.VISIT))
	assert [(c.ending, c.reason.code) for c in plan.closings] == [(Ending.MET, "met_by")]


def test_a_callback_for_two_duties_is_met_only_when_both_are():
	both = callback(("visit|s-C1|2026-Q3", "quota|s-C1|2026-09|1"), date(2026, 9, 29))
	plan, _ = plan_one(called(with_standing(both), date(2026, 9, 30)))
	assert [(c.ending, c.reason.code) for c in plan.closings] == [(Ending.MISSED, "period_over")]


def agreed(met_from):
	due = date(2026, 11, 20)
	return replace(dated(ObligationKind.PROMISE, due, due), met_from=met_from)


def test_a_promised_date_is_met_by_a_contact_from_its_day_on():
	promise = agreed(date(2026, 11, 20))
	standing = callback(promise.key, date(2026, 11, 20))
	inputs = with_standing(standing, obligations=(promise,))
	early, _ = plan_one(called(inputs, date(2026, 11, 19)), as_of=date(2026, 11, 20))
	assert early.calls[0].callback == "CB-1"
	plan, _ = plan_one(called(inputs, date(2026, 11, 20), date(2026, 11, 21)), as_of=date(2026, 11, 21))
	assert [(c.ending, c.met_by) for c in plan.closings] == [(Ending.MET, MadeContact(date(2026, 11, 20)))]
	message = called(inputs, date(2026, 11, 20), channel=Channel.MESSAGE)
	plan, _ = plan_one(message, as_of=date(2026, 11, 20))
	assert plan.closings == ()


def test_what_only_its_own_callback_meets_stands_after_any_contact():
	promise = agreed(None)
	inputs = with_standing(callback(promise.key, date(2026, 11, 20)), obligations=(promise,))
	plan, _ = plan_one(called(inputs, date(2026, 11, 20)), as_of=date(2026, 11, 20))
	assert plan.closings == ()


def test_second_callback_stays_when_the_first_was_met():
	inputs = customer(
		level=Level.FIVE_STAR,
		band=Band.WATCH,
		standing=(
			callback(NOVEMBER, date(2026, 11, 13), name="CB-1"),
			callback(SECOND, date(2026, 11, 24), name="CB-2"),
		),
	)
	plan, _ = plan_one(called(inputs, date(2026, 11, 10)))
	assert [(c.callback, c.ending) for c in plan.closings] == [("CB-1", Ending.MET)]
	assert plan.calls[0].callback == "CB-2"


def test_better_band_takes_no_committed_callback_back():
	both = (
		callback(NOVEMBER, date(2026, 11, 12), name="CB-1"),
		callback(SECOND, date(2026, 11, 24), name="CB-2"),
	)
	plan, _ = plan_one(customer(level=Level.FIVE_STAR, standing=both))
	assert [call.callback for call in plan.calls[:2]] == ["CB-1", "CB-2"]
	assert plan.calls[1].duties[0].owed == 2
	unseen = tuple(replace(one, is_committed=False) for one in both)
	plan, _ = plan_one(customer(level=Level.FIVE_STAR, standing=unseen))
	assert [(c.callback, c.ending, c.reason.code) for c in plan.closings] == [
		("CB-2", Ending.DROPPED, "no_longer_owed")
	]


def test_worse_band_cuts_the_further_contacts_into_what_is_left():
	plan, horizon = plan_one(customer(level=Level.FIVE_STAR, band=Band.CRITICAL))
	assert [horizon.day(call.last).month for call in plan.calls] == [11, 11, 11, 12, 12, 12]
	assert [call.duties[0].ordinal for call in plan.calls] == [1, 2, 3] * 2


def test_callback_of_a_period_that_is_over_was_missed():
	old = callback("quota|s-C1|2026-10|1", date(2026, 10, 30))
	plan, _ = plan_one(with_standing(old))
	assert [(c.ending, c.reason.code) for c in plan.closings] == [(Ending.MISSED, "period_over")]
	plan, _ = plan_one(with_standing(replace(old, is_committed=False)))
	assert [(c.ending, c.reason.code) for c in plan.closings] == [(Ending.DROPPED, "period_over")]


def test_committed_callback_without_any_other_day_is_missed():
	as_of = date(2026, 11, 30)
	inputs = customer(
		standing=(callback(NOVEMBER, date(2026, 11, 27)),), attempts=(as_of,), last_contact=date(2026, 10, 1)
	)
	plan, _ = plan_one(inputs, as_of=as_of)
	assert [(c.ending, c.reason.as_mapping()["because"]) for c in plan.closings] == [
		(Ending.MISSED, "date_passed")
	]
	assert [(row.cause, row.missing) for row in plan.overflow] == [(OverflowCause.NO_WORKING_DAY, 1)]


def test_promise_whose_source_is_gone_is_met():
	plan, _ = plan_one(with_standing(callback("Promise|s-C1|x", date(2026, 11, 9))))
	assert [(c.ending, c.reason.code) for c in plan.closings] == [(Ending.MET, "no_longer_owed")]


def test_one_contact_meets_quota_visit_and_promise():
	promise = dated(ObligationKind.PROMISE, date(2026, 11, 16), date(2026, 11, 20))
	plan, horizon = plan_one(customer(level=Level.FIVE_STAR, obligations=(promise,)))
	first = plan.calls[0]
	assert [duty.kind.value for duty in first.duties] == ["Quota", "Visit", "Promise"]
	assert (first.channel, horizon.day(first.first), horizon.day(first.last)) == (
		Channel.VISIT,
		promise.start,
		promise.end,
	)
	(promised,), (visit,) = first.duties[-1].reasons(), first.duties[1].reasons()
	assert promised.as_mapping() == {"kind": "Promise", "until": promise.end}
	assert visit.as_mapping() == {"period": "2026-H2", "until": date(2026, 12, 31)}


def test_committed_callback_meets_what_its_day_and_channel_fit():
	promise = dated(ObligationKind.PROMISE, date(2026, 11, 12), date(2026, 11, 20))
	plan, _ = plan_one(with_standing(callback(NOVEMBER, date(2026, 11, 12)), obligations=(promise,)))
	assert keys(plan)[0] == [NOVEMBER, promise.key]
	other = callback(promise.key, date(2026, 11, 16), name="CB-2")
	plan, _ = plan_one(with_standing(callback(NOVEMBER, date(2026, 11, 12)), other, obligations=(promise,)))
	assert keys(plan)[:2] == [[NOVEMBER], [promise.key]]


def keys_of(call):
	return [duty.key_of("s-C1") for duty in call.duties]


def test_what_one_committed_callback_stands_for_is_not_given_to_an_earlier_one():
	visit = callback("visit|s-C1|2026-H2", date(2026, 11, 12), name="CB-1", channel=Channel.VISIT)
	call = callback(NOVEMBER, date(2026, 11, 20), name="CB-2")
	plan, _ = plan_one(with_standing(visit, call, level=Level.FIVE_STAR))
	served = [key for one in plan.calls for key in keys_of(one)]
	assert served.count(NOVEMBER) == 1
	assert len(served) == len(set(served))


def test_visit_rides_on_the_first_call_whose_window_it_does_not_narrow():
	inputs = customer(level=Level.FIVE_STAR, is_key_account=True, last_contact=None)
	plan, horizon = plan_one(inputs, as_of=date(2026, 9, 23))
	windows = {
		key: (horizon.day(call.first), horizon.day(call.last)) for call in plan.calls for key in keys_of(call)
	}
	assert windows["quota|s-C1|2026-W40|1"] == (date(2026, 9, 28), date(2026, 10, 2))
	assert windows["visit|s-C1|2026-Q4"] == windows["quota|s-C1|2026-W41|1"]


def test_callback_made_for_a_promise_counts_for_the_quota():
	promise = dated(ObligationKind.PROMISE, date(2026, 11, 12), date(2026, 11, 20))
	plan, _ = plan_one(with_standing(callback(promise.key, date(2026, 11, 16)), obligations=(promise,)))
	assert keys(plan) == [[NOVEMBER, promise.key], [DECEMBER]]


def test_two_deadlines_closer_than_the_gap_are_both_kept_and_say_so():
	deadlines = (
		dated(ObligationKind.COMPLAINT, date(2026, 11, 16), date(2026, 11, 16)),
		dated(ObligationKind.PROMISE, date(2026, 11, 18), date(2026, 11, 18)),
	)
	plan, _ = plan_one(customer(obligations=deadlines))
	waived = [reason for call in plan.calls for reason in call.reasons]
	assert [reason.as_mapping() for reason in waived] == [
		{"before": date(2026, 11, 16), "date": date(2026, 11, 18), "gap": 5}
	]
	assert waived[0].code == "gap_waived"


def test_passed_deadline_is_overdue_and_gets_a_window_of_the_same_length():
	late = dated(ObligationKind.COMPLAINT, date(2026, 11, 4), date(2026, 11, 6))
	plan, horizon = plan_one(customer(obligations=(late,)))
	assert days(plan, horizon)[0] == (AS_OF, AS_OF)
	(reason,) = plan.calls[0].duties[-1].reasons()
	assert reason.code == "overdue_since"
	assert reason.as_mapping()["since"] == date(2026, 11, 4)


def test_obligation_beyond_the_axis_waits():
	later = dated(ObligationKind.CARE, date(2027, 3, 1), date(2027, 3, 5))
	plan, _ = plan_one(customer(obligations=(later,)))
	assert keys(plan) == [[NOVEMBER], [DECEMBER]]


def test_obligation_without_working_day_or_channel_overflows():
	weekend = dated(ObligationKind.PROMISE, date(2026, 11, 14), date(2026, 11, 15))
	written = dated(
		ObligationKind.CARE, date(2026, 11, 12), date(2026, 11, 13), channels=frozenset({Channel.MESSAGE})
	)
	plan, _ = plan_one(customer(obligations=(weekend, written)))
	assert {(row.cause, row.period_start) for row in plan.overflow} == {
		(OverflowCause.NO_WORKING_DAY, weekend.start),
		(OverflowCause.NO_CHANNEL, written.start),
	}


def test_customer_without_any_channel_stands_in_the_open():
	plan, _ = plan_one(customer(channels=frozenset()))
	assert plan.calls == ()
	assert [row.cause for row in plan.overflow] == [OverflowCause.NO_CHANNEL] * 2


def test_own_wish_for_messages_is_kept():
	plan, _ = plan_one(customer(channels=frozenset({Channel.MESSAGE, Channel.PHONE})))
	assert {call.channel for call in plan.calls} == {Channel.MESSAGE}


def test_pause_takes_its_days_away_and_what_lies_wholly_in_it_is_not_owed():
	promise = dated(ObligationKind.PROMISE, date(2026, 11, 16), date(2026, 11, 20))
	pause = (date(2026, 11, 1), date(2026, 12, 10))
	plan, horizon = plan_one(customer(obligations=(promise,), pause=pause))
	assert days(plan, horizon) == [(date(2026, 12, 11), date(2026, 12, 31))]
	assert plan.overflow == ()
	plan, _ = plan_one(customer(pause=(date(2026, 11, 1), date.max)))
	assert (plan.calls, plan.overflow) == ((), ())


def test_period_too_short_for_its_quota_says_how_many_days_there_were():
	as_of = date(2026, 11, 27)
	plan, _ = plan_one(customer(level=Level.FIVE_STAR, band=Band.CRITICAL), as_of=as_of)
	row = plan.overflow[0]
	assert (row.cause, row.missing, row.period_start) == (
		OverflowCause.PERIOD_TOO_SHORT,
		2,
		date(2026, 11, 1),
	)
	assert row.reason.as_mapping() == {"what": "2026-11", "missing": 2, "days": 2}


def test_week_without_a_working_day_says_so():
	festival = WorkCalendar(off=frozenset(date(2026, 11, 16) + timedelta(days=n) for n in range(5)))
	plan, _ = plan_one(customer(is_key_account=True), calendar=festival)
	assert [(row.cause, row.period_start) for row in plan.overflow] == [
		(OverflowCause.NO_WORKING_DAY, date(2026, 11, 16))
	]


def test_window_that_passed_unmet_is_the_anchor_of_the_next_cut():
	inputs = customer(level=Level.FIVE_STAR, band=Band.WATCH)
	before, horizon = plan_one(inputs, as_of=date(2026, 11, 2))
	first, second = days(before, horizon)[:2]
	after, horizon = plan_one(inputs, as_of=first[1] + timedelta(days=3))
	again = days(after, horizon)[:2]
	assert again[0][1] < again[1][0]
	assert second[0] > first[1]
	assert before.valid_until == date(2026, 11, 4), "December is touched by then"
	assert after.valid_until == again[0][1] + timedelta(days=1)


def test_windows_do_not_move_with_today():
	inputs = customer(level=Level.FIVE_STAR, band=Band.WATCH)
	ends = set()
	for day in range(2, 12):
		plan, horizon = plan_one(inputs, as_of=date(2026, 11, day), policy=PlanningPolicy(horizon_days=10))
		ends.add(tuple(end for _, end in days(plan, horizon)[:2]))
	assert len(ends) == 1


def change(before, after):
	return customer(cadence=CADENCES[before], later_cadence=CADENCES[after])


def test_new_key_account_is_called_every_week_from_next_week_on():
	plan, _ = plan_one(change(Level.ONE_STAR.value, KEY_ACCOUNT))
	assert [
		duty.label for call in plan.calls for duty in call.duties if duty.kind is ObligationKind.QUOTA
	] == [
		"2026-W47",
		"2026-W48",
		"2026-W49",
		"2026-W50",
	]


def test_former_key_account_keeps_its_weeks_until_the_month_begins():
	plan, _ = plan_one(change(KEY_ACCOUNT, Level.FOUR_STAR.value))
	labels = [duty.label for call in plan.calls for duty in call.duties if duty.kind is ObligationKind.QUOTA]
	assert labels == ["2026-W46", "2026-W47", "2026-W48", "2026-12"]


def test_visit_made_in_the_quarter_is_not_asked_again():
	inputs = customer(is_key_account=True)
	plan, _ = plan_one(inputs)
	assert sum("visit|s-C1|2026-Q4" in found for found in keys(plan)) == 1
	plan, _ = plan_one(called(inputs, date(2026, 10, 12), channel=Channel.VISIT))
	assert not any("visit|s-C1|2026-Q4" in found for found in keys(plan))


def test_visits_of_two_spans_are_both_planned():
	plan, _ = plan_one(customer(is_key_account=True), as_of=date(2026, 12, 15))
	visits = [duty.label for call in plan.calls for duty in call.duties if duty.kind is ObligationKind.VISIT]
	assert visits == ["2026-Q4", "2027-Q1"]


def test_stored_window_of_a_committed_callback_stays_with_it():
	kept = callback(
		NOVEMBER, date(2026, 11, 20), window_start=date(2026, 11, 2), window_end=date(2026, 11, 25)
	)
	plan, horizon = plan_one(with_standing(kept))
	assert days(plan, horizon)[0] == (AS_OF, date(2026, 11, 25))


def test_wide_stored_window_gives_way_where_a_contact_needs_the_days():
	kept = callback(
		NOVEMBER, date(2026, 11, 12), window_start=date(2026, 11, 11), window_end=date(2026, 11, 27)
	)
	plan, horizon = plan_one(customer(level=Level.FIVE_STAR, band=Band.CRITICAL, standing=(kept,)))
	assert [horizon.day(call.last).month for call in plan.calls[:3]] == [11, 11, 11]
	assert not plan.overflow


def test_solutions_kept_are_bounded(monkeypatch):
	monkeypatch.setattr("cs_retention.engine.horizon.SOLUTIONS_KEPT", 1)
	_, horizon = plan_one(customer())
	plan_again = plan_one(customer(is_key_account=True))[1]
	assert len(horizon._solutions) == len(plan_again._solutions) == 1
	plan_customer(customer(is_key_account=True), horizon, everybody_works)
	assert len(horizon._solutions) == 1


class TestGivenUp:
	def test_a_duty_given_up_is_not_owed_in_its_period_and_is_in_the_next(self) -> None:
		inputs = customer(level=Level.THREE_STAR)
		plan, _horizon = plan_one(inputs)
		(first, *_rest) = plan.calls
		key = first.duties[0].key_of(inputs.state)
		again, _horizon = plan_one(replace(inputs, given_up=frozenset({key})))
		keys = {duty.key_of(inputs.state) for call in again.calls for duty in call.duties}
		assert key.startswith("quota|s-C1|2026-11")
		assert not any(found.startswith("quota|s-C1|2026-11") for found in keys)
		assert any(found.startswith("quota|s-C1|2026-12") for found in keys)

	def test_one_of_several_given_up_leaves_the_others_owed(self) -> None:
		inputs = customer(level=Level.FIVE_STAR, band=Band.AT_RISK)
		plan, _horizon = plan_one(replace(inputs, given_up=frozenset({"quota|s-C1|2026-12|1"})))
		december = [call for call in plan.calls if call.duties[0].label == "2026-12"]
		assert len(december) == 2

	def test_a_visit_given_up_is_not_owed_in_its_span(self) -> None:
		inputs = customer(level=Level.FIVE_STAR)
		visit = f"visit|{inputs.state}|2026-H2"
		for last_contact in (inputs.last_contact, None):
			keys = {
				duty.key_of(inputs.state)
				for call in plan_one(replace(inputs, last_contact=last_contact, given_up=frozenset({visit})))[
					0
				].calls
				for duty in call.duties
			}
			assert visit not in keys
		assert visit in {
			duty.key_of(inputs.state) for call in plan_one(inputs)[0].calls for duty in call.duties
		}


@pytest.mark.parametrize("due", [date(2026, 12, 30), date(2027, 1, 4), date(2027, 6, 1)])
def test_a_date_agreed_after_the_last_period_stands_or_waits_for_its_period(due):
	"""As of the last of October periods end with November; a date agreed for December is on the axis, one far off is not."""
	as_of = date(2026, 10, 31)
	promise = dated(ObligationKind.PROMISE, due, due)
	agreed = callback(promise.key, due)
	plan, horizon = plan_one(with_standing(agreed, obligations=(promise,)), as_of=as_of)
	kept = [call for call in plan.calls if call.callback == agreed.name]
	assert [horizon.day(call.due) for call in kept] == [due] * (horizon.index(due) < horizon.length)
	assert all(call.duties[0].key == promise.key for call in kept)


def test_a_date_agreed_just_after_the_last_period_of_a_month_is_kept():
	due, as_of = date(2026, 12, 2), date(2026, 10, 31)
	promise = dated(ObligationKind.PROMISE, due, due)
	plan, _ = plan_one(with_standing(callback(promise.key, due), obligations=(promise,)), as_of=as_of)
	(kept,) = [call for call in plan.calls if call.callback == "CB-1"]
	assert [duty.kind for duty in kept.duties] == [ObligationKind.PROMISE]


@pytest.mark.parametrize(
	("kind", "key", "is_so"),
	[
		(ObligationKind.PROMISE, "promise|S|C|1", True),
		(ObligationKind.RETENTION, "retention|S|1", True),
		(ObligationKind.VISIT, "visit_needed|S|C", True),
		(ObligationKind.VISIT, "visit|S|2026-Q4", False),
		(ObligationKind.QUOTA, "quota|S|2026-11|1", False),
	],
)
def test_what_people_asked_for(kind, key, is_so):
	assert is_agreed(kind, key) is is_so


class TestWithoutQuota:
	"""A customer who was let go: the cadence owes nothing, whatever stands; what is dated is still owed."""

	LET_GO = without_quota(CADENCES[Level.ONE_STAR.value])

	def released(self, *callbacks, **given):
		return replace(with_standing(*callbacks, **given), cadence=self.LET_GO, later_cadence=self.LET_GO)

	def test_nothing_is_planned(self):
		plan, _ = plan_one(self.released())
		assert (plan.calls, plan.overflow) == ((), ())

	@pytest.mark.parametrize(("is_committed", "ending"), [(True, Ending.MET), (False, Ending.DROPPED)])
	def test_a_call_that_serves_the_quota_alone_ends(self, is_committed, ending):
		call = callback(NOVEMBER, date(2026, 11, 20), is_committed=is_committed)
		plan, _ = plan_one(self.released(call))
		((closing,), calls) = plan.closings, plan.calls
		assert (closing.ending, closing.reason.code, calls) == (ending, "no_longer_owed", ())

	def test_a_call_that_serves_something_dated_too_stays_for_that(self):
		row = dated(ObligationKind.CASE, date(2026, 11, 12), date(2026, 11, 27))
		call = replace(callback(NOVEMBER, date(2026, 11, 20)), keys=(NOVEMBER, row.key))
		plan, horizon = plan_one(self.released(call, obligations=(row,)))
		((only,), closings) = plan.calls, plan.closings
		assert (only.callback, horizon.day(only.due), closings) == ("CB-1", date(2026, 11, 20), ())
		assert keys(plan) == [[row.key]]

	def test_a_level_that_may_owe_nothing_today_keeps_what_was_shown(self):
		none_today = replace(self.LET_GO, contacts_max=1)
		inputs = with_standing(callback(NOVEMBER, date(2026, 11, 20)))
		plan, _ = plan_one(replace(inputs, cadence=none_today, later_cadence=none_today))
		assert [call.callback for call in plan.calls] == ["CB-1"]
