"""Automatic touches on a site: sent through the contact policy, held and released, and shown with their reasons."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import frappe
from frappe import _
from frappe.integrations.doctype.webhook import run_webhooks
from frappe.utils import now_datetime

from cs_retention.callbacks.unsubscribing import finish
from cs_retention.cs_retention.contact_policies import load_contact_policy
from cs_retention.cs_retention.outbox import OUTBOX, put
from cs_retention.cs_retention.reader import language
from cs_retention.cs_retention.states import STATE, add_states, open_store
from cs_retention.engine.vocabulary import OutboxStatus, TouchDecision
from cs_retention.nightly.contact_touches import DecidedMessage, Sender, WantedMessage
from cs_retention.nightly.reason_json import load_reasons
from cs_retention.render.wording import sentence

TOUCH, CONSENT = "Customer Touch", "Customer Consent"
SHOWN = 5


def new_sender(policy: str | None = None) -> Sender:
	"""Return the sender of this site, under the policy in force or another one."""
	return Sender(open_store(), load_contact_policy(policy), put, finish, tell_webhooks)


def send_messages(wanted: Sequence[WantedMessage], as_of: datetime | None = None) -> list[DecidedMessage]:
	"""Decide about messages, write the ledger and the outbox in the caller's transaction, return what became of them.

	Nobody else decides about the customers until the transaction ends. What is read is what stands after the wait,
	unless this transaction has written already.
	"""
	customers = {message.customer for message in wanted}
	ensure_states_of(customers)
	if not frappe.db.transaction_writes:
		frappe.db.rollback()
	sender = new_sender()
	sender.hold(customers)
	return sender.send(wanted, as_of or now_datetime())


def tell_webhooks(new: Sequence[str], changed: Sequence[str]) -> None:
	"""Let the site's webhooks on Customer Touch hear of what was written in a set, once it is committed."""
	if (new or changed) and frappe.db.exists("Webhook", {"webhook_doctype": TOUCH, "enabled": 1}):
		frappe.enqueue(run_webhooks_of, enqueue_after_commit=True, new=new, changed=changed)


def run_webhooks_of(new: Sequence[str], changed: Sequence[str]) -> None:
	"""Run the webhooks of touches as saving each of them would."""
	for names, events in ((new, ("after_insert", "on_update")), (changed, ("on_update", "on_change"))):
		for doc in [frappe.get_doc(TOUCH, name) for name in names if frappe.db.exists(TOUCH, name)]:
			doc.flags.in_insert = names is new
			for event in events:
				run_webhooks(doc, event)


def ensure_states_of(customers: set[str]) -> None:
	"""Give customers their states, which the holding goes by."""
	known = frappe.db.get_values(STATE, {"customer": ("in", list(customers))}, "customer", pluck=True)
	if missing := customers.difference(known):
		add_states(sorted(missing))


@frappe.whitelist(methods=["POST"])
def call_off(touch: str) -> None:
	"""Let a message that is held never be sent, for whoever answers for its customer."""
	doc = frappe.get_doc(TOUCH, touch)
	doc.check_permission("write")
	if not frappe.db.transaction_writes:
		frappe.db.rollback()
	sender = new_sender()
	sender.hold([doc.customer])
	if not sender.call_off(touch, frappe.session.user, now_datetime()):
		frappe.throw(
			_("{0} is not held any more. Look at it again.").format(frappe.bold(touch)),
			title=_("Not Possible Now"),
		)


def why(reasons: str | None) -> list[str]:
	"""Return stored reasons as sentences in the reader's language."""
	return [sentence(reason, language()) for reason in load_reasons(reasons)]


@frappe.whitelist(methods=["GET"])
def get_touches(customer: str) -> dict[str, Any]:
	"""Return the newest automatic touches of a customer and the newest entries of its consents that the reader sees."""
	frappe.has_permission("Customer", "read", customer, throw=True)
	return {"touches": last_touches(customer), "consents": last_consents(customer)}


def last_touches(customer: str) -> list[dict[str, Any]]:
	"""Return the newest automatic touches with the decision and why."""
	if not frappe.has_permission(TOUCH, "read"):
		return []
	fields = [
		*("name", "touch_date", "touch_time", "message_class", "message_channel", "summary", "decision"),
		*("held_until", "reasons", "source", "message_key"),
	]
	automatic = {"customer": customer, "decision": ("in", [decision.value for decision in TouchDecision])}
	newest = "touch_date desc, touch_time desc, creation desc"
	rows = frappe.get_list(TOUCH, automatic, fields, order_by=newest, limit=SHOWN)
	failed = failed_keys([row.message_key for row in rows])
	return [
		{"is_failed": row.pop("message_key") in failed, "why": why(row.pop("reasons")), **row} for row in rows
	]


def failed_keys(keys: Sequence[str]) -> set[str]:
	"""Return which messages could not be delivered; whoever sees a touch may know that."""
	stuck = {"dedupe_key": ("in", keys), "status": OutboxStatus.FAILED.value}
	return set(frappe.get_all(OUTBOX, stuck, pluck="dedupe_key")) if keys else set()


def last_consents(customer: str) -> list[dict[str, Any]]:
	"""Return the newest entries of what a customer allows."""
	if not frappe.has_permission(CONSENT, "read"):
		return []
	fields = ["name", "channel", "status", "consent_date", "address", "evidence"]
	newest = "consent_date desc, creation desc"
	return frappe.get_list(CONSENT, {"customer": customer}, fields, order_by=newest, limit=SHOWN)
