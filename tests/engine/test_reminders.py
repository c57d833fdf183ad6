from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.reasons import PolicyError
from cs_retention.engine.reminders import (
	LISTED,
	DueCall,
	DuePromise,
	ReminderKind,
	ReminderPolicy,
	Section,
	Way,
	WeekOf,
	are_due,
	by_manager,
	digests,
	kinds_on,
	late_calls,
	nudge_span,
	tried,
	way_of,
	week_before,
	weeks,
)
from cs_retention.engine.vocabulary import CallbackStatus
from cs_retention.engine.workdays import WorkCalendar

TODAY = date(2026, 11, 26)  # a Thursday
POLICY = ReminderPolicy()


def call(name="c1", responsible="ann", days=0, manager="ann", backup="bob", **changes):
	return DueCall(
		name, f"Shop {name}", responsible, TODAY + timedelta(days=days), None, manager, backup, **changes
	)


def promise(by="ann", days=0):
	return DuePromise("c1", "send the offer", "Shop", by, TODAY + timedelta(days=days))


def digested(*calls, promises=(), away=()):
	found = digests(TODAY, calls, promises, away)
	return {
		person: {
			section: [row.name for row in part.rows]
			for section, part in parts.items()
			if section is not Section.PROMISES
		}
		for person, parts in found.items()
	}


class TestPolicy:
	@pytest.mark.parametrize(
		("changes", "field"),
		[
			({"hour": 24}, "digest_hour"),
			({"hour": -1}, "digest_hour"),
			({"nudge_minutes": 241}, "nudge_minutes"),
			({"nudge_minutes": -1}, "nudge_minutes"),
			({"escalation_days": 61}, "escalation_days"),
			({"escalation_days": -1}, "escalation_days"),
		],
	)
	def test_figures_that_are_refused(self, changes, field):
		with pytest.raises(PolicyError) as caught:
			ReminderPolicy(**changes)
		assert caught.value.field == field


class TestAreDue:
	@pytest.mark.parametrize(
		("hour", "written", "due"),
		[
			(7, None, False),
			(8, None, True),
			(23, TODAY - timedelta(days=1), True),
			(8, TODAY, False),
			(8, TODAY + timedelta(days=1), False),
		],
	)
	def test_from_the_hour_on_once_a_day(self, hour, written, due):
		assert are_due(datetime(2026, 11, 26, hour, 30), written, POLICY) is due

	@given(hours=st.lists(st.integers(0, 23), min_size=1, max_size=24))
	def test_whatever_the_hour_is_changed_to_a_day_has_one(self, hours):
		written, count = None, 0
		for minute, hour in enumerate(hours):
			if are_due(datetime(2026, 11, 26, 12, minute), written, ReminderPolicy(hour=hour)):
				written, count = TODAY, count + 1
		assert count == (min(hours) <= 12)


class TestDigests:
	def test_sections_of_a_person_in_their_order(self):
		found = digests(
			TODAY,
			[call("late", days=-3), call("now"), call("cover", "bob")],
			[promise("bob")],
			(),
		)
		assert {person: list(parts) for person, parts in found.items()} == {
			"ann": [Section.OVERDUE, Section.TODAY],
			"bob": [Section.PROMISES, Section.COVERING],
		}

	def test_who_has_nothing_to_do_gets_none(self):
		assert digested() == {}

	def test_a_call_of_somebody_away_stands_with_the_backup(self):
		assert digested(call(), away={"ann"}) == {"bob": {Section.COVERING: ["c1"]}}

	def test_a_call_of_the_backup_who_is_away_stands_with_the_account_manager(self):
		assert digested(call(responsible="bob"), away={"bob"}) == {"ann": {Section.COVERING: ["c1"]}}
		assert digested(call(responsible="bob"), away={"ann", "bob"}) == {}
		assert digested(call(responsible="bob", manager=None), away={"bob"}) == {}

	def test_where_both_are_away_nobody_is_told_now(self):
		assert digested(call(), away={"ann", "bob"}) == {}
		assert digested(call(backup=None), away={"ann"}) == {}

	def test_who_left_the_customer_is_told_nothing(self):
		assert digested(call(responsible="zoe")) == {}

	def test_without_an_account_manager_a_call_is_the_backups_own(self):
		assert digested(call(responsible="bob", manager=None, days=-1)) == {"bob": {Section.OVERDUE: ["c1"]}}

	def test_a_long_section_lists_the_first_and_counts_all(self):
		found = digests(TODAY, [call(f"c{n}") for n in range(25)], [], ())
		part = found["ann"][Section.TODAY]
		assert ([row.name for row in part.rows], part.count) == ([f"c{n}" for n in range(LISTED)], 25)

	PEOPLE = st.sampled_from(["ann", "bob", "cid", None])
	CALLS = st.lists(
		st.builds(
			lambda responsible, days, manager, backup: call("c", responsible, days, manager, backup),
			st.sampled_from(["ann", "bob", "cid"]),
			st.integers(-9, 0),
			PEOPLE,
			PEOPLE,
		)
	)

	@given(calls=CALLS, away=st.sets(st.sampled_from(["ann", "bob", "cid"])))
	def test_a_call_stands_in_one_section_of_one_person_who_answers_for_it_and_is_there(self, calls, away):
		found = digests(TODAY, calls, [], away)
		assert sum(part.count for parts in found.values() for part in parts.values()) <= len(calls)
		assert not away & set(found)
		for person, parts in found.items():
			assert parts
			for part in parts.values():
				assert all(person in (row.account_manager, row.backup_manager) for row in part.rows)


