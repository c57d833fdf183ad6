"""Offers that keep a customer: who may get which, what needs a manager, and how many there are in a year."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from cs_retention.engine.reasons import PolicyError, WorkError
from cs_retention.engine.retention_exit import ExitRule

YEAR = timedelta(days=365)
LONGEST_VALID = 366


class Condition(str, Enum):
	"""What an offer asks of a customer; several levels are alternatives, everything else must hold."""

	LEVEL = "Level"
	NO_COMMITMENT = "No Commitment"
	BALANCE = "Balance At Least"
	REVENUE = "Revenue At Least"


class OfferAnswer(str, Enum):
	"""What the customer says to an offer."""

	OPEN = "Open"
	ACCEPTED = "Accepted"
	DECLINED = "Declined"


@dataclass(frozen=True, slots=True)
class Eligibility:
	"""One condition of an offer: the level it names, or the amount that is the least."""

	condition: Condition
	level: str = ""
	amount: float = 0.0


@dataclass(frozen=True, slots=True)
class Offer:
	"""An offer of the ladder: what it costs the company, from when to when it may be made, and whom it is for.

	Once made it stands for `valid_days` after its day; 0: until it is answered.
	"""

	name: str
	cost: float
	from_date: date | None = None
	to_date: date | None = None
	conditions: tuple[Eligibility, ...] = ()
	valid_days: int = 0

	def __post_init__(self) -> None:
		if self.cost < 0:
			raise PolicyError("cost", self.cost, "give 0 or more")
		if self.from_date and self.to_date and self.to_date < self.from_date:
			raise PolicyError("to_date", self.to_date, "give a date from {start} on", start=self.from_date)
		if not 0 <= self.valid_days <= LONGEST_VALID:
			raise PolicyError("valid_days", self.valid_days, "give a number from 0 to 366")


@dataclass(frozen=True, slots=True)
class Offered:
	"""An offer that was made to a customer, in this case or an earlier one; `stands_until` is None for without an end."""

	name: str
	cost: float
	made_on: date
	answer: OfferAnswer = OfferAnswer.OPEN
	approved_by: str | None = None
	stands_until: date | None = None


@dataclass(frozen=True, slots=True)
class OfferPolicy:
	"""What people may give away on their own: cost up to a share of 12-month revenue, and offers in a year."""

	approval_share: float = 0.05
	offers_per_year: int = 2

	def __post_init__(self) -> None:
		if not 0 <= self.approval_share <= 1:
			raise PolicyError("approval_share", self.approval_share, "give a share from 0 to 1")
		if not 1 <= self.offers_per_year <= 52:
			raise PolicyError("offers_per_year", self.offers_per_year, "give a number from 1 to 52")


@dataclass(frozen=True, slots=True)
class OfferFacts:
	"""What offers are measured against.

	`levels` are the star level and, for a key account, that designation; `revenue` is net of the last 12 months;
	`balance` is what the customer has paid in advance; `made` are all offers made to the customer so far.
	"""

	levels: frozenset[str]
	revenue: float = 0.0
	is_committed: bool = False
	balance: float = 0.0
	made: tuple[Offered, ...] = ()


def approval_limit(facts: OfferFacts, policy: OfferPolicy) -> float:
	"""Return the cost up to which no manager is asked."""
	return round(max(facts.revenue, 0.0) * policy.approval_share, 2)


def needs_approval(cost: float, facts: OfferFacts, policy: OfferPolicy) -> bool:
	"""Tell whether an offer of that cost is a manager's to give."""
	return cost > approval_limit(facts, policy)


def made_within_a_year(made: Iterable[Offered], today: date) -> list[Offered]:
	"""Return the offers that count for the yearly cap, the earliest first."""
	return sorted(
		(offer for offer in made if today - YEAR < offer.made_on <= today), key=lambda offer: offer.made_on
	)


def check_offer(offer: Offer, rule: ExitRule, facts: OfferFacts, policy: OfferPolicy, today: date) -> None:
	"""Refuse an offer that may not be made: by exit type, cap, an unanswered one, its dates or its conditions."""
	if not rule.allows_offers:
		raise WorkError(
			"offer",
			offer.name,
			"the exit type {exit_type} allows no offer; let the customer go without delay",
			exit_type=rule.exit_type,
		)
	check_customer(offer, facts, policy, today)


