"""The plan phase: what is owed to every customer, planned and stored; only what differs is written."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from cs_retention.engine.obligations import CustomerPlanInputs
from cs_retention.engine.plan import BookPlan, Overflow, PersonInputs, PersonLoad, plan_book
from cs_retention.engine.policy import Policy
from cs_retention.engine.workdays import period_of
from cs_retention.facts.book import pages
from cs_retention.facts.calendars import Calendars, read_calendars
from cs_retention.facts.callbacks import StandingCallback
from cs_retention.nightly.callback_rows import Party, PlanCounts, PlanRows
from cs_retention.nightly.plan_inputs import read_page
from cs_retention.nightly.states import read_states, write_states
from cs_retention.store.base import Store

Progress = Callable[[str, int], None]
STATE_FIELDS = ("next_callback", "owed_in_period", "met_in_period", "plan_valid_until", "plan_shortfall")


@dataclass(frozen=True, slots=True)
class PlanOutcome:
	"""What a plan phase found and wrote: loads per person, what found no day, rows written."""

	loads: tuple[PersonLoad, ...]
	overflow: tuple[Overflow, ...]
	counts: PlanCounts


@dataclass(slots=True)
class _Book:
	"""What is kept of the customers while the book is planned."""

	parties: dict[str, Party] = field(default_factory=dict)
	standing: dict[str, StandingCallback] = field(default_factory=dict)
	quotas: dict[str, tuple[int, int]] = field(default_factory=dict)
	"""Owed and met in the current period, by customer."""


def plan_book_of(store: Store, policy: Policy, as_of: date, progress: Progress) -> PlanOutcome:
	"""Plan the whole book as of a date and write what differs, in one transaction."""
	book, counts, rows = _Book(), PlanCounts(), PlanRows()
	calendars = read_calendars(store, *axis_of(policy, as_of))
	plan = plan_book(
		_customers(store, policy, as_of, book, progress),
		lambda person: person_inputs(person, calendars, policy),
		calendars.of_company(),
		policy.planning,
		as_of,
	)
	shown = as_of + timedelta(days=policy.planning.horizon_days - 1)
	for contact in plan.contacts:
		standing = book.standing.get(contact.callback or "")
		rows.keep(store, contact, book.parties[contact.customer], standing, shown, as_of)
	for closing in plan.closings:
		rows.close(closing, book.standing[closing.callback])
	rows.write(store, counts)
	counts.states_changed = _write_states(store, plan, book, as_of)
	store.commit()
	return PlanOutcome(tuple(plan.loads), tuple(plan.overflow), counts)


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


def _customers(
	store: Store, policy: Policy, as_of: date, book: _Book, progress: Progress
) -> Iterator[CustomerPlanInputs]:
	"""Yield the planner's inputs page by page, keeping what storing the plan needs."""
	done = 0
	for customers in pages(store):
		page = read_page(store, customers, policy, as_of)
		book.standing.update(page.standing)
		for inputs in page.inputs:
			book.parties[inputs.customer] = Party(inputs.state, inputs.account_manager)
			book.quotas[inputs.customer] = quota_of_today(inputs, as_of)
			yield inputs
		done += len(customers)
		progress("plan", done)


def _write_states(store: Store, plan: BookPlan, book: _Book, as_of: date) -> int:
	"""Write next callback, quota of the period, validity and shortfall of the plan on the states that differ."""
	planned = _planned_fields(plan, book)
	changed = 0
	for customers in pages(store):
		states = read_states(store, customers[0].name, customers[-1].name, STATE_FIELDS)
		rows = (
			{"name": states[row.key].name, **planned[row.name]}
			for row in customers
			if row.key in states and states[row.key].differs(planned[row.name])
		)
		changed += write_states(store, as_of, (), rows)[1]
	return changed


def _planned_fields(plan: BookPlan, book: _Book) -> dict[str, dict[str, Any]]:
	next_callback: dict[str, date] = {}
	for contact in plan.contacts:
		earlier = next_callback.get(contact.customer, contact.due_date)
		next_callback[contact.customer] = min(earlier, contact.due_date)
	missing: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
	for row in plan.overflow:
		missing[row.customer].append(
			{
				"owner": row.owner,
				"from": row.period_start.isoformat(),
				"to": row.period_end.isoformat(),
				"missing": row.missing,
				"cause": row.cause.value,
			}
		)
	return {
		customer: {
			"next_callback": next_callback.get(customer),
			"owed_in_period": owed,
			"met_in_period": met,
			"plan_valid_until": plan.valid_until.get(customer),
			"plan_shortfall": json.dumps(missing[customer]) if customer in missing else None,
		}
		for customer, (owed, met) in book.quotas.items()
	}
