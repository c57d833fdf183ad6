"""The plan of one customer: what is owed, around what stands, as contacts with windows (PLANNER, *one customer*)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from cs_retention.engine.contacts import Demand, Problem, Quota
from cs_retention.engine.duties import Call, Duty, quota_duty, visit_duty
from cs_retention.engine.horizon import Horizon, QuotaPeriod
from cs_retention.engine.obligations import (
	CHANNELS_BY_COST,
	SOURCES,
	SPOKEN,
	CustomerPlanInputs,
	StandingCallback,
)
from cs_retention.engine.piercing import Contact
from cs_retention.engine.planned import Closing, Overflow, OverflowCause
from cs_retention.engine.reasons import Reason
from cs_retention.engine.situation import Situation, contacts_so_far, situation_of
from cs_retention.engine.standing import (
	Kept,
	StandingCallbacks,
	Works,
	closing_of,
	quota_ordinal,
	sort_out,
)
from cs_retention.engine.verifying import Asked, days_by_others
from cs_retention.engine.vocabulary import Channel, ObligationKind
from cs_retention.engine.windows import between


@dataclass(frozen=True, slots=True)
class CustomerPlan:
	"""The plan of one customer before persons and days: calls in order of window, what finds no place, what ends.

	`waiting` are the keys of dated obligations that are owed and that no call can meet as yet. `valid_until` is the first day on which the plan is another without any new fact.
	"""

	inputs: CustomerPlanInputs
	calls: tuple[Call, ...]
	overflow: tuple[Overflow, ...]
	closings: tuple[Closing, ...]
	valid_until: date
	waiting: tuple[str, ...] = ()


def plan_customer(inputs: CustomerPlanInputs, horizon: Horizon, works: Works) -> CustomerPlan:
	"""Return the plan of one customer as of the horizon's date.

	Every obligation is met; then the fewest gaps are broken; then the quota is least short; then contacts are fewest.
	Customers for whom nothing stands and who wish nothing share the plans of all with the same few figures.
	"""
	scheme = horizon.scheme(inputs.cadence, inputs.later_cadence, inputs.band)
	past = contacts_so_far(inputs, horizon, scheme)
	special = inputs.standing or inputs.obligations or inputs.attempts or inputs.given_up or inputs.pause
	if special or (inputs.channels is not SPOKEN and inputs.channels != SPOKEN):
		situation = situation_of(inputs, horizon, scheme, past)
		return _Customer(situation, sort_out(situation, works), works).plan()
	key = (id(scheme), past)
	plan = horizon.plans.get(key)
	if plan is None:
		situation = situation_of(inputs, horizon, scheme, past)
		plan = horizon.plans[key] = _Customer(situation, StandingCallbacks(), works).plan()
	overflow = plan.overflow and tuple(
		replace(row, customer=inputs.customer, owner=inputs.owner) for row in plan.overflow
	)
	return CustomerPlan(inputs, plan.calls, overflow, (), plan.valid_until)


def _channels(inputs: CustomerPlanInputs) -> tuple[Channel, ...]:
	"""Return the channels allowed, the cheapest first; the cadence's own before all others but a wished message."""
	first = (Channel.MESSAGE, inputs.cadence.channel)
	order = sorted(
		CHANNELS_BY_COST, key=lambda channel: first.index(channel) if channel in first else len(first)
	)
	return tuple(channel for channel in order if channel in inputs.channels)


@dataclass(frozen=True, slots=True)
class _Dated:
	"""A duty with a window of its own, before it is met by a call that stays or becomes a demand."""

	duty: Duty
	first: int
	last: int
	channels: frozenset[Channel]


