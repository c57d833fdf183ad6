"""Automatic touches on a real server: decided alike on both databases, once when raced, in a fixed number of statements."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Barrier

import pytest
from pymysql import OperationalError
from support_book import add, all_tables, numbered_authorship, open_sqlite_book

from cs_retention.engine.contact_policy import ContactPolicy
from cs_retention.engine.vocabulary import MessageChannel, MessageClass, TouchDecision
from cs_retention.facts.contact_pressure import (
	read_class_groups,
	read_pressed_customers,
	read_pressing_touches,
	read_pressure_groups,
)
from cs_retention.facts.keys import fold
from cs_retention.facts.recipients import read_recipients, read_sharing
from cs_retention.facts.selection import Selection
from cs_retention.facts.touches import read_attempts, read_contacts, read_touches
from cs_retention.nightly.contact_touches import Sender, WantedMessage
from cs_retention.nightly.reason_json import load_reasons
from cs_retention.store.base import Authorship
from cs_retention.store.mariadb import MariaDBStore

SENT, MERGED, HELD, SKIPPED = TouchDecision
NOON = datetime(2026, 11, 15, 12)
NIGHT, MORNING = datetime(2026, 11, 15, 22), datetime(2026, 11, 16, 9)
EVERYONE = Selection.between("", "\uffff")
OUTBOX = (
	*("dedupe_key", "status", "channel", "recipient", "subject", "body", "language", "ready_at"),
	*("customer_state", "touch_key", "message_class"),
)


def put_into(store):
	"""Return what writes messages into the outbox of a store."""

	def put(messages):
		rows = (
			(
				*(message.key, "Queued", message.channel.value, message.recipient, message.subject),
				*(
					message.body,
					message.language,
					message.ready_at,
					message.customer_state,
					message.touch_key,
				),
				message.class_.value,
			)
			for message in messages
		)
		return store.add_missing("Message Outbox", OUTBOX, rows)

	return put


def sender(store, policy=ContactPolicy()) -> Sender:  # noqa: B008
	return Sender(store, policy, put_into(store), lambda message, text, touch: f"{text}\n\nleave: {touch}")


def message(customer="A", class_=MessageClass.CARE, key=None, asked_at=NOON, **more) -> WantedMessage:
	given = {
		"key": key or f"{class_.value}|{customer}|{asked_at}",
		"customer": customer,
		"class_": class_,
		"channel": MessageChannel.EMAIL,
		"recipient": f"{customer.lower()}@x.example",
		"subject": "Hello",
		"body": f"Dear {customer}",
		"language": "en",
		"asked_at": asked_at,
		"source": "Test",
	}
	return WantedMessage(**{**given, **more})


def fill(store, customers=("A", "B", "C")) -> None:
	add(
		store,
		"Customer",
		[
			{"name": name, "customer_name": f"{name} Ltd", "email_id": f"{name.lower()}@x.example"}
			for name in customers
		],
	)
	add(
		store,
		"Customer Retention State",
		[{"customer": name, "star_level": "Two Star", "name": f"state-{name}"} for name in customers],
	)
	store.commit()


@pytest.fixture
def books(store):
	preview = open_sqlite_book()
	for book in (store, preview):
		fill(book)
	yield store, preview
	preview.close()


def ledger(store, *fields):
	listed = ", ".join(f"`{field}`" for field in fields)
	return list(store.rows(f"SELECT {listed} FROM `tabCustomer Touch` ORDER BY `message_key`"))


def outbox(store):
	return list(
		store.rows("SELECT dedupe_key, customer_state, body FROM `tabMessage Outbox` ORDER BY dedupe_key")
	)


def test_a_message_stands_in_the_ledger_and_in_the_outbox(books) -> None:
	for book in books:
		found = sender(book).send([message(), message("B", MessageClass.MARKETING)], NOON)
		assert [one.decision.outcome for one in found] == [SENT, SKIPPED]
		((name, reasons),) = [
			row[:2] for row in ledger(book, "name", "reasons", "decision") if row[2] == "Sent"
		]
		assert load_reasons(reasons)[0].code == "within_cap"
		assert outbox(book) == [(message().key, "state-A", f"Dear A\n\nleave: {name}")]
		assert ledger(book, "customer", "decision", "channel", "message_class", "outcome") == [
			("A", "Sent", "Message", "Care", None),
			("B", "Skipped", "Message", "Marketing", None),
		]
		assert sender(book).send([message()], NOON) == []
		assert len(outbox(book)) == 1


def test_what_waits_for_the_morning_is_merged_then_and_sent_once(books) -> None:
	for book in books:
		wanted = [
			message(key="care", asked_at=NIGHT),
			message(key="repair", class_=MessageClass.COMPLAINT, body="We are sorry", asked_at=NIGHT),
		]
		found = sender(book).send(wanted, NIGHT)
		assert [one.decision.held_until for one in found] == [MORNING, MORNING]
		assert outbox(book) == []
		book.commit()
		assert not sender(book).release(MORNING - timedelta(seconds=1), pytest.fail)
		assert sender(book).release(MORNING, pytest.fail) == {SENT: 1, MERGED: 1}
		((key, _state, body),) = outbox(book)
		assert (key, body.split("\n\n")[:2]) == ("repair", ["We are sorry", "Dear A"])
		rows = ledger(book, "message_key", "decision", "merged_into", "open_key", "name")
		assert [row[:2] for row in rows] == [("care", "Merged"), ("repair", "Sent")]
		assert (rows[0][2], rows[0][3], rows[1][3]) == (rows[1][4], None, None)
		assert not sender(book).release(MORNING, pytest.fail)


def test_a_withdrawal_or_a_bounce_of_an_address_stops_it_for_all_who_share_it(books) -> None:
	for book in books:
		entry = {"channel": "Email", "consent_date": date(2026, 11, 1), "address": "shared@x.example"}
		add(book, "Customer Consent", [{"customer": "B", "status": "Withdrawn", **entry}])
		found = sender(book).preview([message(recipient="Shared@X.example"), message("C")], NOON)
		assert [one.decision.outcome for one in found] == [SKIPPED, SENT]
		add(
			book,
			"Customer Consent",
			[{"customer": "A", "status": "Given", **entry, "consent_date": date(2026, 11, 2)}],
		)
		(again,) = sender(book).preview([message(recipient="shared@x.example")], NOON)
		assert again.decision.outcome is SENT


def test_an_address_that_is_none_is_said_so_and_stops_nobody_else(books) -> None:
	for book in books:
		found = sender(book).send(
			[message(recipient="a at x"), message("B"), message("C", recipient="")], NOON
		)
		codes = [one.decision.reasons[0].code for one in found]
		assert codes == ["cannot_be_sent", "within_cap", "no_address"]
		assert len(outbox(book)) == 1


def test_both_databases_find_the_same_addresses(books) -> None:
	contacts = (("C-1", "one@x.example", "123", 0), ("C-2", "two@x.example", "", 1))
	for book in books:
		fields = ("name", "email_id", "mobile_no", "is_primary_contact")
		book.insert_rows("Contact", fields, contacts)
		links = (("C-1", "a"), ("C-2", "A"), ("C-2", "B"))
		link = ("parent", "parenttype", "link_doctype", "link_name")
		book.insert_rows(
			"Dynamic Link", link, ((parent, "Contact", "Customer", who) for parent, who in links)
		)
		book.change("UPDATE `tabCustomer` SET email_id = NULL WHERE name <> %(kept)s", {"kept": "A"})
	# On the server "a" and "A" are one customer, in a file they are two.
	on_server, in_file = (read_recipients(book, EVERYONE) for book in books)
	assert on_server["a"][2:4] == ("two@x.example", "")
	assert in_file["b"] == on_server["b"] == ("B", "B Ltd", "two@x.example", "", "")
	assert on_server["c"].email == ""


def test_who_shares_an_address_is_found_however_it_is_written(books) -> None:
	for book in books:
		fields = ("name", "email_id", "mobile_no")
		book.insert_rows("Contact", fields, [("C-1", "Shared@X.example", "+49 (30) 12-34")])
		link = ("parent", "parenttype", "link_doctype", "link_name")
		book.insert_rows("Dynamic Link", link, [("C-1", "Contact", "Customer", "B")])
		book.change(
			"UPDATE `tabCustomer` SET email_id = ' SHARED@x.example', mobile_no = '+49.30/1234' WHERE name = 'A'",
			{},
		)
		for channel, written, plain in (
			(MessageChannel.EMAIL, "shared@X.EXAMPLE ", "shared@x.example"),
			(MessageChannel.SMS, "+49 30 1234", "+49301234"),
		):
			assert read_sharing(book, channel, [written, ""]) == {plain: {"A", "B"}}
			assert read_sharing(book, channel, ["c@x.example"]).keys() <= {"c@x.example"}
	on_server = books[0]
	on_server.change("UPDATE `tabDynamic Link` SET link_name = 'b '", {})
	assert read_sharing(on_server, MessageChannel.SMS, ["+49301234"]) == {"+49301234": {"A", "B"}}


def test_automatic_touches_are_no_contacts_and_no_attempts_of_people(books) -> None:
	for book in books:
		touch = {"customer": "A", "channel": "Phone"}
		add(book, "Customer Touch", [{**touch, "touch_date": date(2026, 11, 10), "outcome": "Refused"}])
		since, today = date(2026, 11, 1), NOON.date()

		def read(book=book, since=since, today=today):
			return (
				read_touches(book, EVERYONE, today),
				read_contacts(book, EVERYONE, since, today),
				read_attempts(book, EVERYONE, since),
			)

		before = read()
		assert before[0]["a"].has_refused
		sender(book).send([message(), message("B"), message("C", MessageClass.MARKETING)], NOON)
		assert read() == before


def test_calls_of_people_and_other_customers_touches_fill_the_right_caps(books) -> None:
	for book in books:
		days = [date(2026, 11, day) for day in (1, 3, 5, 7)]
		calls = [
			{"customer": "B", "channel": "Phone", "outcome": "Reached", "touch_date": day} for day in days
		]
		add(book, "Customer Touch", calls)
		found = sender(book).send([message("A"), message("B", MessageClass.COMPLAINT)], NOON)
		assert [one.decision.outcome for one in found] == [SENT, HELD]
		assert found[1].decision.held_until == datetime(2026, 12, 1, 9)


@pytest.fixture
def open_another(store, address):
	"""Open further connections to the same database."""
	opened = []

	def connect() -> MariaDBStore:
		another = MariaDBStore(address, Authorship(now=lambda: NOON), all_tables())
		opened.append(another)
		return another

	yield connect
	for another in opened:
		another.close()


def at_once(*jobs):
	"""Run jobs in threads that begin together, and return what they return."""
	start = Barrier(len(jobs))

	def begin(job):
		start.wait()
		return job()

	with ThreadPoolExecutor(len(jobs)) as pool:
		return [future.result() for future in [pool.submit(begin, job) for job in jobs]]


def test_of_two_releases_at_once_one_sends(store, open_another) -> None:
	names = [f"C{number:03d}" for number in range(40)]
	fill(store, names)
	sender(store).send([message(name, asked_at=NIGHT) for name in names], NIGHT)
	store.commit()
	releasing = [sender(open_another()) for _ in range(2)]
	came = at_once(*(lambda one=one: one.release(MORNING, pytest.fail) for one in releasing))
	assert sum(came, Counter()) == {SENT: 40}
	assert len(outbox(store)) == 40
	assert set(ledger(store, "decision", "open_key")) == {("Sent", None)}


def test_of_two_who_write_to_a_customer_at_once_one_finds_the_cap_full(store, open_another) -> None:
	fill(store)
	policy = ContactPolicy(min_gap_days=0)
	call = {"customer": "A", "channel": "Phone", "outcome": "Reached"}
	add(store, "Customer Touch", [{**call, "touch_date": date(2026, 11, day)} for day in (1, 3, 5)])
	store.commit()

	def write(number):
		desk = sender(open_another(), policy)
		desk.hold(["A"])
		(found,) = desk.send([message(class_=MessageClass.COMPLAINT, key=str(number))], NOON)
		desk.store.commit()
		return found.decision.outcome

	came = at_once(*(lambda number=number: write(number) for number in range(4)))
	assert Counter(came) == {SENT: 1, HELD: 3}
	assert len(outbox(store)) == 1


def test_a_page_that_fails_is_tried_customer_by_customer(store) -> None:
	fill(store)
	sender(store).send([message(name, asked_at=NIGHT) for name in "ABC"], NIGHT)
	store.commit()
	put = put_into(store)

	def refuse_b(messages):
		given = list(messages)
		if any(one.recipient == "b@x.example" for one in given):
			raise ValueError("poison")
		return put(given)

	failed = []
	desk = Sender(store, ContactPolicy(), refuse_b, lambda message, text, touch: text)
	assert desk.release(MORNING, failed.append) == {SENT: 2}
	assert failed == ["B"]
	assert [row[0] for row in ledger(store, "decision")] == ["Sent", "Held", "Sent"]


class Counting(MariaDBStore):
	"""A store that counts its reads."""

	count = 0

	def _execute(self, statement, values=None):
		self.count += 1
		return super()._execute(statement, values)


def test_a_book_is_decided_about_in_as_many_statements_as_one_customer(store, address) -> None:
	names = [f"C{number:04d}" for number in range(1500)]
	fill(store, names)
	counting = Counting(address, numbered_authorship(), all_tables())
	taken = []
	for few in (names[:1], names):
		counting.count = 0
		found = sender(counting).preview([message(name) for name in few], NOON)
		assert {one.decision.outcome for one in found} == {SENT}
		assert {fold(one.wanted.customer) for one in found} == set(map(fold, few))
		taken.append(counting.count)
	counting.close()
	assert taken[0] == taken[1] <= 6


def test_pressure_is_counted_alike_and_as_much_as_one_by_one(books) -> None:
	span = date(2026, 10, 17), NOON.date()
	for book in books:
		call = {"customer": "A", "channel": "Phone", "touch_date": date(2026, 11, 3)}
		add(book, "Customer Touch", [{**call, "outcome": "Reached"}, {**call, "outcome": "Not Reached"}])
		send = sender(book).send
		send([message("B", MessageClass.SERVICE, key="1"), message("B", key="2")], NOON)
		send([message("C", MessageClass.MARKETING, key="3"), message("B", key="4")], NOON)
		send([message("C", asked_at=NIGHT, key="5")], NIGHT)
		groups = {group.counts: group.customers for group in read_pressure_groups(book, EVERYONE, *span)}
		# people, automatic, exempt, merged, skipped, waiting, ever held, by mail, by SMS
		assert groups == {
			(2, 0, 0, 0, 0, 0, 0, 0, 0): 1,
			(0, 1, 1, 0, 0, 1, 1, 1, 0): 1,
			(0, 0, 0, 0, 1, 1, 1, 0, 0): 1,
		}
		customers = list(read_pressed_customers(book, EVERYONE, *span))
		assert Counter(found.counts for found in customers) == groups
		assert [found.customer for found in customers] == ["A", "B", "C"]
		listed = list(read_pressing_touches(book, EVERYONE, *span))
		counted = Counter((found.class_, found.kind, found.was_held) for found in listed)
		by_class = {found[:3]: found.touches for found in read_class_groups(book, EVERYONE, *span)}
		assert counted == by_class
		assert len(listed) == 7
		assert {found.channel for found in listed} == {"Phone", "Email"}


@pytest.mark.parametrize("deadlocks", [1, 2, 3, 4])
def test_deadlocks_one_after_the_other_end_no_release(store, deadlocks: int) -> None:
	fill(store)
	wanted = [message(one, asked_at=NIGHT) for one in ("A", "B")]
	desk = sender(store)
	desk.send(wanted, NIGHT)
	store.commit()
	left = [deadlocks]

	def put(messages):
		if left[0]:
			left[0] -= 1
			raise OperationalError(1213, "Deadlock found when trying to get lock")
		return put_into(store)(messages)

	failed = []
	# Twice the page, then twice the first of its customers.
	came = replace(desk, put=put).release(MORNING, failed.append)
	assert came == ({SENT: 2} if deadlocks < 4 else {SENT: 1})
	assert failed == ([] if deadlocks < 4 else ["A"])
	assert desk.release(MORNING, pytest.fail) == ({} if deadlocks < 4 else {SENT: 1})
