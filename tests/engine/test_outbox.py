from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.outbox import (
	LONGEST_KEY,
	LONGEST_MAIL,
	LONGEST_SMS,
	PAUSES,
	Message,
	after_failure,
	held_until,
	key_of,
	may_become,
	next_mark,
	no_mailbox,
	was_restored,
)
from cs_retention.engine.reasons import MessageError
from cs_retention.engine.vocabulary import MessageChannel, MessageClass, OutboxStatus

NOW = datetime(2026, 11, 26, 8, 30)
MAIL = Message(
	"digest|ann@example.com|2026-11-26",
	MessageChannel.EMAIL,
	"ann@example.com",
	"Today",
	"Two calls.",
	"en",
	NOW,
)
SMS = replace(MAIL, channel=MessageChannel.SMS, recipient="+86 138 0013 8000", subject="")


def refused(message, **changes):
	with pytest.raises(MessageError) as caught:
		replace(message, **changes)
	return caught.value


class TestMessage:
	@pytest.mark.parametrize(
		"recipient", ["a@b.de", "o'neill+x@sub.example.co.uk", "李@例子.中国", "x_y-z@example.com"]
	)
	def test_an_address(self, recipient):
		assert replace(MAIL, recipient=recipient).recipient == recipient

	@pytest.mark.parametrize(
		"recipient",
		[
			"ann",
			"ann@example",
			"@example.com",
			"a@b.c, d@e.f",
			"a@b.c;d@e.f",
			"a b@example.com",
			"ann@example.com\nBcc: x@y.z",
			"Ann <ann@example.com>",
			"ann@example.com ",
			"a@@example.com",
			"a@example.",
		],
	)
	def test_what_is_no_single_address(self, recipient):
		error = refused(MAIL, recipient=recipient)
		assert (error.field, error.value) == ("recipient", recipient)
		assert error.remedy == "give one address, such as name@example.com"

	@pytest.mark.parametrize("recipient", ["12345", "+49 (30) 123-456", "138.0013.8000"])
	def test_a_number(self, recipient):
		assert replace(SMS, recipient=recipient).recipient == recipient

	@pytest.mark.parametrize(
		"recipient", ["ann@example.com", "+", "12", "1380013800a", "123456\n78", "１２３４５６"]
	)
	def test_what_is_no_number(self, recipient):
		assert refused(SMS, recipient=recipient).remedy == "give one number, such as +49 30 123456"

	@pytest.mark.parametrize("recipient", ["", "  "])
	def test_nobody(self, recipient):
		assert refused(MAIL, recipient=recipient).remedy == "give an address or a number to send to"

	def test_a_recipient_that_no_column_holds(self):
		assert refused(MAIL, recipient=f"{'a' * 140}@example.com").remedy == "give at most 140 characters"

	@pytest.mark.parametrize("sign", list("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029\0"))
	def test_a_subject_of_several_lines(self, sign):
		error = refused(MAIL, subject=f"Hello{sign}Bcc: x@y.z")
		assert (error.field, error.remedy) == ("subject", "write it in one line, without line breaks")

	def test_other_subjects_that_are_refused(self):
		assert refused(MAIL, subject=" ").remedy == "say in a line what the mail is about"
		assert refused(MAIL, subject="a" * 141).remedy == "give at most 140 characters"
		assert refused(SMS, subject="Hello").remedy == "leave it empty; an SMS has no subject"

	def test_bodies_that_are_refused(self):
		assert refused(MAIL, body="\n").remedy == "write what the message says"
		assert refused(MAIL, body="a\0b").remedy == "leave out the sign with the number 0"
		assert refused(MAIL, body="a" * (LONGEST_MAIL + 1)).remedy == "give at most 100000 characters"
		assert refused(SMS, body="a" * (LONGEST_SMS + 1)).remedy == "give at most 1000 characters"

	def test_keys_that_are_refused(self):
		assert refused(MAIL, key=" ").field == "key"
		assert refused(MAIL, key="a" * 141).remedy == "at most 140 characters; use key_of"

	def test_language_time_and_class(self):
		assert refused(MAIL, language=" ").field == "language"
		assert refused(MAIL, ready_at=NOW.replace(tzinfo=timezone.utc)).field == "ready_at"
		assert refused(MAIL, class_=MessageClass.CARE).field == "class_"
		assert refused(MAIL, customer_state="s1").field == "class_"
		assert replace(MAIL, customer_state="s1", class_=MessageClass.CARE).class_ is MessageClass.CARE


class TestKey:
	def test_a_plain_key_reads_as_its_parts(self):
		assert key_of("digest", "ann@example.com", NOW.date()) == "digest|ann@example.com|2026-11-26"

	@pytest.mark.parametrize(
		"parts", [("ÄNN",), ("a" * 200,), ("Ann",), ("a ",), (" a",), ("中文",), ("a\nb",), ("a#b",)]
	)
	def test_what_the_database_would_compare_loosely_has_a_digest(self, parts):
		assert "#" in key_of(*parts)

	TEXTS = st.one_of(st.text(), st.text("ab|\\#Aä ", max_size=6), st.text("a|", min_size=130, max_size=150))
	PARTS = st.lists(TEXTS, min_size=1, max_size=4)

	@given(first=PARTS, second=PARTS)
	def test_different_parts_have_different_keys_whatever_the_case(self, first, second):
		keys = [key_of(*parts) for parts in (first, second)]
		assert (keys[0].lower().rstrip() == keys[1].lower().rstrip()) is (first == second)

	def test_a_key_made_of_a_key_is_another_one(self):
		assert key_of(key_of("Ann")) != key_of("Ann")

	@given(parts=PARTS)
	def test_a_key_is_short_and_plain(self, parts):
		key = key_of(*parts)
		assert len(key) <= LONGEST_KEY and key.isascii() and key == key.lower().strip()


