"""The plan phase: what is owed to every customer, planned and stored; only what differs is written."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from cs_retention.engine.obligations import CustomerPlanInputs
from cs_retention.engine.plan import BookPlan, Overflow, PersonInputs, PersonLoad, PlannedContact, plan_book
from cs_retention.engine.policy import Policy
from cs_retention.engine.vocabulary import Channel
from cs_retention.engine.workdays import WorkCalendar, period_of
from cs_retention.facts.book import CustomerRow, pages
from cs_retention.facts.calendars import Calendars, read_calendars
from cs_retention.facts.callbacks import (
	StandingCallback,
	read_callbacks,
	read_called_on,
	read_loads,
	read_past_due,
)
from cs_retention.facts.keys import fold
from cs_retention.nightly.callback_rows import (
	PlanCounts,
	PlanRows,
	callback_fields,
	commit_shown,
	has_moved,
	window_holds,
)
from cs_retention.nightly.plan_inputs import as_standing, read_page
from cs_retention.nightly.plan_marks import common_mark, mark_of, shortfall_row, stored_mark
from cs_retention.nightly.states import read_states, write_states
from cs_retention.store.base import Store, batches

Progress = Callable[[str, int], None]
WRITTEN_TOGETHER = 2000
"""New callbacks made up and inserted at a time."""

STATE_FIELDS = (
	"next_callback",
	"owed_in_period",
	"met_in_period",
	"plan_fingerprint",
	"plan_valid_until",
	"plan_shortfall",
)


@dataclass(frozen=True, slots=True)
class PlanOutcome:
	"""What a plan phase found and wrote: loads per person, what found no day, rows written."""

	loads: tuple[PersonLoad, ...]
	overflow: tuple[Overflow, ...]
	counts: PlanCounts


class Party(NamedTuple):
	"""A customer planned anew: name of the state, account manager A, owed and met in the current period, inputs' mark."""

	state: str
	account_manager: str | None
	owed: int
	met: int
	mark: str


@dataclass(frozen=True, slots=True)
class _Book:
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

	def fields(self, contact: PlannedContact) -> dict[str, Any]:
		"""Return what the callback of a contact stores."""
		is_shown = contact.is_committed or contact.due_date <= self.shown
		return callback_fields(contact, self.parties[contact.customer].account_manager, is_shown)


def plan_book_of(store: Store, policy: Policy, as_of: date, progress: Progress) -> PlanOutcome:
	"""Plan the whole book as of a date and write what differs, in one transaction."""
	calendars = read_calendars(store, *axis_of(policy, as_of))
	shown = as_of + timedelta(days=policy.planning.horizon_days - 1)
	book, counts = _Book(as_of, shown, calendars.of_company()), PlanCounts()

	def inputs_of(person: str) -> PersonInputs:
		planning = policy.planning
		calendar = calendars.of_person(person)
		return PersonInputs(person, calendar, planning.capacity, planning.reserve, book.untouched[person])

	customers = _customers(store, policy, book, calendars, progress)
	plan = plan_book(customers, inputs_of, book.calendar, policy.planning, as_of)
	if book.standing:
		_write_standing(store, plan, book, counts)
	_write_new(store, plan, book, counts)
	counts.callbacks_changed += commit_shown(store, book.shown)
	counts.states_changed = _write_states(store, plan, book)
	store.commit()
	overflow = sorted((*plan.overflow, *book.unmet), key=lambda row: (row.customer, row.period_start))
	return PlanOutcome(_loads(plan, book, policy), tuple(overflow), counts)


def _loads(plan: BookPlan, book: _Book, policy: Policy) -> tuple[PersonLoad, ...]:
	"""Return the loads of everybody who has any; where nothing was planned anew they are what stands."""
	known = {load.person for load in plan.loads}
	standing = (
		PersonLoad(person, policy.planning.capacity, +loads, max(loads.values()))
		for person, loads in book.untouched.items()
		if person not in known and +loads
	)
	return tuple(sorted((*plan.loads, *standing), key=lambda load: load.person))


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


