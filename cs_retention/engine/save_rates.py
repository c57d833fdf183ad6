"""What the saving is worth: strict and verified save rates, and the cost of a verified save (RULES section 4)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from cs_retention.engine.kpi import Ratio
from cs_retention.engine.retention_verification import Verification

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class ClosedCase:
	"""A case that was closed: kept or not, how the save stands, whether its last check was made, cost of what was accepted.

	`cost` is in the currency of the company; `exact_cost` is the same as it is written, for sums.
	"""

	is_saved: bool
	verification: Verification = Verification.PENDING
	is_last_check_made: bool = False
	cost: float = 0.0

	@property
	def exact_cost(self) -> Decimal:
		"""The cost in the digits it is written with: ten times 0.1 are 1."""
		return Decimal(str(self.cost))

	@property
	def holds(self) -> bool:
		"""Tell whether the customer was kept and has not relapsed."""
		return self.is_saved and self.verification is not Verification.RELAPSED

	@property
	def is_verified(self) -> bool:
		"""Tell whether the customer was kept and found by the last check."""
		return self.holds and self.is_last_check_made


@dataclass(frozen=True, slots=True)
class SaveRates:
	"""Figures over closed cases; `cost_per_save`, rounded half up to a cent, is None where no save is verified."""

	strict: Ratio
	verified: Ratio
	cost_per_save: Decimal | None


def save_rates(cases: Collection[ClosedCase]) -> SaveRates:
	"""Return the rates of some closed cases.

	Strict: kept and not relapsed since, of all closed. Verified: found by the last check, of those that are decided,
	which are the cases not kept, the relapsed and those whose last check was made. The cost counts every offer that
	was accepted, also where the customer left all the same.
	"""
	verified = sum(case.is_verified for case in cases)
	decided = sum(not case.holds or case.is_last_check_made for case in cases)
	cost = sum((case.exact_cost for case in cases), Decimal(0))
	return SaveRates(
		Ratio(sum(case.holds for case in cases), len(cases)),
		Ratio(verified, decided),
		(cost / verified).quantize(CENT, ROUND_HALF_UP) if verified else None,
	)
