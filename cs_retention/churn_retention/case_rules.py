"""Cases, offers and release files as the engine takes them: one place where documents become dataclasses."""

from datetime import date
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import cint, flt, getdate

from cs_retention.callbacks.working_days import calendar_of, today
from cs_retention.cs_retention.settings import SETTINGS, release_policy
from cs_retention.cs_retention.states import open_store
from cs_retention.engine.release_file import (
	FreedKind,
	IdentityCheck,
	Proof,
	ReleaseFile,
	ReleaseScope,
)
from cs_retention.engine.retention_case import CaseRecord, CaseRules, CaseStatus
from cs_retention.engine.retention_exit import ExitRule, LeaveRequest
from cs_retention.engine.retention_offers import (
	YEAR,
	Condition,
	Eligibility,
	Offer,
	OfferAnswer,
	Offered,
	OfferFacts,
)
from cs_retention.engine.retention_verification import Saved, usual_days
from cs_retention.facts.agreements import read_agreements
from cs_retention.facts.keys import fold
from cs_retention.facts.offers import UNRATED, read_levels, read_offer_facts
from cs_retention.facts.saves import read_bought, read_owed
from cs_retention.facts.selection import Selection

MONTHS = 12
CASE, RELEASE = "Retention Case", "Release File"
CASE_OFFER, CASE_REASON = "Retention Case Offer", "Retention Case Reason"


def exit_rule(name: str) -> ExitRule:
	"""Return what an exit type allows."""
	return as_exit_rule(frappe.get_cached_doc("Retention Exit Rule", name))


def as_exit_rule(doc: Document) -> ExitRule:
	"""Return a rule as the engine takes it."""
	return ExitRule(doc.exit_type, bool(doc.allows_offers), cint(doc.clock_days) if doc.has_clock else None)


def as_offer(doc: Document) -> Offer:
	"""Return an offer of the ladder."""
	conditions = (
		Eligibility(Condition(row.condition), row.level or "", flt(row.amount)) for row in doc.conditions
	)
	dates = as_day(doc.from_date), as_day(doc.to_date)
	return Offer(doc.offer_name, flt(doc.cost), *dates, tuple(conditions), cint(doc.valid_days))


def as_offered(row: Any) -> Offered:
	"""Return an offer that was made."""
	answer = OfferAnswer(row.answer or OfferAnswer.OPEN.value)
	until = as_day(row.stands_until)
	return Offered(row.offer, flt(row.cost), getdate(row.made_on), answer, row.approved_by or None, until)


def as_day(value: Any) -> date | None:
	"""Return a date, None for none."""
	return getdate(value) if value else None


def as_record(case: Document) -> CaseRecord:
	"""Return what a case has on record."""
	return CaseRecord(
		LeaveRequest(
			exit_rule(case.exit_type), as_day(case.asked_on), as_day(case.passed_on), case.delay_reason or ""
		),
		CaseStatus(case.status),
		getdate(case.opened_on),
		as_day(case.reached_on),
		tuple(row.reason for row in case.reasons),
		tuple(as_offered(row) for row in case.offers),
		case.kept_by or "",
		case.lost_words or "",
		submitted_release(case),
	)


def submitted_release(case: Document) -> ReleaseFile | None:
	"""Return the release file of a case, if it is one of this case and submitted."""
	if not case.release_file:
		return None
	doc = frappe.get_doc(RELEASE, case.release_file)
	return as_release(doc) if doc.docstatus == 1 and doc.retention_case == case.name else None


def as_release(doc: Document) -> ReleaseFile:
	"""Return a release file as the engine takes it."""
	return ReleaseFile(
		as_day(doc.consent_on),
		ReleaseScope(doc.consent_scope),
		doc.consent_by or "",
		proof_of(doc),
		IdentityCheck(doc.identity_check),
		flt(doc.dues),
		doc.settled_how or "",
		FreedKind(doc.freed_kind),
		doc.freed_name or "",
		bool(doc.is_for_second_sale),
	)


def proof_of(doc: Document) -> Proof | None:
	"""Return the file that is attached to a release file itself as its proof; one of another document proves nothing."""
	if not doc.proof:
		return None
	own = {"file_url": doc.proof, "attached_to_doctype": RELEASE, "attached_to_name": doc.name}
	file = frappe.db.get_value("File", own, ["file_name", "file_size", "is_private"], as_dict=True)
	return Proof(file.file_name, cint(file.file_size), bool(file.is_private)) if file else None


def rules_for(case: Document) -> CaseRules:
	"""Return the working days and the rules of release that a step of a case is held against."""
	day = getdate(case.asked_on or case.opened_on)
	return CaseRules(calendar_of(case.account_manager, day), release_policy(frappe.get_cached_doc(SETTINGS)))


def levels_of(customer: str) -> frozenset[str]:
	"""Return star level and, for a key account, that designation; New where nobody was rated yet."""
	return read_levels(open_store(), Selection.of([customer])).get(fold(customer), UNRATED)


def revenue_of(customer: str) -> float:
	"""Return a customer's net revenue of the last 12 months."""
	bought = read_bought(open_store(), Selection.of([customer]), today() - YEAR, today())
	return round(sum(bought.get(fold(customer), {}).values()), 2)


def owed_by(customer: str) -> float:
	"""Return what a customer owes; less than zero is paid in advance."""
	return read_owed(open_store(), Selection.of([customer])).get(fold(customer), 0.0)


def is_committed(customer: str) -> bool:
	"""Tell whether a contract or subscription of a customer is in force today."""
	agreements = read_agreements(open_store(), Selection.of([customer]), today()).get(fold(customer))
	return bool(agreements and agreements.has_contract)


def saved_today(customer: str) -> Saved:
	"""Return what a save of today is measured by later."""
	bought = read_bought(open_store(), Selection.of([customer]), today() - YEAR, today())
	days = bought.get(fold(customer), {})
	purchases = [day for day, amount in days.items() if amount > 0]
	monthly = round(sum(days.values()) / MONTHS, 2)
	return Saved(today(), monthly, usual_days(purchases), is_committed(customer))


def offer_facts(customer: str) -> OfferFacts:
	"""Return what offers to a customer are measured against, as of today."""
	return read_offer_facts(open_store(), Selection.of([customer]), [customer], today())[fold(customer)]
