"""What the night does with cases: saves are checked on their days, late first contacts are told, relapses taken up."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, flt, getdate

from cs_retention.churn_retention.case_rules import CASE
from cs_retention.churn_retention.release_audits import draw_audits
from cs_retention.cs_retention.bells import for_each, managers, ring
from cs_retention.cs_retention.settings import SETTINGS, verification_policy
from cs_retention.cs_retention.states import open_store
from cs_retention.engine.reasons import Reason
from cs_retention.engine.retention_case import CaseSource, CaseStatus
from cs_retention.engine.retention_exit import DEFAULT_EXIT_RULES
from cs_retention.engine.retention_verification import (
	Check,
	Saved,
	SaveEvidence,
	Verification,
	VerificationPolicy,
	due_checks,
	next_check,
	standing,
	verify,
)
from cs_retention.facts.agreements import read_agreements
from cs_retention.facts.keys import fold
from cs_retention.facts.saves import read_bought
from cs_retention.facts.selection import Selection
from cs_retention.nightly.reason_json import dump_reasons, load_reasons

CHECK = "Retention Case Check"
PAGE = 500
"""Cases looked at together; each fact is one query for all of them."""
SAVE = ("name", "customer", "state", "closed_on", "monthly_before", "usual_days", "had_contract", "exit_type")
COLUMNS = ("parent", "parenttype", "parentfield", "idx", "days", "result", "checked_on", "why")
NO_REASON = Reason.of("save_too_early", usual_days=0)


def work_on_cases(as_of: date | str) -> None:
	"""Check the saves whose day has come, tell of late first contacts, draw the audit of a month; the caller commits."""
	day = getdate(as_of)
	policy = verification_policy(frappe.get_cached_doc(SETTINGS))
	last = ""
	while page := due_saves(day, last):
		check_saves(page, policy, day)
		last = page[-1].name
	tell_of_late_contacts(day)
	draw_audits(day)


def due_saves(as_of: date, after: str) -> list[Any]:
	"""Return the page of saves with a check whose day has come that follows a name."""
	due = [
		["status", "=", CaseStatus.SAVED.value],
		["next_check_on", "is", "set"],
		["next_check_on", "<=", as_of],
		["name", ">", after],
	]
	# A job of Administrator's, over all customers.
	return frappe.get_all(CASE, due, list(SAVE), order_by="name", limit=PAGE)


def check_saves(page: Sequence[Any], policy: VerificationPolicy, as_of: date) -> None:
	"""Check a page of saves in sets; a customer who did not stay is taken up again."""
	made, evidence = made_checks(page), read_evidence(page, as_of)
	rows: list[tuple[Any, ...]] = []
	stands: defaultdict[tuple[str, date | None], list[str]] = defaultdict(list)
	for case in page:
		saved, checks = as_saved(case), made[case.name]
		for days in due_checks(saved, checks, policy, as_of):
			check = verify(saved, days, evidence[case.name], policy)
			checks.append(check)
			why = dump_reasons((check.reason,))
			rows.append((case.name, CASE, "checks", len(checks), days, check.result.value, as_of, why))
			if check.result is Verification.RELAPSED:
				break
		stands[standing(checks).value, next_check(saved, checks, policy)].append(case.name)
	open_store().insert_rows(CHECK, COLUMNS, rows)
	for (verification, following), names in stands.items():
		values = {"verification": verification, "next_check_on": following}
		frappe.db.set_value(CASE, {"name": ("in", names)}, values)
	relapsed = {name for (result, _day), names in stands.items() for name in names if result == RELAPSED}
	take_up_again([case for case in page if case.name in relapsed])


RELAPSED = Verification.RELAPSED.value


def as_saved(case: Any) -> Saved:
	"""Return a save as it was noted on its day."""
	return Saved(
		getdate(case.closed_on), flt(case.monthly_before), cint(case.usual_days), bool(case.had_contract)
	)


def made_checks(page: Sequence[Any]) -> defaultdict[str, list[Check]]:
	"""Return the checks that were made of each case."""
	names = [case.name for case in page]
	rows = frappe.get_all(
		CHECK, {"parent": ("in", names)}, ["parent", "days", "result", "why"], order_by="idx"
	)
	found: defaultdict[str, list[Check]] = defaultdict(list)
	for row in rows:
		reason = next(iter(load_reasons(row.why)), NO_REASON)
		found[row.parent].append(Check(row.days, Verification(row.result), reason))
	return found


def read_evidence(page: Sequence[Any], as_of: date) -> Mapping[str, SaveEvidence]:
	"""Return what the customers bought since the earliest save of the page, and whether a contract runs."""
	store, selection = open_store(), Selection.of(sorted({case.customer for case in page}))
	since = min(getdate(case.closed_on) for case in page)
	bought = read_bought(store, selection, since, as_of)
	agreements = read_agreements(store, selection, as_of)
	found = {}
	for case in page:
		key = fold(case.customer)
		has_contract = key in agreements and agreements[key].has_contract
		found[case.name] = SaveEvidence(bought.get(key, {}), has_contract)
	return found


def take_up_again(cases: Sequence[Any]) -> None:
	"""Open a new case for each save that did not hold, unless the customer has one already or is disabled."""
	if not cases:
		return
	states = {case.state for case in cases}
	busy = set(frappe.get_all(CASE, {"open_key": ("in", states)}, pluck="open_key"))
	customers = {case.customer for case in cases}
	gone = set(frappe.get_all("Customer", {"name": ("in", customers), "disabled": 1}, pluck="name"))
	for case in cases:
		if case.state in busy or case.customer in gone:
			continue
		busy.add(case.state)
		again = frappe.new_doc(
			CASE,
			customer=case.customer,
			source=CaseSource.RELAPSE.value,
			previous_case=case.name,
			exit_type=case.exit_type if allows_offers(case.exit_type) else DEFAULT_EXIT_RULES[0].exit_type,
		)
		# Relapses are few, and each tells its people as any new case does.
		again.insert()


def allows_offers(exit_type: str) -> bool:
	"""Tell whether an exit type fits a case that nobody asked for."""
	return bool(frappe.get_cached_value("Retention Exit Rule", exit_type, "allows_offers"))


def tell_of_late_contacts(as_of: date) -> None:
	"""Mark the cases nobody was reached in within their clock, and leave every manager one alert about them."""
	late = {
		"status": CaseStatus.OPEN.value,
		"first_contact_due": ("<", as_of),
		"reached_on": ("is", "not set"),
		"escalated_on": ("is", "not set"),
	}
	names = frappe.get_all(CASE, late, pluck="name", order_by="first_contact_due, name")
	if not names:
		return
	frappe.db.set_value(CASE, {"name": ("in", names)}, "escalated_on", as_of)
	ring(
		for_each(
			managers(),
			f"late-cases|{as_of}|{names[0]}",
			lambda language: _("{0} cases are without a first contact in time, {1} first.", language).format(
				len(names), names[0]
			),
			f"/app/retention-case/{names[0]}",
			CASE,
			names[0],
		)
	)
