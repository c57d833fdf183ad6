"""What is on record about a merchant in a quarter, as scores of a review: each with its rows and how it was reckoned."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from cs_retention.engine.alliance import HIGHEST, LOWEST
from cs_retention.engine.reasons import Reason
from cs_retention.engine.vocabulary import Criterion, EvidenceSource

REASONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
	{
		"alliance_inspected": ("inspections", "score"),
		"alliance_complaints": ("complaints",),
		"alliance_no_complaint": (),
		"alliance_returned": ("share", "receipts"),
		"alliance_delivered_late": ("late", "receipts"),
		"alliance_turnout": ("came", "invited", "campaigns"),
		"alliance_members_say": ("answers", "score"),
	}
)
"""Reason codes of computed scores with the names of their figures."""

RETURNED_WORST = 0.10
"""Returned share of what was delivered at which the lowest score is reached."""

TURNOUT_BEST = 0.05
"""Share of the invited that came to the merchant at which the best score is reached."""


@dataclass(frozen=True, slots=True)
class InspectedFacts:
	"""A submitted inspection; 0 for a criterion that was not asked about."""

	name: str
	quality: float
	cooperation: float


@dataclass(frozen=True, slots=True)
class ReceiptFacts:
	"""What a merchant delivered to us as a supplier, or got back."""

	name: str
	is_return: bool
	amount: float
	is_late: bool


@dataclass(frozen=True, slots=True)
class CampaignFacts:
	"""A campaign in which a merchant took part: how many were invited, came to it, rated it, and the sum of the ratings."""

	name: str
	invited: int
	came: int
	answers: int = 0
	satisfaction: int = 0


@dataclass(frozen=True, slots=True)
class MerchantFacts:
	"""What is on record about a merchant in a quarter; complaints are those about it, by name."""

	inspections: tuple[InspectedFacts, ...] = ()
	complaints: tuple[str, ...] = ()
	receipts: tuple[ReceiptFacts, ...] = ()
	campaigns: tuple[CampaignFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoreEvidence:
	"""A score that records give, with their names and how it came about."""

	source: EvidenceSource
	criterion: Criterion
	score: float
	documents: tuple[str, ...]
	why: Reason


def evidence_of(facts: MerchantFacts) -> list[ScoreEvidence]:
	"""Return the scores that are on record, in the order of sources and criteria; of what is not there, none."""
	return [found for source in EvidenceSource for found in READERS[source](facts)]


def _inspections(facts: MerchantFacts) -> Iterator[ScoreEvidence]:
	"""The mean of the inspections, by criterion."""
	for criterion in (Criterion.QUALITY, Criterion.COOPERATION):
		seen = [(row.name, getattr(row, criterion.name.lower())) for row in facts.inspections]
		asked = [(name, score) for name, score in seen if score]
		if asked:
			mean = round(sum(score for _name, score in asked) / len(asked), 2)
			yield ScoreEvidence(
				EvidenceSource.INSPECTIONS,
				criterion,
				mean,
				tuple(name for name, _score in asked),
				Reason.of("alliance_inspected", inspections=len(asked), score=mean),
			)


def _complaints(facts: MerchantFacts) -> Iterator[ScoreEvidence]:
	"""One point less for each complaint about the merchant: the best score where there was none."""
	number = len(facts.complaints)
	why = (
		Reason.of("alliance_complaints", complaints=number) if number else Reason.of("alliance_no_complaint")
	)
	score = max(LOWEST, HIGHEST - number)
	yield ScoreEvidence(EvidenceSource.COMPLAINTS, Criterion.SATISFACTION, score, facts.complaints, why)


def _returns(facts: MerchantFacts) -> Iterator[ScoreEvidence]:
	"""What went back, of what was delivered: the lowest score at a tenth."""
	delivered = sum(row.amount for row in facts.receipts if not row.is_return)
	if delivered <= 0:
		return
	share = sum(abs(row.amount) for row in facts.receipts if row.is_return) / delivered
	score = round(HIGHEST - (HIGHEST - LOWEST) * min(1.0, share / RETURNED_WORST), 2)
	names = tuple(row.name for row in facts.receipts)
	why = Reason.of("alliance_returned", share=round(share, 6), receipts=len(names))
	yield ScoreEvidence(EvidenceSource.RETURNS, Criterion.QUALITY, score, names, why)


def _deliveries(facts: MerchantFacts) -> Iterator[ScoreEvidence]:
	"""Deliveries in time, of all: the lowest score where none was."""
	received = [row for row in facts.receipts if not row.is_return]
	if not received:
		return
	late = sum(row.is_late for row in received)
	score = round(HIGHEST - (HIGHEST - LOWEST) * late / len(received), 2)
	why = Reason.of("alliance_delivered_late", late=late, receipts=len(received))
	names = tuple(row.name for row in received)
	yield ScoreEvidence(EvidenceSource.DELIVERIES, Criterion.COOPERATION, score, names, why)


def _campaigns(facts: MerchantFacts) -> Iterator[ScoreEvidence]:
	"""Who came to the merchant, of the invited: the best score at one in twenty."""
	invited = sum(row.invited for row in facts.campaigns)
	if not invited:
		return
	came = sum(row.came for row in facts.campaigns)
	score = round(LOWEST + (HIGHEST - LOWEST) * min(1.0, came / invited / TURNOUT_BEST), 2)
	names = tuple(row.name for row in facts.campaigns)
	why = Reason.of("alliance_turnout", came=came, invited=invited, campaigns=len(names))
	yield ScoreEvidence(EvidenceSource.CAMPAIGNS, Criterion.COOPERATION, score, names, why)


def _members(facts: MerchantFacts) -> Iterator[ScoreEvidence]:
	"""The mean of what members said when they redeemed a voucher."""
	answers = sum(row.answers for row in facts.campaigns)
	if not answers:
		return
	mean = round(sum(row.satisfaction for row in facts.campaigns) / answers, 2)
	names = tuple(row.name for row in facts.campaigns if row.answers)
	why = Reason.of("alliance_members_say", answers=answers, score=mean)
	yield ScoreEvidence(EvidenceSource.MEMBERS, Criterion.SATISFACTION, mean, names, why)


READERS: Mapping[EvidenceSource, Callable[[MerchantFacts], Iterator[ScoreEvidence]]] = MappingProxyType(
	{
		EvidenceSource.INSPECTIONS: _inspections,
		EvidenceSource.COMPLAINTS: _complaints,
		EvidenceSource.RETURNS: _returns,
		EvidenceSource.DELIVERIES: _deliveries,
		EvidenceSource.CAMPAIGNS: _campaigns,
		EvidenceSource.MEMBERS: _members,
	}
)
