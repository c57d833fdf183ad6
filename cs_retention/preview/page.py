"""The report page of a book: what report.html says, put together from the book's rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from cs_retention.engine.cadence import PlanningPolicy
from cs_retention.engine.plan import OverflowCause, PersonInputs, PersonLoad, cover_days
from cs_retention.engine.vocabulary import DRIFTING_BANDS, Band, Level
from cs_retention.facts.book import page_of, pages
from cs_retention.facts.calendars import Calendars
from cs_retention.facts.invoices import read_invoices
from cs_retention.preview.listings import CustomerStanding, PlannedCall, read_calls, read_standings
from cs_retention.preview.nights import Shortfall
from cs_retention.render.report import (
	DRIFTING_SHOWN,
	OVERFLOW_SHOWN,
	Call,
	Drifting,
	Overflow,
	PersonDay,
	ReportPage,
	Week,
)
from cs_retention.store.base import Store

BACKUP_DAYS_SHOWN = 3


@dataclass(slots=True)
class _Totals:
	"""Counts over the whole book, and what is known of the customers that the page lists."""

	levels: Counter[Level] = field(default_factory=Counter)
	bands: Counter[Band] = field(default_factory=Counter)
	key_accounts: int = 0
	revenue: float = 0.0
	revenue_at_risk: float = 0.0
	drifting: list[Drifting] = field(default_factory=list)
	named: dict[str, tuple[Level, bool]] = field(default_factory=dict)
	backups: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Backups:
	"""Who could step in where the account manager has no room: B by customer, loads by person."""

	of_customer: Mapping[str, str]
	loads: Mapping[str, Mapping[date, int]]
	calendars: Calendars
	planning: PlanningPolicy

	def overflow(self, row: Shortfall, as_of: date) -> Overflow:
		"""Return a row of the page, with the first days on which B has room when A has none."""
		backup = self.of_customer.get(row.customer)
		days: list[date] = []
		if backup and backup != row.owner and row.cause == OverflowCause.NO_ROOM.value:
			calendar = self.calendars.of_person(backup)
			person = PersonInputs(backup, calendar, self.planning.capacity, self.planning.reserve)
			first = max(row.period_start, as_of)
			days = cover_days(first, row.period_end, person, self.loads.get(backup, {}))[:BACKUP_DAYS_SHOWN]
		span = row.period_start, row.period_end
		return Overflow(row.customer, row.owner, *span, row.missing, row.cause, backup or "", tuple(days))


def build_page(
	store: Store,
	title: str,
	as_of: date,
	horizon_days: int,
	loads: Sequence[PersonLoad],
	shortfalls: Sequence[Shortfall],
	calendars: Calendars,
	planning: PlanningPolicy,
) -> ReportPage:
	"""Return the page of the last night of a book."""
	today = list(read_calls(store, on=as_of))
	shown = shortfalls[:OVERFLOW_SHOWN]
	totals = _totals(store, as_of, {call.customer for call in today}, {row.customer for row in shown})
	backups = _Backups(totals.backups, {load.person: load.loads for load in loads}, calendars, planning)
	return ReportPage(
		title=title,
		as_of=as_of,
		horizon_days=horizon_days,
		levels=totals.levels,
		bands=totals.bands,
		key_accounts=totals.key_accounts,
		revenue_12m=totals.revenue,
		revenue_at_risk_12m=totals.revenue_at_risk,
		today=tuple(_today(today, totals.named, loads, as_of, calendars)),
		drifting=tuple(totals.drifting),
		weeks=tuple(_weeks(loads, as_of, horizon_days, calendars)),
		overflow=tuple(backups.overflow(row, as_of) for row in shown),
		overflow_count=len(shortfalls),
	)


def _totals(store: Store, as_of: date, called: set[str], short: set[str]) -> _Totals:
	totals = _Totals()
	revenues = iter(_revenues(store, as_of))
	for row in read_standings(store, as_of):
		# Both come in the order of names, and every customer with a standing has a revenue.
		revenue = next(amount for name, amount in revenues if name == row.customer)
		totals.levels[row.level] += 1
		totals.bands[row.band] += 1
		totals.key_accounts += row.is_key_account
		totals.revenue += revenue
		if row.customer in called:
			totals.named[row.customer] = row.level, row.is_key_account
		if row.customer in short and row.backup_manager:
			totals.backups[row.customer] = row.backup_manager
		if row.band in DRIFTING_BANDS:
			totals.revenue_at_risk += revenue
			totals.drifting.append(_drifting(row, revenue))
			if len(totals.drifting) > 4 * DRIFTING_SHOWN:
				_keep_worst(totals.drifting)
	_keep_worst(totals.drifting)
	return totals


def _revenues(store: Store, as_of: date) -> Iterable[tuple[str, float]]:
	"""Yield the 12-month net revenue of every customer in the order of the names."""
	for page in pages(store):
		invoices = read_invoices(store, page_of(page), as_of)
		yield from ((row.name, invoices[row.key].revenue_12m if row.key in invoices else 0.0) for row in page)


def _keep_worst(drifting: list[Drifting]) -> None:
	drifting.sort(key=lambda row: (-row.value_at_risk, row.customer))
	del drifting[DRIFTING_SHOWN:]


def _drifting(row: CustomerStanding, revenue: float) -> Drifting:
	return Drifting(
		row.customer,
		row.account_manager or "",
		row.level,
		row.is_key_account,
		row.band,
		row.health or 0,
		revenue,
		row.health_reasons,
		row.next_call,
	)


def _today(
	calls: Iterable[PlannedCall],
	named: Mapping[str, tuple[Level, bool]],
	loads: Iterable[PersonLoad],
	as_of: date,
	calendars: Calendars,
) -> Iterable[PersonDay]:
	"""Yield today's calls per person, people without any included."""
	by_person: defaultdict[str, list[Call]] = defaultdict(list)
	for load in loads:
		by_person[load.person] = []
	for call in calls:
		level, is_key = named.get(call.customer, (Level.NEW, False))
		by_person[call.responsible].append(
			Call(
				call.customer,
				level,
				is_key,
				call.channel,
				call.purposes,
				call.reasons,
				call.window_end,
				call.covered,
			)
		)
	for person, of_person in sorted(by_person.items()):
		yield PersonDay(
			person, len(of_person), tuple(of_person), not calendars.of_person(person).is_working(as_of)
		)


def _weeks(
	loads: Iterable[PersonLoad], as_of: date, horizon_days: int, calendars: Calendars
) -> Iterable[Week]:
	"""Yield load and capacity per person and week of the horizon."""
	days = [as_of + timedelta(days=number) for number in range(horizon_days)]
	mondays: defaultdict[date, list[date]] = defaultdict(list)
	for day in days:
		mondays[day - timedelta(days=day.weekday())].append(day)
	for person in loads:
		calendar = calendars.of_person(person.person)
		for monday, week in mondays.items():
			working = sum(map(calendar.is_working, week))
			planned = sum(person.loads.get(day, 0) for day in week)
			yield Week(person.person, monday, planned, working * person.capacity)
