"""The work on a callback as a request: what a dialog needs to know, and the actions, each in one transaction."""

from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from cs_retention.callbacks.attempts import made_attempts, propose_attempt
from cs_retention.callbacks.replanning import Proposal, hold_customers_of, propose_next
from cs_retention.callbacks.working_days import today
from cs_retention.cs_retention.inputs import read_rows
from cs_retention.cs_retention.reader import language
from cs_retention.cs_retention.settings import SETTINGS, work_policy
from cs_retention.engine.vocabulary import CallbackStatus, Channel, PromiseStatus
from cs_retention.nightly.reason_json import load_reasons
from cs_retention.render.wording import sentence

CALLBACK, TOUCH = "Customer Callback", "Customer Touch"


@frappe.whitelist(methods=["GET"])
def prepare(callback: str) -> dict[str, Any]:
	"""Return what the dialogs of a callback begin with: why it is due, whom and how to call, what is proposed next."""
	doc = opened(callback, "read")
	policy, proposed = work_policy(frappe.get_cached_doc(SETTINGS)), None
	if doc.status in (CallbackStatus.PLANNED.value, CallbackStatus.MET.value):
		proposed = propose_next(doc.customer, today(), doc.name)
	return {
		"name": doc.name,
		"status": doc.status,
		"due_date": doc.due_date,
		"why": [sentence(reason, language()) for reason in load_reasons(doc.reasons)],
		"met_by": met_by(doc),
		**customer_facts(doc),
		"proposed": proposed and proposal(proposed),
		"attempts": len(doc.attempts),
		"attempts_limit": policy.attempts_limit,
		"next_attempt": attempt(doc) if len(made_attempts(doc)) + 1 < policy.attempts_limit else None,
		"summary_minimum": policy.summary_minimum,
		"may_make_opportunity": bool(frappe.has_permission("Opportunity", "create")),
	}


def met_by(doc: Document) -> dict[str, str] | None:
	"""Return the document that tells of the contact which met a callback, else that contact's touch."""
	if doc.status != CallbackStatus.MET.value or not doc.touch:
		return None
	# A touch of the customer whose callback the user may read.
	doctype, name = frappe.db.get_value(TOUCH, doc.touch, ["source_doctype", "source_name"]) or (None, None)
	return {"doctype": doctype, "name": name} if name else {"doctype": TOUCH, "name": doc.touch}


def customer_facts(doc: Document) -> dict[str, Any]:
	"""Return whom a callback is for, whom to ask for there, and how that customer wishes to be called."""
	# All of a customer whose callback the user may read.
	name, contact = frappe.db.get_value(
		"Customer", doc.customer, ["customer_name", "customer_primary_contact"]
	)
	wish = frappe.db.get_value("Callback Schedule", {"customer": doc.customer}, "preferred_channel")
	is_visit = doc.channel == Channel.VISIT.value
	person = doc.contact or contact
	return {
		"customer": doc.customer,
		"customer_name": name,
		"channel": doc.channel if is_visit or not wish else wish,
		"contact": person,
		"spoken_to": frappe.db.get_value("Contact", person, "full_name") if person else None,
	}


def proposal(proposed: Proposal) -> dict[str, Any]:
	"""Return the next contact of the plan in words."""
	return {
		"date": proposed.due_date,
		"channel": proposed.channel.value,
		"responsible": proposed.responsible,
		"why": [sentence(reason, language()) for reason in proposed.reasons],
	}


def attempt(doc: Document) -> dict[str, Any]:
	"""Return when to try again, and who."""
	found = propose_attempt(doc)
	return {"date": found.day, "time": f"{found.hour:02d}:00:00", "person": found.person}


@frappe.whitelist(methods=["POST"])
def log_done(
	callback: str,
	outcome: str,
	summary: str,
	spoken_to: str | None = None,
	channel: str | None = None,
	next_date: date | str | None = None,
	no_next_reason: str | None = None,
	satisfaction: int = 0,
	contact: str | None = None,
	need: str | None = None,
	visit_needed: bool = False,
	promises: list | str | None = None,
	done_on: date | str | None = None,
	heard: str | None = None,
	competitor: str | None = None,
) -> dict[str, Any]:
	"""Log a call as made: reached, visited or refused; `promises` are rows of promise, promised_by, due_date.

	`heard` is a warning of churn that the call brought up, and `competitor` the one that was named.
	"""
	doc = opened(callback, "write")
	said = doc.complete(
		outcome,
		summary,
		spoken_to,
		channel=channel,
		next_date=next_date,
		no_next_reason=no_next_reason,
		satisfaction=satisfaction,
		contact=contact,
		need=need,
		visit_needed=visit_needed,
		promised=read_rows(promises, _("Promises")),
		done_on=done_on,
	)
	if heard:
		for path in frappe.get_hooks("retention_heard"):
			frappe.get_attr(path)(doc, heard, competitor)
	return result(doc, said)


@frappe.whitelist(methods=["POST"])
def log_attempt(
	callback: str,
	note: str | None = None,
	channel: str | None = None,
	next_date: date | str | None = None,
	next_time: str | None = None,
) -> dict[str, Any]:
	"""Log that nobody was reached; the callback moves to its next try, or is unreached after the last."""
	doc = opened(callback, "write")
	return result(doc, doc.add_attempt(note, channel, next_date, next_time))


@frappe.whitelist(methods=["POST"])
def reschedule(callback: str, due_date: date | str, reason: str) -> dict[str, Any]:
	"""Move a call to another day, with the reason."""
	doc = opened(callback, "write")
	return result(doc, doc.reschedule(due_date, reason))


@frappe.whitelist(methods=["POST"])
def skip(callback: str, reason: str) -> dict[str, Any]:
	"""Give a call up, with the reason."""
	doc = opened(callback, "write")
	return result(doc, doc.skip(reason))


@frappe.whitelist(methods=["POST"])
def reassign(callback: str, person: str, reason: str) -> dict[str, Any]:
	"""Give a call to the customer's account manager or backup, with the reason."""
	doc = opened(callback, "write")
	return result(doc, doc.reassign(person, reason))


def opened(callback: str, ptype: str) -> Document:
	"""Return a callback that the user may read or change; one that is to be changed is held until the request ends."""
	if ptype == "write":
		hold_customers_of([callback])
	doc = frappe.get_doc(CALLBACK, callback, for_update=ptype == "write")
	doc.check_permission(ptype)
	return doc


def result(doc: Document, said: list[str]) -> dict[str, Any]:
	"""Return what an action came to: the callback as it stands now, the customer's next one, what there is to say."""
	doc.reload()
	following = {"customer": doc.customer, "status": CallbackStatus.PLANNED.value, "name": ("!=", doc.name)}
	is_open = doc.status == CallbackStatus.PLANNED.value
	coming = frappe.get_list(
		CALLBACK, following, ["name", "due_date", "channel", "responsible"], order_by="due_date", limit=1
	)
	return {
		"name": doc.name,
		"customer": doc.customer,
		"status": doc.status,
		"due_date": doc.due_date if is_open else None,
		"due_time": str(doc.due_time) if is_open and doc.due_time else None,
		"responsible": doc.responsible,
		"next": coming[0] if coming else None,
		"opportunity": doc.opportunity,
		"promises": sum(row.status == PromiseStatus.OPEN.value for row in doc.promises),
		"messages": said,
	}
