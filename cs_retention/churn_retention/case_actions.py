"""Work on a case as a request: what a dialog begins with, and the actions, each one save in one transaction."""

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint

from cs_retention.callbacks.working_days import team_of, today
from cs_retention.churn_retention.case_rules import (
	CASE,
	as_exit_rule,
	as_offer,
	offer_facts,
)
from cs_retention.cs_retention.inputs import read_rows, read_word
from cs_retention.cs_retention.reader import language
from cs_retention.cs_retention.settings import SETTINGS, offer_policy
from cs_retention.engine.retention_case import CaseSource, CaseStatus, must_be_called_in
from cs_retention.engine.retention_exit import ExitRule
from cs_retention.engine.retention_offers import (
	OfferAnswer,
	OfferFacts,
	OfferPolicy,
	approval_limit,
	ladder,
	needs_approval,
)
from cs_retention.nightly.reason_json import load_reasons
from cs_retention.render.translate import translate
from cs_retention.render.wording import sentence

ENDS = (CaseStatus.SAVED.value, CaseStatus.LOST.value)
"""What a talk at the desk may end in."""


@frappe.whitelist(methods=["GET"])
def prepare(customer: str) -> dict[str, Any]:
	"""Return what the talk with a customer who wants to leave begins with: its open case, worth, people and choices."""
	frappe.has_permission("Customer", "read", customer, throw=True)
	frappe.has_permission(CASE, "create", throw=True)
	facts, policy = offer_facts(customer), offer_policy(frappe.get_cached_doc(SETTINGS))
	name = frappe.db.get_value("Customer", customer, "customer_name")
	return {
		"customer_name": name,
		"open_case": open_case(customer),
		"levels": sorted(facts.levels),
		"called_in": [person for person in team_of(customer) if person]
		if must_be_called_in(facts.levels)
		else [],
		"value_at_stake": facts.revenue,
		"exit_types": [choice(rule, facts, policy) for rule in exit_rules()],
	}


def open_case(customer: str) -> str | None:
	"""Return the open case of a customer, whoever opened it: a second one cannot be opened."""
	still_open = {"customer": customer, "open_key": ("is", "set")}
	return frappe.db.get_value(CASE, still_open)


def exit_rules() -> list[ExitRule]:
	"""Return the exit types of new cases."""
	rows = frappe.get_list(
		"Retention Exit Rule",
		{"disabled": 0},
		["exit_type", "allows_offers", "has_clock", "clock_days"],
		order_by="has_clock, creation",
	)
	return [as_exit_rule(row) for row in rows]


def choice(rule: ExitRule, facts: OfferFacts, policy: OfferPolicy) -> dict[str, Any]:
	"""Return an exit type with what may be offered under it."""
	return {
		"exit_type": rule.exit_type,
		"allows_offers": rule.allows_offers,
		"clock_days": rule.clock_days,
		"offers": offers_for(rule, facts, policy),
	}


def offers_for(rule: ExitRule, facts: OfferFacts, policy: OfferPolicy) -> list[dict[str, Any]]:
	"""Return the ladder for a customer, the cheapest first, and which offers a manager has to approve."""
	names = frappe.get_list("Retention Offer", {"disabled": 0}, pluck="name") if rule.allows_offers else []
	offers = [as_offer(frappe.get_cached_doc("Retention Offer", name)) for name in names]
	return [
		{
			"offer": offer.name,
			"cost": offer.cost,
			"needs_approval": needs_approval(offer.cost, facts, policy),
		}
		for offer in ladder(offers, rule, facts, policy, today())
	]


@frappe.whitelist(methods=["GET"])
def get_ladder(case: str) -> dict[str, Any]:
	"""Return what may be offered in a case now, and the cost up to which no manager is asked."""
	doc = opened(case, "read")
	facts, policy = offer_facts(doc.customer), offer_policy(frappe.get_cached_doc(SETTINGS))
	rule = as_exit_rule(frappe.get_cached_doc("Retention Exit Rule", doc.exit_type))
	return {"limit": approval_limit(facts, policy), "offers": offers_for(rule, facts, policy)}


@frappe.whitelist(methods=["GET"])
def get_checks(case: str) -> list[str]:
	"""Return the checks of a save in words, in their order."""
	doc, lang = opened(case, "read"), language()
	text = translate("day {0}: {1}", lang)
	return [
		f"{text.format(row.days, frappe._(row.result, lang, context=CASE))}, "
		+ "; ".join(sentence(reason, lang) for reason in load_reasons(row.why))
		for row in doc.checks
	]


