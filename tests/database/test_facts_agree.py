"""The same facts, one by one, from MariaDB and SQLite over one generated book."""

from datetime import date

import pytest
from support_book import (
	AS_OF,
	ON_LEAVE,
	add_leaves,
	all_tables,
	days_off,
	numbered_authorship,
	open_sqlite_book,
	tables_with_hrms,
)
from support_random_book import PEOPLE, fill, random_book

from benchmarks.book import fill as fill_benchmark
from cs_retention.engine.policy import ComplaintPolicy
from cs_retention.facts.basis import read_book_figures
from cs_retention.facts.book import page_bounds, pages, read_customers, read_shape
from cs_retention.facts.calendars import read_calendars
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection
from cs_retention.facts.touches import read_contacts
from cs_retention.store.mariadb import MariaDBStore
from cs_retention.store.sqlite import SQLiteStore

COMPLAINTS = ComplaintPolicy(
	issue_types=("Complaint", "投诉"), serious_priorities=("Serious", "URGENT", "严重")
)
CUSTOMERS = 600


@pytest.fixture
def books(store):
	"""The book on MariaDB, its customers referred to in other spellings, and on SQLite under their own names."""
	preview = open_sqlite_book()
	fill(store, random_book(7, CUSTOMERS, spell=True))
	fill(preview, random_book(7, CUSTOMERS, spell=False))
	yield store, preview
	preview.close()


def customers_of(book, page_size):
	shape = read_shape(book)
	return {
		facts.customer: facts
		for page in pages(book, page_size)
		for facts in read_customers(book, page, shape, COMPLAINTS, AS_OF)
	}


def fields(facts):
	return {name: getattr(facts, name) for name in facts.__dataclass_fields__}


def test_every_fact_of_every_customer_is_the_same(books):
	ours, theirs = (customers_of(book, size) for book, size in zip(books, (130, 77), strict=True))
	assert len(ours) > CUSTOMERS * 0.85
	assert ours.keys() == theirs.keys()
	differing = {
		name: (fields(ours[name]), fields(theirs[name])) for name in ours if ours[name] != theirs[name]
	}
	assert differing == {}


def test_the_pages_of_a_book_begin_and_end_with_the_same_customers(books):
	for book in books:
		for size in (1, 77, 10_000):
			found = [(page[0].name, page[-1].name) for page in pages(book, size)]
			assert list(page_bounds(book, size)) == found


def test_the_book_shows_every_fact_so_that_the_comparison_means_something(books):
	found = customers_of(books[0], 500).values()
	always_given = {"customer", "overdue_before", "warnings", "backup_manager"}
	for name in fields(next(iter(found))).keys() - always_given:
		assert len({getattr(facts, name) for facts in found}) > 1, name


def test_the_figures_of_the_book_are_the_same(books):
	ours, theirs = (read_book_figures(book, read_shape(book), AS_OF, 6) for book in books)
	assert sorted(ours.spans()) == sorted(theirs.spans())
	assert len(ours.days) > 100
	assert ours.revenues == theirs.revenues
	assert set(ours.revenues) == {"East", "West"}


def test_contacts_of_a_range_are_the_same(books):
	since = date(2026, 10, 20)
	everyone = {"selection": Selection.between("", "\uffff"), "since": since, "until": AS_OF}
	ours, theirs = (read_contacts(book, **everyone) for book in books)
	assert ours == theirs
	assert len(ours) > 100


def test_working_days_of_everyone_are_the_same(books):
	ours, theirs = (read_calendars(book, AS_OF, date(2027, 1, 31)) for book in books)
	assert ours.of_company() == theirs.of_company()
	for person in (*PEOPLE, None):
		assert ours.of_person(person) == theirs.of_person(person)


def test_approved_leave_is_read_alike_where_hrms_is_installed(address):
	ours = MariaDBStore(address, numbered_authorship(), tables_with_hrms())
	theirs = open_sqlite_book(tables_with_hrms())
	ours.create_tables()
	for book in (ours, theirs):
		add_leaves(book, PEOPLE[0])
		calendars = read_calendars(book, date(2026, 11, 1), date(2026, 11, 30))
		assert days_off(calendars, PEOPLE[0]) == ON_LEAVE
		book.close()


LETTERS = (
	*range(0x20, 0x180),
	*range(0x410, 0x452),
	*range(0x454, 0x460),
	*range(0x490, 0x4AA),
	*range(0x3041, 0x3097),
	*range(0x30A1, 0x30FB),
	*range(0x3007, 0x3008),
	*range(0x4E00, 0x4E80),
	*range(0xFF01, 0xFF5F),
)
SPACING_ACCENTS = "¨¯´¸"


def test_a_fold_joins_the_letters_the_server_holds_equal_and_no_others(store):
	"""Spacing accents are left out: nobody's name differs in one."""
	letters = [chr(code) for code in LETTERS if chr(code).isprintable() and chr(code) not in SPACING_ACCENTS]
	store.insert_rows("Company", ("name", "default_currency"), ((f"{ord(x):x}", f"x{x}x") for x in letters))
	query = """SELECT a.default_currency, b.default_currency
		FROM `tabCompany` a JOIN `tabCompany` b ON a.default_currency = b.default_currency"""
	equal = set(store.rows(query))
	names = [f"x{letter}x" for letter in letters]
	folded = {name: fold(name) for name in names}
	expected = {(one, other) for one in names for other in names if folded[one] == folded[other]}
	assert len(equal) > 2 * len(names)
	assert equal == expected


def test_the_books_of_the_benchmarks_are_the_same(address):
	ours = MariaDBStore(address, numbered_authorship(), all_tables())
	theirs = SQLiteStore(":memory:", numbered_authorship(), all_tables())
	for book in (ours, theirs):
		fill_benchmark(book, 400, with_items=True)
	found = customers_of(ours, 150)
	assert found == customers_of(theirs, 400)
	assert len([facts for facts in found.values() if facts.purchase_days]) > 350
	ours.close()
	theirs.close()
