"""A campaign of the alliance: its dates, who takes part and who has to leave, and what it came to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from cs_retention.engine.reasons import WorkError
from cs_retention.engine.vocabulary import MerchantLeft, MerchantStatus, Tier

LONGEST = 366
"""Days a campaign lasts at most."""


def default_slots(tier: Tier) -> int:
	"""Return in how many campaigns of a quarter a merchant of a tier takes part; on probation in none."""
	return {Tier.STRATEGIC: 4, Tier.PREFERRED: 2, Tier.STANDARD: 1}.get(tier, 0)


@dataclass(frozen=True, slots=True)
class CampaignMerchant:
	"""A merchant as a campaign sees it: up to which day it is kept out, its slots in a quarter and those taken."""

	name: str
	label: str
	status: MerchantStatus
	tier: Tier
	sanctioned_until: date | None
	slots: int
	taken: int


def check_dates(from_date: date, to_date: date, today: date | None) -> None:
	"""Refuse a campaign that ends before it begins, lasts too long or, where `today` is given, is over."""
	if to_date < from_date:
		raise WorkError("to_date", to_date, "give {from_date} or a later date", from_date=from_date)
	if (to_date - from_date).days >= LONGEST:
		raise WorkError("to_date", to_date, "a campaign lasts {most} days at most", most=LONGEST)
	if today and to_date < today:
		raise WorkError("to_date", to_date, "give today or a later date")


def check_merchant(merchant: CampaignMerchant, from_date: date) -> None:
	"""Refuse a merchant that may not take part in a campaign that begins on a day."""
	if merchant.status is not MerchantStatus.ADMITTED:
		raise WorkError(
			"merchant",
			merchant.label,
			"it is {status}; take it out, only admitted merchants take part",
			status=merchant.status,
		)
	if merchant.sanctioned_until and merchant.sanctioned_until >= from_date:
		raise WorkError(
			"merchant",
			merchant.label,
			"a sanction keeps it out until {until}; take it out",
			until=merchant.sanctioned_until,
		)
	if merchant.taken >= merchant.slots:
		raise WorkError(
			"merchant",
			merchant.label,
			"its tier {tier} has {slots} campaigns a quarter and takes part in {taken}; take it out",
			tier=merchant.tier,
			slots=merchant.slots,
			taken=merchant.taken,
		)


def why_it_leaves(
	status: MerchantStatus, sanctioned_until: date | None, is_disabled: bool, day: date
) -> MerchantLeft | None:
	"""Return why a merchant may not stay in a campaign on a day; None where it may."""
	if is_disabled:
		return MerchantLeft.DISABLED
	if status is MerchantStatus.ELIMINATED:
		return MerchantLeft.ELIMINATED
	if sanctioned_until and sanctioned_until >= day:
		return MerchantLeft.SANCTIONED
	if status is not MerchantStatus.ADMITTED:
		return MerchantLeft.SUSPENDED
	return None


def lost_since(as_of: date, days: int = 90) -> date:
	"""Return since when a customer must have been critical to be lost (RULES section 2)."""
	return as_of - timedelta(days=days)


@dataclass(frozen=True, slots=True)
class CampaignFigures:
	"""What a campaign came to.

	`spend_came` and `spend_stayed` are what the invited who came and those who did not bought of us in its days; `spent`
	is what vouchers were redeemed for, `answers` and `satisfaction` how many members rated it and their sum.
	"""

	invited: int = 0
	came: int = 0
	spent: float = 0.0
	spend_came: float = 0.0
	spend_stayed: float = 0.0
	complaints: int = 0
	answers: int = 0
	satisfaction: int = 0
	cost: float = 0.0

	@property
	def turnout(self) -> float | None:
		"""Share of the invited who came; None where nobody was invited."""
		return share(self.came, self.invited)

	@property
	def per_comer(self) -> float | None:
		"""What each who came bought of us."""
		return share(self.spend_came, self.came)

	@property
	def per_stayer(self) -> float | None:
		"""What each of the invited who did not come bought of us."""
		return share(self.spend_stayed, self.invited - self.came)

	@property
	def cost_per_comer(self) -> float | None:
		"""The cost for each who came."""
		return share(self.cost, self.came)

	@property
	def mean_satisfaction(self) -> float | None:
		"""The mean of the ratings, 1 to 5."""
		return share(self.satisfaction, self.answers)


def share(part: float, whole: float) -> float | None:
	"""Return a part of a whole, to 6 digits; None of nothing."""
	return round(part / whole, 6) if whole > 0 else None
