"""The outbox is swept: mails go to the mail queue in sets, texts to the gateway one by one, and trouble is noted.

A mail's row in the queue and its mark in the outbox are one transaction, so that a key has one mail whenever the sweep
is killed. A gateway has no transaction: a text is marked as being sent first, and whoever finds that mark without a
living sweep holds the text for review. Of several sweeps at once each takes rows that no other holds.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Protocol

from cs_retention.engine.outbox import SENDING_AT_MOST, after_failure
from cs_retention.engine.vocabulary import MessageChannel, OutboxReason, OutboxStatus
from cs_retention.facts.keys import fold
from cs_retention.nightly.outbox_rows import (
	OUTBOX,
	QUEUE,
	QUEUE_FIELDS,
	RECIPIENT,
	RECIPIENT_FIELDS,
	Mail,
	Waiting,
	declined_query,
	last_line,
	queue_row,
	ready_query,
	said_by,
	undelivered_query,
)
from cs_retention.nightly.returned_mails import note_returned
from cs_retention.store.base import Store, Value

BATCH, AT_ONCE = 500, 20
"""Mails of one transaction; texts that are in doubt together when a sweep is killed."""
TRIES, PAUSE = 5, 0.2
"""How often a transaction is tried that the database refuses for the moment, and seconds in between, growing."""
MOST_RETRIES = 5
"""Retries of a mail that keeps breaking its sender off: Frappe itself counts them and never gives up."""
INTERRUPTED = "the sweep was stopped before this text"


class NotSentError(Exception):
	"""A gateway that certainly has not sent the text: it may be tried again."""


class Office(Protocol):
	"""What a site does for the sweep."""

	def compose(self, waiting: Waiting) -> Mail:
		"""Return a message as a mail; whatever it raises is the message's error."""

	def send_text(self, waiting: Waiting) -> None:
		"""Hand a text to the gateway; NotSentError when that certainly failed, anything else leaves it in doubt."""


