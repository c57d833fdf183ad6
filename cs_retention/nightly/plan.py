"""The plan phase: what is owed to every customer is read and planned; `plan_rows` writes what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import partial

from cs_retention import __version__
from cs_retention.engine.customer_plan import CustomerPlan
from cs_retention.engine.groups import NOBODY, groups_of_people
from cs_retention.engine.horizon import Horizon
from cs_retention.engine.obligations import CustomerPlanInputs
from cs_retention.engine.plan import (
	BookPlan,
	Overflow,
	PersonInputs,
	PersonLoad,
	plan_book,
	plan_customer,
)
from cs_retention.engine.plan_look import PlanFrame, are_few
from cs_retention.engine.policy import Policy
from cs_retention.engine.standing import Works
from cs_retention.engine.workdays import period_of, working_mask
from cs_retention.facts.basis import count_customers
from cs_retention.facts.book import PAGE, CustomerRow
from cs_retention.facts.calendars import read_calendars
from cs_retention.facts.callbacks import (
	read_callbacks,
	read_called_on,
	read_days_called,
	read_loads,
	read_past_due,
)
from cs_retention.facts.keys import fold
from cs_retention.facts.people import Bond, read_bonds, read_lent_calls, read_rows_of
from cs_retention.facts.plans_due import Since, read_due, standing_of
from cs_retention.facts.selection import Selection
from cs_retention.nightly.callback_rows import PlanCounts, commit_shown
from cs_retention.nightly.duties import Duties
from cs_retention.nightly.plan_inputs import as_standing, contacts_since, period_before, read_inputs
from cs_retention.nightly.plan_marks import common_mark, mark_of, mark_of_rules
from cs_retention.nightly.plan_rows import STATE_FIELDS, Party, PlannedBook, write_plan, write_planned_states
from cs_retention.nightly.rate import Spare
from cs_retention.nightly.states import DOCTYPE as STATE
from cs_retention.store.base import Store, batches

Progress = Callable[[str, int], None]
Supposed = Callable[[CustomerPlanInputs], CustomerPlanInputs]
GROUP = PAGE
"""Customers of the people planned together, as far as the ties between people allow."""


@dataclass(frozen=True, slots=True)
class PlanOutcome:
	"""What a plan phase found and wrote: loads per person, what found no day, rows written."""

	loads: tuple[PersonLoad, ...] = ()
	overflow: tuple[Overflow, ...] = ()
	counts: PlanCounts = field(default_factory=PlanCounts)

	def __add__(self, other: PlanOutcome) -> PlanOutcome:
		"""Return both together, in order of persons and customers."""
		return PlanOutcome(
			tuple(sorted((*self.loads, *other.loads), key=lambda load: load.person)),
			tuple(
				sorted((*self.overflow, *other.overflow), key=lambda row: (row.customer, row.period_start))
			),
			self.counts + other.counts,
		)


class Planner:
	"""What the plans of all groups share: policy, working days, the axis with its solutions.

	`spare` is told a customer for whom the engine found no plan and why, and whether to go on without; without it
	the error goes up.
	"""

	def __init__(self, store: Store, policy: Policy, as_of: date, spare: Spare | None = None):
		self.store, self.policy, self.as_of, self.spare = store, policy, as_of, spare
		self.calendars = read_calendars(store, *axis_of(policy, as_of))
		calendar = self.calendars.of_company()
		self.horizon = Horizon(calendar, policy.planning, as_of)
		self.common = common_mark(policy, calendar)
		self.duties = Duties.of(policy, as_of, calendar)
		self.frame = frame_of(policy, as_of, self.common, self.duties)
		self._masks: dict[str, int] = {}

	def groups(self, at_most: int, looked_at: date | None = None) -> list[tuple[str, ...]]:
		"""Return the people of the book in groups that can be planned apart, of `at_most` customers if possible.

		Where it is asked for a date, of customers whose plans are looked at then.
		"""
		customers: Counter[str] = Counter()
		bonds = read_bonds(self.store, looked_at)
		for bond in bonds:
			customers[bond.account_manager or bond.backup_manager or NOBODY] += bond.customers
		return groups_of_people(customers, self._ties(bonds), at_most)

	def note_due(self, since: Since, left_out: Iterable[str]) -> bool:
		"""Note on the states whose plan may be another that it is to be looked at; tell whether so few are.

		What changed is looked for from `since` on; `left_out` were not planned then. Of many nobody is noted: their states
		would be held for long, and everybody may as well be looked at.
		"""
		days = read_days_called(self.store, self.as_of)
		others = {*left_out, *read_called_on(self.store, self._lost(days))}
		due = read_due(self.store, since, self.as_of, others)
		is_few = are_few(len(due), count_customers(self.store))
		if is_few:
			rows = ((name, self.as_of) for name in due)
			self.store.update_rows(STATE, ("name", "plan_look_on"), rows)
		return is_few

	def _ties(self, bonds: Iterable[Bond]) -> list[tuple[str, str]]:
		"""Return who must be planned together: who may be away with the backup, who has a call with whose it is."""
		ties = [(manager or backup, person) for manager, backup, person in read_lent_calls(self.store)]
		ties += [
			(bond.account_manager, bond.backup_manager)
			for bond in bonds
			if bond.backup_manager and self._may_be_away(bond.account_manager)
		]
		return ties

	def _may_be_away(self, person: str) -> bool:
		"""Tell whether a person misses a working day of the company on the axis."""
		return bool(person) and bool(self.horizon.working & ~self._mask(person))

	def _mask(self, person: str) -> int:
		return working_mask(self.calendars.of_person(person), self.horizon.origin, self.horizon.length)

	def mask(self, person: str | None) -> int:
		"""Return a person's working days on the axis; nobody has none."""
		if person is None:
			return 0
		if person not in self._masks:
			self._masks[person] = self._mask(person)
		return self._masks[person]

	def works(self, person: str | None, day: int) -> bool:
		"""Tell whether a person works on a day of the axis."""
		return bool(self.mask(person) >> day & 1)

	def plan(self, rows: Sequence[CustomerRow], people: Sequence[str]) -> PlanOutcome:
		"""Plan customers and write what differs; nothing is committed.

		`people` are the group they are of: the callbacks that stand with them count as load and come into the lists.
		"""
		book = self._new_book()
		return self._write(self._plan(self._inputs(rows, people, book), book), book, people)

	def replan(self, rows: Sequence[CustomerRow]) -> PlanOutcome:
		"""Plan customers anew whatever holds, and write what differs; the calls of all others stand as load."""
		book = self._new_book()
		return self._write(self._plan(self._inputs(rows, people_of(rows), book, anew=True), book), book, ())

	def inputs_of(self, rows: Sequence[CustomerRow]) -> Iterator[CustomerPlanInputs]:
		"""Yield what the plans of customers rest on, whether they hold or not; nothing is planned."""
		return self._inputs(rows, people_of(rows), self._new_book(), anew=True)

	def propose(self, rows: Sequence[CustomerRow], supposed: Supposed) -> BookPlan:
		"""Return the plan that customers would have if their inputs were as supposed; nothing is written."""
		book = self._new_book()
		return self._plan(map(supposed, self._inputs(rows, people_of(rows), book, anew=True)), book)

	def _new_book(self) -> PlannedBook:
		return PlannedBook(self.as_of, self.horizon.shown_until, self.horizon.calendar)

	def _plan(self, inputs: Iterable[CustomerPlanInputs], book: PlannedBook) -> BookPlan:
		return plan_book(
			inputs,
			lambda person: self._person(person, book),
			self.horizon,
			plan_one=partial(self._plan_one, book),
		)

	def _write(self, plan: BookPlan, book: PlannedBook, people: Sequence[str]) -> PlanOutcome:
		counts = PlanCounts()
		with self.store.overlapping():
			write_plan(self.store, plan, book, counts)
			if named := [person for person in people if person]:
				counts.callbacks_changed += commit_shown(self.store, Selection.of(named), book.shown)
			counts.states_changed = write_planned_states(self.store, plan, book)
		overflow = sorted((*plan.overflow, *book.unmet), key=lambda row: (row.customer, row.period_start))
		return PlanOutcome(_loads(plan, book, self.policy), tuple(overflow), counts)

	def _plan_one(
		self, book: PlannedBook, inputs: CustomerPlanInputs, horizon: Horizon, works: Works
	) -> CustomerPlan | None:
		try:
			return plan_customer(inputs, horizon, works)
		except Exception as error:
			if self.spare is None or not self.spare(inputs.customer, error):
				raise
			book.leave_out(inputs)
			return None

	def _person(self, person: str, book: PlannedBook) -> PersonInputs:
		planning = self.policy.planning
		calendar = self.calendars.of_person(person)
		return PersonInputs(person, calendar, planning.capacity, planning.reserve, book.untouched[person])

	def _inputs(
		self, rows: Sequence[CustomerRow], people: Sequence[str], book: PlannedBook, anew: bool = False
	) -> Iterator[CustomerPlanInputs]:
		"""Yield the inputs of the customers to plan anew (of all when `anew`), keeping what storing the plan needs."""
		backups = {row.backup_manager for row in rows if row.backup_manager}
		disturbed = self._count_loads(sorted({person for person in people if person} | backups), book)
		for some in batches(rows, PAGE):
			page = read_inputs(self.store, some, self.policy, self.as_of, self.duties)
			chosen = []
			for inputs in page.inputs:
				known, mark = page.plans[inputs.customer], mark_of(inputs, self.common)
				found = page.states[inputs.customer]
				standing = standing_of(found)
				holds = known.holds(mark, self.as_of) and fold(inputs.customer) not in disturbed
				if holds and not anew:
					book.unmet.extend(known.overflow(inputs.customer))
					if found["plan_standing"] != standing:
						book.restood.append((found.name, standing))
					continue
				quota = quota_of_today(inputs, self.as_of)
				state = found.having(STATE_FIELDS)
				book.parties[inputs.customer] = Party(
					state, inputs.account_manager, *quota, mark, standing, bool(inputs.attempts)
				)
				chosen.append(inputs)
			yield from self._with_standing(chosen, book)

	def _count_loads(self, people: Sequence[str], book: PlannedBook) -> set[str]:
		"""Count what stands per person and day; return the folded customers whose callback is past or on a day lost."""
		if not people:
			return set()
		selection = Selection.of(people)
		loads = read_loads(self.store, selection)
		for (person, day), count in loads.items():
			book.untouched[person][day] = count
		disturbed = read_past_due(self.store, selection, self.as_of)
		return set(map(fold, disturbed | read_called_on(self.store, self._lost(loads))))

	def _lost(self, days: Iterable[tuple[str, date]]) -> set[tuple[str, date]]:
		"""Return those of the people's days of calls on which they do not work any more."""
		return {
			(person, day)
			for person, day in days
			if day >= self.as_of and not self.calendars.of_person(person).is_working(day)
		}

	def _with_standing(
		self, anew: list[CustomerPlanInputs], book: PlannedBook
	) -> Iterator[CustomerPlanInputs]:
		"""Yield inputs with the callbacks that stand, which so are no longer untouched load."""
		if not anew:
			return
		found = read_callbacks(self.store, Selection.of([inputs.customer for inputs in anew]))
		for inputs in anew:
			standing = found.get(fold(inputs.customer), ())
			book.take_up(standing)
			yield replace(inputs, standing=tuple(map(as_standing, standing))) if standing else inputs


