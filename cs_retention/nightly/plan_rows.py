"""What a plan leaves: callbacks and purposes added, changed and closed, and what the states say of it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from cs_retention.engine.obligations import CustomerPlanInputs
from cs_retention.engine.plan import BookPlan, Closing, Overflow, PlannedContact
from cs_retention.engine.vocabulary import Channel
from cs_retention.engine.workdays import WorkCalendar
from cs_retention.facts.callbacks import StandingCallback
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection
from cs_retention.facts.touches import read_names
from cs_retention.nightly.callback_rows import (
	CALLBACK,
	PURPOSE,
	PURPOSE_FIELDS,
	PlanCounts,
	PlanRows,
	callback_fields,
	has_moved,
	new_callback,
	purpose_rows,
	window_holds,
	write_rows,
)
from cs_retention.nightly.plan_marks import shortfall_row, stored_mark
from cs_retention.nightly.states import DOCTYPE as STATE
from cs_retention.nightly.states import StoredState, write_states
from cs_retention.store.base import Store

ONE_DAY = timedelta(days=1)
STATE_FIELDS = (
	"next_callback",
	"owed_in_period",
	"met_in_period",
	"plan_fingerprint",
	"plan_valid_until",
	"plan_shortfall",
	"plan_standing",
)


class Party(NamedTuple):
	"""A customer planned anew: what the state holds of the last plan, account manager A, owed and met in the current
	period, inputs' mark, standing, whether it was tried today, which binds no later day."""

	state: StoredState
	account_manager: str | None
	owed: int
	met: int
	mark: str
	standing: str
	was_tried: bool


@dataclass(frozen=True, slots=True)
class PlannedBook:
	"""What is kept while the book is planned: parties and standing callbacks of the customers planned anew.

	Of the customers whose plan still holds, `untouched` counts the callbacks per person and day, and `unmet` is what
	found no day.
	"""

	as_of: date
	shown: date
	"""Last day that lists show."""
	calendar: WorkCalendar
	parties: dict[str, Party] = field(default_factory=dict)
	standing: dict[str, StandingCallback] = field(default_factory=dict)
	untouched: defaultdict[str, Counter[date]] = field(default_factory=lambda: defaultdict(Counter))
	unmet: list[Overflow] = field(default_factory=list)
	restood: list[tuple[str, str]] = field(default_factory=list)
	"""States of another standing than that their plan was made for, which holds all the same, and the one they have."""

	def take_up(self, rows: Sequence[StandingCallback]) -> None:
		"""Count callbacks among those that are planned anew, no longer among the untouched."""
		self.standing.update((row.name, row) for row in rows)
		self._count(rows, -1)

	def leave_out(self, inputs: CustomerPlanInputs) -> None:
		"""Leave a customer as it stands: nothing of it is written, and its callbacks are load as before."""
		del self.parties[inputs.customer]
		self._count([self.standing.pop(row.name) for row in inputs.standing], 1)

	def _count(self, rows: Iterable[StandingCallback], number: int) -> None:
		for row in rows:
			if row.responsible and row.channel is not Channel.MESSAGE:
				self.untouched[row.responsible][row.due_date] += number

	def fields(self, contact: PlannedContact) -> dict[str, Any]:
		"""Return what the callback of a contact stores."""
		is_shown = contact.is_committed or contact.due_date <= self.shown
		return callback_fields(contact, self.parties[contact.customer].account_manager, is_shown)


def write_plan(store: Store, plan: BookPlan, book: PlannedBook, counts: PlanCounts) -> None:
	"""Write what differs of callbacks and purposes: what ends and changes first, whose keys new ones may want."""
	if book.standing:
		_write_standing(store, plan, book, counts)
	_write_new(store, plan, book, counts)


def _write_standing(store: Store, plan: BookPlan, book: PlannedBook, counts: PlanCounts) -> None:
	"""Close what ends and write what changes; the keys that this frees may be wanted by new callbacks."""
	rows = PlanRows()
	changed = _customers_changed(plan, book)
	ending, kept = {row.customer for row in plan.closings}, set[str]()
	for contact in plan.contacts:
		if contact.customer in ending:
			kept.update(purpose.key for purpose in contact.purposes)
		if contact.callback is None:
			continue
		standing, fields = book.standing[contact.callback], book.fields(contact)
		is_same = (standing.account_manager, int(standing.is_committed)) == (
			fields["account_manager"],
			fields["is_committed"],
		)
		stays = contact.customer not in changed and window_holds(standing, contact, book.calendar)
		rows.keep(contact, standing, fields, is_rewritten=not (is_same and stays), waiting=plan.waiting)
	names = _contacts_that_met(store, plan.closings)
	for closing in plan.closings:
		rows.close(closing, book.standing[closing.callback], names.get(closing.callback), kept)
	rows.write(store, counts)


