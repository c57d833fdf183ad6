"""An outbox over a store without Frappe: its tables, messages put into it, an office that does as it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sabotage import WatchedStore, Wire

from cs_retention.engine.outbox import Message
from cs_retention.engine.vocabulary import MessageChannel, OutboxStatus
from cs_retention.nightly.outbox_rows import OUTBOX, QUEUE, Mail, Waiting, mail_tables
from cs_retention.nightly.returned_mails import CONSENT
from cs_retention.nightly.states import DOCTYPE as STATE
from cs_retention.store.base import Authorship, Store
from cs_retention.store.mariadb import MariaDBStore
from cs_retention.store.schema import own_tables

NOW = datetime(2026, 11, 26, 9)
FIELDS = ("dedupe_key", "status", "channel", "recipient", "subject", "body", "language", "ready_at")


def outbox_tables() -> Mapping[str, Any]:
	"""Return the tables of an outbox and of the mail queue, and of customers' addresses that come back."""
	return {doctype: own_tables()[doctype] for doctype in (OUTBOX, CONSENT, STATE)} | mail_tables()


def open_outbox(
	address: Mapping[str, object], is_new: bool = False, wire: Wire | None = None
) -> MariaDBStore:
	"""Return a store over an outbox, watched by a wire; its tables are made when it is new."""
	given = address, Authorship(now=lambda: NOW), outbox_tables()
	store = WatchedStore(*given, wire) if wire else MariaDBStore(*given)
	if is_new:
		store.create_tables()
		store.create_indexes()
		store.commit()
	return store


def messages(
	number: int, channel: MessageChannel = MessageChannel.EMAIL, first: int = 0
) -> Iterable[Message]:
	"""Yield messages that are ready, one a second later than the other."""
	is_mail = channel is MessageChannel.EMAIL
	for place in range(first, first + number):
		yield Message(
			key=f"test|{channel.value.lower()}|{place}",
			channel=channel,
			recipient=f"c{place}@example.com" if is_mail else f"+49 30 {100000 + place}",
			subject=f"Subject {place}" if is_mail else "",
			body=f"Text {place}",
			language="en",
			ready_at=NOW - timedelta(days=1) + timedelta(seconds=place % 80_000),
		)


def put(store: Store, found: Iterable[Message]) -> int:
	"""Write messages as the outbox of a site does."""
	rows = (
		(
			m.key,
			OutboxStatus.QUEUED.value,
			m.channel.value,
			m.recipient,
			m.subject,
			m.body,
			m.language,
			m.ready_at,
		)
		for m in found
	)
	return store.add_missing(OUTBOX, FIELDS, rows)


class Desk:
	"""An office: composes plainly, counts what it sends, and raises what it is told to for a key."""

	def __init__(
		self, raises: Mapping[str, BaseException] | None = None, before: Callable[[], None] = lambda: None
	):
		self.raises, self.before = raises or {}, before
		self.sent: list[str] = []

	def compose(self, waiting: Waiting) -> Mail:
		self._act(waiting)
		return Mail(
			"Acme <a@example.com>", (waiting.recipient,), f"Subject: {waiting.subject}", waiting.key, None
		)

	def send_text(self, waiting: Waiting) -> None:
		self._act(waiting)
		self.sent.append(waiting.key)

	def _act(self, waiting: Waiting) -> None:
		self.before()
		if error := self.raises.get(waiting.key):
			raise error


def read(store: Store, *fields: str, doctype: str = OUTBOX, by: str = "dedupe_key") -> list[tuple[Any, ...]]:
	"""Return the fields of all rows, in an order."""
	return list(store.rows(f"SELECT {', '.join(fields)} FROM `tab{doctype}` ORDER BY {by}"))


def mails_per_key(store: Store) -> dict[str, int]:
	"""Return how many mails stand in the queue for each key that has one."""
	query = (
		f"SELECT o.dedupe_key, COUNT(*) FROM `tab{QUEUE}` q"
		f" LEFT JOIN `tab{OUTBOX}` o ON o.name = q.reference_name GROUP BY 1"
	)
	return dict(store.rows(query))
