"""The plan of a book: who calls whom on which day, and what of what is owed finds no day (PLANNER)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from cs_retention.engine.customer_plan import CustomerPlan, plan_customer
from cs_retention.engine.desk import NO_DAY, PersonPlan, Request, plan_person
from cs_retention.engine.duties import Call
from cs_retention.engine.horizon import Horizon
from cs_retention.engine.obligations import CustomerPlanInputs
from cs_retention.engine.planned import (
	Closing,
	Ending,
	Overflow,
	OverflowCause,
	PersonInputs,
	PersonLoad,
	PlannedContact,
	Purpose,
)
from cs_retention.engine.reasons import Reason
from cs_retention.engine.standing import Works
from cs_retention.engine.workdays import working_mask

__all__ = [
	"BookPlan",
	"Closing",
	"Ending",
	"Overflow",
	"OverflowCause",
	"PersonInputs",
	"PersonLoad",
	"PlannedContact",
	"Purpose",
	"assign",
	"cover_days",
	"plan_book",
	"plan_customer",
	"plan_person",
]


PlanOne = Callable[[CustomerPlanInputs, Horizon, Works], CustomerPlan | None]


@dataclass(frozen=True, slots=True)
class BookPlan:
	"""The plan of a group of people: what finds no day, what ends, loads by person, how long each customer's plan holds.

	Rows are in order of customer and date. `waiting` are keys of dated obligations that are owed and that no call of
	the plan can meet as yet. `contacts` are made up as they are asked for.
	"""

	overflow: tuple[Overflow, ...]
	closings: tuple[Closing, ...]
	waiting: frozenset[str]
	loads: tuple[PersonLoad, ...]
	valid_until: Mapping[str, date]
	desks: Mapping[str, tuple[list[Request], PersonPlan]]
	horizon: Horizon

	@property
	def contacts(self) -> Iterator[PlannedContact]:
		"""Yield the contacts, person by person in order of day and customer."""
		for person in sorted(self.desks):
			requests, plan = self.desks[person]
			order = sorted(
				(day, requests[index].plan.inputs.customer, index)
				for index, day in enumerate(plan.days)
				if day != NO_DAY
			)
			for day, _, index in order:
				yield _contact(person, requests[index], day, plan.displaced.get(index), self.horizon)


class _People:
	"""The people asked for, each looked up once."""

	def __init__(self, inputs_of: Callable[[str], PersonInputs], horizon: Horizon):
		self.inputs_of, self.horizon = inputs_of, horizon
		self.inputs: dict[str, PersonInputs] = {}
		self.masks: dict[str | None, int] = {None: 0}

	def mask(self, person: str | None) -> int:
		"""Return the person's working days from as_of on; nobody has none."""
		mask = self.masks.get(person)
		if mask is None and person is not None:
			inputs = self.inputs[person] = self.inputs_of(person)
			mask = working_mask(inputs.calendar, self.horizon.origin, self.horizon.length)
			self.masks[person] = mask
		return mask or 0

	def works(self, person: str | None, day: int) -> bool:
		"""Tell whether the person works on a day of the axis."""
		return bool(self.mask(person) >> day & 1)


def plan_book(
	customers: Iterable[CustomerPlanInputs],
	person_inputs: Callable[[str], PersonInputs],
	horizon: Horizon,
	group: Collection[str | None] | None = None,
	plan_one: PlanOne = plan_customer,
) -> BookPlan:
	"""Plan the calls of a group of people (None: of everybody) for the customers whose A or B they are.

	Each person's plan stands alone, so groups planned apart give what one run gives; they may share a horizon.
	What concerns a customer as a whole (closings, shortage, nobody there, valid_until) is told by the group that
	holds A, or B where there is no A, or None where there is neither; a lack of room by the group of the person.
	A customer for whom `plan_one` has no plan is left out.
	"""
	return _Book(horizon, person_inputs, group).plan(customers, plan_one)


