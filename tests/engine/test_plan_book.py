"""The plan of a book: every promise of PLANNER checked on small random branches."""

import random
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from plan_cases import (
	AS_OF,
	EVERYBODY,
	POLICY,
	A,
	B,
	book,
	called,
	customer,
	dated,
	people,
	random_book,
	rows,
	standing,
)
from planner_brute_force import smallest_peak

from cs_retention.engine.horizon import Horizon
from cs_retention.engine.plan import OverflowCause, PersonInputs, cover_days, plan_book, plan_customer
from cs_retention.engine.vocabulary import Band, Channel, Level, ObligationKind, PeriodKind
from cs_retention.engine.workdays import WorkCalendar, period_of

SEEDS = range(8)


def planned(seed, group=None, customers=None, capacity=20, with_dates=True, **given):
	made, calendar, as_of, away = random_book(seed, with_dates=with_dates)
	used = made if customers is None else customers
	return (
		book(used, as_of, calendar, group=group, away=away, capacity=capacity, **given),
		made,
		calendar,
		as_of,
		away,
	)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_call_is_in_its_window_on_a_working_day_of_its_person(seed):
	plan, customers, calendar, as_of, away = planned(seed)
	by_name = {one.customer: one for one in customers}
	for contact in plan.contacts:
		mine = by_name[contact.customer]
		assert as_of <= contact.window_start <= contact.due_date <= contact.window_end
		assert calendar.is_working(contact.window_start) and calendar.is_working(contact.window_end)
		assert calendar.without(away[contact.responsible]).is_working(contact.due_date)
		window = _days(contact.window_start, contact.window_end)
		able = [
			person
			for person in (mine.account_manager, mine.backup_manager)
			if person and any(map(calendar.without(away[person]).is_working, window))
		]
		assert contact.responsible == able[0]
		if mine.pause:
			assert not mine.pause[0] <= contact.due_date <= mine.pause[1]
		if as_of in mine.attempts:
			assert contact.due_date > as_of


def test_a_customer_without_a_plan_is_left_out_and_the_others_are_planned_as_if_it_were_not_there():
	customers, calendar, as_of, away = random_book(1)
	missing, *others = customers

	def plan_others(inputs, horizon, works):
		return None if inputs is missing else plan_customer(inputs, horizon, works)

	horizon = Horizon(calendar, POLICY, as_of)
	plan = plan_book(customers, people(calendar, away), horizon, plan_one=plan_others)
	assert rows(plan) == rows(book(others, as_of, calendar, away=away))
	assert missing.customer not in plan.valid_until


@pytest.mark.parametrize("seed", SEEDS)
def test_calls_keep_the_gap_unless_they_say_that_it_was_waived(seed):
	plan, customers, *_ = planned(seed)
	by_customer = {}
	for contact in plan.contacts:
		by_customer.setdefault(contact.customer, []).append(contact)
	for mine in customers:
		contacts = sorted(by_customer.get(mine.customer, ()), key=lambda c: c.due_date)
		days = [(mine.last_contact, None)] if mine.last_contact else []
		for (before, _), (day, contact) in pairwise([*days, *((c.due_date, c) for c in contacts)]):
			if (day - before).days < mine.cadence.min_gap_days:
				assert "gap_waived" in [reason.code for reason in contact.reasons]
				assert {purpose.kind for purpose in contact.purposes} != {ObligationKind.QUOTA}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("capacity", [20, 3])
def test_contacts_made_planned_and_missing_account_for_every_quota(seed, capacity):
	plan, customers, _, as_of, _ = planned(seed, capacity=capacity)
	keys = Counter(
		(contact.customer, purpose.start)
		for contact in plan.contacts
		for purpose in contact.purposes
		if purpose.kind is ObligationKind.QUOTA
	)
	missing = Counter()
	for row in plan.overflow:
		if row.reason.as_mapping()["what"].startswith("20"):
			missing[row.customer, row.period_start, row.period_end] += row.missing
	for mine in customers:
		if mine.pause:
			continue
		for start, end in _periods(as_of, mine.cadence.period):
			made = sum(start <= contact.day <= end for contact in mine.contacts)
			owed = max(0, mine.cadence.quota(mine.band) - made)
			found = keys[mine.customer, start], missing[mine.customer, start, end]
			# A contact made for a dated obligation may stand for the quota's, never beside it.
			assert sum(found) == owed, (mine, start, found)


