"""Rows that key figures count: one per customer and company of a quarter, and one per call, complaint, answer or duty.

Amounts are net, in the currency of the company. A figure opens the rows in which it found something to count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from cs_retention.engine.customer import ACTIVE_DAYS
from cs_retention.engine.kpi import CallResult
from cs_retention.engine.vocabulary import Loss

REPEAT_DAYS = 30
"""Days within which a complaint of the same matter is a repeated one."""

SLOWEST_CLOSING = 3
"""Days within which a complaint is to be closed."""

BACK_DAYS = 7
"""Days within which somebody who asks again of the same matter was not helped at first contact."""

CURED_DAYS = 7
"""Days within which a reminder is to bring the money."""

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Customership:
	"""What is known of a customer in one company on a day; `left` is how it left, where that is on record."""

	first_purchase: date | None = None
	last_purchase: date | None = None
	has_agreement: bool = False
	left: Loss | None = None


def is_active(known: Customership, as_of: date) -> bool:
	"""Tell whether a customer is active at the end of a day: bought within 365 days, or is bound by an agreement.

	One that has left is not, whatever it bought before.
	"""
	if known.left is not None:
		return False
	bought = known.last_purchase
	return known.has_agreement or (bought is not None and bought > as_of - timedelta(days=ACTIVE_DAYS))


@dataclass(frozen=True, slots=True)
class CohortCustomer:
	"""One customer of one company over a quarter: how it stood on the eve of it and at its end.

	`revenue_before` is that of the three months before the quarter, `revenue_within` that of its own three. `loss` is
	how it was lost, of one that was active before and is no longer. New is who bought for the first time and was not
	active before; who was bound already and buys first is no new customer.
	"""

	customer: str
	company: str = ""
	currency: str = ""
	account_manager: str = ""
	territory: str = ""
	level_before: str = ""
	level_at_end: str = ""
	was_active: bool = False
	is_active: bool = False
	is_new: bool = False
	loss: Loss | None = None
	revenue_before: Decimal = ZERO
	revenue_within: Decimal = ZERO
	has_agreement: bool = False
	has_soft_tie: bool = False
	complaints: int = 0
	escalated: int = 0
	upheld: int = 0
	customer_group: str = ""


def cohort_loss(was_active: bool, is_active_now: bool, left: Loss | None) -> Loss | None:
	"""Return how a customer was lost: as it is on record, else dormant; None of one that was not lost."""
	if not was_active or is_active_now:
		return None
	return left or Loss.DORMANT


@dataclass(frozen=True, slots=True)
class CountedCall:
	"""A callback that was due: what became of it, and what the customer answered, 1 to 5."""

	result: CallResult
	satisfaction: int | None = None


@dataclass(frozen=True, slots=True)
class ServedCustomer:
	"""A customer as contacts see it: how many it had of the minimum it was owed, and touches of all kinds.

	`days` is the length of the period, `over_cap` the touches beyond the cap of the contact policy; `held` and `merged`
	are what the policy kept back.
	"""

	contacts: int
	minimum: int | None = None
	touches: int = 0
	days: int = 30
	over_cap: int = 0
	held: int = 0
	merged: int = 0


@dataclass(frozen=True, slots=True)
class CountedComplaint:
	"""A complaint: when it came, when it was closed, when the customer confirmed that."""

	customer: str
	category: str
	opened_on: date
	closed_on: date | None = None
	confirmed_on: date | None = None
	is_repeat: bool = False
	has_come: bool = True
	"""Whether it came within the period; else it only fell due in it."""
	is_due: bool = True
	"""Whether the day by which it is to be closed lies within the period."""

	@property
	def is_closed_in_time(self) -> bool:
		"""Tell whether it was both closed and confirmed within three days."""
		by = close_by(self.opened_on)
		return all(day is not None and day <= by for day in (self.closed_on, self.confirmed_on))


def close_by(opened_on: date) -> date:
	"""Return the day by which a complaint is to be closed and confirmed."""
	return opened_on + timedelta(days=SLOWEST_CLOSING)


def mark_repeats(complaints: Iterable[CountedComplaint]) -> list[CountedComplaint]:
	"""Return complaints in the order of their days, those marked that follow one of the same matter within 30 days."""
	last: dict[tuple[str, str], date] = {}
	marked = []
	for complaint in sorted(complaints, key=lambda row: (row.opened_on, row.customer, row.category)):
		matter = complaint.customer, complaint.category
		before = last.get(matter)
		is_repeat = before is not None and complaint.opened_on <= before + timedelta(days=REPEAT_DAYS)
		marked.append(replace(complaint, is_repeat=is_repeat))
		last[matter] = complaint.opened_on
	return marked


@dataclass(frozen=True, slots=True)
class FirstContact:
	"""Somebody asked for something: solved in that contact, and whether the customer came back on the matter."""

	is_solved: bool
	came_back: bool = False


@dataclass(frozen=True, slots=True)
class SatisfactionAnswer:
	"""What a customer said of us: satisfied, or asked again after a repair and satisfied now."""

	is_satisfied: bool
	is_satisfied_now: bool = False


@dataclass(frozen=True, slots=True)
class RemindedCustomer:
	"""A reminder of money overdue, and the days after which it was settled."""

	settled_after: int | None = None


@dataclass(frozen=True, slots=True)
class AbsentDuty:
	"""Work that was due on a day on which the account manager was away."""

	is_done_by_backup: bool


def star_migration(rows: Sequence[CohortCustomer]) -> dict[tuple[str, str], tuple[int, Decimal]]:
	"""Return customers and their revenue within the quarter, by level before and at the end; the lost have none at the end.

	Only those who were active before are in it: every row adds to one cell.
	"""
	cells: dict[tuple[str, str], tuple[int, Decimal]] = {}
	for row in rows:
		if row.was_active:
			key = row.level_before, row.level_at_end if row.is_active else ""
			customers, revenue = cells.get(key, (0, ZERO))
			cells[key] = customers + 1, revenue + row.revenue_within
	return cells
