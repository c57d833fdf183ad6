"""A message on its way out: what it must have, when it is tried again, what a restored database holds back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from hashlib import sha256

from cs_retention.engine.reasons import MessageError
from cs_retention.engine.vocabulary import MessageChannel, MessageClass, OutboxStatus

LONGEST_KEY = LONGEST_RECIPIENT = LONGEST_SUBJECT = 140
LONGEST_MAIL, LONGEST_SMS = 100_000, 1_000

ADDRESS = re.compile(r"[^\s@,;:<>()\[\]\\\"]+@[^\s@,;:<>()\[\]\\\"]+\.[^\s@,;:<>()\[\]\\\".]+")
NUMBER = re.compile(r"\+?[0-9][0-9 ()./-]{3,30}")
LINE_BREAKS = "\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"
NUL = "\0"
PLAIN = re.compile(r'[!"$-~ ]*')
"""Signs that stand in a key as they are; # begins a digest."""

PAUSES = (1, 5, 15, 60, 240)
"""Minutes from one try to the next; a message has failed for good after one try more than there are pauses."""

SENDING_AT_MOST = timedelta(minutes=15)
"""After so long a message that is being sent is taken for interrupted."""

MACHINE_WITHOUT_MARK = timedelta(hours=1)
"""A machine without a mark of its own that finds the last sweep longer ago takes the database for restored."""

NO_MAILBOX = re.compile(r"""\((5\d\d), b(['"])(5\.(?:1\.(?:1|2|3|6|10)|2\.1)\b.*?)\2\)""")
"""How an error of smtplib ends where the enhanced status (RFC 3463) says: no such, moved or closed mailbox or domain."""

BY_PEOPLE = {
	OutboxStatus.ON_REVIEW: (OutboxStatus.QUEUED, OutboxStatus.CANCELLED),
	OutboxStatus.FAILED: (OutboxStatus.QUEUED, OutboxStatus.CANCELLED),
	OutboxStatus.QUEUED: (OutboxStatus.CANCELLED,),
}
"""The states that a person may bring a message into, by the state it is in."""


@dataclass(frozen=True, slots=True)
class Message:
	"""One message to one person, refused with a MessageError when it could not be sent as it is.

	`key` says which message this is: of several with one key, upper or lower case, one is sent. `customer_state` and
	`class_` stand together and are empty for a message to one of our own people; `touch_key` names the Customer Touch
	it is recorded under. An SMS has no subject. `ready_at` is in the site's time zone and naive; it leaves no earlier.
	"""

	key: str
	channel: MessageChannel
	recipient: str
	subject: str
	body: str
	language: str
	ready_at: datetime
	customer_state: str | None = None
	touch_key: str | None = None
	class_: MessageClass | None = None

	def __post_init__(self) -> None:
		self._check_key()
		self._check_recipient()
		check_subject(self.channel, self.subject)
		check_body(self.channel, self.body)
		if not self.language.strip():
			raise MessageError("language", self.language, "name the language, such as en")
		if self.ready_at.tzinfo is not None:
			raise MessageError("ready_at", self.ready_at, "give the time of the site, without a zone")
		if (self.customer_state is None) is not (self.class_ is None):
			raise MessageError("class_", self.class_, "a message to a customer has a class, another has none")

	def _check_key(self) -> None:
		if not self.key.strip():
			raise MessageError("key", self.key, "say which message this is, so that it is sent once")
		if len(self.key) > LONGEST_KEY:
			raise MessageError("key", self.key, "at most {most} characters; use key_of", most=LONGEST_KEY)

	def _check_recipient(self) -> None:
		if not self.recipient.strip():
			raise MessageError("recipient", self.recipient, "give an address or a number to send to")
		if len(self.recipient) > LONGEST_RECIPIENT:
			raise MessageError(
				"recipient", self.recipient, "give at most {most} characters", most=LONGEST_RECIPIENT
			)
		if self.channel is MessageChannel.EMAIL and not ADDRESS.fullmatch(self.recipient):
			raise MessageError("recipient", self.recipient, "give one address, such as name@example.com")
		if self.channel is MessageChannel.SMS and not NUMBER.fullmatch(self.recipient):
			raise MessageError("recipient", self.recipient, "give one number, such as +49 30 123456")


