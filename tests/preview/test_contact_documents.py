"""Documents that tell of contacts: which count, for whom, and how the ledger follows them night by night."""

from datetime import date, time, timedelta

import pytest
from support_book import add, open_sqlite_book
from support_contacts import (
	ACME,
	AS_OF,
	CORE,
	EXPECTED,
	SINCE,
	add_call,
	add_customers,
	add_event,
	add_links,
	add_visit,
	at,
	contacts_of,
	fill_documents,
	ledger,
	shown,
)

from cs_retention.engine.policy import ContactDocumentPolicy, Policy
from cs_retention.engine.vocabulary import ContactDocument, Outcome
from cs_retention.facts.contact_documents import kept_documents, read_customers_of_contacts
from cs_retention.facts.selection import Selection
from cs_retention.nightly.contacts import (
	Gathering,
	fold_contacts,
	forget_document,
	gathering_of,
	hold_states,
	note_contacts,
	source_key,
)
from cs_retention.nightly.run import run_night
from cs_retention.store.sqlite import SQLiteStore

POLICY = ContactDocumentPolicy(call_seconds=10)
ALL = Gathering(tuple(ContactDocument), SINCE, AS_OF)
EVERYBODY = Selection.between("", "\uffff")
CALLS = ContactDocument.CALL_LOG


@pytest.fixture
def book():
	store = open_sqlite_book()
	fill_documents(store)
	yield store
	store.close()


def note(book, gathering=ALL, policy=POLICY):
	book.commit()
	written = note_contacts(book, EVERYBODY, gathering, policy)
	book.commit()
	return written


def outcomes(book, name):
	query = "SELECT outcome FROM `tabCustomer Touch` WHERE source_name = %(name)s ORDER BY customer"
	return [outcome for (outcome,) in book.rows(query, {"name": name})]


class TestFacts:
	@pytest.mark.parametrize("kind", list(ContactDocument))
	def test_every_kind_is_told_by_those_that_count(self, book, kind):
		assert {shown(contact) for contact in contacts_of(book, kind, POLICY)} == EXPECTED[kind]

	def test_a_call_counts_from_the_length_that_is_set(self, book):
		found = {contact.document_name for contact in contacts_of(book, CALLS, ContactDocumentPolicy())}
		assert "short" in found
		assert "nothing said" not in found

	def test_only_the_customers_selected_are_told_of(self, book):
		found = {c.customer for c in contacts_of(book, CALLS, POLICY, Selection.of(["Bolt"]))}
		assert found == {"Bolt"}

	def test_time_and_subject_come_along_and_a_visit_has_no_time(self, book):
		first = next(c for c in contacts_of(book, CALLS, POLICY) if c.document_name == "by-field")
		assert (first.at, first.subject, first.outcome) == (time(10, 30), "second line", Outcome.REACHED)
		visit = contacts_of(book, ContactDocument.MAINTENANCE_VISIT, POLICY)[0]
		assert (visit.at, visit.outcome) == (None, Outcome.VISITED)

	def test_kinds_without_any_document_or_switched_off_are_spared(self):
		book = open_sqlite_book()
		assert kept_documents(book, ContactDocumentPolicy()) == ()
		add_event(book, "met", ACME)
		assert kept_documents(book, ContactDocumentPolicy()) == (ContactDocument.EVENT,)
		assert kept_documents(book, ContactDocumentPolicy(documents=(CALLS,))) == ()
		book.close()

	def test_a_kind_whose_table_is_missing_is_spared(self):
		book = SQLiteStore(":memory:", None, {})
		assert kept_documents(book, ContactDocumentPolicy()) == ()
		book.close()

	def test_a_contact_leads_to_its_customers(self, book):
		assert read_customers_of_contacts(book, ["Lin", "Nobody"]) == {"Acme", "Bolt"}


