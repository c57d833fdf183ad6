"""What a save may change of a case's contacts and offers: new rows are checked, old ones stay as they were recorded."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, escape_html, getdate

from cs_retention.callbacks.guards import label_of
from cs_retention.callbacks.working_days import today
from cs_retention.churn_retention.case_rules import as_offer, as_offered, exit_rule, offer_facts
from cs_retention.cs_retention.settings import SETTINGS, offer_policy
from cs_retention.engine.reasons import WorkError
from cs_retention.engine.retention_case import CaseStatus, check_contact, is_open
from cs_retention.engine.retention_offers import (
	OfferAnswer,
	OfferFacts,
	check_answer,
	check_offer,
	stands_until,
)
from cs_retention.engine.vocabulary import Channel
from cs_retention.engine.workdays import add_months

MANAGING_ROLE = "Retention Manager"
OF_CONTACT = ("contacted_on", "person", "channel", "is_reached", "words")
OF_OFFER = ("offer", "cost", "made_on", "made_by", "stands_until")


def keep_contacts(case: Document, before: Document) -> None:
	"""Check contacts that were added, sign them with whoever adds them, and keep the day of the first talk."""
	for row, known in matched(case, before, "contacts", OF_CONTACT):
		if known:
			continue
		row.person = frappe.session.user
		row.contacted_on = getdate(row.contacted_on or today())
		row.channel = row.channel or Channel.PHONE.value
		check_contact(
			bool(row.is_reached), row.words or "", row.contacted_on, getdate(case.opened_on), today()
		)
		if row.is_reached and not case.reached_on:
			case.reached_on = row.contacted_on


def keep_offers(case: Document, before: Document) -> None:
	"""Check offers that were added, answers that were given and approvals."""
	rows = list(matched(case, before, "offers", OF_OFFER))
	if all(known and not is_changed(row, known) for row, known in rows):
		return
	facts = offer_facts(case.customer)
	for row, known in rows:
		if known is None:
			make(case, row, facts)
		else:
			keep_approval(row, known)
			keep_answer(row, known, facts)


def is_changed(row: Document, known: Document) -> bool:
	"""Tell whether an answer or an approval is another."""
	return any((row.get(field) or "") != (known.get(field) or "") for field in ("answer", "approved_by"))


def matched(case: Document, before: Document, table: str, columns: tuple[str, ...]) -> list[tuple[Any, Any]]:
	"""Return the rows of a table, each with what was stored of it; refuse rows that were changed or taken away."""
	known: Mapping[str, Document] = {row.name: row for row in before.get(table)}
	rows = [(row, known.get(row.name)) for row in case.get(table)]
	kept = [row.name for row, stored in rows if stored]
	is_same = all(
		str(row.get(field) or "") == str(stored.get(field) or "")
		for row, stored in rows
		if stored
		for field in columns
	)
	if kept != list(known) or not is_same:
		frappe.throw(
			_("What stands in {0} stays as recorded. Add a new row instead.").format(
				frappe.bold(label_of(case, table))
			),
			title=_("Not Possible"),
		)
	return rows


def make(case: Document, row: Document, facts: OfferFacts) -> None:
	"""Check an offer and sign it; its cost is that of the ladder."""
	if not is_open(CaseStatus(case.status)) or not case.reached_on:
		raise WorkError("offer", row.offer, "log the talk in the dialog Log Contact first")
	document = frappe.get_cached_doc("Retention Offer", row.offer)
	if document.disabled:
		raise WorkError("offer", row.offer, "it is disabled; take another")
	policy = offer_policy(frappe.get_cached_doc(SETTINGS))
	offer = as_offer(document)
	check_offer(offer, exit_rule(case.exit_type), facts, policy, today())
	row.cost, row.made_on, row.made_by = document.cost, today(), frappe.session.user
	row.stands_until = stands_until(offer, today())
	row.answer, row.answered_on, row.approved_by = OfferAnswer.OPEN.value, None, None
	row.bound_until = None


def keep_approval(row: Document, known: Document) -> None:
	"""Let a manager approve an open offer of somebody else's, in their own name."""
	if (row.approved_by or "") == (known.approved_by or ""):
		return
	is_manager = MANAGING_ROLE in frappe.get_roles()
	if not is_manager or row.approved_by != frappe.session.user or known.answer != OfferAnswer.OPEN.value:
		frappe.throw(
			_("An offer that is open is approved by somebody with the role {0}, in their own name.").format(
				frappe.bold(_(MANAGING_ROLE))
			),
			frappe.PermissionError,
			title=_("Not the Approver"),
		)
	if row.made_by == frappe.session.user:
		frappe.throw(
			_("{0} made this offer and cannot approve it. Ask another manager.").format(
				frappe.bold(escape_html(row.made_by))
			),
			title=_("Invalid Approver"),
		)


def keep_answer(row: Document, known: Document, facts: OfferFacts) -> None:
	"""Check an answer and note its day, and until when one that is accepted binds."""
	row.answered_on, row.bound_until = known.answered_on, known.bound_until
	if row.answer == known.answer:
		return
	policy = offer_policy(frappe.get_cached_doc(SETTINGS))
	made = replace(as_offered(known), approved_by=row.approved_by or None)
	check_answer(made, OfferAnswer(row.answer), facts, policy, today())
	row.answered_on = today()
	months = cint(frappe.get_cached_value("Retention Offer", row.offer, "binds_months"))
	is_bound = row.answer == OfferAnswer.ACCEPTED.value and months
	row.bound_until = add_months(today(), months) if is_bound else None
