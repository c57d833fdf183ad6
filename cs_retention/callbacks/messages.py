"""A message that a person sends to customers: its outcome is shown first, then it goes through the contact policy."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple

import frappe
from frappe import _
from frappe.utils import cstr, now_datetime

from cs_retention.callbacks.automatic_touches import TOUCH, ensure_states_of, new_sender, send_messages
from cs_retention.callbacks.unsubscribing import finish
from cs_retention.cs_retention.inputs import read_names, read_word
from cs_retention.cs_retention.message_templates import as_template, compose
from cs_retention.cs_retention.reader import language
from cs_retention.cs_retention.states import STATE, open_store
from cs_retention.engine.consent import plain_address
from cs_retention.engine.contact_policy import EXEMPT
from cs_retention.engine.messages import MessageTemplate
from cs_retention.engine.outbox import check_body, check_subject, key_of
from cs_retention.engine.reasons import MessageError
from cs_retention.engine.vocabulary import MessageChannel, MessageClass, TouchDecision
from cs_retention.facts.keys import fold
from cs_retention.facts.recipients import Recipient, read_recipients, read_sharing
from cs_retention.facts.selection import Selection
from cs_retention.nightly.contact_touches import DecidedMessage, WantedMessage
from cs_retention.render.wording import sentence

MOST_CUSTOMERS = 500
SOURCE = "Send a Message"
NOON = time(12)
SENDING_EXEMPT = frozenset({"Retention Manager", "System Manager"})
"""Roles that may send what no cap and no refusal holds back."""


class Letter(NamedTuple):
	"""What one customer is to be sent; `unknown` are placeholders for which nothing is known of it."""

	language: str
	subject: str
	body: str
	unknown: Sequence[str] = ()


@frappe.whitelist(methods=["POST"])
def preview(
	customers: list | str,
	template: str | None = None,
	message_class: str | None = None,
	channel: str | None = None,
	subject: str | None = None,
	text: str | None = None,
) -> dict[str, Any]:
	"""Return what would become of a message now and tomorrow, and how it reads for the first customer.

	Nothing is sent; who has no state yet is given one.
	"""
	wanted = wanted_messages(customers, "", template, message_class, channel, subject, text)
	now = now_datetime()
	tomorrow = datetime.combine(now.date() + timedelta(days=1), NOON)
	first = wanted[0]
	return {
		"now": with_sharers(shown(new_sender().preview(wanted, now)), first.channel),
		"tomorrow": shown(new_sender().preview(wanted, tomorrow))["counts"],
		"sample": {
			"customer": first.customer,
			"language": first.language,
			"subject": first.subject,
			"text": finish(first, first.body, ""),
		},
	}


@frappe.whitelist(methods=["POST"])
def send(
	customers: list | str,
	token: str,
	template: str | None = None,
	message_class: str | None = None,
	channel: str | None = None,
	subject: str | None = None,
	text: str | None = None,
) -> dict[str, Any]:
	"""Send a message to customers through the contact policy; with one token each of them gets it once.

	A template gives class, channel and text; without one they are given.
	"""
	wanted = wanted_messages(customers, token, template, message_class, channel, subject, text)
	return shown(send_messages(wanted))


def wanted_messages(
	customers: list | str,
	token: str,
	template: str | None,
	message_class: str | None,
	channel: str | None,
	subject: str | None,
	text: str | None,
) -> list[WantedMessage]:
	"""Return the message for each of the customers, all of which the user answers for."""
	frappe.has_permission(TOUCH, "create", throw=True)
	names = customers_of(customers)
	if template:
		written = opened_template(template)
		class_, way = written.class_, written.channel
	else:
		class_ = MessageClass(
			read_word(message_class, _("Class", context=TOUCH), [each.value for each in MessageClass], TOUCH)
		)
		way = MessageChannel(
			read_word(channel, _("Channel", context=TOUCH), [each.value for each in MessageChannel], TOUCH)
		)
	validate_class(class_)
	states = states_of(names)
	recipients = read_recipients(open_store(), Selection.of(names))
	letters = (
		filled(written, names) if template else typed(recipients.values(), way, cstr(subject), cstr(text))
	)
	now = now_datetime()
	return [
		WantedMessage(
			key=key_of("message", token, states[customer]),
			customer=customer,
			class_=class_,
			channel=way,
			recipient=recipients[fold(customer)].address(way),
			subject=letters[customer].subject,
			body=letters[customer].body,
			language=letters[customer].language,
			asked_at=now,
			source=template or SOURCE,
			person=frappe.session.user,
			unknown=tuple(letters[customer].unknown),
		)
		for customer in states
	]


def opened_template(name: str) -> MessageTemplate:
	"""Return a template that the user may read and that is in use."""
	doc = frappe.get_doc("Message Template", name)
	doc.check_permission("read")
	if not doc.is_enabled:
		frappe.throw(
			_("{0} is not in use. Choose another template.").format(frappe.bold(name)),
			title=_("Template Not Possible"),
		)
	return as_template(doc)


def filled(template: MessageTemplate, customers: Sequence[str]) -> dict[str, Letter]:
	"""Return the letters of a template by customer, each in the customer's language."""
	return {
		customer: Letter(found.language, found.subject, found.body, [f"{{{name}}}" for name in found.unknown])
		for customer, found in compose(template, customers).items()
	}


