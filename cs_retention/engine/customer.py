"""What the engine is told about one customer as of one date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

ACTIVE_DAYS = 365
"""Who bought within so many days is active; the day after counts a free buyer as lost."""


@dataclass(frozen=True, slots=True)
class CustomerFacts:
	"""Facts of one customer as of the date they were read for; amounts in company currency.

	A purchase day is a posting date with a submitted invoice that is no return and has a positive net total.
	Revenue is net of returns. "12m" is posting_date > as_of less one year, "3m" likewise by months; "prior" is
	the period of the same length just before. Complaint counts include serious ones. None means not known,
	which is never the same as zero.
	"""

	customer: str
	account_manager: str | None = None
	backup_manager: str | None = None
	is_named_key_account: bool = False
	is_billed: bool = False

	first_purchase: date | None = None
	last_purchase: date | None = None
	purchase_days: int = 0
	purchase_days_12m: int = 0
	revenue_12m: float = 0.0
	revenue_prior_12m: float = 0.0
	revenue_3m: float = 0.0
	revenue_prior_3m: float = 0.0
	revenue_12m_by_company: tuple[tuple[str, float], ...] = ()
	"""One entry per company the customer ever had a purchase day in, ordered by company."""

	overdue_amount: float = 0.0
	oldest_overdue: date | None = None
	overdue_before: float | None = None
	"""Overdue amount of a state read 30 days ago or more; None where no earlier state is known."""

	complaints_12m: int = 0
	serious_complaints_12m: int = 0
	complaints_90d: int = 0
	serious_complaints_90d: int = 0
	open_complaints_90d: int = 0
	complaints_30d: int = 0
	serious_complaints_30d: int = 0

	last_satisfaction: int | None = None
	last_satisfaction_on: date | None = None
	last_contact: date | None = None
	"""Last contact that counts for a quota (reached or visited)."""
	unreached_in_a_row: int = 0
	has_refused: bool = False
	"""The last word on the telephone was a refusal: no contact reached since."""

	item_groups: int | None = None
	"""Distinct item groups bought; None when the book knows no items."""

	has_contract: bool = False
	"""A Contract or Subscription is running on the date."""
	contract_start: date | None = None
	"""Earliest start of any contract or subscription, ended ones included."""
	contract_end: date | None = None
	"""Latest end of the running ones, else of those that ended; None when open-ended or there never was one."""
	is_open_ended: bool = False
	"""A running contract or subscription names no end."""

	warnings: tuple[str, ...] = ()
	"""Open warnings that cap health: cancellation_asked, port_out_asked, competitor_named, external_warning."""

	@property
	def is_contract_customer(self) -> bool:
		"""Billed under a running contract or subscription, or marked as billed by a person."""
		return self.has_contract or self.is_billed

	@property
	def repeats(self) -> int:
		"""Purchase days after the first."""
		return max(0, self.purchase_days - 1)

	@property
	def is_overdue_growing(self) -> bool:
		"""More is overdue than 30 days ago or earlier; not where no earlier state is known."""
		return self.overdue_before is not None and self.overdue_amount > self.overdue_before
