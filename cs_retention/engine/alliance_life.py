"""The life of a merchant in the alliance: admission, suspension, sanction, elimination, and who takes its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from cs_retention.engine.reasons import PolicyError, WorkError
from cs_retention.engine.vocabulary import MerchantAction, MerchantStatus, Tier
from cs_retention.engine.workdays import add_months

NOTICE_DAYS = (14, 60)
"""An ending contract is told of so many days before, the most urgent first (RULES section 3)."""


TRANSITIONS: Mapping[tuple[MerchantStatus, MerchantAction], MerchantStatus] = MappingProxyType(
	{
		(MerchantStatus.CANDIDATE, MerchantAction.ADMIT): MerchantStatus.ADMITTED,
		(MerchantStatus.ADMITTED, MerchantAction.SUSPEND): MerchantStatus.SUSPENDED,
		(MerchantStatus.SUSPENDED, MerchantAction.RESUME): MerchantStatus.ADMITTED,
		(MerchantStatus.ADMITTED, MerchantAction.ELIMINATE): MerchantStatus.ELIMINATED,
		(MerchantStatus.SUSPENDED, MerchantAction.ELIMINATE): MerchantStatus.ELIMINATED,
		(MerchantStatus.ELIMINATED, MerchantAction.APPLY_AGAIN): MerchantStatus.CANDIDATE,
	}
)
"""Whoever was eliminated returns only through admission."""


BELONGS = (MerchantStatus.ADMITTED, MerchantStatus.SUSPENDED)
"""Who stands in the alliance."""


def after_action(status: MerchantStatus, action: MerchantAction) -> MerchantStatus:
	"""Return where an action leads; WorkError where it is not allowed."""
	try:
		return TRANSITIONS[status, action]
	except KeyError:
		allowed = tuple(each for before, each in TRANSITIONS if before is status)
		raise WorkError(
			"action", action, "{status} allows: {allowed}", status=status, allowed=allowed
		) from None


@dataclass(frozen=True, slots=True)
class LifePolicy:
	"""What admission asks, and how long a sanction lasts."""

	admission_bar: float = 70.0
	sanction_months: int = 12

	def __post_init__(self) -> None:
		if not 0 < self.admission_bar <= 100:
			raise PolicyError("admission_bar", self.admission_bar, "give points above 0, 100 at most")
		if not 1 <= self.sanction_months <= 120:
			raise PolicyError("sanction_months", self.sanction_months, "give a number from 1 to 120")


@dataclass(frozen=True, slots=True)
class AdmissionItem:
	"""One line of the checklist of admission; a required one cannot be made up for by others."""

	name: str
	weight: float
	is_met: bool
	is_required: bool = False


def admission_points(items: Iterable[AdmissionItem]) -> float:
	"""Return what is met as points of 100 by weight; 0 for an empty checklist."""
	listed = list(items)
	whole = sum(item.weight for item in listed)
	met = sum(item.weight for item in listed if item.is_met)
	return round(100 * met / whole, 2) if whole else 0.0


def check_admission(
	items: Sequence[AdmissionItem], contract_end: date | None, policy: LifePolicy, today: date
) -> None:
	"""Refuse to admit whoever misses something required or the bar, or has no contract in force.

	A contract without an end is given as date.max.
	"""
	for item in items:
		if item.is_required and not item.is_met:
			raise WorkError("checklist", item.name, "it is required for admission; have it met first")
	points = admission_points(items)
	if points < policy.admission_bar:
		raise WorkError(
			"checklist", points, "admission asks for {bar} of 100 points", bar=policy.admission_bar
		)
	if contract_end is None:
		raise WorkError("contract", None, "name the contract with the merchant")
	if contract_end < today:
		raise WorkError("contract", contract_end, "the contract has ended; name one in force")


@dataclass(frozen=True, slots=True)
class Sanction:
	"""What follows a breach that was proven: no campaigns and no promotion up to and including `ends_on`."""

	decided_on: date
	ends_on: date
	breach: str
	lifted_on: date | None = None

	def is_in_force(self, day: date) -> bool:
		"""Tell whether it holds on a day; on the day it is lifted it does not."""
		is_lifted = self.lifted_on is not None and day >= self.lifted_on
		return self.decided_on <= day <= self.ends_on and not is_lifted


def sanction(decided_on: date, breach: str, evidence: str, policy: LifePolicy, today: date) -> Sanction:
	"""Return the sanction of a breach; WorkError for one that nothing proves or that lies ahead."""
	if not breach.strip():
		raise WorkError("breach", breach, "say what was done")
	if not evidence.strip():
		raise WorkError("evidence", evidence, "say what proves the breach")
	if decided_on > today:
		raise WorkError("decided_on", decided_on, "give today or an earlier date")
	return Sanction(decided_on, add_months(decided_on, policy.sanction_months), breach)


def sanction_on(sanctions: Iterable[Sanction], day: date) -> Sanction | None:
	"""Return the sanction in force on a day that lasts longest; None when there is none."""
	return max(
		(each for each in sanctions if each.is_in_force(day)), key=lambda each: each.ends_on, default=None
	)


def contract_notice(contract_end: date, today: date) -> int | None:
	"""Return which notice of an ending contract is due: so many days before; 0 once it has ended, None before the first."""
	left = (contract_end - today).days
	if left < 0:
		return 0
	return next((days for days in NOTICE_DAYS if left <= days), None)


def exchange_months(tier: Tier | None) -> int:
	"""Return the months within which a merchant is met once: a month for Strategic, else a quarter (RULES section 3)."""
	return 1 if tier is Tier.STRATEGIC else 3


@dataclass(frozen=True, slots=True)
class Candidate:
	"""Who may take a place in the alliance."""

	name: str
	category: str
	territory: str
	points: float


def replacements(candidates: Iterable[Candidate], category: str, territory: str) -> list[Candidate]:
	"""Return the candidates of the same category and territory, those with the most points of admission first."""
	fitting = [each for each in candidates if (each.category, each.territory) == (category, territory)]
	return sorted(fitting, key=lambda each: (-each.points, each.name))


def check_parents(merchant: str, parents: Mapping[str, str | None]) -> None:
	"""Refuse a merchant that would stand, over others, above itself."""
	passed, above = [merchant], parents.get(merchant)
	while above is not None:
		if above == merchant:
			raise WorkError(
				"parent_merchant",
				parents[merchant],
				"it belongs to {merchant} itself; name another",
				merchant=merchant,
			)
		if above in passed:
			return
		passed.append(above)
		above = parents.get(above)