@pytest.mark.parametrize("seed", SEEDS)
def test_loads_are_as_even_as_a_flow_can_make_them(seed):
	plan, _, calendar, as_of, away = planned(seed)
	for load in plan.loads:
		works = calendar.without(away[load.person]).is_working
		masks = []
		for contact in plan.contacts:
			if contact.responsible == load.person and contact.channel is not Channel.MESSAGE:
				window = _days(contact.window_start, contact.window_end)
				masks.append(sum(1 << (day - as_of).days for day in window if works(day)))
		width = max((mask.bit_length() for mask in masks), default=1)
		assert load.smallest_possible_peak == max(load.loads.values(), default=0)
		assert load.smallest_possible_peak == smallest_peak(masks, [0] * width)
		assert sum(load.loads.values()) == len(masks)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("capacity", [20, 3])
def test_order_of_the_customers_changes_nothing(seed, capacity):
	plan, customers, *_ = planned(seed, capacity=capacity)
	shuffled = random.Random(seed).sample(customers, len(customers))
	again = planned(seed, customers=shuffled, capacity=capacity)[0]
	assert list(plan.contacts) == list(again.contacts)
	assert plan.overflow == again.overflow
	assert plan.valid_until == again.valid_until


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("capacity", [20, 3])
def test_people_planned_apart_get_what_one_run_gives(seed, capacity):
	whole, customers, *_ = planned(seed, capacity=capacity)
	contacts, overflow, valid = [], [], {}
	for group in ({EVERYBODY[0], None}, {EVERYBODY[1]}, {EVERYBODY[2]}):
		team = [one for one in customers if group & {one.account_manager, one.backup_manager}]
		part = planned(seed, group=group, customers=team, capacity=capacity)[0]
		contacts += part.contacts
		overflow += part.overflow
		valid.update(part.valid_until)
	assert sorted(map(repr, contacts)) == sorted(map(repr, whole.contacts))
	assert sorted(map(repr, overflow)) == sorted(map(repr, whole.overflow))
	assert valid == whole.valid_until


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("capacity", [20, 3])
@pytest.mark.parametrize("shown", [-1, 7, 27, 400])
def test_second_plan_over_its_own_result_changes_nothing(seed, capacity, shown):
	plan, again = planned_twice(seed, capacity, shown, with_dates=False)
	assert rows(again) == rows(plan)
	assert again.overflow == plan.overflow
	assert again.closings == ()
	assert all(contact.callback for contact in again.contacts)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("capacity", [20, 3])
@pytest.mark.parametrize("shown", [7, 400])
def test_second_plan_around_dated_obligations_keeps_what_is_shown_and_adds_nothing(seed, capacity, shown):
	plan, again = planned_twice(seed, capacity, shown, with_dates=True)
	until = plan.horizon.as_of + timedelta(days=shown)
	committed = [row for row in rows(plan) if row[1] <= until]
	assert [row for row in rows(again) if row in committed] == committed
	assert again.closings == ()
	assert len(rows(again)) + sum(row.missing for row in again.overflow) <= len(rows(plan)) + sum(
		row.missing for row in plan.overflow
	)


def planned_twice(seed, capacity, shown, with_dates):
	"""A plan, and the plan over its own result when what is due within `shown` days is committed."""
	plan, customers, _, as_of, _ = planned(seed, capacity=capacity, with_dates=with_dates)
	left = standing(plan, as_of + timedelta(days=shown))
	customers = [replace(one, standing=tuple(left.get(one.customer, ()))) for one in customers]
	return plan, planned(seed, customers=customers, capacity=capacity)[0]


def test_key_account_is_called_in_every_week_of_the_plan():
	plan = book([customer(is_key_account=True)])
	weeks = [contact.due_date.isocalendar().week for contact in plan.contacts]
	assert weeks == [46, 47, 48, 49, 50]
	assert plan.overflow == ()


