"""Documents that tell of contacts: both databases find the same, and a document noted twice at once stands once."""

from threading import Barrier, Thread

import pytest
from support_book import all_tables, numbered_authorship, open_sqlite_book
from support_contacts import (
	ACME,
	AS_OF,
	SINCE,
	add_call,
	contacts_of,
	fill_documents,
	ledger,
	shown,
)

from cs_retention.engine.policy import ContactDocumentPolicy
from cs_retention.engine.vocabulary import ContactDocument
from cs_retention.facts.selection import Selection
from cs_retention.nightly.contacts import (
	Gathering,
	forget_document,
	gathering_now,
	note_contacts,
	note_contacts_of,
)
from cs_retention.nightly.states import DOCTYPE as STATE
from cs_retention.store.base import Authorship
from cs_retention.store.mariadb import MariaDBStore

POLICY = ContactDocumentPolicy(call_seconds=10)
ALL = Gathering(tuple(ContactDocument), SINCE, AS_OF)
EVERYBODY = Selection.between("", "\uffff")
CALLS = ContactDocument.CALL_LOG
OF_DOCUMENT = "SELECT name, outcome FROM `tabCustomer Touch` WHERE source_name = %(name)s"


@pytest.fixture
def books(store):
	preview = open_sqlite_book()
	fill_documents(store)
	fill_documents(preview)
	yield store, preview
	preview.close()


@pytest.fixture
def other(store, address):
	"""A request: a connection of its own, whose new rows have names of their own."""
	opened = MariaDBStore(address, Authorship(now=numbered_authorship().now), all_tables())
	yield opened
	opened.close()


@pytest.mark.parametrize("kind", list(ContactDocument))
def test_the_contacts_of_every_kind_are_the_same(books, kind):
	ours, theirs = (sorted(map(str, map(shown, contacts_of(book, kind, POLICY)))) for book in books)
	assert set(ours) == set(theirs)
	assert len(set(ours)) > 1
	hours = ({(c.document_name, c.at) for c in contacts_of(book, kind, POLICY)} for book in books)
	assert next(hours) == next(hours)


def test_the_ledger_is_the_same_before_and_after_changes(books):
	for change in (
		None,
		"UPDATE `tabMaintenance Visit` SET docstatus = 2",
		"DELETE FROM `tabCall Log` WHERE name = 'by-link'",
		"UPDATE `tabEvent` SET status = 'Closed' WHERE status = 'Cancelled'",
	):
		for book in books:
			if change:
				book.change(change, {})
			book.commit()
		written = [note_contacts(book, EVERYBODY, ALL, POLICY) for book in books]
		assert written[0] == written[1] > 0
		for book in books:
			book.commit()
		ours, theirs = map(ledger, books)
		assert ours == theirs
		assert [note_contacts(book, EVERYBODY, ALL, POLICY) for book in books] == [0, 0]


def test_a_customer_named_in_other_letters_is_noted_under_its_own_name(store):
	fill_documents(store)
	add_call(store, "loud", ("Customer", "ACME "))
	store.commit()
	note_contacts(store, EVERYBODY, ALL, POLICY)
	assert {row[0] for row in ledger(store) if row[2] == "loud"} == {"Acme"}
	store.commit()
	assert note_contacts(store, EVERYBODY, ALL, POLICY) == 0


def test_a_document_noted_by_the_night_and_by_a_request_at_once_stands_once(books, other):
	store, _ = books
	note_contacts(store, EVERYBODY, ALL, POLICY)
	store.commit()
	for number in range(12):
		name = f"raced-{number}"
		add_call(store, name, ACME)
		store.commit()
		start = Barrier(2)

		def night(start=start):
			start.wait()
			note_contacts(store, EVERYBODY, ALL, POLICY)
			store.commit()

		def request(start=start):
			start.wait()
			note_contacts_of(other, ["Acme"], gathering_now([CALLS], AS_OF), POLICY)
			other.commit()

		running = [Thread(target=work, daemon=True) for work in (night, request)]
		for thread in running:
			thread.start()
		for thread in running:
			thread.join(60)
		assert [outcome for _, outcome in store.rows(OF_DOCUMENT, {"name": name})] == ["Reached"], name
		store.commit()


def test_a_document_deleted_while_the_night_reads_it_is_withdrawn_whoever_comes_first(books, other):
	store, _ = books
	note_contacts(store, EVERYBODY, ALL, POLICY)
	store.commit()
	store.change("UPDATE `tabCall Log` SET start_time = '2026-11-03 09:00:00' WHERE name = 'by-field'", {})
	store.commit()
	held = store.hold

	def overtaken(*keys):
		if keys[0] == STATE and not done:
			done.append(True)
			other.change("DELETE FROM `tabCall Log` WHERE name = 'by-field'", {})
			forget_document(other, CALLS, "by-field")
			other.commit()
		return held(*keys)

	done: list[bool] = []
	store.hold = overtaken
	assert note_contacts(store, EVERYBODY, ALL, POLICY) == 0
	store.commit()
	query = "SELECT outcome FROM `tabCustomer Touch` WHERE source = 'Call Log by-field'"
	assert list(store.rows(query)) == [("Withdrawn",)]