class TestWays:
	@pytest.mark.parametrize(
		("is_enabled", "is_working", "has_address", "is_mailed", "way"),
		[
			(True, True, True, True, Way.BELL_AND_MAIL),
			(True, True, False, True, Way.NO_ADDRESS),
			(True, True, True, False, Way.BELL),
			(True, False, True, True, Way.NOT_WORKING),
			(False, False, True, True, Way.DISABLED),
		],
	)
	def test_how_somebody_is_told_or_why_not(self, is_enabled, is_working, has_address, is_mailed, way):
		assert way_of(is_enabled, is_working, has_address, is_mailed) is way
		assert way.is_told is (is_enabled and is_working)


class TestTried:
	def test_what_is_off_is_tried_by_the_usual_figures(self):
		off = ReminderPolicy(9, has_digest=False, has_week=False, nudge_minutes=0, escalation_days=0)
		assert kinds_on(off) == ()
		assert tried(off) == ReminderPolicy(9)
		assert kinds_on(tried(off)) == tuple(ReminderKind)

	def test_figures_that_are_set_stay(self):
		policy = ReminderPolicy(7, nudge_minutes=30, escalation_days=5)
		assert tried(policy) == policy


class TestNudges:
	def test_calls_around_now(self):
		assert nudge_span(datetime(2026, 11, 26, 10, 0), POLICY) == (time(9, 45), time(10, 15))

	def test_a_day_has_its_own_calls_only(self):
		assert nudge_span(datetime(2026, 11, 26, 0, 5), POLICY) == (time(0), time(0, 20))
		assert nudge_span(datetime(2026, 11, 26, 23, 50), POLICY) == (time(23, 35), time.max)


class TestLateCalls:
	CALENDAR = WorkCalendar()

	def late(self, *calls, today=TODAY, calendar=CALENDAR, policy=POLICY):
		return [row.name for row in late_calls(today, calls, lambda _: calendar, policy)]

	def test_after_two_whole_working_days(self):
		monday = call(days=-3)  # due on Monday 23: late on Tuesday and Wednesday
		assert self.late(monday, today=date(2026, 11, 25)) == []
		assert self.late(monday, today=date(2026, 11, 26)) == ["c1"]

	def test_days_off_do_not_count(self):
		friday = call(days=-6)
		assert self.late(friday, today=date(2026, 11, 24)) == []
		assert self.late(friday, today=date(2026, 11, 25)) == ["c1"]
		away = self.CALENDAR.without([date(2026, 11, 23)])
		assert self.late(friday, today=date(2026, 11, 25), calendar=away) == []

	def test_once_and_again_when_it_was_moved_and_is_late_again(self):
		assert self.late(call(days=-9, escalated_on=TODAY)) == []
		assert self.late(call(days=-9, escalated_on=TODAY - timedelta(days=20))) == ["c1"]

	def test_never_when_switched_off_and_not_what_is_due_today(self):
		assert self.late(call(days=-99), policy=replace(POLICY, escalation_days=0)) == []
		assert self.late(call()) == []

	@given(days=st.integers(0, 30), grace=st.integers(1, 10))
	def test_told_on_one_day_and_on_every_day_after(self, days, grace):
		policy, due = replace(POLICY, escalation_days=grace), TODAY
		told = [
			bool(self.late(call(), today=due + timedelta(days=later), policy=policy))
			for later in range(days + 1)
		]
		assert told == sorted(told)
		assert not any(told[: grace + 1])


class TestByManager:
	def told(self, calls, manager_of=None, managers=("max", "mia")):
		found = by_manager(calls, manager_of or {}, managers)
		return {manager: [row.name for row in part.rows] for manager, part in found.items()}

	def test_the_own_manager_else_all(self):
		assert self.told([call()], {"ann": "eva"}) == {"eva": ["c1"]}
		assert self.told([call()]) == {"max": ["c1"], "mia": ["c1"]}

	def test_a_manager_is_told_of_others_unless_nobody_else_is_there(self):
		assert self.told([call(responsible="max")]) == {"mia": ["c1"]}
		assert self.told([call(responsible="max")], managers=("max",)) == {"max": ["c1"]}
		assert self.told([call()], managers=()) == {}


class TestWeeks:
	S = CallbackStatus

	def test_counts_by_person(self):
		counts = [
			("ann", self.S.DONE, 3),
			("ann", self.S.PLANNED, 2),
			("ann", self.S.MISSED, 1),
			("bob", self.S.MET, 4),
		]
		assert weeks(counts, {"ann": 2, "cid": 1}, {"bob": 5}) == [
			WeekOf("ann", 6, 3, 1, 2, 0),
			WeekOf("bob", 4, 4, 0, 0, 5),
			WeekOf("cid", 0, 0, 0, 1, 0),
		]

	@given(
		rows=st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(CallbackStatus), st.integers(1, 9)))
	)
	def test_nothing_is_lost(self, rows):
		totals = Counter()
		for person, _status, count in rows:
			totals[person] += count
		assert {week.person: week.due for week in weeks(rows, {}, {})} == dict(totals)

	@given(today=st.dates(date(2020, 1, 1), date(2030, 1, 1)))
	def test_the_week_before_is_whole_and_over(self, today):
		monday, sunday = week_before(today)
		assert (monday.weekday(), sunday.weekday()) == (0, 6)
		assert timedelta(days=1) <= today - sunday <= timedelta(days=7)
