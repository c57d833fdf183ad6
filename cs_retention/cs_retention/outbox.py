"""The outbox as those who write to customers and people use it: put in, and what a manager does with what stayed."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import frappe
from frappe.utils import now_datetime

from cs_retention.cs_retention.states import open_store
from cs_retention.engine.outbox import Message, may_become
from cs_retention.engine.vocabulary import OutboxReason, OutboxStatus

OUTBOX, QUEUE = "Message Outbox", "Email Queue"
FIELDS = (
	"dedupe_key",
	"status",
	"channel",
	"recipient",
	"subject",
	"body",
	"language",
	"ready_at",
	"customer_state",
	"touch_key",
	"message_class",
)


def put(messages: Iterable[Message]) -> int:
	"""Write messages in the caller's transaction and return how many are new; one whose key is known stays as it is."""
	return open_store().add_missing(OUTBOX, FIELDS, map(row_of, messages))


def row_of(message: Message) -> tuple[Any, ...]:
	"""Return a message as FIELDS."""
	return (
		message.key,
		OutboxStatus.QUEUED.value,
		message.channel.value,
		message.recipient,
		message.subject,
		message.body,
		message.language,
		message.ready_at,
		message.customer_state,
		message.touch_key,
		message.class_.value if message.class_ else None,
	)


def send_again(names: Sequence[str]) -> int:
	"""Let messages that were held or have failed go out, and return how many.

	One that has its mail in the queue already is sent by that very mail: a key never has two.
	"""
	found = lock(names, OutboxStatus.QUEUED)
	queued = waiting_mails(row.email_queue for row in found)
	if queued:
		frappe.db.set_value(
			QUEUE, {"name": ("in", queued)}, {"status": "Not Sent", "retry": 0, "error": None}
		)
	by_mail = [row.name for row in found if row.email_queue in queued]
	change(by_mail, {"status": OutboxStatus.SENT.value})
	others = [row.name for row in found if row.email_queue not in queued]
	anew = {
		"status": OutboxStatus.QUEUED.value,
		"attempts": 0,
		"ready_at": now_datetime(),
		"email_queue": None,
	}
	change(others, anew)
	return len(found)


def discard(names: Sequence[str]) -> int:
	"""Let messages that were held, have failed or still wait never go out, and return how many."""
	found = [row.name for row in lock(names, OutboxStatus.CANCELLED)]
	change(found, {"status": OutboxStatus.CANCELLED.value, "reason": OutboxReason.DISCARDED.value})
	return len(found)


def lock(names: Sequence[str], after: OutboxStatus) -> list[Any]:
	"""Hold those of the messages that a person may bring into a state, until the transaction ends."""
	outbox = frappe.qb.DocType(OUTBOX)
	query = frappe.qb.from_(outbox).select(outbox.name, outbox.status, outbox.email_queue)
	rows = query.where(outbox.name.isin(names)).orderby(outbox.name).for_update().run(as_dict=True)
	return [row for row in rows if may_become(OutboxStatus(row.status), after)]


def waiting_mails(names: Iterable[str | None]) -> Collection[str]:
	"""Return which mails still stand in the queue."""
	named = [name for name in names if name]
	# The queue is Frappe's; who may send a message of ours was asked before.
	return frappe.get_all(QUEUE, {"name": ("in", named)}, pluck="name") if named else ()


def change(names: Sequence[str], values: dict[str, Any]) -> None:
	"""Set fields of messages that somebody reviewed; what they were held or failed for is over."""
	if names:
		cleared = {"reason": None, "error": None, "reviewed_by": frappe.session.user}
		frappe.db.set_value(OUTBOX, {"name": ("in", names)}, {**cleared, **values})