def typed(
	recipients: Iterable[Recipient], channel: MessageChannel, subject: str, text: str
) -> dict[str, Letter]:
	"""Return the same letter for each of the customers, as it was typed; one that nobody could be sent is refused."""
	subject = subject.strip() if channel is MessageChannel.EMAIL else ""
	try:
		check_subject(channel, subject)
		check_body(channel, text.strip())
	except MessageError as error:
		label = {"subject": _("Subject"), "body": _("Message Text")}[error.field]
		frappe.throw(
			_("{0}: {1}.").format(frappe.bold(label), _(error.template).format(**error.places)),
			title=_("Message Not Complete"),
		)
	default = frappe.db.get_default("lang") or "en"
	return {found.customer: Letter(found.language or default, subject, text.strip()) for found in recipients}


def customers_of(customers: list | str, most: int = MOST_CUSTOMERS) -> list[str]:
	"""Return the customers that a request names, each once."""
	names = list(dict.fromkeys(read_names(customers, _("Customers", context="Book Handover"))))
	if not 1 <= len(names) <= most:
		frappe.throw(
			_("{0} customers are named. Choose 1 to {1} at a time.").format(len(names), most),
			title=_("Too Many or None"),
		)
	return names


def states_of(customers: Sequence[str]) -> dict[str, str]:
	"""Return the states by customer; who does not answer for every one of them is refused."""
	there = frappe.db.get_values("Customer", {"name": ("in", customers)}, "name", pluck=True)
	ensure_states_of(set(there))
	seen = frappe.get_list(
		STATE, {"customer": ("in", customers)}, ["customer", "name"], order_by="customer", limit_page_length=0
	)
	if len(seen) < len(customers):
		frappe.throw(
			_("Of the {0} customers you answer for {1} only. Take the others out.").format(
				len(customers), len(seen)
			),
			frappe.PermissionError,
		)
	return {row.customer: row.name for row in seen}


def validate_class(class_: MessageClass) -> None:
	"""Refuse a message past the policy by somebody who may not send such."""
	if class_ is EXEMPT and SENDING_EXEMPT.isdisjoint(frappe.get_roles()):
		frappe.throw(
			_("{0} messages pass every cap and refusal; only a {1} sends them. Choose another class.").format(
				frappe.bold(_(class_.value, context="Customer Touch")), _("Retention Manager")
			),
			frappe.PermissionError,
		)


def shown(decided: Sequence[DecidedMessage]) -> dict[str, Any]:
	"""Return what became of messages: how many by decision, in one sentence, and row by row."""
	counts = Counter(found.decision.outcome for found in decided)
	return {
		"counts": {outcome.value: counts[outcome] for outcome in TouchDecision},
		"rows": list(rows_of(decided)),
	}


def with_sharers(found: dict[str, Any], channel: MessageChannel) -> dict[str, Any]:
	"""Return the same with a word on every address that other customers have too, as far as the reader sees them."""
	sharing = read_sharing(open_store(), channel, [row["recipient"] for row in found["rows"]])
	others = {name for names in sharing.values() for name in names}
	seen = set(frappe.get_list("Customer", {"name": ("in", list(others))}, pluck="name", limit_page_length=0))
	for row in found["rows"]:
		names = sharing.get(plain_address(row["recipient"]), frozenset()) - {row["customer"]}
		if names:
			shown_names = [*sorted(names & seen), *([_("others")] if names - seen else [])]
			row["why"].append(_("also the address of {0}").format(", ".join(shown_names)))
	return found


def rows_of(decided: Sequence[DecidedMessage]) -> Iterator[dict[str, Any]]:
	"""Yield what a table shows of decided messages."""
	for found in decided:
		yield {
			"customer": found.wanted.customer,
			"recipient": found.wanted.recipient,
			"decision": found.decision.outcome.value,
			"held_until": found.decision.held_until,
			"why": [sentence(reason, language()) for reason in found.decision.reasons],
		}