@frappe.whitelist(methods=["POST"])
def open_and_talk(
	customer: str,
	exit_type: str,
	reasons: list[dict] | str,
	asked_by: str | None = None,
	identity_check: str | None = None,
	asked_on: str | None = None,
	competitor: str | None = None,
	value_at_stake: float | None = None,
	words: str | None = None,
	offer: str | None = None,
	result: str | None = None,
	result_words: str | None = None,
	passed_on: str | None = None,
	delay_reason: str | None = None,
) -> dict[str, Any]:
	"""Open a case for a customer who stands at the desk, with the talk, the offer and the result there were.

	`result` is the state the talk ended in: Saved, Lost, or nothing where it goes on.
	"""
	frappe.has_permission(CASE, "create", throw=True)
	case = frappe.new_doc(
		CASE,
		customer=customer,
		source=CaseSource.DESK.value,
		exit_type=exit_type,
		asked_by=asked_by,
		asked_on=asked_on or today(),
		identity_check=identity_check or "Not Checked",
		competitor=competitor,
		value_at_stake=value_at_stake,
		reasons=[
			{"reason": row.get("reason"), "words": row.get("words")}
			for row in read_rows(reasons, _("Reasons"))
		],
	)
	case.insert()
	if words:
		case.append("contacts", {"is_reached": 1, "words": words, "channel": "Visit"})
		case.save()
	if offer:
		case.append("offers", {"offer": offer})
		case.save()
	if result:
		close(
			case,
			CaseStatus(read_word(result, _("Result"), ENDS, CASE)),
			result_words,
			passed_on,
			delay_reason,
		)
	return told(case)


@frappe.whitelist(methods=["POST"])
def log_contact(
	case: str, is_reached: int, words: str | None = None, channel: str | None = None
) -> dict[str, Any]:
	"""Add a talk, or a try that reached nobody."""
	doc = opened(case, "write")
	doc.append("contacts", {"is_reached": cint(is_reached), "words": words, "channel": channel})
	doc.save()
	return told(doc)


@frappe.whitelist(methods=["POST"])
def make_offer(case: str, offer: str) -> dict[str, Any]:
	"""Add an offer of the ladder."""
	doc = opened(case, "write")
	doc.append("offers", {"offer": offer})
	doc.save()
	return told(doc)


@frappe.whitelist(methods=["POST"])
def approve_offer(case: str) -> dict[str, Any]:
	"""Approve the offer that is open, in the reader's name."""
	doc = opened(case, "write")
	for row in doc.offers:
		if row.answer == OfferAnswer.OPEN.value:
			row.approved_by = frappe.session.user
	doc.save()
	return told(doc)


@frappe.whitelist(methods=["POST"])
def answer_offer(case: str, answer: str) -> dict[str, Any]:
	"""Note the answer to the offer that is open."""
	doc = opened(case, "write")
	for row in doc.offers:
		if row.answer == OfferAnswer.OPEN.value:
			row.answer = answer
	doc.save()
	return told(doc)


@frappe.whitelist(methods=["POST"])
def customer_stays(case: str, kept_by: str) -> dict[str, Any]:
	"""Close a case as kept."""
	doc = opened(case, "write")
	close(doc, CaseStatus.SAVED, kept_by)
	return told(doc)


@frappe.whitelist(methods=["POST"])
def customer_leaves(
	case: str, lost_words: str, passed_on: str | None = None, delay_reason: str | None = None
) -> dict[str, Any]:
	"""Close a case as lost, with the record that nothing was delayed where its exit type has a clock."""
	doc = opened(case, "write")
	close(doc, CaseStatus.LOST, lost_words, passed_on, delay_reason)
	return told(doc)


def close(
	case: Document,
	status: CaseStatus,
	words: str | None,
	passed_on: str | None = None,
	delay_reason: str | None = None,
) -> None:
	"""Save a case with its result."""
	case.status = status.value
	if status is CaseStatus.SAVED:
		case.kept_by = words
	else:
		case.lost_words, case.passed_on, case.delay_reason = words, passed_on, delay_reason
	case.save()


def opened(case: str, right: str) -> Document:
	"""Return a case that the reader may read or write, held until this transaction ends where it is written."""
	doc = frappe.get_doc(CASE, case, for_update=right == "write")
	doc.check_permission(right)
	return doc


def told(case: Document) -> dict[str, Any]:
	"""Return what a dialog says when it is done."""
	return {"name": case.name, "status": case.status}