def check_customer(offer: Offer, facts: OfferFacts, policy: OfferPolicy, today: date) -> None:
	"""Refuse an offer that a customer may not get whatever it leaves for: by cap, an unanswered one, dates, conditions."""
	if any(made.answer is OfferAnswer.OPEN for made in facts.made):
		raise WorkError("offer", offer.name, "note the answer to the offer that is open first")
	counted = made_within_a_year(facts.made, today)
	if len(counted) >= policy.offers_per_year:
		raise WorkError(
			"offer",
			offer.name,
			"the customer has had {count} offers within a year, the limit; the next may be made on {again_on}",
			count=len(counted),
			again_on=counted[-policy.offers_per_year].made_on + YEAR,
		)
	if not (offer.from_date or date.min) <= today <= (offer.to_date or date.max):
		raise WorkError("offer", offer.name, "it does not stand on {today}; take another", today=today)
	_check_conditions(offer, facts)


def _check_conditions(offer: Offer, facts: OfferFacts) -> None:
	levels = [each.level for each in offer.conditions if each.condition is Condition.LEVEL]
	if levels and not facts.levels.intersection(levels):
		raise WorkError("offer", offer.name, "it is for {levels}; take another", levels=", ".join(levels))
	for each in offer.conditions:
		if each.condition is Condition.NO_COMMITMENT and facts.is_committed:
			raise WorkError(
				"offer", offer.name, "it is for customers without a running commitment; take another"
			)
		if each.condition is Condition.BALANCE and facts.balance < each.amount:
			raise WorkError(
				"offer",
				offer.name,
				"it asks for a balance of at least {least}, the customer has {balance}",
				least=each.amount,
				balance=facts.balance,
			)
		if each.condition is Condition.REVENUE and facts.revenue < each.amount:
			raise WorkError(
				"offer",
				offer.name,
				"it asks for a 12-month revenue of at least {least}, the customer has {revenue}",
				least=each.amount,
				revenue=facts.revenue,
			)


def may_be_made(
	offer: Offer, rule: ExitRule, facts: OfferFacts, policy: OfferPolicy, today: date
) -> WorkError | None:
	"""Return why an offer may not be made; None where it may."""
	try:
		check_offer(offer, rule, facts, policy, today)
	except WorkError as refused:
		return refused
	return None


def is_candidate(offer: Offer, facts: OfferFacts, policy: OfferPolicy, today: date) -> bool:
	"""Tell whether a customer may get an offer today, as far as no exit type forbids it."""
	try:
		check_customer(offer, facts, policy, today)
	except WorkError:
		return False
	return True


def ladder(
	offers: Sequence[Offer], rule: ExitRule, facts: OfferFacts, policy: OfferPolicy, today: date
) -> list[Offer]:
	"""Return the offers that may be made, the cheapest first; none where the exit type allows none."""
	allowed = (offer for offer in offers if may_be_made(offer, rule, facts, policy, today) is None)
	return sorted(allowed, key=lambda offer: (offer.cost, offer.name))


def stands_until(offer: Offer, made_on: date) -> date | None:
	"""Return the last day on which an offer may be accepted; None where it stands until it is answered."""
	return made_on + timedelta(days=offer.valid_days) if offer.valid_days else None


def check_answer(
	made: Offered, answer: OfferAnswer, facts: OfferFacts, policy: OfferPolicy, today: date
) -> None:
	"""Refuse an answer to an offer that is answered, and an acceptance too late or that a manager has yet to approve."""
	if made.answer is not OfferAnswer.OPEN:
		raise WorkError("answer", answer, "the offer is answered already; make a new one")
	if answer is OfferAnswer.ACCEPTED and today > (made.stands_until or date.max):
		raise WorkError(
			"answer",
			answer,
			"the offer stood until {until}; note that it is declined, then make another",
			until=made.stands_until,
		)
	if answer is OfferAnswer.ACCEPTED and not made.approved_by and needs_approval(made.cost, facts, policy):
		raise WorkError(
			"answer",
			answer,
			"the offer costs {cost}, more than the limit of {limit}; have a manager approve it first",
			cost=made.cost,
			limit=approval_limit(facts, policy),
		)
