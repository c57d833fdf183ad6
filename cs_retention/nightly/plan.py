"""The plan phase: what is owed to every customer, planned and stored; only what differs is written."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from cs_retention.engine.obligations import CustomerPlanInputs
from cs_retention.engine.plan import BookPlan, Overflow, PersonInputs, PersonLoad, PlannedContact, plan_book
from cs_retention.engine.policy import Policy
from cs_retention.engine.workdays import WorkCalendar, period_of
from cs_retention.facts.book import pages
from cs_retention.facts.calendars import Calendars, read_calendars
from cs_retention.facts.callbacks import StandingCallback
from cs_retention.nightly.callback_rows import PlanCounts, PlanRows, callback_fields, has_moved, window_holds
from cs_retention.nightly.plan_inputs import read_page
from cs_retention.nightly.states import read_states, write_states
from cs_retention.store.base import Store, batches

Progress = Callable[[str, int], None]
WRITTEN_TOGETHER = 2000
"""New callbacks made up and inserted at a time."""

STATE_FIELDS = ("next_callback", "owed_in_period", "met_in_period", "plan_valid_until", "plan_shortfall")


@dataclass(frozen=True, slots=True)
class PlanOutcome:
	"""What a plan phase found and wrote: loads per person, what found no day, rows written."""

	loads: tuple[PersonLoad, ...]
	overflow: tuple[Overflow, ...]
	counts: PlanCounts


class Party(NamedTuple):
	"""A customer while the book is planned: name of the state, account manager A, owed and met in the current period."""

	state: str
	account_manager: str | None
	owed: int
	met: int


@dataclass(frozen=True, slots=True)
class _Book:
	"""What is kept of the customers while the book is planned."""

	as_of: date
	shown: date
	"""Last day that lists show."""
	calendar: WorkCalendar
	parties: dict[str, Party] = field(default_factory=dict)
	standing: dict[str, StandingCallback] = field(default_factory=dict)

	def fields(self, contact: PlannedContact) -> dict[str, Any]:
		"""Return what the callback of a contact stores."""
		is_shown = contact.is_committed or contact.due_date <= self.shown
		return callback_fields(contact, self.parties[contact.customer].account_manager, is_shown)


def plan_book_of(store: Store, policy: Policy, as_of: date, progress: Progress) -> PlanOutcome:
	"""Plan the whole book as of a date and write what differs, in one transaction."""
	calendars = read_calendars(store, *axis_of(policy, as_of))
	shown = as_of + timedelta(days=policy.planning.horizon_days - 1)
	book, counts = _Book(as_of, shown, calendars.of_company()), PlanCounts()
	plan = plan_book(
		_customers(store, policy, book, progress),
		lambda person: person_inputs(person, calendars, policy),
		book.calendar,
		policy.planning,
		as_of,
	)
	_write_standing(store, plan, book, counts)
	_write_new(store, plan, book, counts)
	counts.states_changed = _write_states(store, plan, book)
	store.commit()
	return PlanOutcome(plan.loads, plan.overflow, counts)


def _write_standing(store: Store, plan: BookPlan, book: _Book, counts: PlanCounts) -> None:
	"""Close what ends and write what changes; the keys that this frees may be wanted by new callbacks."""
	rows = PlanRows()
	changed = _customers_changed(plan, book)
	for contact in plan.contacts:
		if contact.callback is None:
			continue
		standing, fields = book.standing[contact.callback], book.fields(contact)
		is_same = (standing.account_manager, int(standing.is_committed)) == (
			fields["account_manager"],
			fields["is_committed"],
		)
		stays = contact.customer not in changed and window_holds(standing, contact, book.calendar)
		rows.keep(contact, standing, fields, is_rewritten=not (is_same and stays))
	for closing in plan.closings:
		rows.close(closing, book.standing[closing.callback])
	rows.write(store, counts)


def _customers_changed(plan: BookPlan, book: _Book) -> set[str]:
	"""Return the customers of whom a callback is new, ends or moves: their windows are written together."""
	changed = {closing.customer for closing in plan.closings}
	changed.update(
		contact.customer
		for contact in plan.contacts
		if contact.callback is None or has_moved(book.standing[contact.callback], contact)
	)
	return changed


def _write_new(store: Store, plan: BookPlan, book: _Book, counts: PlanCounts) -> None:
	new = (contact for contact in plan.contacts if contact.callback is None)
	for contacts in batches(new, WRITTEN_TOGETHER):
		rows = PlanRows()
		for contact in contacts:
			state = book.parties[contact.customer].state
			rows.add(store.new_name(), contact, state, book.fields(contact), book.as_of)
		rows.write(store, counts)


def axis_of(policy: Policy, as_of: date) -> tuple[date, date]:
	"""Return first and last day a plan may speak of: from the year's first day, for spans open on `as_of`, on."""
	end = as_of + timedelta(days=policy.planning.horizon_days - 1)
	return date(as_of.year - 1, 1, 1), date(end.year + 1, 12, 31)