class TestLedger:
	def test_every_document_is_noted_once_per_customer(self, book):
		expected = sum(map(len, EXPECTED.values()))
		assert note(book) == expected
		assert len(ledger(book)) == expected
		first = next(row for row in ledger(book) if row[2] == "by-field")
		assert first[3:] == ("2026-11-05", "Phone", "Reached", "west@branch.example", "second line")
		assert note(book) == 0

	def test_a_night_after_the_request_finds_nothing_to_note(self, book):
		note(book, Gathering((CALLS,), SINCE, AS_OF))
		before = [row for row in ledger(book) if row[1] == "Call Log"]
		assert note(book) == sum(map(len, EXPECTED.values())) - len(before)
		assert [row for row in ledger(book) if row[1] == "Call Log"] == before

	def test_a_document_that_counts_no_more_is_withdrawn_and_may_come_back(self, book):
		note(book)
		book.change("UPDATE `tabMaintenance Visit` SET docstatus = 2 WHERE name = 'by an engineer'", {})
		book.change("DELETE FROM `tabCall Log` WHERE name = 'by-field'", {})
		book.change("DELETE FROM `tabDynamic Link` WHERE parent = 'by-link' AND link_name = 'Core'", {})
		assert note(book) == 3
		assert outcomes(book, "by an engineer") == ["Withdrawn"]
		assert outcomes(book, "by-field") == ["Withdrawn"]
		assert outcomes(book, "by-link") == ["Reached", "Withdrawn"]
		assert note(book) == 0
		add_links(book, "by-link", "Call Log", CORE)
		assert note(book) == 1
		assert outcomes(book, "by-link") == ["Reached", "Reached"]

	def test_a_document_moved_to_another_day_takes_its_touch_along(self, book):
		note(book)
		values = {"moment": at(9, 16)}
		book.change("UPDATE `tabCall Log` SET start_time = %(moment)s WHERE name = 'by-field'", values)
		assert note(book) == 1
		(row,) = (row for row in ledger(book) if row[2] == "by-field")
		assert row[3] == "2026-11-09"

	def test_a_touch_noted_before_the_days_looked_at_is_found_again_by_its_key(self, book):
		note(book)
		late = Gathering((CALLS,), date(2026, 11, 5), AS_OF)
		values = {"moment": at(10)}
		book.change("UPDATE `tabCall Log` SET start_time = %(moment)s WHERE name = 'first day'", values)
		assert note(book, late) == 1
		assert [row[3] for row in ledger(book) if row[2] == "first day"] == ["2026-11-10"]

	def test_what_a_person_corrected_stays(self, book):
		note(book)
		book.change("UPDATE `tabCustomer Touch` SET outcome = 'Refused' WHERE source_name = 'by-field'", {})
		assert note(book) == 0
		assert outcomes(book, "by-field") == ["Refused"]

	def test_a_kind_switched_off_is_neither_noted_nor_withdrawn(self, book):
		note(book)
		book.change("DELETE FROM `tabCall Log`", {})
		add_visit(book, "new", "Core")
		policy = Policy(contacts=ContactDocumentPolicy(documents=(ContactDocument.EVENT,)))
		gathering = gathering_of(book, policy, AS_OF)
		assert gathering.documents == (ContactDocument.EVENT,)
		assert note(book, gathering, policy.contacts) == 0
		assert outcomes(book, "by-field") == ["Reached"]
		assert outcomes(book, "new") == []

	def test_a_customer_that_is_no_more_is_noted_nowhere(self, book):
		book.change("DELETE FROM `tabCustomer` WHERE name = 'Core'", {})
		note(book)
		assert "Core" not in {row[0] for row in ledger(book)}
		assert note(book) == 0

	def test_customers_are_told_apart_by_their_states_in_the_key(self, book):
		note(book)
		states = hold_states(book, ["Acme", "Bolt"])
		query = "SELECT source_key FROM `tabCustomer Touch` WHERE source_name = 'by-contact'"
		assert {key for (key,) in book.rows(query)} == {
			source_key("Call Log", "by-contact", state) for _customer, state in states.values()
		}

	def test_a_document_that_is_deleted_is_let_go_of(self, book):
		note(book)
		assert forget_document(book, CALLS, "by-link") == ["Acme", "Core"]
		assert forget_document(book, CALLS, "by-link") == []
		query = (
			"SELECT outcome, source, source_key FROM `tabCustomer Touch` WHERE source = 'Call Log by-link'"
		)
		assert list(book.rows(query)) == [("Withdrawn", "Call Log by-link", None)] * 2

	def test_of_two_customers_that_become_one_each_document_is_noted_once(self, book):
		note(book)
		(state,) = (state for _name, state in hold_states(book, ["Acme"]).values())
		fold_contacts(book, "Bolt", "Acme", state)
		book.change("UPDATE `tabCustomer Touch` SET customer = 'Acme' WHERE customer = 'Bolt'", {})
		for table, column in (
			("Dynamic Link", "link_name"),
			("Communication", "reference_name"),
			("Maintenance Visit", "customer"),
			("Event Participants", "reference_docname"),
		):
			book.change(f"UPDATE `tab{table}` SET {column} = 'Acme' WHERE {column} = 'Bolt'", {})
		counted = [row[:3] for row in ledger(book) if row[5] != "Withdrawn"]
		assert len(counted) == len(set(counted))
		assert note(book) == 0