class _Customer:
	"""The parts of one customer's plan as they come together."""

	def __init__(self, situation: Situation, standing: StandingCallbacks, works: Works):
		self.at, self.standing, self.works = situation, standing, works
		self.inputs, self.horizon, self.scheme = situation.inputs, situation.horizon, situation.scheme
		self.opened = self.horizon.working >> situation.today << situation.today
		self.channels = _channels(self.inputs)
		self.counting = frozenset(self.channels) & (
			SOURCES[ObligationKind.QUOTA].channels | {Channel.MESSAGE}
		)
		self.ordinals: dict[str, set[int]] = {period.label: set() for period in self.scheme.periods}
		self.overflow: list[Overflow] = []

	def plan(self) -> CustomerPlan:
		"""Return the plan: duties laid on what stands, the rest solved, names given, leftovers reported."""
		dated = list(self._dated())
		serving = self._serving(dated)
		# What one committed callback stands for is not given to another that could meet it too.
		for one in self.standing.kept:
			self._held_ordinal(one)
		kept = [
			self._kept_call(kept, serves) for kept, serves in zip(self.standing.kept, serving, strict=True)
		]
		met = {one.duty for serves in serving for one in serves}
		duties, demands = self._demands([one for one in dated if one.duty not in met])
		problem = self._problem(demands)
		solution = self.horizon.solve(problem)
		for period, short in zip(self.scheme.periods, solution.short, strict=True):
			if short:
				self._report_short(period, short)
		calls = [*kept, *(self._new_call(contact, duties) for contact in solution.contacts)]
		calls.sort(key=lambda call: (call.due if call.is_fixed else call.first, call.last))
		calls, closings = self._named(calls)
		return CustomerPlan(
			self.inputs,
			tuple(self._with_waivers(calls)),
			tuple(self.overflow),
			tuple(closings),
			self._valid_until(calls),
			self._waiting(calls),
		)

	def _dated(self) -> Iterator[_Dated]:
		for span in self.scheme.spans:
			if span.label not in self.at.visited:
				channels = SOURCES[ObligationKind.VISIT].channels
				yield _Dated(visit_duty(span), span.first, span.last, channels)
		held = {key for kept in self.standing.kept for key in kept.keys}
		for given in sorted(self.at.owed(), key=lambda given: given.key):
			first, last, is_overdue = self.at.window_of(given)
			# What is due after the last period is not planned yet; a date agreed there stands all the same.
			if first <= self.scheme.last or given.key in held:
				start, end = self.horizon.day(first), self.horizon.day(last)
				duty = Duty(
					kind=given.kind,
					label="",
					start=start,
					end=end,
					is_urgent=given.is_urgent,
					is_overdue=is_overdue,
					key=given.key,
					since=given.start,
					barred=given.barred,
					why=given.why,
				)
				yield _Dated(duty, first, last, given.channels)

	def _serving(self, dated: list[_Dated]) -> list[list[_Dated]]:
		"""Return what each committed callback serves: what it stands for, else the first whose day and channel fit."""
		serving: list[list[_Dated]] = [[] for _ in self.standing.kept]
		for one in dated:
			key = one.duty.key_of(self.inputs.state)
			named = (n for n, kept in enumerate(self.standing.kept) if key in kept.keys)
			fitting = (
				n
				for n, kept in enumerate(self.standing.kept)
				if one.first <= kept.day <= one.last
				and kept.callback.channel in one.channels
				and kept.person not in one.duty.barred
			)
			found = next(named, next(fitting, None))
			if found is not None:
				serving[found].append(one)
		return serving

	def _kept_call(self, kept: Kept, serves: list[_Dated]) -> Call:
		"""Return a committed callback as a call: what it is kept for and all else that its day and channel meet."""
		callback = kept.callback
		duties = [one.duty for one in serves]
		period = self._period_of(kept.day)
		if period and callback.channel in self.counting:
			ordinal = self._held_ordinal(kept) or self._next_ordinal(period, period.owed)
			if ordinal:
				self.ordinals[period.label].add(ordinal)
				duties.insert(0, quota_duty(period, ordinal))
		first, last = self._stored_window(callback, kept.day)
		days = self.opened & between(first, last) | 1 << kept.day
		return Call(
			first,
			last,
			days,
			callback.channel,
			tuple(duties),
			tuple(kept.reasons),
			callback.name,
			kept.day,
			kept.person,
			True,
		)

	def _held_ordinal(self, kept: Kept) -> int:
		"""Return the ordinal a committed callback holds in the quota of its period, taken from then on; 0 for none."""
		period = self._period_of(kept.day)
		if period is None or kept.callback.channel not in self.counting:
			return 0
		ordinal = quota_ordinal(kept.keys, self.inputs.state, period.label)
		if ordinal:
			self.ordinals[period.label].add(ordinal)
		return ordinal

	def _stored_window(self, callback: StandingCallback, day: int) -> tuple[int, int]:
		"""Return the window a committed callback was chosen from, as far as it is still ahead."""
		if callback.window_start is None or callback.window_end is None:
			return day, day
		first, last = map(self.horizon.index, (callback.window_start, callback.window_end))
		days = self.opened & between(first, min(last, self.horizon.length - 1)) | 1 << day
		return (days & -days).bit_length() - 1, days.bit_length() - 1

	def _period_of(self, day: int) -> QuotaPeriod | None:
		return next((period for period in self.scheme.periods if period.first <= day <= period.last), None)

	def _next_ordinal(self, period: QuotaPeriod, most: int) -> int:
		"""Return the first free ordinal of a period's quota, or 0 when the quota has no more."""
		made = self.at.made_in(period)
		free = (n for n in range(made + 1, most + 1) if n not in self.ordinals[period.label])
		return next(free, 0)

	def _demands(self, dated: list[_Dated]) -> tuple[list[Duty], tuple[Demand, ...]]:
		"""Return the duties that a call has yet to meet and their demands; those without a day or channel overflow."""
		duties, demands = [], []
		pair = self.inputs.account_manager, self.inputs.backup_manager
		team = {person for person in pair if person is not None}
		windows = [self.horizon.working & between(one.first, one.last) for one in dated]
		asked = [
			Asked(one.duty.barred, window, self.opened & window)
			for one, window in zip(dated, windows, strict=True)
		]
		by_others = days_by_others(asked, team, self.works)
		for one, window, working in zip(dated, windows, by_others, strict=True):
			channels = one.channels & frozenset(self.channels)
			opened = self.opened & working
			if not channels:
				self._report_dated(one.duty, OverflowCause.NO_CHANNEL)
			elif not opened:
				is_barred = self.opened & window
				self._report_dated(
					one.duty, OverflowCause.ONLY_ITS_HANDLER if is_barred else OverflowCause.NO_WORKING_DAY
				)
			elif opened & ~self.at.blocked:
				duties.append(one.duty)
				demands.append(Demand(working & ~self.at.blocked, channels))
		return duties, tuple(demands)

	def _problem(self, demands: tuple[Demand, ...]) -> Problem:
		return Problem(
			working=self.horizon.working,
			usable=self.horizon.working & ~self.at.blocked,
			today=self.at.today,
			last=self.at.last,
			switch=self.scheme.switch,
			gaps=self.scheme.gaps,
			quotas=tuple(self._quota(period) for period in self.scheme.periods),
			demands=demands,
			fixed=tuple(
				(kept.day, *self._stored_window(kept.callback, kept.day)) for kept in self.standing.kept
			),
			channels=self.channels,
			counting=self.counting,
		)

	def _quota(self, period: QuotaPeriod) -> Quota:
		"""Return what a period still owes; a pause over all that is left of it takes the duty away."""
		standing = len(self.ordinals[period.label])
		owed = max(0, period.owed - self.at.made_in(period) - standing - period.elsewhere)
		opened = self.opened & between(period.first, period.last)
		if owed and not self.counting:
			self._report(period.start, period.end, owed, OverflowCause.NO_CHANNEL, period.label)
			owed = 0
		if opened and not opened & ~self.at.blocked:
			owed = 0
		return Quota(period.first, period.last, owed, period.gap)

	def _report_short(self, period: QuotaPeriod, missing: int) -> None:
		days = (self.opened & between(period.first, period.last)).bit_count()
		cause = OverflowCause.PERIOD_TOO_SHORT if days else OverflowCause.NO_WORKING_DAY
		self._report(period.start, period.end, missing, cause, period.label, days)

	def _report_dated(self, duty: Duty, cause: OverflowCause) -> None:
		self._report(duty.start, duty.end, 1, cause, duty.label or duty.kind.value, 0)

	def _report(
		self, start: date, end: date, missing: int, cause: OverflowCause, what: str, days: int = 0
	) -> None:
		reason = Reason.of(cause.value, what=what, missing=missing, days=days)
		self.overflow.append(
			Overflow(self.inputs.customer, self.inputs.owner, start, end, missing, cause, reason)
		)

	def _new_call(self, contact: Contact, duties: list[Duty]) -> Call:
		serves = [duties[index] for index in contact.pick.demands]
		if contact.pick.quota >= 0:
			period = self.scheme.periods[contact.pick.quota]
			ordinal = self._next_ordinal(period, period.owed)
			self.ordinals[period.label].add(ordinal)
			serves.insert(0, quota_duty(period, ordinal))
		return Call(contact.first, contact.last, contact.days, contact.pick.channel, tuple(serves))

	def _named(self, calls: list[Call]) -> tuple[list[Call], list[Closing]]:
		"""Return the calls with the standing callbacks that they continue, and the callbacks that end."""
		if not self.inputs.standing:
			return calls, []
		waiting = {key: callback for callback, keys in reversed(self.standing.others) for key in keys}
		used: set[str] = set()
		named = [call if call.is_fixed else self._continued(call, waiting, used) for call in calls]
		closings = [
			closing_of(self.at, callback, keys, self.standing)
			for callback, keys in self.standing.others
			if callback.name not in used
		]
		return named, closings

	def _continued(self, call: Call, waiting: dict[str, StandingCallback], used: set[str]) -> Call:
		keys = (duty.key_of(self.inputs.state) for duty in call.duties)
		found = (waiting[key] for key in keys if key in waiting and waiting[key].name not in used)
		callback = next(found, None)
		if callback is None:
			return call
		used.add(callback.name)
		moved = self.standing.moved.get(callback.name)
		return replace(
			call,
			callback=callback.name,
			due=self.horizon.index(callback.due_date),
			reasons=(moved,) if moved else (),
			was_committed=callback.is_committed,
		)

	def _with_waivers(self, calls: list[Call]) -> Iterator[Call]:
		"""Yield the calls, with both dates where one is nearer than the gap to the contact before it."""
		before = self.at.last
		for call in calls:
			day = call.due if call.is_fixed else call.first
			gap = self.scheme.gap_at(day)
			if before is not None and day - before < gap:
				reason = Reason.of(
					"gap_waived", before=self.horizon.day(before), date=self.horizon.day(day), gap=gap
				)
				call = replace(call, reasons=(*call.reasons, reason))
			yield call
			before = call.due if call.is_fixed else call.last

	def _waiting(self, calls: list[Call]) -> tuple[str, ...]:
		"""Return the keys of dated obligations that are owed and that no call meets."""
		met = {duty.key for call in calls for duty in call.duties} if self.inputs.obligations else ()
		return tuple(row.key for row in self.at.owed() if row.key not in met)

	def _valid_until(self, calls: list[Call]) -> date:
		"""Return the first day after the first window or the day the scheme changes, whichever comes first."""
		ends = [self.horizon.day(call.due if call.is_fixed else call.last) for call in calls]
		return min([self.scheme.changes, *(end + timedelta(days=1) for end in ends)])
