"""Nights that look at those plans alone that may be another leave what nights leave that look at everybody's."""

import random
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from support_book import AS_OF
from support_days import TABLES, Branch, Clock
from support_random_book import fill, random_book

from cs_retention.engine.obligation_sources import switched_on
from cs_retention.engine.policy import Policy
from cs_retention.store.sqlite import SQLiteStore

CUSTOMERS, NIGHTS = 100, 60
NEXT = AS_OF + timedelta(days=1)
EVERYTHING_ON = replace(Policy(), obligations=switched_on(Policy().obligations))


def open_branch(policy, looks_at_all, customers=CUSTOMERS):
	clock = Clock()
	store = SQLiteStore(":memory:", clock.authorship, TABLES)
	store.create_tables()
	store.create_indexes()
	fill(store, random_book(21, customers, spell=False))
	return Branch(store, clock, policy, looks_at_all)


@pytest.fixture
def branch():
	opened = open_branch(Policy(), looks_at_all=False)
	with closing(opened.store):
		yield opened


def test_two_months_of_nights_leave_the_same_calls(branch):
	few, everybody = (open_branch(EVERYTHING_ON, looks_at_all) for looks_at_all in (False, True))
	with closing(few.store), closing(everybody.store):
		looked_at = []
		for number in range(NIGHTS):
			day = AS_OF + timedelta(days=number)
			looked_at.append(few.night(day))
			assert everybody.night(day) is None
			for name, found, expected in zip(
				("standing", "ended", "states"), few.found(), everybody.found(), strict=True
			):
				assert sorted(found - expected) == sorted(expected - found), (day, name)
			for branch in (few, everybody):
				branch.live(day, random.Random(number))
	counts = [count for count in looked_at if count is not None]
	assert len(counts) > NIGHTS * 0.8
	assert sum(counts) / len(counts) < CUSTOMERS / 2


def test_where_nothing_happens_nobody_is_looked_at_but_whom_a_day_moves(branch):
	quiet = [branch.night(AS_OF + timedelta(days=number)) for number in range(3)]
	assert quiet[0] is None
	assert 0 < quiet[2] < CUSTOMERS / 3
	due = "SELECT COUNT(*) FROM `tabCustomer Retention State` WHERE plan_valid_until <= %(day)s"
	((moved,),) = branch.store.rows(due, {"day": AS_OF + timedelta(days=3)})
	assert moved > 0


def test_whose_plan_was_left_to_the_night_is_looked_at(branch):
	branch.night(AS_OF)
	branch.night(NEXT)
	((name,),) = branch.store.rows(
		"SELECT name FROM `tabCustomer Retention State` WHERE plan_valid_until > '2026-11-25' ORDER BY name LIMIT 1"
	)
	branch.store.update_rows("Customer Retention State", ("name", "plan_valid_until"), [(name, None)])
	branch.store.commit()
	branch.night(NEXT + timedelta(days=1))
	query = "SELECT plan_valid_until > '2026-11-17' FROM `tabCustomer Retention State` WHERE name = %(name)s"
	assert list(branch.store.rows(query, {"name": name})) == [(1,)]


def test_other_rules_and_a_new_month_look_at_everybody(branch):
	branch.night(AS_OF)
	assert branch.night(NEXT) is not None
	planning = replace(branch.policy.planning, capacity=branch.policy.planning.capacity + 1)
	branch.policy = replace(branch.policy, planning=planning)
	assert branch.night(NEXT + timedelta(days=1)) is None
	assert branch.night(NEXT + timedelta(days=2)) is not None
	assert branch.night(AS_OF.replace(month=12, day=1)) is None


def test_whom_a_night_left_out_is_looked_at_by_the_next(branch):
	branch.night(AS_OF)

	((customer, state),) = branch.store.rows(
		"SELECT customer, name FROM `tabCustomer Retention State` WHERE plan_valid_until > '2026-11-25' ORDER BY name LIMIT 1"
	)
	branch.night(NEXT)
	left_out = f'[["{customer}", "ValueError: no"]]'
	query = (
		"UPDATE `tabRetention Run Chunk` SET spared = %(left_out)s WHERE phase = 'Plan' AND run LIKE %(run)s"
	)
	branch.store.change(query, {"left_out": left_out, "run": f"%{NEXT}"})
	branch.store.commit()
	branch.night(NEXT + timedelta(days=1))
	query = "SELECT plan_look_on FROM `tabCustomer Retention State` WHERE name = %(name)s"
	((looked_at,),) = branch.store.rows(query, {"name": state})
	assert str(looked_at) == str(NEXT + timedelta(days=1))


def test_a_standing_that_moves_no_plan_is_looked_at_once(branch):
	branch.night(AS_OF)
	others = "UPDATE `tabCustomer Retention State` SET plan_standing = NULL"
	branch.store.change(others, {})
	branch.store.commit()
	unknown = "SELECT COUNT(*) FROM `tabCustomer Retention State` WHERE plan_standing IS NULL"
	((everybody,),) = branch.store.rows(unknown)
	assert everybody > 50
	branch.night(NEXT)
	assert list(branch.store.rows(unknown)) == [(0,)]