def frame_of(policy: Policy, as_of: date, common: str, duties: Duties) -> PlanFrame:
	"""Return what all plans of a date share."""
	rules = (policy.planning, policy.obligations, policy.cases, policy.complaints, __version__)
	since = period_before(contacts_since(policy, as_of), as_of)
	return PlanFrame(f"{common} {mark_of_rules(rules)}", since, duties.frame.until, as_of.replace(day=1))


def people_of(rows: Sequence[CustomerRow]) -> list[str]:
	"""Return account managers and backups of customers, in order."""
	return sorted({person for row in rows for person in (row.account_manager, row.backup_manager) if person})


def plan_book_of(store: Store, policy: Policy, as_of: date, progress: Progress) -> PlanOutcome:
	"""Plan the whole book as of a date and write what differs, group by group, each in one transaction."""
	planner, outcome, done = Planner(store, policy, as_of), PlanOutcome(), 0
	for people in planner.groups(GROUP):
		rows = read_rows_of(store, people)
		outcome += planner.plan(rows, people)
		store.commit()
		done += len(rows)
		progress("plan", done)
	return outcome


def _loads(plan: BookPlan, book: PlannedBook, policy: Policy) -> tuple[PersonLoad, ...]:
	"""Return the loads of everybody who has any; where nothing was planned anew they are what stands."""
	known = {load.person for load in plan.loads}
	standing = (
		PersonLoad(person, policy.planning.capacity, +loads, max(loads.values()))
		for person, loads in book.untouched.items()
		if person not in known and +loads
	)
	return tuple(sorted((*plan.loads, *standing), key=lambda load: load.person))


def axis_of(policy: Policy, as_of: date) -> tuple[date, date]:
	"""Return first and last day a plan may speak of: from the year's first day, for spans open on `as_of`, on."""
	end = as_of + timedelta(days=policy.planning.horizon_days - 1)
	return date(as_of.year - 1, 1, 1), date(end.year + 1, 12, 31)


def quota_of_today(inputs: CustomerPlanInputs, as_of: date) -> tuple[int, int]:
	"""Return the contacts owed in the current period by today's band, and those made in it (days, not calls)."""
	start, end = period_of(as_of, inputs.cadence.period)
	made = {contact.day for contact in inputs.contacts if start <= contact.day <= end}
	return inputs.cadence.quota(inputs.band), len(made)
