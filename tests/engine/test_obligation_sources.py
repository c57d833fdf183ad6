"""What happened and what is ahead as dated duties: windows, keys, what meets and what ends them, and who may call."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_cases import AS_OF, COMPANY, A, B, book, customer, plan_one, standing

from cs_retention.engine.obligation_policy import FestivalPolicy, ObligationPolicy, SourceRule
from cs_retention.engine.obligation_sources import (
	CALLS,
	LONGEST_KEY,
	TABLE,
	VISITS,
	Frame,
	Occasion,
	come_again,
	days_ahead,
	days_back,
	duties_of,
	is_sampled,
	source_of,
	switched_on,
)
from cs_retention.engine.obligations import MadeContact
from cs_retention.engine.plan import OverflowCause
from cs_retention.engine.planned import REASONS
from cs_retention.engine.policy import Policy
from cs_retention.engine.reasons import PolicyError
from cs_retention.engine.retention_case import CasePolicy
from cs_retention.engine.vocabulary import KEY_ACCOUNT, Channel, Level, ObligationKind, ObligationSource
from cs_retention.engine.workdays import WorkCalendar

POLICY = ObligationPolicy()
FRAME = Frame(AS_OF, date(2026, 12, 31), COMPANY)
STATE = "s-C1"


def day(text: str) -> date:
	return date.fromisoformat(f"2026-{text}")


def duties(*occasions, policy=POLICY, level="Two Star", frame=FRAME, **told):
	return duties_of(STATE, level, occasions, policy, frame, **told)


def windows(*occasions, **told):
	"""Key without kind and state, first and last day of what is owed."""
	found = duties(*occasions, **told).owed
	contacts = told.get("contacts", ())
	return [
		(row.key.split("|", 2)[2], row.start, row.end)
		for row in found
		if not any(map(row.is_met_by, contacts))
	]


def complaint(opened="11-10", resolved="11-11", handlers=(A,)):
	resolved_on = day(resolved) if resolved else None
	kind = ObligationSource.COMPLAINT_VERIFICATION
	return Occasion(kind, "ISS-1", day(opened), resolved_on, frozenset(handlers))


def delivery(on="11-10", name="DN-1"):
	return Occasion(ObligationSource.AFTER_DELIVERY, name, day(on))


@pytest.mark.parametrize(
	("opened", "resolved", "window"),
	[
		# Opened on Tuesday, it closes by Friday; resolved on Saturday it is verified on Monday.
		("11-10", "11-11", ("ISS-1|2026-11-11", day("11-11"), day("11-13"))),
		("11-12", "11-14", ("ISS-1|2026-11-14", day("11-16"), day("11-16"))),
		("11-10", None, ("ISS-1", day("11-10"), day("11-13"))),
		("10-10", "11-11", ("ISS-1|2026-11-11", day("11-11"), day("11-11"))),
	],
)
def test_a_resolved_complaint_is_verified_so_that_it_closes_within_three_days(opened, resolved, window):
	assert windows(complaint(opened, resolved)) == [window]


def test_a_complaint_is_urgent_ranks_first_and_is_not_verified_by_its_handler():
	(owed,) = duties(complaint()).owed
	assert (owed.kind, owed.is_urgent, owed.barred) == (ObligationKind.COMPLAINT, True, {A})
	assert owed.key == "complaint|s-C1|ISS-1|2026-11-11"
	assert owed.why.as_mapping() == {"of": day("11-10"), "until": day("11-13")}


def test_only_its_own_call_verifies_a_complaint_and_any_contact_after_a_delivery_asks_about_it():
	contacts = [MadeContact(day("11-11"))]
	assert windows(complaint(), delivery(), contacts=contacts) == windows(complaint())
	assert windows(delivery(), contacts=[MadeContact(day("11-10"))]) == windows(delivery())


def test_what_people_ended_is_not_owed_again_and_a_complaint_resolved_again_is():
	settled = {"complaint|s-C1|ISS-1|2026-11-11"}
	assert windows(complaint(), settled=settled) == []
	assert len(windows(complaint(resolved="11-12"), settled=settled)) == 1


def test_a_delivery_is_asked_about_within_three_working_days_after_it():
	assert windows(delivery("11-06")) == [("DN-1", day("11-09"), day("11-11"))]
	visit = Occasion(ObligationSource.AFTER_MAINTENANCE_VISIT, "MV-1", day("11-10"))
	assert windows(visit) == [("MV-1", day("11-11"), day("11-13"))]


def test_a_duty_lapses_after_its_days_and_is_forgotten_a_month_later():
	end = day("11-13")
	owed_until, known_until = end + timedelta(days=14), end + timedelta(days=44)
	for as_of, owed, lapsed in (
		(owed_until, 1, 0),
		(owed_until + timedelta(days=1), 0, 1),
		(known_until, 0, 1),
		(known_until + timedelta(days=1), 0, 0),
	):
		found = duties(complaint(), frame=replace(FRAME, as_of=as_of))
		assert (len(found.owed), len(found.lapsed)) == (owed, lapsed), as_of


def test_maintenance_is_announced_fourteen_days_and_one_day_before_it():
	ahead = Occasion(ObligationSource.MAINTENANCE_REMINDER, "row1", day("11-30"))
	# 29 November is a Sunday.
	assert windows(ahead) == [
		("row1|1", day("11-27"), day("11-27")),
		("row1|14", day("11-16"), day("11-16")),
	]
	late = replace(FRAME, as_of=day("11-27"))
	assert windows(ahead, frame=late) == [("row1|1", day("11-27"), day("11-27"))]
	assert duties(ahead, frame=late).lapsed == {"maintenance|s-C1|row1|14"}


def test_maintenance_after_the_planned_days_is_no_matter_yet():
	assert windows(Occasion(ObligationSource.MAINTENANCE_REMINDER, "row1", date(2027, 2, 1))) == []


@pytest.mark.parametrize(
	("born", "window"),
	[
		(date(1970, 12, 1), ("row1|2026", day("12-01"), day("12-01"))),
		(date(1970, 11, 15), ("row1|2026", day("11-13"), day("11-13"))),
		(date(1970, 1, 1), ("row1|2027", day("12-31"), day("12-31"))),
	],
)
def test_a_birthday_of_a_key_account_is_called_on_or_before_the_day(born, window):
	holidays = WorkCalendar(off=frozenset({date(2027, 1, 1)}))
	frame, birthday = replace(FRAME, calendar=holidays), Occasion(ObligationSource.BIRTHDAY, "row1", born)
	assert windows(birthday, level=KEY_ACCOUNT, frame=frame) == [window]
	assert windows(birthday, level="Five Star", frame=frame) == []


def test_who_was_born_on_29_february_has_the_birthday_on_the_28th():
	frame = Frame(date(2027, 2, 1), date(2027, 2, 28), WorkCalendar(weekly_offs=frozenset()))
	found = windows(
		Occasion(ObligationSource.BIRTHDAY, "row1", date(1980, 2, 29)), level=KEY_ACCOUNT, frame=frame
	)
	assert found == [("row1|2027", date(2027, 2, 28), date(2027, 2, 28))]


def test_festivals_are_greeted_in_the_working_days_before_them():
	policy = replace(POLICY, festival=replace(POLICY.festival, is_on=True))
	frame = replace(FRAME, festivals=((day("11-29"), "Festival"), (day("11-18"), "Worked")))
	assert windows(policy=policy, level=KEY_ACCOUNT, frame=frame) == [
		("2026-11-18", day("11-12"), day("11-18")),
		("2026-11-29", day("11-23"), day("11-27")),
	]
	assert windows(policy=policy, level="Two Star", frame=frame) == []
	assert windows(level=KEY_ACCOUNT, frame=frame) == []


def sampling(share, **rule):
	return replace(
		POLICY, sampled_visit=replace(POLICY.sampled_visit, is_on=True, share=Decimal(share), **rule)
	)


def test_a_sampled_visit_is_owed_in_its_month_and_only_a_visit_meets_it():
	policy = sampling(100)
	found = duties(policy=policy)
	assert [row.key for row in found.owed] == ["sampled_visit|s-C1|2026-11", "sampled_visit|s-C1|2026-12"]
	assert found.lapsed == {"sampled_visit|s-C1|2026-10"}
	assert {row.channels for row in found.owed} == {VISITS}
	called, visited = MadeContact(day("11-03")), MadeContact(day("11-03"), Channel.VISIT)
	assert len(windows(policy=policy, contacts=[called])) == 2
	assert len(windows(policy=policy, contacts=[visited])) == 1


def test_what_was_met_in_time_is_told_after_it_lapsed_and_what_was_met_later_is_lapsed():
	born = Occasion(ObligationSource.BIRTHDAY, "row1", date(1970, 11, 10))
	told = {"level": KEY_ACCOUNT, "frame": FRAME}
	in_time, late = MadeContact(day("11-10")), MadeContact(day("11-11"))
	assert [row.met_from for row in duties(born, contacts=[in_time], **told).owed] == [day("11-10")]
	assert duties(born, contacts=[late], **told).lapsed == {"birthday|s-C1|row1|2026"}


@given(st.text(), st.decimals(0, 100, places=2), st.decimals(0, 100, places=2))
def test_a_larger_share_samples_whoever_a_smaller_one_does(state, one, other):
	small, large = sorted((one, other))
	rule = sampling(100).sampled_visit
	is_in = is_sampled(state, "2026-11", replace(rule, share=small))
	assert not is_in or is_sampled(state, "2026-11", replace(rule, share=large))


def test_the_sample_is_about_its_share_of_the_book_and_another_every_month():
	rule = sampling(2).sampled_visit
	months = [
		{n for n in range(20_000) if is_sampled(f"state{n}", month, rule)} for month in ("2026-11", "2026-12")
	]
	assert all(340 <= len(month) <= 460 for month in months)
	assert len(months[0] & months[1]) < 40


def test_levels_choose_whose_occasions_count_and_none_means_all():
	only = replace(POLICY, after_delivery=replace(POLICY.after_delivery, levels=(KEY_ACCOUNT, "New")))
	assert [
		len(windows(delivery(), policy=only, level=level)) for level in (KEY_ACCOUNT, "New", "One Star")
	] == [1, 1, 0]
	off = replace(POLICY, after_delivery=replace(POLICY.after_delivery, is_on=False))
	assert windows(delivery(), policy=off) == []


def test_a_visit_can_be_asked_for_instead_of_a_call():
	visits = replace(POLICY, after_delivery=replace(POLICY.after_delivery, channel=Channel.VISIT))
	assert [row.channels for row in duties(delivery(), policy=visits).owed] == [VISITS]
	assert [row.channels for row in duties(delivery()).owed] == [CALLS]


def test_a_source_too_long_for_the_column_is_named_by_its_digest():
	long, other = (duties(delivery(name=letter * 200)).owed[0].key for letter in "xy")
	assert long != other
	assert len(long) <= LONGEST_KEY
	assert long.startswith("delivery|s-C1|")


def test_every_source_has_a_row_and_its_reason_a_place_in_the_catalogue():
	assert set(TABLE) == set(ObligationSource)
	assert len({row.prefix for row in TABLE.values()}) == len(TABLE)
	policy = replace(sampling(100), festival=replace(POLICY.festival, is_on=True))
	frame = replace(FRAME, festivals=((day("11-18"), "Festival"),))
	found = duties(
		complaint(),
		delivery(),
		Occasion(ObligationSource.AFTER_MAINTENANCE_VISIT, "MV-1", day("11-10")),
		Occasion(ObligationSource.MAINTENANCE_REMINDER, "row1", day("11-30")),
		Occasion(ObligationSource.BIRTHDAY, "row2", date(1970, 11, 18)),
		Occasion(ObligationSource.AFTER_A_SAVE, "CASE-1", day("11-09")),
		leaver("11-16", "11-30"),
		merchant(),
		invitation(),
		policy=policy,
		level=KEY_ACCOUNT,
		frame=frame,
	).owed
	assert {row.key.partition("|")[0] for row in found} == {row.prefix for row in TABLE.values()}
	assert {row.why.code for row in found} >= {"after_leaving", "win_back"}
	for row in found:
		assert set(REASONS[row.why.code]) == set(row.why.as_mapping())


DAYS = st.integers(-40, 40).map(lambda days: AS_OF + timedelta(days=days))
OCCASIONS = st.builds(
	Occasion,
	st.sampled_from([source for source in ObligationSource if source is not ObligationSource.SAMPLED_VISIT]),
	st.sampled_from(["one", "two"]),
	DAYS,
	st.none() | DAYS,
	months=st.sampled_from([1, 3, 12]),
)


def leaver(call_on=None, until=None):
	days = {"call_on": call_on and day(call_on), "win_back_until": until and day(until)}
	return Occasion(ObligationSource.AFTER_LEAVING, "RELEASE-1", day("10-17"), **days)


def test_a_kept_customer_is_called_after_a_week_and_monthly():
	saved = Occasion(ObligationSource.AFTER_A_SAVE, "CASE-1", day("11-07"))
	frame = replace(FRAME, until=date(2027, 12, 31))
	# 14 November is a Saturday; 7 February and 7 March are Sundays.
	assert windows(saved, frame=frame) == [
		("CASE-1|0", day("11-16"), day("11-18")),
		("CASE-1|1", day("12-07"), day("12-09")),
		("CASE-1|2", date(2027, 1, 7), date(2027, 1, 11)),
		("CASE-1|3", date(2027, 2, 8), date(2027, 2, 10)),
		("CASE-1|4", date(2027, 3, 8), date(2027, 3, 10)),
	]
	weekly = replace(frame, cases=CasePolicy(follow_up_days=1, follow_up_months=0))
	assert windows(saved, frame=weekly) == [("CASE-1|0", day("11-09"), day("11-11"))]


def test_whoever_asked_after_the_window_began_has_asked_whether_the_save_holds():
	saved = Occasion(ObligationSource.AFTER_A_SAVE, "CASE-1", day("11-03"))
	frame = replace(FRAME, as_of=day("11-30"))
	(kind,) = {row.kind for row in duties(saved, frame=frame).owed}
	assert kind is ObligationKind.CASE
	for contact, lapsed in (("11-09", True), ("11-10", False)):
		found = duties(saved, frame=frame, contacts=[MadeContact(day(contact))])
		assert ("save|s-C1|CASE-1|0" in found.lapsed) is lapsed


def test_a_leaver_is_called_as_agreed_and_once_more_before_it_may_not_be():
	assert windows(leaver("11-16", "12-01")) == [
		("RELEASE-1", day("11-16"), day("11-20")),
		("RELEASE-1|win_back", day("11-11"), day("11-17")),
	]
	assert windows(leaver()) == []
	(owed,) = duties(leaver(until="12-01"), frame=replace(FRAME, as_of=day("12-01"))).owed
	assert owed.why.as_mapping() == {"of": day("10-17"), "until": day("12-01")}
	assert duties(leaver(until="12-01"), frame=replace(FRAME, as_of=day("12-02"))).lapsed == {owed.key}


def test_of_two_festivals_on_one_day_the_same_is_named_whatever_comes_first():
	policy = replace(POLICY, festival=replace(POLICY.festival, is_on=True))
	pair = [Occasion(ObligationSource.FESTIVAL, name, day("11-20")) for name in ("one", "two")]
	found = [duties(*order, policy=policy, level=KEY_ACCOUNT) for order in (pair, pair[::-1])]
	assert found[0] == found[1]
	assert len(found[0].owed) == 1


def merchant(admitted="01-05", months=1):
	return Occasion(ObligationSource.MERCHANT_EXCHANGE, "AM-1", day(admitted), months=months)


def invitation(invited="11-16", until="11-30"):
	return Occasion(ObligationSource.CAMPAIGN_INVITATION, "V-1", day(invited), until=until and day(until))


def test_a_merchant_is_met_once_in_every_span_from_its_admission_on():
	frame = replace(FRAME, until=date(2026, 12, 31))
	(earlier, *found) = duties(merchant("11-11"), frame=frame).owed
	assert (earlier.key, earlier.start, earlier.end) == (
		"exchange|s-C1|AM-1|2026-11",
		day("11-11"),
		day("11-30"),
	)
	assert [(row.start, row.end) for row in found] == [(day("12-01"), day("12-31"))]
	(quarterly,) = duties(merchant(months=3), frame=FRAME).owed
	assert (quarterly.key, quarterly.start, quarterly.end) == (
		"exchange|s-C1|AM-1|2026-Q4",
		day("10-01"),
		day("12-31"),
	)
	assert duties(merchant("11-30"), frame=replace(FRAME, until=day("11-30"))).owed


def test_any_talk_in_the_span_is_the_exchange():
	frame = replace(FRAME, as_of=day("12-01"), until=day("12-31"))
	for contact, lapsed in (("10-30", True), ("11-02", False)):
		found = duties(merchant(), frame=frame, contacts=[MadeContact(day(contact))])
		assert ("exchange|s-C1|AM-1|2026-11" in found.lapsed) is lapsed


def test_a_member_is_called_within_days_of_the_invitation_and_while_the_campaign_lasts():
	assert windows(invitation()) == [("V-1", day("11-16"), day("11-20"))]
	assert windows(invitation(until="11-18")) == [("V-1", day("11-16"), day("11-18"))]
	assert windows(invitation("11-14", None)) == []


@settings(max_examples=300)
@given(
	st.lists(OCCASIONS, max_size=4, unique_by=lambda row: row[:2]), DAYS, st.integers(1, 10), st.booleans()
)
def test_windows_end_on_working_days_are_in_order_and_no_order_of_occasions_matters(
	occasions, as_of, days, is_on
):
	rules = {
		source.name.lower(): replace(POLICY.rule(source), is_on=is_on or POLICY.rule(source).is_on, days=days)
		for source in ObligationSource
	}
	policy = ObligationPolicy(**rules)
	frame = Frame(as_of, as_of + timedelta(days=40), COMPANY)
	found = duties(*occasions, policy=policy, level=KEY_ACCOUNT, frame=frame)
	assert found == duties(*reversed(occasions), policy=policy, level=KEY_ACCOUNT, frame=frame)
	assert not found.lapsed & {row.key for row in found.owed}
	for row in found.owed:
		assert row.start <= row.end
		assert row.start <= frame.until
		assert COMPANY.is_working(row.end)


def test_documents_reach_back_as_far_as_a_duty_can_last_and_ahead_as_far_as_one_is_announced():
	assert days_back(POLICY) == 2 * 5 + 14 + 30
	assert days_ahead(POLICY) == 14 + 2 + 30


def test_everything_that_could_be_on_is_switched_on_and_chosen_ones_are_left():
	nothing_sampled = replace(POLICY, sampled_visit=SourceRule(share=Decimal(0)))
	on = switched_on(nothing_sampled).sources_on()
	assert set(on) == set(ObligationSource) - {ObligationSource.SAMPLED_VISIT}
	only = POLICY.only({ObligationSource.BIRTHDAY, ObligationSource.FESTIVAL})
	assert only.sources_on() == (ObligationSource.BIRTHDAY,)
	assert replace(POLICY, festival=only.festival, birthday=only.birthday) == POLICY


def test_a_key_tells_its_source_and_those_of_the_cadence_and_of_people_have_none():
	for source, row in TABLE.items():
		assert source_of(f"{row.prefix}|s-C1|X") is source
	assert {source_of(key) for key in ("quota|s|2026-11|1", "visit|s|2026-Q4", "promise|s|1")} == {None}


def test_what_came_in_within_a_span_comes_again_after_it():
	week = timedelta(days=7)
	earlier, now = delivery("11-04"), delivery("11-05")
	assert come_again([earlier, now, delivery("11-12")], AS_OF, week) == [delivery("11-12")]
	(again,) = come_again([complaint("10-20", "11-06")], AS_OF, week)
	assert (again.day, again.resolved) == (day("10-27"), day("11-13"))
	(undated,) = come_again([complaint("11-06", None)], AS_OF, week)
	assert (undated.day, undated.resolved) == (day("11-13"), None)


# Who verifies.


def owing(*occasions, **given):
	return customer(obligations=duties(*occasions).owed, **given)


def contacts(plan, kind=ObligationKind.COMPLAINT):
	return [row for row in plan.contacts if kind in {purpose.kind for purpose in row.purposes}]


def test_b_verifies_what_a_handled_and_the_reason_says_so():
	(call,) = contacts(book([owing(complaint())]))
	assert call.responsible == B
	assert [reason.code for reason in call.reasons].count("not_by_its_handler") == 1
	assert "complaint_to_verify" in [reason.code for reason in call.reasons]
	(by_a,) = contacts(book([owing(complaint(handlers=(B,)))]))
	assert by_a.responsible == A


def test_b_verifies_on_a_day_of_its_own():
	(call,) = contacts(book([owing(complaint())], away={B: [day("11-11"), day("11-12")]}))
	assert (call.responsible, call.due_date) == (B, day("11-13"))


@pytest.mark.parametrize(
	("team", "handlers"),
	[({"backup_manager": None}, (A,)), ({}, (A, B)), ({"account_manager": None}, (B,))],
)
def test_without_anybody_else_the_verification_waits_in_the_open_and_takes_no_other_call_along(
	team, handlers
):
	plan = book([owing(complaint(handlers=handlers), **team)])
	assert contacts(plan) == []
	assert [(row.cause, row.missing) for row in plan.overflow] == [(OverflowCause.ONLY_ITS_HANDLER, 1)]
	assert contacts(plan, ObligationKind.QUOTA)


def test_with_nobody_there_at_all_that_is_the_cause():
	plan = book([owing(complaint(), account_manager=None, backup_manager=None)])
	assert {row.cause for row in plan.overflow} == {OverflowCause.NOBODY_THERE}


def test_of_two_complaints_that_a_and_b_handled_each_is_called_about_by_the_other():
	other = complaint(handlers=(B,))._replace(document="ISS-2")
	plan = book([owing(complaint(), other)])
	assert {(row.responsible, row.due_date) for row in contacts(plan)} == {(B, AS_OF), (A, day("11-12"))}
	assert plan.overflow == ()


def test_two_complaints_for_two_people_find_no_room_on_a_single_day():
	late = complaint("10-10")
	other = late._replace(document="ISS-2", handlers=frozenset({B}))
	plan = book([owing(late, other)])
	assert [row.responsible for row in contacts(plan)] == [B]
	assert [row.cause for row in plan.overflow] == [OverflowCause.ONLY_ITS_HANDLER]


def committed(inputs):
	"""The customer with the plan of today shown to people."""
	return standing(book([inputs]))[inputs.customer]


def test_a_call_that_a_has_does_not_take_the_verification_along_and_one_of_b_does():
	own = committed(customer())
	plan = book([owing(complaint(), standing=own)])
	assert {row.responsible for row in contacts(plan)} == {B}
	plan = book([owing(complaint(handlers=(B,)), standing=own)])
	assert {row.responsible for row in contacts(plan)} == {A}


def test_a_verification_in_the_hands_of_its_handler_is_handed_over_on_its_day():
	shown = committed(owing(complaint(handlers=())))
	(before,) = (row for row in shown if any(key.startswith("complaint") for key in row.keys))
	assert before.responsible == A
	(call,) = contacts(book([owing(complaint(), standing=shown)]))
	assert (call.responsible, call.due_date, call.callback) == (B, before.due_date, before.name)
	assert "handed_over" in [reason.code for reason in call.reasons]


def test_a_duty_that_time_took_away_ends_as_missed_and_one_withdrawn_as_met():
	shown = [
		row for row in committed(owing(delivery())) if any(key.startswith("delivery") for key in row.keys)
	]
	(row,) = shown
	key = next(key for key in row.keys if key.startswith("delivery"))
	row = replace(row, keys=(key,))
	later = AS_OF + timedelta(days=30)
	gone = customer(standing=(row,))
	lapsed = replace(gone, lapsed=frozenset({key}))
	assert [closing.ending.value for closing in book([gone], as_of=later).closings] == ["Met"]
	assert [closing.ending.value for closing in book([lapsed], as_of=later).closings] == ["Missed"]


def test_an_overdue_duty_keeps_what_made_it_and_says_since_when():
	plan, _ = plan_one(owing(complaint("11-02", "11-03")))
	overdue = next(duty for call in plan.calls for duty in call.duties if duty.key)
	assert [reason.code for reason in overdue.reasons()] == ["complaint_to_verify", "overdue_since"]


def test_one_call_meets_quota_delivery_and_birthday():
	born = Occasion(ObligationSource.BIRTHDAY, "row1", date(1970, 11, 12))
	found = duties(delivery(), born, level=KEY_ACCOUNT).owed
	plan, _ = plan_one(customer(is_key_account=True, level=Level.FIVE_STAR, obligations=found))
	kinds = [{duty.kind for duty in call.duties} for call in plan.calls]
	wanted = {ObligationKind.QUOTA, ObligationKind.AFTER_SERVICE, ObligationKind.CARE}
	assert any(wanted <= met for met in kinds)


# The rows of the table.


@pytest.mark.parametrize(
	("mapping", "message"),
	[
		({"birthday": {"days": 0}}, "birthday.days = 0: give 1 to 366 days"),
		({"birthday": {"lapse_days": -1}}, "birthday.lapse_days = -1: give 0 to 366 days"),
		(
			{"maintenance_reminder": {"notice": [14, 0]}},
			"maintenance_reminder.notice = 0: give 1 to 366 days",
		),
		({"maintenance_reminder": {"notice": []}}, "maintenance_reminder.notice = (): give the days before"),
		(
			{"maintenance_reminder": {"notice": ["soon"]}},
			"maintenance_reminder.notice = 'soon': give a whole number",
		),
		({"sampled_visit": {"share": 101}}, "sampled_visit.share = 101: give a number from 0 to 100"),
		({"sampled_visit": {"is_on": True, "share": 0}}, "sampled_visit.share = 0: give more than 0"),
		({"birthday": {"channel": "Message"}}, "birthday.channel = 'Message': give one of Phone, Visit"),
		(
			{"birthday": {"levels": ["Six Star"]}},
			"birthday.levels = 'Six Star': give one of Key Account, Five",
		),
		({"birthday": {"is_on": 1}}, "birthday.is_on = 1: give true or false"),
		({"festivals": {"names": ["National Day"]}}, "festivals.country = '': name the country"),
		(
			{"festivals": {"own": ["Lantern Festival"]}},
			"festivals.own = 'Lantern Festival': give a date and a name",
		),
		({"festivals": {"own": ["2027-02-20"]}}, "festivals.own = '2027-02-20': give a date and a name"),
	],
)
def test_a_source_that_could_not_work_is_refused(mapping, message):
	with pytest.raises(PolicyError) as caught:
		Policy.from_mapping({"obligations": mapping})
	assert str(caught.value).startswith(f"obligations.{message}")


def test_the_rules_are_the_defaults_and_go_through_a_mapping():
	policy = Policy(
		obligations=replace(
			POLICY, festivals=FestivalPolicy("CN", ("National Day",), ("2027-02-20 Lantern",))
		)
	)
	assert Policy.from_mapping(policy.to_mapping()) == policy
	assert list(policy.obligations.festivals.own_days()) == [(date(2027, 2, 20), "Lantern")]
	assert POLICY.sources_on() == (
		ObligationSource.COMPLAINT_VERIFICATION,
		ObligationSource.AFTER_DELIVERY,
		ObligationSource.AFTER_MAINTENANCE_VISIT,
		ObligationSource.MAINTENANCE_REMINDER,
		ObligationSource.BIRTHDAY,
		ObligationSource.AFTER_A_SAVE,
		ObligationSource.AFTER_LEAVING,
		ObligationSource.MERCHANT_EXCHANGE,
		ObligationSource.CAMPAIGN_INVITATION,
	)
	assert SourceRule().is_for(KEY_ACCOUNT) is False