def person_inputs(person: str, calendars: Calendars, policy: Policy) -> PersonInputs:
	"""Return working days, capacity and reserve of a person."""
	return PersonInputs(
		person, calendars.of_person(person), policy.planning.capacity, policy.planning.reserve
	)


def quota_of_today(inputs: CustomerPlanInputs, as_of: date) -> tuple[int, int]:
	"""Return the contacts owed in the current period by today's band, and those made in it (days, not calls)."""
	start, end = period_of(as_of, inputs.cadence.period)
	made = {contact.day for contact in inputs.contacts if start <= contact.day <= end}
	return inputs.cadence.quota(inputs.band), len(made)


def _customers(store: Store, policy: Policy, book: _Book, progress: Progress) -> Iterator[CustomerPlanInputs]:
	"""Yield the planner's inputs page by page, keeping what storing the plan needs."""
	done = 0
	for customers in pages(store):
		page = read_page(store, customers, policy, book.as_of)
		book.standing.update(page.standing)
		for inputs in page.inputs:
			owed, met = quota_of_today(inputs, book.as_of)
			book.parties[inputs.customer] = Party(inputs.state, inputs.account_manager, owed, met)
			yield inputs
		done += len(customers)
		progress("plan", done)


def _write_states(store: Store, plan: BookPlan, book: _Book) -> int:
	"""Write next callback, quota of the period, validity and shortfall of the plan on the states that differ."""
	fields_of = _planned_fields(plan, book)
	changed = 0
	for customers in pages(store):
		states = read_states(store, customers[0].name, customers[-1].name, STATE_FIELDS)
		planned = ((states[row.key], fields_of(row.name)) for row in customers if row.key in states)
		rows = ({"name": state.name, **fields} for state, fields in planned if state.differs(fields))
		changed += write_states(store, book.as_of, (), rows)[1]
	return changed


def _planned_fields(plan: BookPlan, book: _Book) -> Callable[[str], dict[str, Any]]:
	"""Return what the plan stores on the state of a customer, as a function of the customer."""
	next_callbacks: dict[str, date] = {}
	for contact in plan.contacts:
		earlier = next_callbacks.get(contact.customer, contact.due_date)
		next_callbacks[contact.customer] = min(earlier, contact.due_date)
	missing: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
	for row in plan.overflow:
		missing[row.customer].append(_shortfall(row))

	def fields_of(customer: str) -> dict[str, Any]:
		party, next_callback = book.parties[customer], next_callbacks.get(customer)
		return {
			"next_callback": next_callback,
			"owed_in_period": party.owed,
			"met_in_period": party.met,
			"plan_valid_until": _valid_until(plan.valid_until.get(customer), next_callback, book.shown),
			"plan_shortfall": json.dumps(missing[customer]) if customer in missing else None,
		}

	return fields_of


def _shortfall(row: Overflow) -> dict[str, Any]:
	return {
		"owner": row.owner,
		"from": row.period_start.isoformat(),
		"to": row.period_end.isoformat(),
		"missing": row.missing,
		"cause": row.cause.value,
	}


def _valid_until(planned: date | None, next_callback: date | None, shown: date) -> date | None:
	"""Return the first day on which the plan must be looked at again: a date people were shown binds from now on."""
	if planned is None or next_callback is None or next_callback > shown:
		return planned
	return min(planned, next_callback + timedelta(days=1))