class TestNights:
	def test_the_first_night_looks_back_as_far_as_a_span_is_open_and_later_ones_two_months(self, book):
		assert gathering_of(book, Policy(), AS_OF) == Gathering(
			tuple(ContactDocument), date(2026, 7, 1), AS_OF
		)
		note(book)
		assert gathering_of(book, Policy(), AS_OF) == Gathering(tuple(ContactDocument), SINCE, AS_OF)

	def test_a_night_notes_before_it_rates_and_a_second_one_writes_nothing(self, book):
		first = run_night(book, Policy(contacts=POLICY), AS_OF)
		assert first.rate.contacts == sum(map(len, EXPECTED.values())) + len(["long ago"])
		found = dict(book.rows("SELECT customer, last_contact FROM `tabCustomer Retention State`"))
		assert {name: str(day)[:10] for name, day in found.items()} == {
			"Acme": "2026-11-08",
			"Bolt": "2026-11-08",
			"Core": "2026-11-15",
		}
		assert run_night(book, Policy(contacts=POLICY), AS_OF).rows_written == 0

	def test_statements_do_not_grow_with_the_book_and_are_none_where_there_is_no_document(self, monkeypatch):
		assert counted(monkeypatch, 0, 4) == 0
		assert counted(monkeypatch, 3, 3) == counted(monkeypatch, 60, 60) == 5

	def test_a_callback_is_met_in_the_night_by_the_call_of_the_day_before_and_says_which(self, book):
		add_customers(book, "Dome")
		book.commit()
		run_night(book, Policy(contacts=POLICY), AS_OF)
		((name, due),) = planned(book, "Dome")
		called_on = date.fromisoformat(str(due)[:10])
		add_call(book, "answered", ("Customer", "Dome"), start_time=at(called_on.day, month=called_on.month))
		book.commit()
		run_night(book, Policy(contacts=POLICY), called_on + timedelta(days=1))
		query = """SELECT c.status, t.source_doctype, t.source_name, c.open_key FROM `tabCustomer Callback` c
			JOIN `tabCustomer Touch` t ON t.name = c.touch WHERE c.name = %(name)s"""
		assert list(book.rows(query, {"name": name})) == [("Met", "Call Log", "answered", None)]
		assert "met_by" in reasons(book, name)

	def test_what_a_withdrawn_contact_had_met_is_planned_again(self, book):
		add_customers(book, "Dome")
		book.commit()
		run_night(book, Policy(contacts=POLICY), AS_OF)
		((name, due),) = planned(book, "Dome")
		day = date.fromisoformat(str(due)[:10])
		add_call(book, "answered", ("Customer", "Dome"), start_time=at(day.day, month=day.month))
		book.commit()
		run_night(book, Policy(contacts=POLICY), day + timedelta(days=1))
		assert status_of(book, name) == "Met"
		book.change("UPDATE `tabCall Log` SET status = 'Failed' WHERE name = 'answered'", {})
		book.commit()
		run_night(book, Policy(contacts=POLICY), day + timedelta(days=1))
		assert status_of(book, name) == "Planned"
		query = "SELECT open_key, met FROM `tabCustomer Callback Purpose` WHERE parent = %(name)s"
		assert all(key and met == 0 for key, met in book.rows(query, {"name": name}))
		assert run_night(book, Policy(contacts=POLICY), day + timedelta(days=1)).rows_written == 0


def planned(book, customer):
	query = """SELECT name, due_date FROM `tabCustomer Callback` WHERE customer = %(customer)s
		AND status = 'Planned' AND is_committed = 1 ORDER BY due_date LIMIT 1"""
	return list(book.rows(query, {"customer": customer}))


def status_of(book, name):
	((status,),) = book.rows(
		"SELECT status FROM `tabCustomer Callback` WHERE name = %(name)s", {"name": name}
	)
	return status


def reasons(book, name):
	((text,),) = book.rows("SELECT reasons FROM `tabCustomer Callback` WHERE name = %(name)s", {"name": name})
	return text


def counted(monkeypatch, documents, customers):
	"""Return how many statements noting takes once everything is noted."""
	book = open_sqlite_book()
	add(book, "Customer", [{"name": f"C-{number}"} for number in range(customers)])
	for number in range(documents):
		party = ("Customer", f"C-{number}")
		add_call(book, f"call-{number}", party)
		add_event(book, f"event-{number}", party)
		add_visit(book, f"visit-{number}", party[1])
		add(
			book,
			"Communication",
			[{"name": f"spoken-{number}", "communication_date": at(3), "reference_name": party[1]}],
		)
	gathering = gathering_of(book, Policy(), AS_OF)
	note_contacts(book, EVERYBODY, gathering, POLICY)
	book.commit()
	ran = []
	rows = SQLiteStore.rows
	with monkeypatch.context() as patched:
		patched.setattr(SQLiteStore, "rows", lambda *given: ran.append(given) or rows(*given))
		assert note_contacts(book, EVERYBODY, gathering, POLICY) == 0
	book.close()
	return len(ran)
