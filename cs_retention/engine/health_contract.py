"""The health card of contract customers: six parts and the missing bill (RULES section 2)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache

from cs_retention.engine.customer import CustomerFacts
from cs_retention.engine.health_parts import NEVER, Part, days_beyond, first_to_come
from cs_retention.engine.health_policy import HealthPolicy
from cs_retention.engine.reasons import Reason
from cs_retention.engine.steps import at_least, exact
from cs_retention.engine.vocabulary import Card
from cs_retention.engine.workdays import add_months

REASONS: Mapping[str, tuple[str, ...]] = {
	"bill_trend": ("bills", "before", "trend"),
	"no_earlier_bills": ("bills",),
	"no_bills": ("bills", "before"),
	"contract_days_left": ("contract_end", "days"),
	"commitment_unknown": (),
	"no_contract_in_force": ("contract_end",),
	"no_arrears": (),
	"arrears": ("overdue", "oldest", "days"),
	"no_complaint_90d": (),
	"one_closed_complaint_90d": (),
	"complaints_90d": ("complaints", "open"),
	"serious_complaint_90d": ("complaints", "serious"),
	"low_satisfaction_90d": ("satisfaction", "on"),
	"months_since_start": ("start", "months"),
	"start_unknown": (),
	"callbacks_reached": (),
	"no_callback_yet": (),
	"callbacks_missed": ("times",),
	"contact_refused": (),
	"bill_missing": ("usual_date", "days", "cap"),
}
"""Codes of the contract customers' card; `trend` is the last three months' bills over those before, 1 for equal."""


class ContractCustomerCard:
	"""The contract customers' tables for one policy and date."""

	kind = Card.CONTRACT_CUSTOMER
	notes: tuple[Reason, ...] = ()

	def __init__(self, policy: HealthPolicy, as_of: date) -> None:
		table = policy.contract
		self.policy = policy
		self.table = table
		self.as_of = as_of
		self.satisfied_since = as_of - timedelta(days=policy.contract.service_days)
		self.best = tuple(table.best_points.values())
		self.tenure: Callable[[date | None], Part] = cache(self._tenure)
		self.contact: Callable[[int, bool, bool], Part] = cache(self._contact)
		self._arrears_limits = [math.floor(bound) for bound, _ in table.arrears]
		self._commitment_bounds = [math.floor(bound) for bound, _ in table.commitment]

	def turns(self, facts: CustomerFacts) -> int:
		"""Return in how many days, at the earliest, days that only pass may move the health of a contract customer."""
		turns = [self._tenure_turns(facts.contract_start or facts.first_purchase)]
		if facts.contract_end is not None:
			left = (facts.contract_end - self.as_of).days
			turns.append(first_to_come(*[left - bound for bound in self._commitment_bounds]))
		if facts.oldest_overdue is not None:
			turns.append(days_beyond(self._arrears_limits, (self.as_of - facts.oldest_overdue).days))
		if facts.last_satisfaction_on is not None:
			turns.append(first_to_come((facts.last_satisfaction_on - self.satisfied_since).days))
		if last := facts.last_purchase or facts.contract_start:
			usual = (add_months(last, 1) - self.as_of).days
			caps = self.policy.caps
			turns.append(first_to_come(usual + caps.late_bill_days, usual + caps.missing_bill_days))
		return min(turns)

	def _tenure_turns(self, start: date | None) -> int:
		"""Return in how many days another month of tenure is full, where months still count."""
		if start is None or (months := full_months(start, self.as_of)) >= self.table.tenure[-1][0]:
			return NEVER
		return (add_months(start, months + 1) - self.as_of).days

	def parts(self, facts: CustomerFacts) -> tuple[Part, ...]:
		"""Return the six parts of a contract customer."""
		return (
			self.bill_trend(facts),
			self.commitment(facts),
			self.arrears(facts),
			self.service(facts),
			self.tenure(facts.contract_start or facts.first_purchase),
			self.contact(facts.unreached_in_a_row, facts.has_refused, facts.last_contact is not None),
		)

	def bill_trend(self, facts: CustomerFacts) -> Part:
		"""Return the points of the last three months' bills over the three before."""
		bills, before = facts.revenue_3m, facts.revenue_prior_3m
		if before > 0:
			figures = (("bills", bills), ("before", before), ("trend", round(bills / before, 3)))
			return Part("bill_trend", self._trend_points(bills, before), Reason("bill_trend", figures))
		if bills > 0:
			return Part(
				"bill_trend", self.table.bill_trend[-1][1], Reason.of("no_earlier_bills", bills=bills)
			)
		return Part("bill_trend", 0, Reason.of("no_bills", bills=bills, before=before))

	def _trend_points(self, bills: float, before: float) -> int:
		if bills < 0:
			return 0
		now, then = exact(bills), exact(before)
		return next(points for bound, points in reversed(self.table.bill_trend) if now >= bound * then)

	def commitment(self, facts: CustomerFacts) -> Part:
		"""Return the points of the days left of a dated commitment."""
		end = facts.contract_end
		days = (end - self.as_of).days if end is not None else 0
		if end is not None and days > 0:
			points = next(points for bound, points in reversed(self.table.commitment) if days > bound)
			return Part("commitment", points, Reason.of("contract_days_left", contract_end=end, days=days))
		if facts.has_contract and facts.is_open_ended:
			return Part("commitment", self.table.unknown_commitment, Reason("commitment_unknown"))
		reason = Reason.of("no_contract_in_force", contract_end=end)
		return Part("commitment", self.table.no_commitment, reason)

	def arrears(self, facts: CustomerFacts) -> Part:
		"""Return the points of the oldest overdue."""
		oldest = facts.oldest_overdue
		if oldest is None:
			return Part("arrears", self.table.arrears[0][1], Reason("no_arrears"))
		days = (self.as_of - oldest).days
		points = next((given for bound, given in self.table.arrears if days <= bound), 0)
		reason = Reason.of("arrears", overdue=facts.overdue_amount, oldest=oldest, days=days)
		return Part("arrears", points, reason)

	def service(self, facts: CustomerFacts) -> Part:
		"""Return the points of complaints and satisfaction in the last days."""
		none, one_closed, open_or_two, worst = self.table.service
		complaints, open_ = facts.complaints_90d, facts.open_complaints_90d
		if facts.serious_complaints_90d:
			figures = {"complaints": complaints, "serious": facts.serious_complaints_90d}
			return Part("service", worst, Reason.of("serious_complaint_90d", **figures))
		if self._is_dissatisfied(facts):
			answer = (("satisfaction", facts.last_satisfaction), ("on", facts.last_satisfaction_on))
			return Part("service", worst, Reason("low_satisfaction_90d", answer))
		if open_ or complaints > 1:
			return Part(
				"service", open_or_two, Reason.of("complaints_90d", complaints=complaints, open=open_)
			)
		if complaints:
			return Part("service", one_closed, Reason("one_closed_complaint_90d"))
		return Part("service", none, Reason("no_complaint_90d"))

	def _is_dissatisfied(self, facts: CustomerFacts) -> bool:
		satisfaction, on = facts.last_satisfaction, facts.last_satisfaction_on
		if satisfaction is None or on is None or satisfaction > self.policy.low_satisfaction_at:
			return False
		return on > self.satisfied_since

	def _tenure(self, start: date | None) -> Part:
		if start is None:
			return Part("tenure", self.table.tenure[0][1], Reason("start_unknown"))
		months = full_months(start, self.as_of)
		reason = Reason.of("months_since_start", start=start, months=months)
		return Part("tenure", at_least(self.table.tenure, months), reason)

	def _contact(self, unreached: int, has_refused: bool, was_reached: bool) -> Part:
		reached, one_missed, two_missed, refused = self.table.contact
		if has_refused:
			return Part("contact", refused, Reason("contact_refused"))
		if not unreached:
			if not was_reached:
				return Part("contact", reached, Reason("no_callback_yet"))
			return Part("contact", reached, Reason("callbacks_reached"))
		points = one_missed if unreached == 1 else two_missed
		return Part("contact", points, Reason.of("callbacks_missed", times=unreached))

	def deductions(self, facts: CustomerFacts) -> tuple[Part, ...]:
		"""Return nothing: what is deducted from a free buyer is a part of this card."""
		return ()

	def caps(self, facts: CustomerFacts) -> tuple[tuple[int, Reason], ...]:
		"""Return the cap of a monthly bill that has not come, counted from its usual date."""
		last = facts.last_purchase or facts.contract_start
		if last is None:
			return ()
		caps, usual = self.policy.caps, add_months(last, 1)
		days = (self.as_of - usual).days
		if days < caps.late_bill_days:
			return ()
		cap = caps.missing_bill if days >= caps.missing_bill_days else caps.late_bill
		return ((cap, Reason.of("bill_missing", usual_date=usual, days=days, cap=cap)),)


def full_months(start: date, as_of: date) -> int:
	"""Return the months that are full since a start."""
	months = 12 * (as_of.year - start.year) + as_of.month - start.month
	return months - 1 if add_months(start, months) > as_of else months