class TestAfterFailure:
	def test_pauses_grow_and_end(self):
		found = [after_failure(tries, NOW) for tries in range(1, len(PAUSES) + 2)]
		assert found == [*(NOW + timedelta(minutes=minutes) for minutes in PAUSES), None]
		assert list(PAUSES) == sorted(set(PAUSES))


class TestMayBecome:
	def test_people_send_or_discard_what_is_held_or_failed_and_discard_what_waits(self):
		pairs = {(a, b) for a in OutboxStatus for b in OutboxStatus if may_become(a, b)}
		S = OutboxStatus
		assert pairs == {
			(S.ON_REVIEW, S.QUEUED),
			(S.ON_REVIEW, S.CANCELLED),
			(S.FAILED, S.QUEUED),
			(S.FAILED, S.CANCELLED),
			(S.QUEUED, S.CANCELLED),
		}


class TestRestored:
	def test_a_new_site_holds_nothing(self):
		assert not was_restored(None, None, NOW)
		assert not was_restored(None, NOW, NOW)

	@given(minutes=st.integers(0, 10**6))
	def test_a_site_that_stood_still_was_not_restored(self, minutes):
		then = NOW - timedelta(minutes=minutes)
		assert not was_restored(then, then, NOW)

	def test_killed_between_commit_and_note(self):
		assert not was_restored(NOW, NOW - timedelta(minutes=1), NOW)

	def test_the_database_is_older_than_the_note(self):
		assert was_restored(NOW - timedelta(days=1), NOW - timedelta(minutes=1), NOW)

	def test_a_new_machine_beside_a_running_site_and_beside_an_old_backup(self):
		assert not was_restored(NOW - timedelta(minutes=1), None, NOW)
		assert was_restored(NOW - timedelta(hours=2), None, NOW)

	MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1))

	@given(clock=st.lists(MOMENTS, min_size=1), machines=st.lists(st.booleans(), min_size=1))
	def test_whatever_the_clock_does_two_machines_take_no_sweep_for_a_restore(self, clock, machines):
		stored, outside = None, {False: None, True: None}
		for moment, machine in zip(clock, machines * len(clock), strict=False):
			if outside[machine]:
				assert not was_restored(stored, outside[machine], moment)
			stored = outside[machine] = next_mark(stored, outside[machine], moment)

	@given(moments=st.lists(MOMENTS, min_size=2), then=st.data())
	def test_a_restore_is_noticed_whatever_the_clock_does(self, moments, then):
		marks = []
		for moment in moments:
			marks.append(next_mark(marks[-1] if marks else None, marks[-1] if marks else None, moment))
		backup = then.draw(st.sampled_from(marks[:-1]))
		assert was_restored(backup, marks[-1], moments[-1])
		assert not was_restored(next_mark(backup, marks[-1], NOW), marks[-1], NOW)

	def test_held_to_the_end_of_the_day(self):
		assert held_until(NOW) == datetime(2026, 11, 27)


class TestNoMailbox:
	@pytest.mark.parametrize(
		("error", "answer"),
		[
			(
				"smtplib.SMTPRecipientsRefused: {'c@x.example': (550, b'5.1.1 <c@x.example>: no such user')}",
				"550 5.1.1 <c@x.example>: no such user",
			),
			(
				"smtplib.SMTPDataError: (554, b'5.1.10 domain takes no mail')",
				"554 5.1.10 domain takes no mail",
			),
			(
				"""smtplib.SMTPDataError: (550, b"5.2.1 the user's mailbox is closed")""",
				"550 5.2.1 the user's mailbox is closed",
			),
		],
	)
	def test_it_is_known_by_the_enhanced_status(self, error, answer):
		assert no_mailbox(error) == answer

	@pytest.mark.parametrize(
		"error",
		[
			None,
			"",
			"ConnectionRefusedError: [Errno 111] Connection refused",
			"smtplib.SMTPDataError: (550, b'no such mailbox')",
			"smtplib.SMTPDataError: (550, b'5.7.1 relaying denied for 5.1.1')",
			"smtplib.SMTPRecipientsRefused: {'5.1.1@x.example': (552, b'5.2.2 mailbox full')}",
			"smtplib.SMTPRecipientsRefused: {'c@x.example': (450, b'4.1.1 try later')}",
			"smtplib.SMTPSenderRefused: (550, b'5.1.8 sender unknown', 'shop@x.example')",
			"smtplib.SMTPDataError: (550, b'5.1.12 something new')",
		],
	)
	def test_any_other_answer_says_nothing_of_the_address(self, error):
		assert no_mailbox(error) is None
