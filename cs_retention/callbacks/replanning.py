"""Customers planned anew at once, by the night's own planner, after something that people did.

The calls of everybody else stand as load. While a night is at work it plans these customers itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from cs_retention.callbacks.working_days import team_of, today
from cs_retention.cs_retention.retention_night import load_rules
from cs_retention.cs_retention.states import STATE, open_store
from cs_retention.engine.obligations import CustomerPlanInputs, MadeContact
from cs_retention.engine.plan import PlannedContact
from cs_retention.engine.reasons import Reason
from cs_retention.engine.vocabulary import Channel, ObligationKind, RunStatus
from cs_retention.facts.book import CustomerRow, read_rows
from cs_retention.facts.selection import Selection
from cs_retention.nightly.ledger import RUN
from cs_retention.nightly.plan import Planner

CALLBACK = "Customer Callback"
SAVEPOINT = "before_replanning"


@dataclass(frozen=True, slots=True)
class Proposal:
	"""The next contact that the plan has for a customer: its day and person, how, and why."""

	due_date: date
	responsible: str
	channel: Channel
	reasons: tuple[Reason, ...]


def replan(customers: Sequence[str]) -> str | None:
	"""Plan customers anew; return why that is left to the night, in the reader's language, or None.

	What was written before stays, whatever becomes of the plan; only a deadlock, which undoes all, is raised.
	"""
	if is_night_at_work():
		leave_to_night(customers)
		return _("The night is at work; the plan follows with it, or with the next one.")
	if not rated(customers):
		return _("The customer is rated and planned for the first time with the next night.")
	frappe.db.savepoint(SAVEPOINT)
	said = len(frappe.local.message_log)
	try:
		lock_states(customers)
		planner = new_planner()
		planner.replan(rows_of(rated(customers)))
		if is_of_other_rules(planner):
			leave_to_night(customers)
	except frappe.QueryDeadlockError:
		raise
	except Exception:
		frappe.db.rollback(save_point=SAVEPOINT)
		del frappe.local.message_log[said:]
		frappe.log_error(title="Callbacks could not be planned anew")
		leave_to_night(customers)
		return _("The plan could not be made anew now; it follows with the night.")
	return None


def is_of_other_rules(planner: Planner) -> bool:
	"""Tell whether a planner plans otherwise than the last night: should that be taken back, the next one must know."""
	done = {"status": RunStatus.DONE.value}
	frame = frappe.db.get_value(RUN, done, "plan_frame", order_by="site_date desc")
	return bool(frame) and frame != planner.frame.mark


def leave_to_night(customers: Sequence[str]) -> None:
	"""Say that the plans of customers hold no more: the next night that plans looks at them."""
	lock_states(sorted(customers))
	names = frappe.db.get_values(STATE, {"customer": ("in", list(customers))}, "name", pluck=True)
	open_store().update_rows(STATE, ("name", "plan_valid_until"), [(name, None) for name in names])


def propose_next(customer: str, contact_on: date, without: str | None = None) -> Proposal | None:
	"""Return the next contact with a customer if one is made on a day, which settles the callback `without`.

	None when nothing is owed, or nothing can be planned.
	"""

	def supposed(inputs: CustomerPlanInputs) -> CustomerPlanInputs:
		last = max(filter(None, (inputs.last_contact, contact_on)))
		contacts = (*inputs.contacts, MadeContact(contact_on))
		standing = tuple(callback for callback in inputs.standing if callback.name != without)
		settled = keys_of(inputs, without)
		obligations = tuple(row for row in inputs.obligations if row.key not in settled)
		return replace(
			inputs, last_contact=last, contacts=contacts, standing=standing, obligations=obligations
		)

	found = [contact for contact in contacts_if(customer, supposed) if contact.due_date > contact_on]
	first = min(found, key=lambda contact: contact.due_date, default=None)
	return first and Proposal(first.due_date, first.responsible, first.channel, first.reasons)


def why_not_on(customer: str, callback: str, day: date) -> tuple[Reason, ...]:
	"""Return why the plan would not keep a callback on another day; nothing when it would, or when none is made."""

	def supposed(inputs: CustomerPlanInputs) -> CustomerPlanInputs:
		moved = (
			replace(row, due_date=day, is_committed=True) if row.name == callback else row
			for row in inputs.standing
		)
		return replace(inputs, standing=tuple(moved))

	found = [contact for contact in contacts_if(customer, supposed) if contact.callback == callback]
	return tuple(
		reason
		for contact in found
		if contact.due_date != day
		for reason in contact.reasons
		if reason.code == "moved"
	)


def contacts_if(customer: str, supposed: Any) -> list[PlannedContact]:
	"""Return the contacts of a customer under supposed inputs; none when no plan can be made."""
	said = len(frappe.local.message_log)
	if not rated([customer]):
		return []
	try:
		return list(new_planner().propose(rows_of([customer]), supposed).contacts)
	except frappe.QueryDeadlockError:
		raise
	except Exception:
		del frappe.local.message_log[said:]
		frappe.log_error(title="No callback could be proposed")
		return []


def keys_of(inputs: CustomerPlanInputs, callback: str | None) -> frozenset[str]:
	"""Return the keys that a standing callback serves."""
	return frozenset(key for row in inputs.standing if row.name == callback for key in row.keys)


def barred_from(callback: Document) -> frozenset[str]:
	"""Return who may not make a call: whoever handled the complaint that it verifies."""
	if not any(row.kind == ObligationKind.COMPLAINT.value for row in callback.purposes):
		return frozenset()
	keys = {row.obligation_key for row in callback.purposes}
	owed = (
		row for inputs in new_planner().inputs_of(rows_of([callback.customer])) for row in inputs.obligations
	)
	return frozenset().union(*(row.barred for row in owed if row.key in keys))


def able_team(callback: Document) -> tuple[str | None, str | None]:
	"""Return account manager and backup of a callback's customer, None for one who may not make the call."""
	barred = barred_from(callback)
	manager, backup = (None if person in barred else person for person in team_of(callback.customer))
	return manager, backup


def is_night_at_work() -> bool:
	"""Tell whether a night is running; a fact of the site that nobody's rights bear on."""
	return bool(frappe.db.exists(RUN, {"status": RunStatus.RUNNING.value}))


def rated(customers: Sequence[str]) -> list[str]:
	"""Return those of the customers that a night has rated; the others have no cadence yet."""
	found = frappe.db.get_values(
		STATE, {"customer": ("in", list(customers)), "star_level": ("is", "set")}, "customer", pluck=True
	)
	return list(found)


def new_planner() -> Planner:
	"""Return the planner of the site's date, under the policy in force."""
	return Planner(open_store(), load_rules(), today())


def rows_of(customers: Sequence[str]) -> list[CustomerRow]:
	"""Return the customers as the planner knows them; one that is disabled is in no plan."""
	return read_rows(open_store(), Selection.of(customers))


def hold_customers_of(callbacks: Sequence[str]) -> None:
	"""Let nobody else plan or act on the customers of callbacks until this transaction ends.

	Every action begins with it, before it reads and locks a callback: the night locks in the same order. What is read
	from here on is what stands after the wait, unless this transaction has written already.
	"""
	customers = frappe.db.get_values(CALLBACK, {"name": ("in", list(callbacks))}, "customer", pluck=True)
	if not frappe.db.transaction_writes:
		frappe.db.rollback()
	lock_states(sorted(set(customers)))


def lock_states(customers: Sequence[str]) -> None:
	"""Let nobody else plan these customers until this transaction ends."""
	open_store().hold(STATE, "customer", customers)