@pytest.mark.parametrize(("band", "count"), [(Band.HEALTHY, 1), (Band.WATCH, 2), (Band.AT_RISK, 3)])
def test_five_star_is_called_one_to_three_times_a_month_by_band(band, count):
	plan = book([customer(level=Level.FIVE_STAR, band=band)], as_of=date(2026, 11, 2))
	assert [c.due_date.month for c in plan.contacts] == [11] * count
	assert plan.loads[0].smallest_possible_peak == 1


def test_call_says_which_contact_of_which_period_it_is():
	inputs = called(customer(level=Level.FIVE_STAR, band=Band.WATCH), date(2026, 11, 4))
	first = next(book([inputs]).contacts)
	assert first.reasons[0].code == "quota"
	assert first.reasons[0].as_mapping() == {
		"period": "2026-11",
		"ordinal": 2,
		"owed": 2,
		"until": date(2026, 11, 30),
	}
	assert first.purposes[0].key == "quota|s-C1|2026-11|2"


def test_b_calls_only_when_a_is_away_for_the_whole_window():
	week = _days(date(2026, 11, 9), date(2026, 11, 15))
	plan = book([customer(is_key_account=True)], away={A: week})
	first, *others = plan.contacts
	by_b = [contact for contact in (first, *others) if contact.responsible == B]
	assert [contact.due_date.isocalendar().week for contact in by_b] == [46]
	assert by_b[0].reasons[-1].as_mapping() == {
		"absent": A,
		"start": date(2026, 11, 11),
		"end": date(2026, 11, 13),
	}


def test_customer_without_a_is_called_by_b_and_without_both_stands_in_the_open():
	alone = customer("C2", account_manager=None, backup_manager=None)
	plan = book([customer(account_manager=None), alone])
	assert {contact.reasons[-1].code for contact in plan.contacts} == {"no_account_manager"}
	assert [(row.customer, row.owner, row.cause, row.period_end) for row in plan.overflow] == [
		("C2", None, OverflowCause.NOBODY_THERE, date(2026, 11, 30)),
		("C2", None, OverflowCause.NOBODY_THERE, date(2026, 12, 31)),
	]


def test_least_important_calls_are_left_out_and_said_so():
	urgent = customer("C1", missed_in_a_row=2)
	four = customer("C2", Level.FOUR_STAR)
	one = customer("C3", Level.ONE_STAR)
	as_of = date(2026, 11, 30)
	plan = book([one, four, urgent], as_of=as_of, capacity=4, reserve=3)
	november = [contact.customer for contact in plan.contacts if contact.due_date == as_of]
	assert november == ["C1"]
	left = [(row.customer, row.cause, row.missing) for row in plan.overflow if row.period_end == as_of]
	assert left == [("C2", OverflowCause.NO_ROOM, 1), ("C3", OverflowCause.NO_ROOM, 1)]


def test_complaint_uses_the_reserve():
	as_of = date(2026, 11, 30)
	routine = [customer(f"C{n}", last_contact=date(2026, 10, 1)) for n in range(3)]
	verify = dated(ObligationKind.COMPLAINT, as_of, as_of, "s-C9")
	complaint = called(replace(customer("C9"), obligations=(verify,)), date(2026, 11, 3))
	plan = book([*routine, complaint], as_of=as_of, capacity=3, reserve=1)
	today = {contact.customer for contact in plan.contacts if contact.due_date == as_of}
	assert today == {"C0", "C1", "C9"}


