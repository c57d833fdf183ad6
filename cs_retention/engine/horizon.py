"""The axis a book is planned on: days as integers, the periods and visit spans that each cadence touches."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from cs_retention.engine.cadence import Cadence, PlanningPolicy
from cs_retention.engine.contacts import Problem
from cs_retention.engine.obligations import SOURCES
from cs_retention.engine.piercing import Solution, solve
from cs_retention.engine.vocabulary import Band, ObligationKind, PeriodKind
from cs_retention.engine.windows import bits
from cs_retention.engine.workdays import WorkCalendar, period_of, working_mask

if TYPE_CHECKING:
	from cs_retention.engine.customer_plan import CustomerPlan

ONE_DAY = timedelta(days=1)
SOLUTIONS_KEPT = 4096
"""Plans of customers with the same days are shared; the store of them is emptied when it has grown to this."""


@dataclass(frozen=True, slots=True)
class QuotaPeriod:
	"""One period of a quota, or one span of visits: name, whole extent, usable days, contacts owed in it.

	`first` and `last` are days of the axis; they leave out what a change of cadence gives to the next period.
	`elsewhere` is what later periods inside this one will bring.
	"""

	label: str
	start: date
	end: date
	first: int
	last: int
	owed: int
	gap: int
	elsewhere: int = 0


@dataclass(frozen=True, slots=True)
class Scheme:
	"""What a pair of cadences owes on the axis in a health band: periods and spans, the gap before and after `switch`.

	`changes` is the first day on which the scheme itself is another: a period ends or the next one is touched.
	"""

	periods: tuple[QuotaPeriod, ...]
	spans: tuple[QuotaPeriod, ...]
	switch: int
	gaps: tuple[int, int]
	last: int
	changes: date

	def gap_at(self, day: int) -> int:
		"""Return the least distance that a contact on `day` keeps from the one before it."""
		return self.gaps[day >= self.switch]


class Horizon:
	"""Everything a plan shares: the axis from the current periods on, the company's working days, schemes, solutions.

	Day 0 is the first day of the current week or month, whichever is earlier; the axis ends with the year that the
	horizon touches, so that every period and span it touches is whole.
	"""

	def __init__(self, calendar: WorkCalendar, policy: PlanningPolicy, as_of: date):
		self.calendar, self.policy, self.as_of = calendar, policy, as_of
		self.shown_until = as_of + timedelta(days=policy.horizon_days - 1)
		self.origin = min(period_of(as_of, kind)[0] for kind in PeriodKind)
		self._first = self.origin.toordinal()
		end = max(date(self.shown_until.year, 12, 31), period_of(self.shown_until, PeriodKind.WEEK)[1])
		self.length = (end - self.origin).days + 1
		self.today = self.index(as_of)
		self.working = working_mask(calendar, self.origin, self.length)
		self._schemes: dict[tuple[int, int, Band], tuple[Cadence, Cadence, Scheme]] = {}
		self._solutions: dict[Problem, Solution] = {}
		self.plans: dict[Hashable, CustomerPlan] = {}
		self._days: dict[int, tuple[int, ...]] = {}

	def index(self, day: date) -> int:
		"""Return the day of the axis that a date is; outside of it below 0 or from `length` on."""
		return day.toordinal() - self._first

	def day(self, index: int) -> date:
		"""Return the date of a day of the axis."""
		return date.fromordinal(self._first + index)

	def days(self, mask: int) -> tuple[int, ...]:
		"""Return the days of a mask; the masks of a run are few."""
		days = self._days.get(mask)
		if days is None:
			days = self._days[mask] = tuple(bits(mask))
		return days

	def solve(self, problem: Problem) -> Solution:
		"""Return the plan of one customer, from the store when another customer had the same days."""
		solution = self._solutions.get(problem)
		if solution is None:
			if len(self._solutions) >= SOLUTIONS_KEPT:
				self._solutions.clear()
			solution = self._solutions[problem] = solve(problem)
		return solution

	def scheme(self, now: Cadence, later: Cadence, band: Band) -> Scheme:
		"""Return what two cadences owe on the axis; the cadences are told apart by identity."""
		key = (id(now), id(later), band)
		known = self._schemes.get(key)
		if known is None:
			known = self._schemes[key] = (now, later, self._build(now, later, band))
		return known[2]

	def _build(self, now: Cadence, later: Cadence, band: Band) -> Scheme:
		current_end = period_of(self.as_of, now.period)[1]
		switch = period_of(self.as_of, later.period)[1] + ONE_DAY
		periods = (*self._before(now, later, band, switch), *self._from(later, band, switch))
		spans = tuple(self._spans(now, later, switch))
		ahead = [periods[-1].end + ONE_DAY, *(span.end + ONE_DAY for span in spans[-1:])]
		entries = [day - timedelta(days=self.policy.horizon_days - 1) for day in ahead]
		return Scheme(
			periods=periods,
			spans=spans,
			switch=self.index(switch),
			gaps=(now.min_gap_days, later.min_gap_days),
			last=periods[-1].last,
			changes=min(current_end + ONE_DAY, switch, *entries),
		)

	def _before(self, now: Cadence, later: Cadence, band: Band, switch: date) -> Iterator[QuotaPeriod]:
		"""Yield the periods of the cadence in force: the current one, and whole ones that end before the switch."""
		day = self.as_of
		while day < switch and day <= self.shown_until:
			start, end = SOURCES[ObligationKind.QUOTA].span(day, now)
			is_current = start <= self.as_of
			if is_current or end < switch:
				elsewhere = self._owed_inside(later, band, switch, end) if is_current else 0
				yield self._period(now, start, end, band, elsewhere, last=min(end, switch - ONE_DAY))
			day = end + ONE_DAY

	def _owed_inside(self, later: Cadence, band: Band, switch: date, end: date) -> int:
		"""Return what whole periods of the later cadence bring between the switch and `end`."""
		owed, day = 0, switch
		while (last := period_of(day, later.period)[1]) <= end:
			owed += later.quota(band)
			day = last + ONE_DAY
		return owed

	def _from(self, later: Cadence, band: Band, switch: date) -> Iterator[QuotaPeriod]:
		day = switch
		while day <= self.shown_until:
			start, end = SOURCES[ObligationKind.QUOTA].span(day, later)
			yield self._period(later, start, end, band, 0, last=end)
			day = end + ONE_DAY

	def _period(
		self, cadence: Cadence, start: date, end: date, band: Band, elsewhere: int, last: date
	) -> QuotaPeriod:
		label = SOURCES[ObligationKind.QUOTA].label(start, cadence)
		owed, gap = cadence.quota(band), cadence.min_gap_days
		return QuotaPeriod(label, start, end, self.index(start), self.index(last), owed, gap, elsewhere)

	def _spans(self, now: Cadence, later: Cadence, switch: date) -> Iterator[QuotaPeriod]:
		"""Yield the spans in which a visit is owed: the current one of the cadence in force, then the later one's."""
		day = switch
		if now.visit_months:
			span = self._span(now, self.as_of, self.origin)
			yield span
			day = span.end + ONE_DAY
		while later.visit_months and day <= self.shown_until:
			span = self._span(later, day, day)
			yield span
			day = span.end + ONE_DAY

	def _span(self, cadence: Cadence, day: date, first: date) -> QuotaPeriod:
		source = SOURCES[ObligationKind.VISIT]
		start, end = source.span(day, cadence)
		return QuotaPeriod(
			source.label(day, cadence), start, end, self.index(max(start, first)), self.index(end), 1, 0
		)