def _contacts_that_met(store: Store, closings: Iterable[Closing]) -> dict[str, str]:
	"""Return the touch that met a callback, by callback; one query, and none where no contact met any."""
	met = [(row, row.met_by) for row in closings if row.met_by is not None]
	if not met:
		return {}
	days = [contact.day for _, contact in met]
	selection = Selection.of(sorted({row.customer for row, _ in met}))
	names = read_names(store, selection, min(days), max(days))
	keys = ((row.callback, (fold(row.customer), contact.day, contact.channel)) for row, contact in met)
	return {callback: names[key] for callback, key in keys if key in names}


def _customers_changed(plan: BookPlan, book: PlannedBook) -> set[str]:
	"""Return the customers of whom a callback is new, ends or moves: their windows are written together."""
	changed = {closing.customer for closing in plan.closings}
	changed.update(
		contact.customer
		for contact in plan.contacts
		if contact.callback is None or has_moved(book.standing[contact.callback], contact)
	)
	return changed


def _write_new(store: Store, plan: BookPlan, book: PlannedBook, counts: PlanCounts) -> None:
	"""Insert new callbacks, made up as they are written, then their purposes."""
	purposes: list[tuple[Any, ...]] = []

	def callbacks() -> Iterator[dict[str, Any]]:
		for contact in plan.contacts:
			if contact.callback is None:
				name, state = store.new_name(), book.parties[contact.customer].state.name
				purposes.extend(purpose_rows(name, contact))
				yield new_callback(name, contact, state, book.fields(contact), book.as_of)

	counts.callbacks_added += write_rows(store.insert_rows, CALLBACK, callbacks())
	store.insert_rows(PURPOSE, PURPOSE_FIELDS, purposes)


def write_planned_states(store: Store, plan: BookPlan, book: PlannedBook) -> int:
	"""Write next callback, quota of the period, validity and shortfall of the plan on the states that differ."""
	fields_of = _planned_fields(plan, book)
	planned = ((party.state, fields_of(customer)) for customer, party in book.parties.items())
	rows = ({"name": state.name, **fields} for state, fields in planned if state.differs(fields))
	changed = write_states(store, book.as_of, (), rows)[1]
	if book.restood:
		store.update_rows(STATE, ("name", "plan_standing"), book.restood)
	return changed


def _planned_fields(plan: BookPlan, book: PlannedBook) -> Callable[[str], dict[str, Any]]:
	"""Return what the plan stores on the state of a customer, as a function of the customer."""
	next_callbacks: dict[str, date] = {}
	for contact in plan.contacts:
		earlier = next_callbacks.get(contact.customer, contact.due_date)
		next_callbacks[contact.customer] = min(earlier, contact.due_date)
	missing: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
	for row in plan.overflow:
		missing[row.customer].append(shortfall_row(row))

	def fields_of(customer: str) -> dict[str, Any]:
		party, next_callback = book.parties[customer], next_callbacks.get(customer)
		return {
			"next_callback": next_callback,
			"owed_in_period": party.owed,
			"met_in_period": party.met,
			"plan_fingerprint": stored_mark(party.mark, book.as_of, customer in missing),
			"plan_valid_until": _valid_until(party, plan.valid_until.get(customer), next_callback, book),
			"plan_shortfall": json.dumps(missing[customer]) if customer in missing else None,
			"plan_standing": party.standing,
		}

	return fields_of


def _valid_until(
	party: Party, planned: date | None, next_callback: date | None, book: PlannedBook
) -> date | None:
	"""Return the first day on which the plan must be looked at again: a date people were shown binds from now on."""
	days = [planned]
	if next_callback is not None and next_callback <= book.shown:
		days.append(next_callback + ONE_DAY)
	if party.was_tried:
		days.append(book.as_of + ONE_DAY)
	return None if planned is None else min(filter(None, days))
