"""The outbox on a real server: one row per key, swept in sets, by several at once, whatever goes wrong."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sabotage import Wire
from support_outbox import NOW, Desk, mails_per_key, messages, open_outbox, put, read

from cs_retention.engine.outbox import PAUSES, SENDING_AT_MOST
from cs_retention.engine.vocabulary import MessageChannel, OutboxStatus
from cs_retention.nightly import outbox
from cs_retention.nightly.outbox import NotSentError, Sweep
from cs_retention.nightly.outbox_rows import OUTBOX, QUEUE, RECIPIENT
from cs_retention.nightly.returned_mails import CONSENT
from cs_retention.nightly.states import DOCTYPE as STATE

SMS = MessageChannel.SMS


@pytest.fixture
def store(address):
	opened = open_outbox(address, is_new=True)
	yield opened
	opened.close()


def sweep(store, office=None, now=NOW, **options):
	return Sweep(store, lambda: now, office or Desk(), sleep=lambda _: None, **options)


def test_a_key_is_written_once_whoever_writes_it_again(store):
	assert put(store, messages(3)) == 3
	assert put(store, messages(5)) == 2
	assert len(read(store, "name")) == 5


def test_mails_go_into_the_queue_with_their_recipients_and_their_marks(store):
	put(store, messages(2))
	assert sweep(store).run() == {OutboxStatus.SENT: 2}
	mails = read(store, "name", "status", "reference_doctype", "retry", doctype=QUEUE, by="message_id")
	assert [row[1:] for row in mails] == [("Not Sent", OUTBOX, 0)] * 2
	names = [name for (name, *_) in mails]
	assert read(store, "status", "email_queue", "sent_at") == [("Sent", name, NOW) for name in names]
	recipients = read(store, "parent", "recipient", "status", "idx", doctype=RECIPIENT, by="recipient")
	assert recipients == [
		(names[0], "c0@example.com", "Not Sent", 1),
		(names[1], "c1@example.com", "Not Sent", 1),
	]


def test_what_is_not_ready_stays(store):
	put(store, messages(3))
	assert sweep(store, now=NOW - timedelta(days=2)).run() == {}
	assert {status for (status,) in read(store, "status")} == {"Queued"}


def test_a_sweep_stops_when_its_time_is_over_and_the_next_goes_on(store, monkeypatch):
	monkeypatch.setattr(outbox, "BATCH", 10)
	put(store, messages(25))
	over = iter([False, True, True]).__next__
	assert sweep(store).run(over) == {OutboxStatus.SENT: 10}
	assert sweep(store).run() == {OutboxStatus.SENT: 15}


def test_statements_grow_with_the_batches_and_not_with_the_messages(address):
	counts = []
	for number in (10, 400):
		wire = Wire()
		store = open_outbox(address, number == 10, wire)
		put(store, messages(number, first=number * 100))
		before = wire.statements
		sweep(store).run()
		counts.append(wire.statements - before)
		store.close()
	assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize("sweepers", [2, 4])
def test_of_sweepers_at_once_each_takes_its_own(address, store, monkeypatch, sweepers):
	monkeypatch.setattr(outbox, "BATCH", 7)
	put(store, messages(200))
	store.commit()
	barrier, came = Barrier(sweepers), []

	def work():
		own = open_outbox(address)
		barrier.wait()
		came.append(Sweep(own, lambda: NOW, Desk()).run())
		own.close()

	threads = [Thread(target=work) for _ in range(sweepers)]
	for thread in threads:
		thread.start()
	for thread in threads:
		thread.join()
	store.rollback()
	sweep(store).run()
	assert sum(each[OutboxStatus.SENT] for each in came) >= 200 - 7 * sweepers
	counts = mails_per_key(store)
	assert len(counts) == 200 and set(counts.values()) == {1}


def test_who_declined_every_mail_of_the_site_gets_none(store):
	put(store, messages(3))
	fields = ("email", "global_unsubscribe")
	store.insert_rows("Email Unsubscribe", fields, [("C1@Example.com ", 1), ("c2@example.com", 0)])
	assert sweep(store).run() == {OutboxStatus.SENT: 2, OutboxStatus.CANCELLED: 1}
	assert read(store, "status", "reason")[1] == ("Cancelled", "Unsubscribed")
	assert "test|email|1" not in mails_per_key(store)


def test_what_cannot_be_composed_is_tried_again_with_growing_pauses_and_then_has_failed(store):
	put(store, messages(2))
	office, now, pauses = Desk({"test|email|0": ValueError("no account")}), NOW, []
	while True:
		came = sweep(store, office, now).run()
		status, attempts, ready_at, error = read(store, "status", "attempts", "ready_at", "error")[0]
		assert error == "no account"
		if came[OutboxStatus.FAILED]:
			break
		pauses.append(ready_at - now)
		assert not sweep(store, office, ready_at - timedelta(seconds=1)).run()
		now = ready_at
	assert (status, attempts) == ("Failed", len(PAUSES) + 1)
	assert pauses == [timedelta(minutes=minutes) for minutes in PAUSES]
	assert mails_per_key(store) == {"test|email|1": 1}


def test_a_timeout_of_the_queue_is_not_swallowed(store):
	class Timeout(Exception):
		pass

	put(store, messages(2))
	store.commit()
	with pytest.raises(Timeout):
		sweep(store, Desk({"test|email|1": Timeout()}), stops=(Timeout,)).run()
	store.rollback()
	assert mails_per_key(store) == {}
	assert sweep(store).run() == {OutboxStatus.SENT: 2}


def test_a_mail_that_the_queue_gave_up_is_a_message_that_failed(store):
	put(store, messages(3))
	sweep(store).run()
	names = [name for (name,) in read(store, "email_queue")]
	gone = "Traceback (most recent call last):\n  File x\nsmtplib.SMTPRecipientsRefused: 550 no such user\n"
	fields = ("name", "status", "error", "retry", "modified")
	long_ago = NOW - SENDING_AT_MOST - timedelta(minutes=1)
	store.update_rows(
		QUEUE, fields, [(names[0], "Error", gone, 3, NOW), (names[1], "Sending", None, 9, long_ago)]
	)
	assert sweep(store).run() == {OutboxStatus.FAILED: 2}
	assert read(store, "status", "error") == [
		("Failed", "smtplib.SMTPRecipientsRefused: 550 no such user"),
		("Failed", None),
		("Sent", None),
	]
	statuses = dict(read(store, "name", "status", doctype=QUEUE, by="name"))
	assert [statuses[name] for name in names] == ["Error", "Error", "Not Sent"]
	assert sweep(store).run() == {}


def test_texts_are_sent_and_what_came_of_each_is_noted(store):
	put(store, messages(4, SMS))
	office = Desk({"test|sms|1": NotSentError("400 bad number"), "test|sms|2": ConnectionError("reset")})
	came = sweep(store, office).run()
	assert came == {OutboxStatus.SENT: 2, OutboxStatus.QUEUED: 1, OutboxStatus.ON_REVIEW: 1}
	assert office.sent == ["test|sms|0", "test|sms|3"]
	assert read(store, "status", "reason", "attempts", "error") == [
		("Sent", None, 0, None),
		("Queued", None, 1, "400 bad number"),
		("On Review", "No Answer from the Gateway", 0, "reset"),
		("Sent", None, 0, None),
	]


def test_a_text_in_doubt_is_never_sent_by_itself(store):
	put(store, messages(2, SMS))
	store.commit()
	fields = ("name", "status", "sending_since")
	names = [name for (name,) in read(store, "name")]
	before = NOW - SENDING_AT_MOST
	store.update_rows(
		OUTBOX, fields, [(names[0], "Sending", before - timedelta(seconds=1)), (names[1], "Sending", before)]
	)
	office = Desk()
	assert sweep(store, office).run() == {OutboxStatus.ON_REVIEW: 1}
	assert office.sent == []
	assert read(store, "status", "reason") == [
		("On Review", "Interrupted While Sending"),
		("Sending", None),
	]


def test_a_timeout_between_texts_leaves_what_is_known(store):
	class Timeout(Exception):
		pass

	put(store, messages(3, SMS))
	office = Desk({"test|sms|1": Timeout("1500 seconds")})
	with pytest.raises(Timeout):
		sweep(store, office, stops=(Timeout,)).run()
	assert read(store, "status") == [("Sent",), ("On Review",), ("Queued",)]


def test_everything_that_waits_is_held_back_but_what_was_reviewed(store):
	put(store, [*messages(2), *messages(1, SMS)])
	store.update_rows(OUTBOX, ("name", "reviewed_by"), [(read(store, "name")[0][0], "ann@example.com")])
	assert sweep(store).hold_back() == 2
	assert read(store, "status", "reason") == [
		("Queued", None),
		("On Review", "Database Restored"),
		("On Review", "Database Restored"),
	]


def failed_mails(store, *answers, copy=None):
	"""Let mails to two customers and a colleague come back with answers of a mail server, one by one."""
	states = [(f"state {number}", f"Shop {number}") for number in range(2)]
	store.upsert_rows(STATE, ("name", "customer"), states)
	put(store, messages(3))
	store.update_rows(
		OUTBOX,
		("name", "customer_state"),
		[(name, state) for (name,), (state, _) in zip(read(store, "name"), states, strict=False)],
	)
	sweep(store).run()
	mails = [name for (name,) in read(store, "email_queue")]
	traced = [f'Traceback\n  File "x.py"\nsmtplib.{answer}\n' for answer in answers]
	store.update_rows(
		QUEUE,
		("name", "status", "error"),
		[(mail, "Error", error) for mail, error in zip(mails, traced, strict=True)],
	)
	if copy:
		store.change(
			f"UPDATE `tab{RECIPIENT}` SET status = 'Sent' WHERE recipient = %(copy)s", {"copy": copy}
		)
	store.commit()


GONE = "SMTPRecipientsRefused: {'c@example.com': (550, b'5.1.1 no such user')}"
BUSY = "SMTPDataError: (550, b'5.7.1 looks like spam')"


def bounces(store):
	return read(
		store, "customer", "status", "address", "evidence", "consent_date", doctype=CONSENT, by="address"
	)


def test_an_address_without_a_mailbox_is_noted_with_what_the_server_said(store):
	failed_mails(store, GONE, BUSY, GONE)
	assert sweep(store).run() == {OutboxStatus.FAILED: 3}
	assert bounces(store) == [
		("Shop 0", "Bounced", "c0@example.com", "550 5.1.1 no such user", NOW.date())
	], "the second was refused for its text, the third went to a colleague"
	store.change(f"UPDATE `tab{OUTBOX}` SET status = 'Sent'", {})
	store.change(f"UPDATE `tab{QUEUE}` SET status = 'Error'", {})
	assert sweep(store).run() == {OutboxStatus.FAILED: 3}
	assert len(bounces(store)) == 1, "what is known is not noted again"


def test_an_address_that_works_again_is_noted_when_it_comes_back_once_more(store):
	failed_mails(store, GONE, BUSY, BUSY)
	sweep(store).run()
	fields = ("customer", "channel", "status", "consent_date", "address")
	store.insert_rows(CONSENT, fields, [("Shop 0", "Email", "Reachable", NOW.date(), "c0@example.com")])
	later = {"later": NOW + timedelta(hours=1)}
	store.change(f"UPDATE `tab{CONSENT}` SET creation = %(later)s WHERE status = 'Reachable'", later)
	store.change(f"UPDATE `tab{OUTBOX}` SET status = 'Sent'", {})
	store.change(f"UPDATE `tab{QUEUE}` SET status = 'Error'", {})
	sweep(store).run()
	assert [row[1] for row in bounces(store)].count("Bounced") == 2


def test_a_mail_that_failed_at_the_reader_of_its_copy_says_nothing_of_the_customer(store):
	failed_mails(store, GONE, BUSY, BUSY, copy="c0@example.com")
	assert sweep(store).run() == {OutboxStatus.FAILED: 3}
	assert bounces(store) == []