def test_urgent_call_displaces_the_least_important_committed_one_that_has_another_day():
	as_of = date(2026, 11, 24)
	given = [customer("C1", Level.FOUR_STAR), customer("C2", Level.TWO_STAR)]
	before = book(given, as_of=as_of, capacity=1, reserve=0)
	left = standing(before, as_of)
	taken = next(name for name, found in left.items() for one in found if one.due_date == as_of)
	verify = dated(ObligationKind.COMPLAINT, as_of, as_of, "s-C9", is_urgent=True)
	urgent = called(replace(customer("C9"), obligations=(verify,)), date(2026, 11, 3))
	again = [replace(one, standing=tuple(left[one.customer])) for one in given]
	plan = book([*again, urgent], as_of=as_of, capacity=1, reserve=0)
	assert [c.customer for c in plan.contacts if c.due_date == as_of] == ["C9"]
	moved = next(c for c in plan.contacts if c.customer == taken and c.due_date.month == 11)
	assert moved.reasons[-1].code == "displaced_by"
	assert moved.reasons[-1].as_mapping() == {"customer": "C9", "was": as_of, "date": moved.due_date}
	assert moved.due_date > as_of


@pytest.mark.parametrize("obstacle", ["no other day", "not urgent", "over capacity"])
def test_nothing_is_displaced_without_need_or_place(obstacle):
	as_of = date(2026, 11, 30)
	given = [customer("C1"), customer("C2")]
	left = standing(book(given, as_of=as_of), as_of)
	again = [replace(one, standing=tuple(left[one.customer])) for one in given]
	verify = dated(ObligationKind.COMPLAINT, as_of, as_of, "s-C9", is_urgent=obstacle != "not urgent")
	urgent = called(replace(customer("C9"), obligations=(verify,)), date(2026, 11, 3))
	capacity = 1 if obstacle == "over capacity" else 2
	plan = book([*again, urgent], as_of=as_of, capacity=capacity, reserve=0)
	row = plan.overflow[0]
	assert (row.customer, row.cause, row.period_start) == ("C9", OverflowCause.NO_ROOM, as_of)
	assert row.reason.as_mapping()["what"] == "Complaint"


def test_wished_weekdays_are_granted_where_days_are_dealt_out():
	given = [customer(f"C{n}") for n in range(20)]
	wishing = replace(customer("C99"), preferred_weekdays=frozenset({4}))
	plan = book([*given, wishing], as_of=date(2026, 11, 2))
	assert {c.due_date.weekday() for c in plan.contacts if c.customer == "C99"} == {4}


def test_message_wished_by_the_customer_carries_no_load():
	inputs = replace(customer(), channels=frozenset({Channel.MESSAGE}))
	plan = book([inputs], base={A: {AS_OF: 20}})
	assert [contact.channel for contact in plan.contacts][:1] == [Channel.MESSAGE]
	assert plan.loads[0].loads == {AS_OF: 20}
	left = standing(plan)
	again = book([replace(inputs, standing=tuple(left["C1"]))], base={A: {AS_OF: 20}})
	assert rows(again) == rows(plan)


def test_given_load_counts_only_on_the_axis():
	plan = book([customer()], base={A: {AS_OF: 3, date(2020, 1, 1): 9, date(2030, 1, 1): 9}})
	assert plan.loads[0].smallest_possible_peak == 3


def test_standing_callback_without_room_falls_away():
	as_of = date(2026, 11, 30)
	left = standing(book([customer()], as_of=as_of), date(2026, 11, 1))
	plan = book([replace(customer(), standing=tuple(left["C1"]))], as_of=as_of, base={A: {as_of: 20}})
	assert [(c.callback, c.ending.value, c.reason.code) for c in plan.closings] == [
		(left["C1"][0].name, "Dropped", "no_room")
	]


def test_free_days_of_b_are_a_proposal_for_what_a_has_no_room_for():
	as_of = date(2026, 11, 26)
	plan = book([customer()], as_of=as_of, base={A: dict.fromkeys(_days(as_of, date(2026, 12, 31)), 20)})
	backup = PersonInputs(B, WorkCalendar().without([date(2026, 11, 27)]), 20, 2)
	row = plan.overflow[0]
	assert cover_days(as_of, row.period_end, backup, {as_of: 18}) == [date(2026, 11, 30)]


def _days(first, last):
	return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _periods(as_of, kind: PeriodKind):
	day = as_of
	while day <= as_of + timedelta(days=27):
		start, end = period_of(day, kind)
		yield start, end
		day = end + timedelta(days=1)
