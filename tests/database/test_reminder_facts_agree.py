"""What people are reminded of, read from MariaDB and from SQLite: the same, and what was written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

import pytest
from support_book import add, open_sqlite_book

from cs_retention.engine.reminders import DueCall, DuePromise
from cs_retention.engine.vocabulary import CallbackStatus
from cs_retention.facts import reminders
from cs_retention.facts.selection import Selection
from cs_retention.store.base import Store

TODAY = date(2026, 11, 26)
CALLS: tuple[dict[str, Any], ...] = (
	{"name": "late", "days": -3},
	{"name": "told", "days": -9, "escalated_on": TODAY - timedelta(days=2)},
	{"name": "noon", "days": 0, "due_time": "12:00:00"},
	{"name": "dawn", "days": 0, "due_time": "06:30:00"},
	{"name": "tomorrow", "days": 1, "due_time": "06:30:00"},
	{"name": "made", "days": -3, "status": "Done"},
	{"name": "bobs", "days": 0, "responsible": "bob@x.de"},
	{"name": "cids", "days": 0, "responsible": "cid@x.de"},
	{"name": "nobody's", "days": 0, "responsible": None},
)
PROMISES = (
	("late", "send the offer", "bob@x.de", -1, "Open"),
	("noon", "call the plant", "ann@x.de", 0, "Open"),
	("noon", "later", "ann@x.de", 1, "Open"),
	("noon", "kept", "ann@x.de", -1, "Kept"),
)


@pytest.fixture(params=["mariadb", "sqlite"])
def book(request: pytest.FixtureRequest) -> Iterator[Store]:
	"""The same calls and promises in either database."""
	opened = request.getfixturevalue("store") if request.param == "mariadb" else open_sqlite_book()
	managed = {"account_manager": "ann@x.de", "retention_backup_manager": "bob@x.de"}
	add(opened, "Customer", [{"name": "Acme", "customer_name": "Acme & Söhne", "disabled": 0, **managed}])
	for row in CALLS:
		usual = {"customer": "Acme", "status": "Planned", "responsible": "ann@x.de", "channel": "Phone"}
		due = TODAY + timedelta(days=row["days"])
		fields = {name: value for name, value in row.items() if name != "days"}
		add(opened, "Customer Callback", [{**usual, "due_date": due, **fields}])
	for place, (parent, promise, by, days, status) in enumerate(PROMISES, 1):
		due = TODAY + timedelta(days=days)
		row = {"parent": parent, "promise": promise, "promised_by": by, "due_date": due, "status": status}
		add(opened, "Customer Callback Promise", [{"name": f"p{place}", "idx": place, **row}])
	yield opened


PEOPLE = Selection.of(["ann@x.de", "bob@x.de"])


def test_who_is_named_as_responsible(book: Store) -> None:
	assert sorted(reminders.read_callers(book)) == ["ann@x.de", "bob@x.de", "cid@x.de"]


def test_calls_that_are_due_come_in_their_order_with_all_that_is_known(book: Store) -> None:
	found = reminders.read_due_calls(book, PEOPLE, TODAY)
	assert [call.name for call in found] == ["told", "late", "dawn", "noon", "bobs"]
	assert found[0] == DueCall(
		"told",
		"Acme & Söhne",
		"ann@x.de",
		TODAY - timedelta(days=9),
		None,
		"ann@x.de",
		"bob@x.de",
		TODAY - timedelta(days=2),
	)
	assert found[2].due_time == time(6, 30)


@pytest.mark.parametrize(
	("first", "last", "names"),
	[(time(6, 30), time(6, 30), ["dawn"]), (time(0), time.max, ["dawn", "noon"]), (time(7), time(8), [])],
)
def test_timed_calls_of_today_between_two_times(
	book: Store, first: time, last: time, names: list[str]
) -> None:
	found = reminders.read_timed_calls(book, PEOPLE, TODAY, first, last)
	assert sorted(call.name for call in found) == names


def test_promises_that_are_due_and_open(book: Store) -> None:
	assert reminders.read_due_promises(book, TODAY) == [
		DuePromise("late", "send the offer", "Acme & Söhne", "bob@x.de", TODAY - timedelta(days=1)),
		DuePromise("noon", "call the plant", "Acme & Söhne", "ann@x.de", TODAY),
	]


def test_a_week_by_person_and_state_and_what_is_overdue(book: Store) -> None:
	week = reminders.read_week(book, PEOPLE, TODAY - timedelta(days=3), TODAY)
	assert sorted(week) == [
		("ann@x.de", CallbackStatus.DONE, 1),
		("ann@x.de", CallbackStatus.PLANNED, 3),
		("bob@x.de", CallbackStatus.PLANNED, 1),
	]
	assert reminders.read_overdue(book, PEOPLE, TODAY) == {"ann@x.de": 2}
