"""Whose plans are looked at, and what comes of it: the same on MariaDB and SQLite, found through indexes."""

import random
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from support_book import AS_OF
from support_days import TABLES, Branch, Clock
from support_random_book import fill, random_book

from cs_retention.engine.obligation_sources import switched_on
from cs_retention.engine.policy import Policy
from cs_retention.engine.vocabulary import ObligationSource
from cs_retention.facts.plans_due import JOINED, NAMED_BY, due_query
from cs_retention.store.mariadb import MariaDBStore
from cs_retention.store.sqlite import SQLiteStore

CUSTOMERS, NIGHTS = 80, 8
# The sample of visits is drawn by the names of states, which every database chooses for itself.
ALL_BUT_SAMPLE = frozenset(ObligationSource) - {ObligationSource.SAMPLED_VISIT}
EVERYTHING_ON = replace(Policy(), obligations=switched_on(Policy().obligations).only(ALL_BUT_SAMPLE))


@pytest.fixture
def branches(address):
	opened = []
	for make in (
		lambda clock: MariaDBStore(address, clock.authorship, TABLES),
		lambda clock: SQLiteStore(":memory:", clock.authorship, TABLES),
	):
		clock = Clock()
		store = make(clock)
		store.create_tables()
		store.create_indexes()
		fill(store, random_book(31, CUSTOMERS, spell=False))
		opened.append(Branch(store, clock, EVERYTHING_ON, looks_at_all=False))
	with closing(opened[0].store), closing(opened[1].store):
		yield opened


def test_nights_look_at_the_same_plans_and_leave_the_same_calls(branches):
	for number in range(NIGHTS):
		day = AS_OF + timedelta(days=number)
		ours, theirs = (branch.night(day) for branch in branches)
		assert ours == theirs
		assert (ours is None) == (number == 0)
		assert figures(branches[0]) == figures(branches[1]), day
		for branch in branches:
			branch.live(day, random.Random(number))


def figures(branch):
	"""Return how many callbacks stand per customer, person, day and channel: texts of numbers differ from one to the other."""
	query = "SELECT customer, responsible, due_date, channel, is_committed FROM `tabCustomer Callback` WHERE status = 'Planned'"
	return sorted(tuple(map(str, row)) for row in branch.store.rows(query))


def test_who_is_due_is_found_through_the_stamps_of_documents(branches):
	store, later = branches[0].store, datetime(2027, 6, 1)
	branches[0].night(AS_OF)
	tables = frozenset((*NAMED_BY, *JOINED))
	names = (
		"planned",
		"released",
		"complaint",
		"case",
		"after_service",
		"visit",
		"care",
		"without_0",
		"without_1",
	)
	values = {"since": later, "day": later.date(), "as_of": later.date(), **dict.fromkeys(names, "-")}
	plan = [row for row in store.rows(f"EXPLAIN {due_query(tables)}", values) if row[2]]
	assert "callbacks_by_day" in {row[5] for row in plan}
	by_stamp = {row[2] for row in plan if row[5] == "modified"}
	assert {f"tab{doctype}" for doctype in NAMED_BY} <= by_stamp
