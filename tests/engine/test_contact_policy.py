"""The contact policy as it is built: what it refuses, whose cap holds, when quiet hours end."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.contact_policy import Cap, ClassRule, ContactPolicy, default_classes
from cs_retention.engine.reasons import PolicyError
from cs_retention.engine.vocabulary import ConsentRule, MessageChannel, MessageClass

POLICY = ContactPolicy()
COMPLAINT, RETENTION, CARE, MARKETING = default_classes()
TIMES = st.times().map(lambda found: found.replace(second=0, microsecond=0))
LEGAL = ClassRule(MessageClass.SERVICE, ConsentRule.NOT_NEEDED, ConsentRule.NOT_NEEDED)


@pytest.mark.parametrize(
	("change", "field", "value"),
	[
		({"min_gap_days": 31}, "min_gap_days", 31),
		({"caps": (Cap(8, "Key Account"),)}, "caps", ()),
		({"caps": (Cap(4), Cap(5))}, "caps", ""),
		({"caps": (Cap(4), Cap(2, "Two Star"), Cap(3, "Two Star"))}, "caps", "Two Star"),
		({"classes": (COMPLAINT, RETENTION, CARE)}, "classes", "Marketing"),
		({"classes": (COMPLAINT, RETENTION, CARE, MARKETING, MARKETING)}, "classes", "Marketing"),
		({"classes": (*default_classes(), LEGAL)}, "classes", "Legal and Service"),
		({"caps": (Cap(1),)}, "classes.Care.keeps_free", 1),
		(
			{"classes": (COMPLAINT, replace(RETENTION, keeps_free=2), CARE, MARKETING)},
			"classes.Care.keeps_free",
			1,
		),
		({"quiet_from": None}, "quiet_from", None),
		({"quiet_to": None}, "quiet_to", None),
		({"quiet_from": time(9), "quiet_to": time(9)}, "quiet_to", "09:00"),
		({"quiet_from": time(0, 1), "quiet_to": time(0)}, "quiet_to", "00:00"),
		({"quiet_from": time(9), "quiet_to": time(8, 1)}, "quiet_to", "08:01"),
	],
)
def test_what_cannot_work_names_field_and_value(change, field, value) -> None:
	with pytest.raises(PolicyError) as error:
		replace(POLICY, **change)
	assert (error.value.field, error.value.value) == (field, value)


@pytest.mark.parametrize("touches", [0, -1, 367])
def test_a_cap_of_nothing_is_refused(touches) -> None:
	with pytest.raises(PolicyError, match=r"caps.touches = .*: give a whole number from 1 to 366"):
		Cap(touches)


@pytest.mark.parametrize("change", [{"keeps_free": -1}, {"hold_days": 91}])
def test_a_class_that_cannot_work_names_itself(change) -> None:
	with pytest.raises(PolicyError, match=r"classes.Care."):
		replace(CARE, **change)


@pytest.mark.parametrize(
	("level", "channel", "caps"),
	[
		("Key Account", MessageChannel.EMAIL, [8]),
		("Five Star", MessageChannel.EMAIL, [6]),
		("New", MessageChannel.EMAIL, [4]),
		("Two Star", MessageChannel.SMS, [4, 2]),
		("Five Star", MessageChannel.SMS, [6, 3]),
	],
)
def test_a_level_without_a_cap_of_its_own_has_that_of_the_others(level, channel, caps) -> None:
	by_sms = (Cap(2, channel=MessageChannel.SMS), Cap(3, "Five Star", MessageChannel.SMS))
	policy = replace(POLICY, caps=(*POLICY.caps, *by_sms))
	assert [cap.touches for cap in policy.caps_of(level, channel)] == caps


@pytest.mark.parametrize(("touches", "by_sms", "exceeded"), [(4, 2, None), (5, 0, 4), (3, 3, 2), (5, 3, 4)])
def test_the_first_cap_that_is_exceeded_is_named(touches, by_sms, exceeded) -> None:
	policy = replace(POLICY, caps=(*POLICY.caps, Cap(2, channel=MessageChannel.SMS)))
	cap = policy.exceeded("New", touches, {MessageChannel.SMS: by_sms} if by_sms else {})
	assert (cap and cap.touches) == exceeded


DAYS = st.integers(0, 80).map(lambda number: date(2026, 7, 1) + timedelta(days=number))
MADE = st.lists(st.tuples(DAYS, st.sampled_from([None, *MessageChannel])), max_size=40)


@given(MADE, st.sampled_from(["New", "Five Star", "Key Account"]), DAYS)
def test_touches_over_a_cap_are_those_that_look_back_on_too_many(made, level, since) -> None:
	policy = replace(POLICY, caps=(*POLICY.caps, Cap(2, channel=MessageChannel.SMS)))
	most = {"New": 4, "Five Star": 6, "Key Account": 8}[level]
	ordered, over = sorted(made, key=lambda touch: touch[0]), 0
	for place, (day, channel) in enumerate(ordered):
		recent = [each for each in ordered[: place + 1] if (day - each[0]).days < 30]
		by_sms = [each for each in recent if each[1] is MessageChannel.SMS]
		is_over = len(recent) > most or (channel is MessageChannel.SMS and len(by_sms) > 2)
		over += day >= since and is_over
	assert policy.over_cap(level, ordered, since) == over


@pytest.mark.parametrize(
	("begin", "end", "moment", "opened"),
	[
		(20, 9, "2026-11-26 19:59", "2026-11-26 19:59"),
		(20, 9, "2026-11-26 20:00", "2026-11-27 09:00"),
		(20, 9, "2026-11-27 08:59", "2026-11-27 09:00"),
		(20, 9, "2026-11-27 09:00", "2026-11-27 09:00"),
		(12, 14, "2026-11-27 12:30", "2026-11-27 14:00"),
		(12, 14, "2026-11-27 14:00", "2026-11-27 14:00"),
		(12, 14, "2026-11-27 11:59", "2026-11-27 11:59"),
	],
)
def test_quiet_hours_end_on_the_same_day_or_the_next(begin, end, moment, opened) -> None:
	policy = replace(POLICY, quiet_from=time(begin), quiet_to=time(end))
	assert policy.open_from(datetime.fromisoformat(moment)) == datetime.fromisoformat(opened)


def test_without_quiet_hours_every_moment_is_open() -> None:
	policy = replace(POLICY, quiet_from=None, quiet_to=None)
	assert policy.open_from(datetime(2026, 11, 26, 3)) == datetime(2026, 11, 26, 3)
	assert policy.quiet_hours() == ("", "")


@given(TIMES, TIMES, st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))
def test_quiet_hours_end_within_a_day_at_an_open_moment(begin, end, moment) -> None:
	try:
		policy = replace(POLICY, quiet_from=begin, quiet_to=end)
	except PolicyError as error:
		assert (error.field, error.value) == ("quiet_to", f"{end:%H:%M}")
		return
	opened = policy.open_from(moment)
	assert 0 <= (opened - moment).total_seconds() <= 23 * 3600
	assert policy.open_from(opened) == opened
