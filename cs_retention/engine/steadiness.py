"""For how many days a look at a customer holds while nothing that is known of the customer changes."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import NamedTuple

from cs_retention.engine.customer import CustomerFacts
from cs_retention.engine.health import turns_in
from cs_retention.engine.health_parts import first_to_come
from cs_retention.engine.overdue_marks import MARK_DAYS, OverdueMarks
from cs_retention.engine.policy import Policy
from cs_retention.engine.workdays import add_months


class Looked(NamedTuple):
	"""What a look leaves of a customer: whether the level in force is its own, the day of the rating, what was overdue."""

	is_own_level: bool
	rated_on: date | None
	overdue: OverdueMarks


def days_to_next_month(as_of: date) -> int:
	"""Return the days from a date to the first of the next month: no look holds longer, for reviews come then."""
	return (add_months(as_of.replace(day=1), 1) - as_of).days


def holds_for(
	facts: CustomerFacts, left: Looked, policy: Policy, gap: Fraction | None, as_of: date, at_most: int
) -> int:
	"""Return for how many days a look holds, at least one; `at_most` is `days_to_next_month`.

	A level that is given holds a day. Health may turn, an overdue amount comes to count as the one before, and who was
	never rated is rated so many months after the first purchase.
	"""
	if not left.is_own_level:
		return 1
	turns = [at_most, turns_in(facts, policy.health, gap, as_of)]
	if (facts.overdue_amount or left.overdue.mark) and left.overdue.mark_on is not None:
		turns.append(first_to_come(MARK_DAYS - (as_of - left.overdue.mark_on).days))
	if left.rated_on is None and facts.first_purchase is not None:
		rated_from = add_months(facts.first_purchase, policy.stars.months_before_rating)
		turns.append(max(1, (rated_from - as_of).days))
	return min(turns)
