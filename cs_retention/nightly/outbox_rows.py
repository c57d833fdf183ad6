"""The rows of the outbox and of Frappe's mail queue, as a sweep reads and writes them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from pypika import MySQLQuery

from cs_retention.facts.erpnext_schema import FRAPPE, INDEXES
from cs_retention.facts.sql import parameter, table
from cs_retention.store.schema import Table, host_table

OUTBOX, QUEUE, RECIPIENT = "Message Outbox", "Email Queue", "Email Queue Recipient"
PRIORITY = 1
"""Frappe's usual one."""
LONGEST_ERROR = 500

WAITING_FIELDS = (
	"name",
	"dedupe_key",
	"recipient",
	"subject",
	"body",
	"language",
	"customer_state",
	"attempts",
	"attachments",
)
QUEUE_FIELDS = (
	"name",
	"sender",
	"message",
	"status",
	"message_id",
	"reference_doctype",
	"reference_name",
	"priority",
	"add_unsubscribe_link",
	"attachments",
	"email_account",
)
RECIPIENT_FIELDS = ("parent", "parentfield", "parenttype", "idx", "recipient", "status")

outbox, queue, unsubscribed = table(OUTBOX), table(QUEUE), table("Email Unsubscribe")


class Waiting(NamedTuple):
	"""A message that is ready, as WAITING_FIELDS."""

	name: str
	key: str
	recipient: str
	subject: str
	body: str
	language: str
	customer_state: str | None
	attempts: int
	attachments: str | None = None
	"""The files that go with it, as JSON of the queue's own form."""


class Mail(NamedTuple):
	"""A mail as the queue takes it; `recipients` are the message's and who gets a copy of every mail."""

	sender: str
	recipients: tuple[str, ...]
	text: str
	message_id: str
	account: str | None


def mail_tables() -> Mapping[str, Table]:
	"""Return the tables of FRAPPE, for a store: those of mails, of the bell, and of what was deleted."""
	return {name: host_table(name, columns, INDEXES.get(name, {})) for name, columns in FRAPPE.items()}


def queue_row(name: str, waiting: Waiting, mail: Mail) -> tuple[Any, ...]:
	"""Return a mail as QUEUE_FIELDS; our own link is what unsubscribes, not Frappe's."""
	begins = (name, mail.sender, mail.text, "Not Sent", mail.message_id, OUTBOX, waiting.name)
	return (*begins, PRIORITY, 0, waiting.attachments or "[]", mail.account)


@cache
def ready_query() -> str:
	"""Return the query of WAITING_FIELDS of the messages of a channel that are ready."""
	is_ready = (outbox.status == parameter("queued")) & (outbox.channel == parameter("channel"))
	return str(
		MySQLQuery.from_(outbox)
		.select(*(outbox[field] for field in WAITING_FIELDS))
		.where(is_ready & (outbox.ready_at <= parameter("now")))
		.orderby(outbox.ready_at)
	)


@cache
def undelivered_query() -> str:
	"""Return the query of message, mail, the mail's status and error, of mails that will not arrive."""
	is_given_up = queue.status == parameter("error")
	breaks_off = (
		(queue.status == parameter("sending"))
		& (queue.retry > parameter("retries"))
		& (queue.modified < parameter("since"))
	)
	return str(
		MySQLQuery.from_(queue)
		.join(outbox)
		.on(outbox.email_queue == queue.name)
		.select(outbox.name, queue.name, queue.status, queue.error)
		.where(queue.status.isin([parameter("error"), parameter("sending")]))
		.where((outbox.status == parameter("sent")) & (is_given_up | breaks_off))
	)


def declined_query(addresses: int) -> str:
	"""Return the query of those of so many addresses, a0 and on, that want no mail of this site at all."""
	is_one = unsubscribed.email.isin([parameter(f"a{place}") for place in range(addresses)])
	query = MySQLQuery.from_(unsubscribed).select(unsubscribed.email).distinct()
	return str(query.where(is_one & (unsubscribed.global_unsubscribe == 1)))


def said_by(error: BaseException) -> str:
	"""Return what an error says, or its kind when it says nothing."""
	return (str(error).strip() or type(error).__name__)[:LONGEST_ERROR]


def last_line(traceback: str | None) -> str | None:
	"""Return what a traceback ends with."""
	lines = (traceback or "").strip().splitlines()
	return lines[-1][:LONGEST_ERROR] if lines else None