class Sweep:
	"""Empties the outbox over a store; `stops` are exceptions that end it wherever it is. It commits by itself."""

	def __init__(
		self,
		store: Store,
		now: Callable[[], datetime],
		office: Office,
		stops: tuple[type[BaseException], ...] = (),
		sleep: Callable[[float], None] = time.sleep,
	):
		self._store, self._now, self._office = store, now, office
		self._stops, self._sleep = stops, sleep

	def run(self, is_over: Callable[[], bool] = lambda: False) -> Counter[OutboxStatus]:
		"""Sweep until nothing is ready or the time is over; return how many messages came into which state."""
		came = self._tried(self._hold_interrupted) + self._tried(self._note_undelivered)
		for step in (self._hand_over_mails, self._send_texts):
			while not is_over() and (more := self._tried(step)).total():
				came += more
		return came

	def hold_back(self) -> int:
		"""Hold every message that waits and that nobody reviewed; return how many: a backup may not know what was sent."""
		held = (
			f"UPDATE `tab{OUTBOX}` SET status = %(held)s, reason = %(reason)s, modified = %(now)s"
			" WHERE status = %(queued)s AND COALESCE(reviewed_by, '') = ''"
		)
		values: dict[str, Value] = {
			"held": OutboxStatus.ON_REVIEW.value,
			"reason": OutboxReason.RESTORED.value,
			"now": self._now(),
			"queued": OutboxStatus.QUEUED.value,
		}
		count = self._store.change(held, values)
		self._store.commit()
		return count

	def _tried(self, step: Callable[[], Counter[OutboxStatus]]) -> Counter[OutboxStatus]:
		"""Do a step, again after what passes: a deadlock, a lost connection."""
		for tried in range(1, TRIES):
			try:
				return step()
			except Exception as error:
				if isinstance(error, self._stops) or not self._store.is_passing(error):
					raise
			self._store.recover()
			self._sleep(PAUSE * tried)
		return step()

	def _hold_interrupted(self) -> Counter[OutboxStatus]:
		"""Hold texts whose sweep ended while it sent them: nobody knows whether they went out."""
		held = (
			f"UPDATE `tab{OUTBOX}` SET status = %(held)s, reason = %(reason)s, modified = %(now)s"
			" WHERE status = %(sending)s AND sending_since < %(since)s"
		)
		values: dict[str, Value] = {
			"held": OutboxStatus.ON_REVIEW.value,
			"reason": OutboxReason.INTERRUPTED.value,
			"now": self._now(),
			"sending": OutboxStatus.SENDING.value,
			"since": self._now() - SENDING_AT_MOST,
		}
		count = self._store.change(held, values)
		self._store.commit()
		return Counter({OutboxStatus.ON_REVIEW: count})

	def _note_undelivered(self) -> Counter[OutboxStatus]:
		"""Let messages fail whose mail the queue gave up, or would try for ever because it breaks its sender off."""
		values: dict[str, Value] = {
			"sent": OutboxStatus.SENT.value,
			"error": "Error",
			"sending": "Sending",
			"retries": MOST_RETRIES,
			"since": self._now() - SENDING_AT_MOST,
		}
		rows = self._store.lock_some(undelivered_query(), values, BATCH)
		broken = [(mail, "Error") for _name, mail, status, _error in rows if status != "Error"]
		self._store.update_rows(QUEUE, ("name", "status"), broken)
		failed = [(name, OutboxStatus.FAILED.value, last_line(error)) for name, _mail, _status, error in rows]
		self._store.update_rows(OUTBOX, ("name", "status", "error"), failed)
		note_returned(self._store, {name: error for name, _status, error in failed}, self._now().date())
		self._store.commit()
		return Counter({OutboxStatus.FAILED: len(rows)})

	def _hand_over_mails(self) -> Counter[OutboxStatus]:
		"""Give the mail queue a batch of mails, in one transaction with their marks."""
		batch = self._take(MessageChannel.EMAIL, BATCH)
		declined = self._declined(batch)
		refused = [waiting for waiting in batch if fold(waiting.recipient) in declined]
		composed = [(waiting, self._composed(waiting)) for waiting in batch if waiting not in refused]
		mails = [(waiting, mail) for waiting, mail in composed if isinstance(mail, Mail)]
		self._queue(mails)
		cancelled = (OutboxStatus.CANCELLED.value, OutboxReason.UNSUBSCRIBED.value)
		rows = [(waiting.name, *cancelled) for waiting in refused]
		self._store.update_rows(OUTBOX, ("name", "status", "reason"), rows)
		came = Counter({OutboxStatus.SENT: len(mails), OutboxStatus.CANCELLED: len(refused)})
		came += self._put_off([(waiting, error) for waiting, error in composed if isinstance(error, str)])
		self._store.commit()
		return came

	def _composed(self, waiting: Waiting) -> Mail | str:
		"""Return a message as a mail, or what was wrong with it."""
		try:
			return self._office.compose(waiting)
		except Exception as error:
			if isinstance(error, self._stops):
				raise
			return said_by(error)

	def _queue(self, mails: Sequence[tuple[Waiting, Mail]]) -> None:
		"""Write mails into the queue and mark their messages as handed over."""
		named = [(self._store.new_name(), waiting, mail) for waiting, mail in mails]
		self._store.insert_rows(QUEUE, QUEUE_FIELDS, [queue_row(*each) for each in named])
		self._store.insert_rows(
			RECIPIENT,
			RECIPIENT_FIELDS,
			[
				(name, "recipients", QUEUE, place, recipient, "Not Sent")
				for name, _waiting, mail in named
				for place, recipient in enumerate(mail.recipients, 1)
			],
		)
		now = self._now()
		self._store.update_rows(
			OUTBOX,
			("name", "status", "email_queue", "sent_at", "error"),
			[(waiting.name, OutboxStatus.SENT.value, name, now, None) for name, waiting, _mail in named],
		)

	def _send_texts(self) -> Counter[OutboxStatus]:
		"""Mark a batch of texts as being sent, send them, and note what came of each."""
		batch = self._take(MessageChannel.SMS, AT_ONCE)
		now = self._now()
		marked = [(waiting.name, OutboxStatus.SENDING.value, now) for waiting in batch]
		self._store.update_rows(OUTBOX, ("name", "status", "sending_since"), marked)
		self._store.commit()
		sent: list[Waiting] = []
		doubtful: list[tuple[Waiting, str]] = []
		failed: list[tuple[Waiting, str]] = []
		try:
			for waiting in batch:
				try:
					self._office.send_text(waiting)
					sent.append(waiting)
				except NotSentError as error:
					failed.append((waiting, said_by(error)))
				except Exception as error:
					doubtful.append((waiting, said_by(error)))
					if isinstance(error, self._stops):
						failed += [(left, INTERRUPTED) for left in batch[batch.index(waiting) + 1 :]]
						raise
		finally:
			came = self._tried(lambda: self._note_texts(sent, doubtful, failed))
		return came

	def _note_texts(
		self,
		sent: Sequence[Waiting],
		doubtful: Sequence[tuple[Waiting, str]],
		failed: Sequence[tuple[Waiting, str]],
	) -> Counter[OutboxStatus]:
		"""Write what came of texts: handed over, unknown and held for review, or to be tried again."""
		now = self._now()
		self._store.update_rows(
			OUTBOX,
			("name", "status", "sent_at", "error"),
			[(waiting.name, OutboxStatus.SENT.value, now, None) for waiting in sent],
		)
		held = (OutboxStatus.ON_REVIEW.value, OutboxReason.NO_ANSWER.value)
		rows = [(waiting.name, *held, error) for waiting, error in doubtful]
		self._store.update_rows(OUTBOX, ("name", "status", "reason", "error"), rows)
		came = Counter({OutboxStatus.SENT: len(sent), OutboxStatus.ON_REVIEW: len(doubtful)})
		came += self._put_off(failed)
		self._store.commit()
		return came

	def _put_off(self, failed: Iterable[tuple[Waiting, str]]) -> Counter[OutboxStatus]:
		"""Let messages wait for another try, or fail after the last one."""
		now, came, rows = self._now(), Counter[OutboxStatus](), []
		for waiting, error in failed:
			tries = waiting.attempts + 1
			again = after_failure(tries, now)
			status = OutboxStatus.QUEUED if again else OutboxStatus.FAILED
			came[status] += 1
			rows.append((waiting.name, status.value, tries, again or now, error))
		self._store.update_rows(OUTBOX, ("name", "status", "attempts", "ready_at", "error"), rows)
		return came

	def _take(self, channel: MessageChannel, most: int) -> list[Waiting]:
		"""Hold the messages of a channel that are ready, those that wait longest first."""
		values: dict[str, Value] = {
			"queued": OutboxStatus.QUEUED.value,
			"channel": channel.value,
			"now": self._now(),
		}
		return [Waiting(*row) for row in self._store.lock_some(ready_query(), values, most)]

	def _declined(self, batch: Sequence[Waiting]) -> set[str]:
		"""Return the folded addresses among a batch's that want no mail of this site at all."""
		if not batch:
			return set()
		values: dict[str, Value] = {f"a{place}": waiting.recipient for place, waiting in enumerate(batch)}
		found = self._store.rows(declined_query(len(batch)), values)
		return {fold(address) for (address,) in found}
