"""What the reports on callbacks read, by hand on MariaDB and SQLite: the same groups, as many as one by one."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from support_book import open_sqlite_book

from cs_retention.engine.kpi import LevelHistory
from cs_retention.facts.book_of_business import (
	read_book_customers,
	read_book_groups,
	read_book_revenue,
	read_planned_calls,
	read_planned_loads,
)
from cs_retention.facts.completeness import read_files
from cs_retention.facts.compliance import BY_LEVEL, BY_PERSON, BY_WEEK, read_due_callbacks, read_due_groups
from cs_retention.facts.fulfilment import (
	read_contact_groups,
	read_contacted_customers,
	read_known_customers,
)
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
		("B", "Merged", 5, 0),
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
	assert [len(found) for found in listed] == [5, 5]
	assert sum(group.callbacks for group in ours) == 5
	assert (sum(group.answers for group in ours), sum(group.satisfaction for group in ours)) == (2, 8)
	assert {found.level for found in listed[0]} == {"One Star", "Key Account", "Two Star"}


def test_contacts_of_a_period_are_counted_by_the_day(books) -> None:
	changed = LevelHistory("Two Star", "Key Account", date(2026, 11, 9))
	expected = {(LevelHistory("One Star"), 2, 1), (LevelHistory("Key Account"), 0, 1), (changed, 0, 1)}
	for book in books:
		assert set(read_contact_groups(book, EVERYONE, FIRST, LAST)) == expected
		listed = list(read_contacted_customers(book, EVERYONE, FIRST, LAST))
		known = read_known_customers(book, EVERYONE, FIRST, LAST)
		assert [found.within(FIRST, LAST) for found in known if found.within(FIRST, LAST)] == listed
		assert [(found.customer, found.contacts) for found in listed] == [("A", 2), ("B", 0), ("C", 0)]


def test_books_are_counted_alike_and_as_many_as_one_by_one(books) -> None:
	for book in books:
		rows = [("S1", "A", "X", date(2026, 10, 1), 90, 1), ("S2", "A", "Y", date(2026, 10, 1), 5, 1)]
		fields = ("name", "customer", "company", "posting_date", "base_net_total", "docstatus")
		book.insert_rows("Sales Invoice", fields, rows)
		((name,),) = book.rows("SELECT name FROM `tabCustomer` WHERE name = 'A'")
		book.update_rows("Customer", ("name", "account_manager"), [(name, "e@x")])
	ours, theirs = (Counter(read_book_groups(book, EVERYONE)) for book in books)
	assert ours == theirs and sum(group.customers for group in ours) == len(CUSTOMERS)
	for book in books:
		assert [one.customer for one in read_book_customers(book, EVERYONE, "e@x")] == ["A"]
		assert {one.level for one in read_book_customers(book, EVERYONE, "")} == {"Key Account", "Two Star"}
		assert read_book_revenue(book, EVERYONE, "X", LAST) == {"e@x": 90}
		((person, day, calls),) = read_planned_loads(book, EVERYONE, LAST)
		assert (person, day, calls) == ("e@x", date(2026, 11, 9), 1)
		(call,) = read_planned_calls(book, EVERYONE, "e@x", LAST)
		assert (call.customer, call.customer_name, call.due_date) == ("C", "C Ltd", day)


def test_files_are_read_alike(books) -> None:
	for book in books:
		contacts = [
			("K1", "13800000000", None, date(1980, 1, 1), 0),
			("K2", None, "0571 1234", None, 1),
			("K3", None, None, None, 0),
		]
		fields = ("name", "mobile_no", "phone", "retention_date_of_birth", "retention_decision_maker")
		book.insert_rows("Contact", fields, contacts)
		links = [("K1", "A"), ("K2", "a"), ("K3", "B")]
		columns = ("parent", "parenttype", "link_doctype", "link_name")
		book.insert_rows("Dynamic Link", columns, [(of, "Contact", "Customer", name) for of, name in links])
		consent = ("customer", "channel", "status", "consent_date")
		book.insert_rows("Customer Consent", consent, [("C", "Email", "Given", date(2026, 11, 1))])
	ours, theirs = (list(read_files(book, EVERYONE)) for book in books)
	assert [found.customer for found in ours] == [found.customer for found in theirs] == [*CUSTOMERS]
	a, b, c = (found.file for found in ours)
	assert (a.contacts, set(a.phones), a.has_birthday, a.has_decision_maker) == (
		2,
		{"13800000000", "0571 1234"},
		True,
		True,
	)
	assert (b.contacts, b.phones, b.has_consent, c.contacts, c.has_consent) == (1, (), False, 0, True)
	assert ours == theirs
