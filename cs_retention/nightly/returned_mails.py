"""Addresses of customers that turned out to have no mailbox: noted among the consents, so that they are spared."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache

from pypika import MySQLQuery

from cs_retention.engine.consent import plain_address, unreachable
from cs_retention.engine.outbox import no_mailbox
from cs_retention.engine.vocabulary import ConsentStatus, MessageChannel
from cs_retention.facts.compliance import state
from cs_retention.facts.contact_history import read_consents
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.sql import parameter, table
from cs_retention.nightly.outbox_rows import RECIPIENT, outbox
from cs_retention.store.base import Store

CONSENT = "Customer Consent"
FIELDS = ("customer", "channel", "status", "consent_date", "address", "evidence")
MAIL = MessageChannel.EMAIL

recipient = table(RECIPIENT)


def note_returned(store: Store, errors: Mapping[str, str | None], today: date) -> int:
	"""Note the addresses of messages that failed because no mailbox has them; return how many were not known as such.

	`errors` are what ended each message's tries, by its name. Nothing is committed.
	"""
	said = {name: answer for name, error in errors.items() if (answer := no_mailbox(error))}
	if not said:
		return 0
	found = {
		plain_address(address): (customer, said[name])
		for name, customer, address in Selection.of(list(said)).rows(
			store, returned_query(), {"sent": "Sent"}
		)
	}
	if not found:
		return 0
	record = read_consents(store, Selection.of([customer for customer, _answer in found.values()]), found)
	rows = [
		(customer, MAIL.value, ConsentStatus.BOUNCED.value, today, address, answer)
		for address, (customer, answer) in sorted(found.items())
		if not unreachable(record.of(fold(customer), [address]), MAIL, address)
	]
	return store.insert_rows(CONSENT, FIELDS, rows)


@cache
def returned_query() -> str:
	"""Return the query of message, customer and address of the selected messages that did not reach their reader.

	A mail may have failed at who gets a copy of it.
	"""
	is_reader = (recipient.parent == outbox.email_queue) & (recipient.recipient == outbox.recipient)
	return str(
		MySQLQuery.from_(outbox)
		.join(state)
		.on(state.name == outbox.customer_state)
		.join(recipient)
		.on(is_reader)
		.select(outbox.name, state.customer, outbox.recipient)
		.distinct()
		.where(selected(outbox.name) & (recipient.status != parameter("sent")))
	)
