"""Every key figure of RULES section 4: what one row of evidence adds to its numerator and to its denominator.

A figure is a sum over rows, so it is the same however rows are grouped, and it opens the rows that added to it. Each
definition has a version, which is stored with a figure: a frozen one says by which rule it was counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

from cs_retention.engine.kpi import CallResult, Ratio, completion
from cs_retention.engine.kpi_evidence import (
	CURED_DAYS,
	ZERO,
	AbsentDuty,
	CohortCustomer,
	CountedCall,
	CountedComplaint,
	FirstContact,
	RemindedCustomer,
	SatisfactionAnswer,
	ServedCustomer,
)
from cs_retention.engine.save_rates import CENT, ClosedCase, save_rates
from cs_retention.engine.signal_quality import JudgedSignals, judge
from cs_retention.engine.vocabulary import Kpi, Loss

Row = TypeVar("Row", contravariant=True)
TENTH = Decimal("0.1")
DAYS = 30


class Quotient(NamedTuple):
	"""What is reached, of how much: of one row, or summed up; counts or amounts of one currency."""

	numerator: int | Decimal
	denominator: int | Decimal


def quotient_of(ratio: Ratio) -> Quotient:
	"""Return a figure that another module counts."""
	return Quotient(ratio.numerator, ratio.denominator)


class Unit(Enum):
	"""How a figure is told: what its quotient is multiplied by, and what it is rounded to."""

	PERCENT = (100, TENTH)
	PER_10000 = (10_000, TENTH)
	EACH = (1, CENT)


@dataclass(frozen=True, slots=True)
class Definition(Generic[Row]):
	"""One key figure: what a row adds, how it is told, whether it sums up money, and the version of the rule."""

	adds: Callable[[Row], Quotient]
	unit: Unit = Unit.PERCENT
	is_money: bool = False
	version: int = 1


@dataclass(frozen=True, slots=True)
class KeyFigure:
	"""A key figure as it is stored; `rows` is how many rows it opens, `currency` that of amounts."""

	kpi: Kpi
	version: int
	ratio: Quotient
	rows: int
	unit: Unit = Unit.PERCENT
	currency: str = ""

	@property
	def value(self) -> Decimal | None:
		"""The figure as it is told, rounded half up, zero without a sign; None of nothing."""
		if not self.ratio.denominator:
			return None
		scale, digits = self.unit.value
		share = Decimal(self.ratio.numerator) * scale / Decimal(self.ratio.denominator)
		return share.quantize(digits, ROUND_HALF_UP) + 0


class MixedCurrencies(ValueError):
	"""Amounts in more than one currency, which nothing can add up: ask for one company at a time."""


def customer_retention(row: CohortCustomer) -> Quotient:
	"""(E - N) / S: active at the end and not new, of those active at the start.

	100 at the start, 96 at the end of whom 8 are new: 88 of 100, 88.0 %. Who was dormant and buys again is in E, so
	that the figure may pass 100 %; cohort retention never does.
	"""
	return Quotient(int(row.is_active and not row.is_new), int(row.was_active))


def cohort_retention(row: CohortCustomer) -> Quotient:
	"""Customers of the snapshot still active, of the snapshot: of 100, 85 are; 3 who came back do not count: 85.0 %."""
	return Quotient(int(row.was_active and row.is_active), int(row.was_active))


def gross_revenue_retention(row: CohortCustomer) -> Quotient:
	"""Revenue of the snapshot now, no growth counted, of then: 100 that became 80 and 50 that became 90: 130 / 150."""
	return _of_snapshot(row, min(row.revenue_before, row.revenue_within), row.revenue_before)


def net_revenue_retention(row: CohortCustomer) -> Quotient:
	"""Revenue of the snapshot now, of then: 100 that became 80 and 50 that became 90: 170 / 150, 113.3 %.

	Both are of three months, so the quotient is that of the monthly averages.
	"""
	return _of_snapshot(row, row.revenue_within, row.revenue_before)


def customer_churn(row: CohortCustomer) -> Quotient:
	"""Customers lost, of those at the start: 100 at the start, 15 no longer active: 15.0 %."""
	return Quotient(int(row.loss is not None), int(row.was_active))


def revenue_churn(row: CohortCustomer) -> Quotient:
	"""Revenue before of those lost, of that of all at the start: 900 of 12,000 was of the lost: 7.5 %."""
	lost = row.revenue_before if row.loss is not None else ZERO
	return _of_snapshot(row, lost, row.revenue_before)


def churn_by(loss: Loss) -> Callable[[CohortCustomer], Quotient]:
	"""Return the churn of one kind: 15 of 100 lost, of whom 4 left, 1 was transferred, 10 are dormant: 4.0, 1.0, 10.0 %."""
	return lambda row: Quotient(int(row.loss is loss), int(row.was_active))


def hard_commitment(row: CohortCustomer) -> Quotient:
	"""Active customers with a contract or subscription in force, of those active: 30 of 96, 31.3 %."""
	return Quotient(int(row.is_active and row.has_agreement), int(row.is_active))


def soft_commitment(row: CohortCustomer) -> Quotient:
	"""Active customers with another running tie, as an offer with a term, of those active: 12 of 96, 12.5 %."""
	return Quotient(int(row.is_active and row.has_soft_tie), int(row.is_active))


def overall_commitment(row: CohortCustomer) -> Quotient:
	"""Active customers with either, of those active: 30 and 12 with 6 in both: 36 of 96, 37.5 %."""
	return Quotient(int(row.is_active and (row.has_agreement or row.has_soft_tie)), int(row.is_active))


def complaints(row: CohortCustomer) -> Quotient:
	"""Complaints, of the mean of those active at start and end: 7 with 100 and 96 active: 7 / 98, 714.3 per 10,000."""
	return _per_active(row, row.complaints)


def escalated_complaints(row: CohortCustomer) -> Quotient:
	"""The same of complaints that were escalated: 1 / 98, 102.0 per 10,000."""
	return _per_active(row, row.escalated)


def upheld_complaints(row: CohortCustomer) -> Quotient:
	"""The same of complaints that were found right: 2 / 98, 204.1 per 10,000."""
	return _per_active(row, row.upheld)


def strict_saves(row: ClosedCase) -> Quotient:
	"""Kept and not relapsed since, of the cases closed: 6 of 10, 60.0 %; `save_rates` has the rule."""
	return quotient_of(save_rates([row]).strict)


def verified_saves(row: ClosedCase) -> Quotient:
	"""Found by the last check, of the cases that are decided: 4 of 8, 50.0 %."""
	return quotient_of(save_rates([row]).verified)


def cost_per_save(row: ClosedCase) -> Quotient:
	"""Cost of the offers accepted, for each verified save: 1,000 for 4: 250.00."""
	return Quotient(row.exact_cost, int(row.is_verified))


def callback_completion(row: CountedCall) -> Quotient:
	"""Reached and recorded in time, of the callbacks due: 45 of 50, 90.0 %."""
	return quotient_of(completion({row.result: 1}))


def callbacks_attempted(row: CountedCall) -> Quotient:
	"""Reached or tried, of the callbacks due: 45 in time, 2 late, 2 tried in vain, 1 never called: 49 of 50, 98.0 %."""
	tried = (CallResult.IN_TIME, CallResult.LATE, CallResult.ATTEMPTED)
	return Quotient(int(row.result in tried), 1)


def callbacks_reached(row: CountedCall) -> Quotient:
	"""Reached in time or late, of the callbacks due: 45 and 2 of 50, 94.0 %."""
	return Quotient(int(row.result in (CallResult.IN_TIME, CallResult.LATE)), 1)


def callbacks_late(row: CountedCall) -> Quotient:
	"""Reached or recorded after the deadline, of the callbacks due: 2 of 50, 4.0 %."""
	return Quotient(int(row.result is CallResult.LATE), 1)


def callback_satisfaction(row: CountedCall) -> Quotient:
	"""Mean of what customers answered: 5, 4 and 4, the others not asked: 13 / 3, 4.33."""
	return Quotient(row.satisfaction or 0, int(row.satisfaction is not None))


def quota_fulfilment(row: ServedCustomer) -> Quotient:
	"""Customers who had at least their minimum, of those owed one: 70 of 80, 87.5 %."""
	return Quotient(
		int(row.minimum is not None and row.contacts >= row.minimum), int(row.minimum is not None)
	)


def coverage(row: ServedCustomer) -> Quotient:
	"""Customers contacted at all, of all: 75 of 80, 93.8 %."""
	return Quotient(int(row.contacts > 0), 1)


def contact_pressure(row: ServedCustomer) -> Quotient:
	"""Touches per customer in 30 days: 2 customers with 9 and 3 touches in 90 days: 360 / 180, 2.00."""
	return Quotient(row.touches * DAYS, row.days)


def touches_kept_back(row: ServedCustomer) -> Quotient:
	"""Messages held or merged, of those and the touches made: 3 held, 2 merged, 15 made: 5 of 20, 25.0 %."""
	kept = row.held + row.merged
	return Quotient(kept, kept + row.touches)


def touches_over_cap(row: ServedCustomer) -> Quotient:
	"""Touches beyond the cap, of all touches; nothing is the target: 0 of 15, 0.0 %."""
	return Quotient(row.over_cap, row.touches)


def closed_in_time(row: CountedComplaint) -> Quotient:
	"""Closed and confirmed by the customer within three days, of the complaints due: 8 of 10, 80.0 %."""
	return Quotient(int(row.is_due and row.is_closed_in_time), int(row.is_due))


def repeat_complaints(row: CountedComplaint) -> Quotient:
	"""Complaints of the same customer and matter within 30 days, of all: 1 of 10, 10.0 %."""
	return Quotient(int(row.has_come and row.is_repeat), int(row.has_come))


def first_contact_resolution(row: FirstContact) -> Quotient:
	"""Solved at first contact and not asked again on the matter, of all first contacts: 16 of 20, 80.0 %."""
	return Quotient(int(row.is_solved and not row.came_back), 1)


def satisfaction(row: SatisfactionAnswer) -> Quotient:
	"""Satisfied, of those who answered: 18 of 20, 90.0 %."""
	return Quotient(int(row.is_satisfied), 1)


def satisfaction_repaired(row: SatisfactionAnswer) -> Quotient:
	"""Asked again and satisfied now, of those dissatisfied: 1 of 2, 50.0 %."""
	return Quotient(int(not row.is_satisfied and row.is_satisfied_now), int(not row.is_satisfied))


def warning_precision(row: JudgedSignals) -> Quotient:
	"""Signals that proved right, of those judged: 6 of 8, 75.0 %; `signal_quality` has the rule."""
	return quotient_of(judge([row])[row.rule].precision)


def arrears_cured(row: RemindedCustomer) -> Quotient:
	"""Settled within seven days of a reminder, of those reminded: 12 of 20, 60.0 %."""
	return Quotient(int(row.settled_after is not None and row.settled_after <= CURED_DAYS), 1)


def cover(row: AbsentDuty) -> Quotient:
	"""Work done by the backup, of that due while the account manager was away: 9 of 10, 90.0 %."""
	return Quotient(int(row.is_done_by_backup), 1)


DEFINITIONS: Mapping[Kpi, Definition[Any]] = MappingProxyType(
	{
		Kpi.CUSTOMER_RETENTION: Definition(customer_retention),
		Kpi.COHORT_RETENTION: Definition(cohort_retention),
		Kpi.GROSS_REVENUE_RETENTION: Definition(gross_revenue_retention, is_money=True),
		Kpi.NET_REVENUE_RETENTION: Definition(net_revenue_retention, is_money=True),
		Kpi.CUSTOMER_CHURN: Definition(customer_churn),
		Kpi.CHURN_LEFT: Definition(churn_by(Loss.LEFT)),
		Kpi.CHURN_TRANSFERRED: Definition(churn_by(Loss.TRANSFERRED)),
		Kpi.CHURN_DORMANT: Definition(churn_by(Loss.DORMANT)),
		Kpi.REVENUE_CHURN: Definition(revenue_churn, is_money=True),
		Kpi.HARD_COMMITMENT: Definition(hard_commitment),
		Kpi.SOFT_COMMITMENT: Definition(soft_commitment),
		Kpi.OVERALL_COMMITMENT: Definition(overall_commitment),
		Kpi.STRICT_SAVES: Definition(strict_saves),
		Kpi.VERIFIED_SAVES: Definition(verified_saves),
		Kpi.COST_PER_SAVE: Definition(cost_per_save, Unit.EACH),
		Kpi.CALLBACK_COMPLETION: Definition(callback_completion),
		Kpi.CALLBACKS_ATTEMPTED: Definition(callbacks_attempted),
		Kpi.CALLBACKS_REACHED: Definition(callbacks_reached),
		Kpi.CALLBACKS_LATE: Definition(callbacks_late),
		Kpi.CALLBACK_SATISFACTION: Definition(callback_satisfaction, Unit.EACH),
		Kpi.QUOTA_FULFILMENT: Definition(quota_fulfilment),
		Kpi.CONTACT_COVERAGE: Definition(coverage),
		Kpi.CONTACT_PRESSURE: Definition(contact_pressure, Unit.EACH),
		Kpi.TOUCHES_KEPT_BACK: Definition(touches_kept_back),
		Kpi.TOUCHES_OVER_CAP: Definition(touches_over_cap),
		Kpi.COMPLAINTS: Definition(complaints, Unit.PER_10000),
		Kpi.ESCALATED_COMPLAINTS: Definition(escalated_complaints, Unit.PER_10000),
		Kpi.UPHELD_COMPLAINTS: Definition(upheld_complaints, Unit.PER_10000),
		Kpi.CLOSED_IN_TIME: Definition(closed_in_time),
		Kpi.REPEAT_COMPLAINTS: Definition(repeat_complaints),
		Kpi.FIRST_CONTACT_RESOLUTION: Definition(first_contact_resolution),
		Kpi.SATISFACTION: Definition(satisfaction),
		Kpi.SATISFACTION_REPAIRED: Definition(satisfaction_repaired),
		Kpi.WARNING_PRECISION: Definition(warning_precision),
		Kpi.ARREARS_CURED: Definition(arrears_cured),
		Kpi.COVER: Definition(cover),
	}
)


def measure(kpi: Kpi, rows: Iterable[Any]) -> KeyFigure:
	"""Return a figure over rows of its evidence; MixedCurrencies where amounts cannot be added up."""
	definition = DEFINITIONS[kpi]
	numerator: int | Decimal = 0
	denominator: int | Decimal = 0
	opened, currencies = 0, set()
	for row in rows:
		added = definition.adds(row)
		if _is_something(added):
			numerator += added.numerator
			denominator += added.denominator
			opened += 1
			currencies.add(row.currency if definition.is_money else "")
	if len(currencies) > 1:
		raise MixedCurrencies(", ".join(sorted(currencies)))
	currency = currencies.pop() if currencies else ""
	ratio = Quotient(numerator, denominator)
	return KeyFigure(kpi, definition.version, ratio, opened, definition.unit, currency)


def _of_snapshot(row: CohortCustomer, now: Decimal, then: Decimal) -> Quotient:
	return Quotient(now, then) if row.was_active else Quotient(0, 0)


def _per_active(row: CohortCustomer, count: int) -> Quotient:
	return Quotient(count, Decimal(row.was_active + row.is_active) / 2)


def _is_something(added: Quotient) -> bool:
	return bool(added.numerator or added.denominator)
