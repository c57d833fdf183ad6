"""Cases replayed from files: openings and events in the order of their days, and the checks of what was kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from heapq import heappop, heappush
from itertools import count

from cs_retention.engine.reasons import Refusal, WorkError
from cs_retention.engine.retention_case import (
	CasePolicy,
	CaseRecord,
	CaseSource,
	CaseStatus,
	check_record,
	check_single,
	first_contact_due,
	is_open,
)
from cs_retention.engine.retention_exit import DEFAULT_EXIT_RULES, LeaveRequest
from cs_retention.engine.retention_offers import YEAR, OfferFacts
from cs_retention.engine.retention_verification import (
	Check,
	Saved,
	SaveEvidence,
	Verification,
	VerificationPolicy,
	due_checks,
	usual_days,
	verify,
)
from cs_retention.engine.vocabulary import KEY_ACCOUNT
from cs_retention.engine.workdays import WorkCalendar
from cs_retention.facts.keys import fold
from cs_retention.preview.case_steps import Ground, Values, happen

MONTHS = 12
CALENDAR = WorkCalendar()
Revenue = Mapping[str, Mapping[date, float]]
"""Net revenue by posting date, by the folded name of the customer."""


@dataclass(slots=True)
class Case:
	"""A case while it is replayed; `follows` names the save that did not hold."""

	name: str
	customer: str
	source: CaseSource
	levels: frozenset[str]
	record: CaseRecord
	contract_end: date | None = None
	follows: str | None = None
	closed_on: date | None = None
	saved: Saved | None = None
	checks: list[Check] = field(default_factory=list)

	@property
	def first_contact_due(self) -> date:
		"""Return the last day for the first contact."""
		return first_contact_due(self.record.opened_on, self.levels, CasePolicy(), CALENDAR)


@dataclass(frozen=True, slots=True)
class Refused:
	"""A line of a file that the engine refused; `what` is the event, None for an opening."""

	line: int
	case: str
	day: date
	what: str | None
	refusal: Refusal


class Replay:
	"""Plays cases and events up to a date; hand in every line of both files, then call `run` once."""

	def __init__(self, revenue: Revenue, as_of: date):
		self.as_of = as_of
		self.cases: dict[str, Case] = {}
		self.refused: list[Refused] = []
		self._revenue = revenue
		self._of_customer: dict[str, list[Case]] = {}
		self._waiting: list[tuple[date, int, Callable[[], None]]] = []
		self._turns = count()
		self._policy = VerificationPolicy()

	def open_case(self, line: int, values: Values) -> None:
		"""Take in a line of the cases file."""
		day = date.fromisoformat(values["opened_on"])
		self._at(day, lambda: self._trying(line, values["case"], day, None, lambda: self._open(values, day)))

	def happen(self, line: int, values: Values) -> None:
		"""Take in a line of the events file."""
		day = date.fromisoformat(values["date"])
		what = values["event"].value
		self._at(day, lambda: self._trying(line, values["case"], day, what, lambda: self._move(values, day)))

	def run(self) -> None:
		"""Play everything up to the date; what lies behind it is not known yet."""
		while self._waiting and self._waiting[0][0] <= self.as_of:
			heappop(self._waiting)[2]()

	def _at(self, day: date, act: Callable[[], None]) -> None:
		heappush(self._waiting, (day, next(self._turns), act))

	def _trying(self, line: int, case: str, day: date, what: str | None, act: Callable[[], None]) -> None:
		try:
			act()
		except WorkError as refusal:
			self.refused.append(Refused(line, case, day, what, refusal))

	def _open(self, values: Values, day: date) -> None:
		end, asked_on = values["contract_end"], values["asked_on"]
		request = LeaveRequest(values["exit_type"], date.fromisoformat(asked_on) if asked_on else None)
		levels = {values["level"]} | ({KEY_ACCOUNT} if values["is_key_account"] else set())
		case = Case(
			values["case"],
			values["customer"],
			values["source"],
			frozenset(levels),
			CaseRecord(request, opened_on=day),
			date.fromisoformat(end) if end else None,
		)
		check_record(case.record, day)
		self._take_in(case)

	def _take_in(self, case: Case) -> None:
		siblings = self._of_customer.setdefault(fold(case.customer), [])
		check_single(case.customer, next((row.name for row in siblings if is_open(row.record.status)), None))
		siblings.append(case)
		self.cases[fold(case.name)] = case

	def _move(self, values: Values, day: date) -> None:
		case = self.cases.get(fold(values["case"]))
		if case is None:
			raise WorkError("case", values["case"], "it is not open on that day; open it first")
		before = case.record.status
		case.record = happen(case.record, values["event"], values, Ground(day, self._facts(case, day)))
		if is_open(before) and not is_open(case.record.status):
			case.closed_on = day
		if before is not CaseStatus.SAVED and case.record.status is CaseStatus.SAVED:
			self._keep(case, day)

	def _facts(self, case: Case, day: date) -> OfferFacts:
		made = (offer for row in self._of_customer[fold(case.customer)] for offer in row.record.offers)
		is_committed = case.contract_end is not None and case.contract_end >= day
		return OfferFacts(case.levels, self._year_before(case, day), is_committed, made=tuple(made))

	def _year_before(self, case: Case, day: date) -> float:
		return sum(amount for when, amount in self._bought(case).items() if day - YEAR < when <= day)

	def _bought(self, case: Case) -> Mapping[date, float]:
		return self._revenue.get(fold(case.customer), {})

	def _keep(self, case: Case, day: date) -> None:
		purchases = [when for when, amount in self._bought(case).items() if when <= day and amount > 0]
		monthly = round(self._year_before(case, day) / MONTHS, 2)
		has_contract = case.contract_end is not None and case.contract_end >= day
		case.saved = Saved(day, monthly, usual_days(purchases), has_contract)
		for days in self._policy.check_days:
			self._at(day + timedelta(days=days), lambda: self._check(case))

	def _check(self, case: Case) -> None:
		assert case.saved is not None
		for days in due_checks(case.saved, case.checks, self._policy, self.as_of)[:1]:
			day = case.saved.saved_on + timedelta(days=days)
			runs = case.contract_end is not None and case.contract_end >= day
			check = verify(case.saved, days, SaveEvidence(self._bought(case), runs), self._policy)
			case.checks.append(check)
			if check.result is Verification.RELAPSED:
				self._reopen(case, day)

	def _reopen(self, case: Case, day: date) -> None:
		"""Open a new case for a save that did not hold, unless the customer has one already."""
		if any(is_open(row.record.status) for row in self._of_customer[fold(case.customer)]):
			return
		record = CaseRecord(LeaveRequest(DEFAULT_EXIT_RULES[0]), opened_on=day)
		name = f"{case.name}-{len(case.checks)}R"
		again = Case(
			name, case.customer, CaseSource.RELAPSE, case.levels, record, case.contract_end, case.name
		)
		self._take_in(again)