def check_subject(channel: MessageChannel, subject: str, field: str = "subject") -> None:
	"""Refuse a subject that is missing, or too long, or of several lines, which could pass for headers; a text has none."""
	if channel is MessageChannel.SMS:
		if subject:
			raise MessageError(field, subject, "leave it empty; an SMS has no subject")
		return
	if not subject.strip():
		raise MessageError(field, subject, "say in a line what the mail is about")
	if any(sign in LINE_BREAKS or sign == NUL for sign in subject):
		raise MessageError(field, subject, "write it in one line, without line breaks")
	if len(subject) > LONGEST_SUBJECT:
		raise MessageError(field, subject, "give at most {most} characters", most=LONGEST_SUBJECT)


def check_body(channel: MessageChannel, body: str, field: str = "body") -> None:
	"""Refuse a text that says nothing, is longer than its channel carries, or that no mail can hold."""
	most = LONGEST_SMS if channel is MessageChannel.SMS else LONGEST_MAIL
	if not body.strip():
		raise MessageError(field, body, "write what the message says")
	if len(body) > most:
		raise MessageError(field, f"{body[:20]}…", "give at most {most} characters", most=most)
	if NUL in body:
		raise MessageError(field, body, "leave out the sign with the number 0")


def key_of(*parts: object) -> str:
	"""Return the key of a message from what tells it from others; other parts make another key.

	The database compares keys without case and accents: where parts are not plain, or the key would be too long, a
	digest of them stands in it.
	"""
	texts = [str(part) for part in parts]
	joined = "|".join(text.replace("\\", "\\\\").replace("|", "\\|") for text in texts)
	if len(joined) <= LONGEST_KEY and joined == joined.lower().strip() and PLAIN.fullmatch(joined):
		return joined
	head = "".join(sign for sign in joined.lower() if PLAIN.fullmatch(sign))[: LONGEST_KEY // 2].lstrip()
	return f"{head}#{sha256(joined.encode()).hexdigest()}"


def after_failure(tries: int, now: datetime) -> datetime | None:
	"""Return when a message that failed `tries` times is tried again; None when it has failed for good."""
	return now + timedelta(minutes=PAUSES[tries - 1]) if tries <= len(PAUSES) else None


def no_mailbox(error: str | None) -> str | None:
	"""Return what a mail server said where its answer means that no mailbox has the address; None for any other answer.

	A refusal without an enhanced status may be one of the sender or of the text: it says nothing of the address.
	"""
	found = NO_MAILBOX.search(error or "")
	return f"{found[1]} {found[3]}" if found else None


def may_become(before: OutboxStatus, after: OutboxStatus) -> bool:
	"""Tell whether a person may bring a message from one state into another."""
	return after in BY_PEOPLE.get(before, ())


def was_restored(stored: datetime | None, outside: datetime | None, now: datetime) -> bool:
	"""Tell whether the database is an older one than this machine has seen.

	`stored` is the last sweep as the database knows it, `outside` as noted beside the database, after the commit. A
	machine without a note judges by the clock; without a sweep in the database there is nothing to hold back.
	"""
	if stored is None:
		return False
	if outside is None:
		return now - stored > MACHINE_WITHOUT_MARK
	return outside > stored


def next_mark(stored: datetime | None, outside: datetime | None, now: datetime) -> datetime:
	"""Return the mark of a sweep: its time, or just after the marks before it while the clock goes back."""
	return max([now, *(mark + timedelta(microseconds=1) for mark in (stored, outside) if mark)])


def held_until(now: datetime) -> datetime:
	"""Return until when messages are held after a restore was noticed: to the end of the site's day.

	What was sent after the backup has left no trace in it, and may be derived anew on the same day.
	"""
	return datetime.combine(now.date() + timedelta(days=1), time())