def quota_of_today(inputs: CustomerPlanInputs, as_of: date) -> tuple[int, int]:
	"""Return the contacts owed in the current period by today's band, and those made in it (days, not calls)."""
	start, end = period_of(as_of, inputs.cadence.period)
	made = {contact.day for contact in inputs.contacts if start <= contact.day <= end}
	return inputs.cadence.quota(inputs.band), len(made)


def _customers(
	store: Store, policy: Policy, book: _Book, calendars: Calendars, progress: Progress
) -> Iterator[CustomerPlanInputs]:
	"""Yield the inputs of the customers to plan anew, page by page, keeping what storing the plan needs."""
	done, common = 0, common_mark(policy, book.calendar)
	disturbed = _count_loads(store, book, calendars)
	for customers in pages(store):
		page = read_page(store, customers, policy, book.as_of)
		anew = []
		for inputs in page.inputs:
			known, mark = page.plans[inputs.customer], mark_of(inputs, common)
			if known.holds(mark, book.as_of) and fold(inputs.customer) not in disturbed:
				book.unmet.extend(known.overflow(inputs.customer))
				continue
			quota = quota_of_today(inputs, book.as_of)
			book.parties[inputs.customer] = Party(inputs.state, inputs.account_manager, *quota, mark)
			anew.append(inputs)
		yield from _with_standing(store, customers, anew, book)
		done += len(customers)
		progress("plan", done)


def _count_loads(store: Store, book: _Book, calendars: Calendars) -> set[str]:
	"""Count what stands per person and day; return the folded customers whose callback is past or on a day lost."""
	disturbed = read_past_due(store, book.as_of)
	for (person, day), count in read_loads(store).items():
		book.untouched[person][day] = count
		if day >= book.as_of and not calendars.of_person(person).is_working(day):
			disturbed |= read_called_on(store, person, day)
	return disturbed


def _with_standing(
	store: Store, customers: Sequence[CustomerRow], anew: list[CustomerPlanInputs], book: _Book
) -> Iterator[CustomerPlanInputs]:
	"""Yield inputs with the callbacks that stand, which so are no longer untouched load."""
	if not anew:
		return
	names = [inputs.customer for inputs in anew]
	found = read_callbacks(store, customers[0].name, customers[-1].name, names)
	for inputs in anew:
		standing = found.get(fold(inputs.customer), ())
		for row in standing:
			book.standing[row.name] = row
			if row.responsible and row.channel is not Channel.MESSAGE:
				book.untouched[row.responsible][row.due_date] -= 1
		yield replace(inputs, standing=tuple(map(as_standing, standing))) if standing else inputs


def _write_states(store: Store, plan: BookPlan, book: _Book) -> int:
	"""Write next callback, quota of the period, validity and shortfall of the plan on the states that differ."""
	fields_of = _planned_fields(plan, book)
	changed = 0
	for customers in pages(store):
		states = read_states(store, customers[0].name, customers[-1].name, STATE_FIELDS)
		planned = ((states[row.key], fields_of(row.name)) for row in customers if row.name in book.parties)
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
		missing[row.customer].append(shortfall_row(row))

	def fields_of(customer: str) -> dict[str, Any]:
		party, next_callback = book.parties[customer], next_callbacks.get(customer)
		return {
			"next_callback": next_callback,
			"owed_in_period": party.owed,
			"met_in_period": party.met,
			"plan_fingerprint": stored_mark(party.mark, book.as_of, customer in missing),
			"plan_valid_until": _valid_until(plan.valid_until.get(customer), next_callback, book.shown),
			"plan_shortfall": json.dumps(missing[customer]) if customer in missing else None,
		}

	return fields_of


def _valid_until(planned: date | None, next_callback: date | None, shown: date) -> date | None:
	"""Return the first day on which the plan must be looked at again: a date people were shown binds from now on."""
	if planned is None or next_callback is None or next_callback > shown:
		return planned
	return min(planned, next_callback + timedelta(days=1))
