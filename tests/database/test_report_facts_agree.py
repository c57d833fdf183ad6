"""What the reports on callbacks read, by hand on MariaDB and SQLite: the same groups, as many as one by one."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from support_book import open_sqlite_book

from cs_retention.engine.kpi import Standing
from cs_retention.facts.compliance import BY_LEVEL, BY_PERSON, BY_WEEK, read_due_callbacks, read_due_groups
from cs_retention.facts.fulfilment import read_contact_groups, read_contacted_customers
from cs_retention.facts.selection import Selection

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
EVERYONE = Selection.between("", "\uffff")
CUSTOMERS = ("A", "B", "C")


def fill(store) -> None:
	store.insert_rows("Customer", ("name", "customer_name"), ((name, f"{name} Ltd") for name in CUSTOMERS))
	levels = (
		("One Star", 0, None, None),
		("", 1, None, None),
		("Two Star", 0, "Key Account", date(2026, 11, 9)),
	)
	fields = ("customer", "star_level", "is_key_account", "cadence_before", "cadence_changed_on")
	rows = ((who, *level) for who, level in zip(CUSTOMERS, levels, strict=True))
	store.insert_rows("Customer Retention State", fields, rows)
	touches = (("A", 3, "Reached"), ("A", 3, "Visited"), ("A", 5, "Reached"), ("B", 4, "Not Reached"))
	store.insert_rows(
		"Customer Touch",
		("customer", "touch_date", "outcome", "channel"),
		((who, date(2026, 11, day), outcome, "Phone") for who, day, outcome in touches),
	)
	states = dict(store.rows("SELECT customer, name FROM `tabCustomer Retention State`"))
	calls = (
		("A", "Done", 2, 5),
		("A", "Missed", 3, 0),
		("B", "Done", 2, 3),
		("B", "Met", 4, 0),
		("C", "Planned", 9, 0),
	)
	store.insert_rows(
		"Customer Callback",
		("customer", "state", "status", "due_date", "satisfaction", "responsible", "channel"),
		(
			(who, states[who], status, date(2026, 11, day), given, "e@x", "Phone")
			for who, status, day, given in calls
		),
	)


@pytest.fixture
def books(store):
	preview = open_sqlite_book()
	for book in (store, preview):
		fill(book)
	yield store, preview
	preview.close()


@pytest.mark.parametrize("by", [BY_PERSON, BY_LEVEL, BY_WEEK])
def test_due_callbacks_are_counted_alike_and_as_many_as_one_by_one(books, by: str) -> None:
	ours, theirs = (Counter(read_due_groups(book, EVERYONE, FIRST, LAST, by)) for book in books)
	assert ours == theirs
	listed = [list(read_due_callbacks(book, EVERYONE, FIRST, LAST)) for book in books]
	assert [len(found) for found in listed] == [4, 4]
	assert sum(group.callbacks for group in ours) == 4
	assert (sum(group.answers for group in ours), sum(group.satisfaction for group in ours)) == (2, 8)
	assert {found.level for found in listed[0]} == {"One Star", "Key Account", "Two Star"}


def test_contacts_of_a_period_are_counted_by_the_day(books) -> None:
	changed = Standing("Two Star", "Key Account", date(2026, 11, 9))
	expected = {(Standing("One Star"), 2, 1), (Standing("Key Account"), 0, 1), (changed, 0, 1)}
	for book in books:
		assert set(read_contact_groups(book, EVERYONE, FIRST, LAST)) == expected
		listed = read_contacted_customers(book, EVERYONE, FIRST, LAST)
		assert [(found.customer, found.contacts) for found in listed] == [("A", 2), ("B", 0), ("C", 0)]
