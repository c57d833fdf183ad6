"""What a quarterly report says of the merchant alliance: tiers then and now, who moved, campaigns, exchanges.

Counted once and kept as plain values, so that a frozen report is told without its rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from cs_retention.engine.alliance import RANK
from cs_retention.engine.alliance_campaign import CampaignFigures
from cs_retention.engine.alliance_life import BELONGS, exchange_months
from cs_retention.engine.quarter_periods import Period, QuarterPeriod
from cs_retention.engine.vocabulary import MerchantStatus, Tier
from cs_retention.engine.workdays import month_span

NOT_JUDGED = ""
"""The tier of a merchant that was not judged yet."""

Contacted = Callable[[date, date], frozenset[str]]
"""Returns the customers that somebody spoke to within some days."""


@dataclass(frozen=True, slots=True)
class QuarterMerchant:
	"""A merchant over a quarter: its tier by the reviews of the quarters that ended before it, and by its end."""

	customer: str
	status: MerchantStatus
	admitted_on: date | None
	suspended_on: date | None
	eliminated_on: date | None
	tier_before: Tier | None = None
	tier_after: Tier | None = None
	exchange_months: int = 0

	def belongs(self, day: date) -> bool:
		"""Tell whether it belongs to the alliance at the end of a day; a candidate never does, whatever it was before."""
		is_out = self.eliminated_on is not None and self.eliminated_on <= day
		is_known = self.status in BELONGS or self.eliminated_on is not None
		return is_known and not is_out and (self.admitted_on is None or self.admitted_on <= day)


@dataclass(frozen=True, slots=True)
class QuarterCampaign:
	"""What a campaign came to that ends in the quarter; amounts in the company's currency."""

	title: str
	to_date: str
	invited: int
	came: int
	spent: float
	bought: float
	cost: float

	@property
	def ends_on(self) -> date:
		"""The last day."""
		return date.fromisoformat(self.to_date)

	@classmethod
	def of(cls, title: str, to_date: date, figures: CampaignFigures) -> QuarterCampaign:
		"""Return what the figures of a campaign say; what was bought is what those who came bought of us."""
		bought = round(figures.spend_came, 2)
		found = figures.invited, figures.came, round(figures.spent, 2), bought, round(figures.cost, 2)
		return cls(title, to_date.isoformat(), *found)


@dataclass(frozen=True, slots=True)
class AllianceQuarter:
	"""Merchants of the alliance by tier at both ends of a quarter, and what happened between them.

	`promoted` and `lowered` are of those judged before and since; `suspended` and `sanctioned` stand so at its end.
	"""

	began: Mapping[str, int]
	ended: Mapping[str, int]
	admitted: int
	promoted: int
	lowered: int
	eliminated: int
	suspended: int
	sanctioned: int
	exchanges_due: int
	exchanges_made: int
	campaigns: tuple[QuarterCampaign, ...] = ()

	@property
	def on_probation(self) -> int:
		"""Merchants on probation at the end."""
		return self.ended.get(Tier.PROBATION.value, 0)

	@property
	def tiers(self) -> list[tuple[str, int, int]]:
		"""Tier with the merchants at the beginning and at the end, the best first; nobody judged yet only where some are."""
		named = [tier.value for tier in Tier]
		if self.began.get(NOT_JUDGED) or self.ended.get(NOT_JUDGED):
			named.append(NOT_JUDGED)
		return [(name, self.began.get(name, 0), self.ended.get(name, 0)) for name in named]

	def to_mapping(self) -> dict[str, Any]:
		"""Return plain values that `from_mapping` turns into this."""
		return asdict(self)

	@classmethod
	def from_mapping(cls, mapping: Mapping[str, Any]) -> AllianceQuarter:
		"""Return what plain values say."""
		campaigns = tuple(QuarterCampaign(**row) for row in mapping["campaigns"])
		return cls(**{**mapping, "campaigns": campaigns})


def count_alliance(
	merchants: Sequence[QuarterMerchant],
	quarter: Period,
	until: date,
	sanctioned: int,
	contacted: Contacted,
	campaigns: Iterable[QuarterCampaign] = (),
) -> AllianceQuarter | None:
	"""Count a quarter of the alliance up to a day; None where nobody belonged to it in those days."""
	then = [row for row in merchants if row.belongs(quarter.eve)]
	now = [row for row in merchants if row.belongs(until)]
	gone = [row for row in merchants if row.eliminated_on and quarter.start <= row.eliminated_on <= until]
	if not (then or now or gone):
		return None
	steps = [
		RANK[row.tier_after] - RANK[row.tier_before] for row in now if row.tier_before and row.tier_after
	]
	due = list(exchanges(merchants, quarter, until))
	spoken = {span: contacted(*span) for span in {span for _customer, span in due}}
	return AllianceQuarter(
		began=dict(Counter(_named(row.tier_before) for row in then)),
		ended=dict(Counter(_named(row.tier_after) for row in now)),
		admitted=sum(quarter.start <= row.admitted_on <= until for row in now if row.admitted_on),
		promoted=sum(step < 0 for step in steps),
		lowered=sum(step > 0 for step in steps),
		eliminated=len(gone),
		suspended=sum(row.status is MerchantStatus.SUSPENDED and _by(row.suspended_on, until) for row in now),
		sanctioned=sanctioned,
		exchanges_due=len(due),
		exchanges_made=sum(customer in spoken[span] for customer, span in due),
		campaigns=tuple(campaigns),
	)


def exchanges(
	merchants: Iterable[QuarterMerchant], quarter: Period, until: date
) -> Iterator[tuple[str, tuple[date, date]]]:
	"""Yield customer and days of every exchange whose month or quarter ended within the days, for who belonged all along."""
	for row in merchants:
		months = row.exchange_months or exchange_months(row.tier_before)
		first, last = month_span(quarter.start, months)
		while last <= until:
			if row.belongs(first) and row.belongs(last):
				yield row.customer, (first, last)
			first, last = month_span(last + timedelta(days=1), months)


def quarter_ended(day: date) -> tuple[int, int]:
	"""Return year and number of the last calendar quarter that is over at the end of a day."""
	ended = QuarterPeriod.of(day + timedelta(days=1)).before
	return ended.year, ended.number


def _named(tier: Tier | None) -> str:
	return tier.value if tier else NOT_JUDGED


def _by(day: date | None, until: date) -> bool:
	"""Tell whether something was so by a day; without a date it is taken to be."""
	return day is None or day <= until
