"""Whether a customer who was kept is still there 30, 60 and 90 days later, from invoices or a contract in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from types import MappingProxyType

from cs_retention.engine.reasons import PolicyError, Reason

MONTH = 30
"""Days over which revenue after the save is averaged."""

LONGEST_MONTH = 31
"""Usual time between two purchases up to which a customer is looked for in every month."""


REASONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
	{
		"save_too_early": ("usual_days",),
		"save_contract_ended": ("since", "day"),
		"save_nothing_bought": ("since", "day"),
		"save_worth_less": ("monthly", "before"),
		"save_bought": ("amount", "since", "day"),
		"save_contract_runs": ("day",),
	}
)


class Verification(str, Enum):
	"""How a save stands."""

	PENDING = "Pending"
	VERIFIED = "Verified"
	DOWNGRADED = "Downgraded"
	RELAPSED = "Relapsed"


@dataclass(frozen=True, slots=True)
class VerificationPolicy:
	"""Days after the save on which it is checked, and the share of earlier revenue below which it is a downgrade."""

	check_days: tuple[int, ...] = (30, 60, 90)
	downgraded_share: float = 0.75

	def __post_init__(self) -> None:
		days = self.check_days
		if not days or days[0] < 1 or list(days) != sorted(set(days)):
			raise PolicyError("check_days", days, "give days after the save, each later than the one before")
		if not 0 <= self.downgraded_share <= 1:
			raise PolicyError("downgraded_share", self.downgraded_share, "give a share from 0 to 1")


@dataclass(frozen=True, slots=True)
class Saved:
	"""A save: its day, what the customer was worth a month before it, its own rhythm, and whether a contract ran.

	`usual_days` is the usual time between two purchases, 0 where none is known.
	"""

	saved_on: date
	monthly_before: float = 0.0
	usual_days: int = 0
	had_contract: bool = False


@dataclass(frozen=True, slots=True)
class SaveEvidence:
	"""What is known of a customer on the day of a check.

	`revenue` are net amounts by posting date, returns negative; `has_contract` is a contract in force on that day.
	"""

	revenue: Mapping[date, float]
	has_contract: bool = False


@dataclass(frozen=True, slots=True)
class Check:
	"""One check that was made: how many days after the save, its result and why."""

	days: int
	result: Verification
	reason: Reason


def due_checks(saved: Saved, made: Sequence[Check], policy: VerificationPolicy, as_of: date) -> list[int]:
	"""Return the checks whose day has come and that are not made; none after a relapse.

	A check is made once: an invoice dated back afterwards speaks in the next one.
	"""
	if any(check.result is Verification.RELAPSED for check in made):
		return []
	known = {check.days for check in made}
	return [
		days
		for days in policy.check_days
		if days not in known and saved.saved_on + timedelta(days=days) <= as_of
	]


def next_check(saved: Saved, made: Sequence[Check], policy: VerificationPolicy) -> date | None:
	"""Return the day of the next check; None when there is none any more."""
	days = due_checks(saved, made, policy, date.max)
	return saved.saved_on + timedelta(days=days[0]) if days else None


def verify(saved: Saved, days: int, evidence: SaveEvidence, policy: VerificationPolicy) -> Check:
	"""Return what a check says.

	A customer is there when a contract is in force or something was bought within its own rhythm, a month at least.
	One who is not there has relapsed, unless it buys less often than monthly and its time has not come; the last
	check waits for nobody.
	"""
	day = saved.saved_on + timedelta(days=days)
	window = max(LONGEST_MONTH, saved.usual_days)
	since = max(saved.saved_on, day - timedelta(days=window))
	bought = round(_sum(evidence.revenue, since, day), 6)
	if not evidence.has_contract and bought <= 0:
		is_too_early = saved.usual_days > max(LONGEST_MONTH, days) and not saved.had_contract
		if is_too_early and days < policy.check_days[-1]:
			return Check(days, Verification.PENDING, Reason.of("save_too_early", usual_days=saved.usual_days))
		if saved.had_contract:
			return Check(days, Verification.RELAPSED, Reason.of("save_contract_ended", since=since, day=day))
		return Check(days, Verification.RELAPSED, Reason.of("save_nothing_bought", since=since, day=day))
	monthly = round(_sum(evidence.revenue, saved.saved_on, day) * MONTH / days, 2)
	if monthly < saved.monthly_before * policy.downgraded_share:
		reason = Reason.of("save_worth_less", monthly=monthly, before=round(saved.monthly_before, 2))
		return Check(days, Verification.DOWNGRADED, reason)
	if bought > 0:
		return Check(
			days, Verification.VERIFIED, Reason.of("save_bought", amount=bought, since=since, day=day)
		)
	return Check(days, Verification.VERIFIED, Reason.of("save_contract_runs", day=day))


def standing(made: Sequence[Check]) -> Verification:
	"""Return how a save stands after its checks: the last that could tell, Pending before there is one."""
	told = (check for check in sorted(made, key=lambda check: -check.days))
	return next(
		(check.result for check in told if check.result is not Verification.PENDING), Verification.PENDING
	)


def is_verified(made: Sequence[Check], policy: VerificationPolicy) -> bool:
	"""Tell whether the last check found the customer, whatever it is worth now."""
	return any(
		check.days == policy.check_days[-1] and check.result is not Verification.RELAPSED for check in made
	)


def usual_days(purchases: Sequence[date]) -> int:
	"""Return the usual time between purchases in whole days, rounded up; 0 for fewer than two purchase days."""
	days = sorted(set(purchases))
	if len(days) < 2:
		return 0
	return -((days[0] - days[-1]).days // (len(days) - 1))


def _sum(revenue: Mapping[date, float], after: date, until: date) -> float:
	return sum(amount for day, amount in revenue.items() if after < day <= until)