class _Book:
	"""The plan of a group of people while it is made."""

	def __init__(
		self,
		horizon: Horizon,
		person_inputs: Callable[[str], PersonInputs],
		group: Collection[str | None] | None,
	):
		self.horizon, self.group = horizon, group
		self.people = _People(person_inputs, horizon)
		self.requests: dict[str, list[Request]] = {}
		self.overflow: list[Overflow] = []
		self.closings: list[Closing] = []
		self.waiting: set[str] = set()
		self.valid_until: dict[str, date] = {}

	def plan(self, customers: Iterable[CustomerPlanInputs], plan_one: PlanOne) -> BookPlan:
		for inputs in customers:
			if found := plan_one(inputs, self.horizon, self.people.works):
				self._add(found)
		desks = {}
		for person in sorted(self.requests):
			requests = self.requests[person]
			plan = plan_person(self.people.inputs[person], requests, self.horizon)
			self._report_no_room(person, requests, plan)
			desks[person] = requests, plan
		return BookPlan(
			overflow=tuple(
				sorted(self.overflow, key=lambda row: (row.customer, row.period_start, row.cause.value))
			),
			closings=tuple(sorted(self.closings, key=lambda row: (row.customer, row.callback))),
			waiting=frozenset(self.waiting),
			loads=tuple(self._load(person, plan) for person, (_, plan) in desks.items()),
			valid_until=self.valid_until,
			desks=desks,
			horizon=self.horizon,
		)

	def _holds(self, person: str | None) -> bool:
		return self.group is None or person in self.group

	def _add(self, plan: CustomerPlan) -> None:
		inputs = plan.inputs
		is_told_here = self._holds(inputs.owner)
		for call, person, days in assign(plan, self.people.mask):
			if person is None:
				if is_told_here:
					self._report(plan, call, inputs.owner, OverflowCause.NOBODY_THERE)
			elif self._holds(person):
				self.requests.setdefault(person, []).append(Request(days, plan, call))
		if is_told_here:
			self.overflow.extend(plan.overflow)
			self.closings.extend(plan.closings)
			self.waiting.update(plan.waiting)
			self.valid_until[inputs.customer] = plan.valid_until

	def _report_no_room(self, person: str, requests: list[Request], plan: PersonPlan) -> None:
		for request, day in zip(requests, plan.days, strict=True):
			if day == NO_DAY:
				self._report(request.plan, request.call, person, OverflowCause.NO_ROOM)

	def _report(self, plan: CustomerPlan, call: Call, owner: str | None, cause: OverflowCause) -> None:
		"""Report a call without a day for each obligation it would have met, and the callback that falls away."""
		customer = plan.inputs.customer
		for duty in call.duties:
			what = duty.label or duty.kind.value
			reason = Reason.of(cause.value, what=what, missing=1, days=0)
			self.overflow.append(Overflow(customer, owner, duty.start, duty.end, 1, cause, reason))
		if call.callback is not None:
			ending = Ending.MISSED if call.was_committed else Ending.DROPPED
			reason = Reason.of(cause.value, what=call.duties[0].label or call.duties[0].kind.value)
			self.closings.append(Closing(customer, call.callback, ending, reason))

	def _load(self, person: str, plan: PersonPlan) -> PersonLoad:
		loads = {self.horizon.day(day): load for day, load in enumerate(plan.loads) if load}
		return PersonLoad(person, self.people.inputs[person].capacity, loads, plan.peak)


def assign(plan: CustomerPlan, mask_of: Callable[[str | None], int]) -> list[tuple[Call, str | None, int]]:
	"""Return each call with its person and the days that person could make it on.

	B answers only where A works on no day of the window or may not call; None where neither can.
	"""
	a, b = plan.inputs.account_manager, plan.inputs.backup_manager
	mask_a = mask_of(a)
	assigned: list[tuple[Call, str | None, int]] = []
	for call in plan.calls:
		barred = call.barred
		if call.person is not None:
			assigned.append((call, call.person, call.days & mask_of(call.person) | 1 << call.due))
		elif a not in barred and (days := call.days & mask_a):
			assigned.append((call, a, days))
		else:
			days = 0 if b in barred else call.days & mask_of(b)
			assigned.append((call, b if days else None, days))
	return assigned


def cover_days(first: date, last: date, backup: PersonInputs, loads: Mapping[date, int]) -> list[date]:
	"""Return the days from `first` to `last` on which B has room for a call that found none with A.

	A proposal, never filled silently.
	"""
	days = map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))
	room = backup.capacity - backup.reserve
	return [day for day in days if backup.calendar.is_working(day) and loads.get(day, 0) < room]


def _contact(
	person: str, request: Request, day: int, displaced: Reason | None, horizon: Horizon
) -> PlannedContact:
	inputs, call = request.plan.inputs, request.call
	# What happened is more of a reason to call than a quota.
	by_weight = sorted(call.duties, key=lambda duty: duty.why is None)
	reasons = [reason for duty in by_weight for reason in duty.reasons()]
	if person != inputs.account_manager:
		reasons.append(_cover(call, inputs, horizon))
	reasons.extend(call.reasons)
	if displaced:
		reasons.append(displaced)
	return PlannedContact(
		customer=inputs.customer,
		responsible=person,
		due_date=horizon.day(day),
		window_start=horizon.day(call.first),
		window_end=horizon.day(call.last),
		channel=call.channel,
		purposes=tuple(duty.purpose(inputs.state) for duty in call.duties),
		reasons=tuple(reasons),
		callback=call.callback,
		is_committed=call.is_fixed,
	)


def _cover(call: Call, inputs: CustomerPlanInputs, horizon: Horizon) -> Reason:
	"""Return why B calls: there is no A, A handled what is to be verified, or A is away for the whole window."""
	if inputs.account_manager is None:
		return Reason.of("no_account_manager", responsible=inputs.backup_manager)
	if inputs.account_manager in call.barred:
		return Reason.of("not_by_its_handler", handler=inputs.account_manager)
	first, last = horizon.day(call.first), horizon.day(call.last)
	return Reason.of("covered", absent=inputs.account_manager, start=first, end=last)
