"""The rate phase: facts of a page of customers to ratings and health, and only what differs is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from cs_retention.engine.customer import CustomerFacts
from cs_retention.engine.health import assess
from cs_retention.engine.policy import Policy
from cs_retention.engine.star_policy import FACTORS
from cs_retention.engine.star_rating import Rating, ReviewKind, Settlement, rate, settle
from cs_retention.engine.vocabulary import RatingStatus
from cs_retention.facts.book import CustomerRow, read_customers
from cs_retention.facts.keys import fold
from cs_retention.nightly import outcomes
from cs_retention.nightly.basis import Basis
from cs_retention.nightly.reason_json import dump_reasons
from cs_retention.nightly.states import StoredState, read_states, write_states
from cs_retention.store.base import Store

STAR_RATING = "Star Rating"
RATING_FIELDS = (
	"customer",
	"state",
	"as_of",
	"kind",
	"status",
	"previous_level",
	"level",
	"is_key_account",
	"score",
	*(f"{factor}_points" for factor in FACTORS),
	"policy_version",
	"reasons",
)


@dataclass(slots=True)
class RateCounts:
	"""What a rate phase read and wrote."""

	customers: int = 0
	states_added: int = 0
	states_changed: int = 0
	ratings: int = 0

	@property
	def rows_written(self) -> int:
		"""Business rows added or changed."""
		return self.states_added + self.states_changed + self.ratings


@dataclass(frozen=True, slots=True)
class Review:
	"""One review of one customer, on record as a Star Rating."""

	customer: str
	kind: ReviewKind
	previous_level: str | None
	rating: Rating
	settlement: Settlement


@dataclass(frozen=True, slots=True)
class PageOutcome:
	"""Rows a page of customers has to write."""

	new: list[dict[str, Any]] = field(default_factory=list)
	changed: list[dict[str, Any]] = field(default_factory=list)
	reviews: list[Review] = field(default_factory=list)


def rate_page(
	store: Store, customers: Sequence[CustomerRow], basis: Basis, policy: Policy, counts: RateCounts
) -> None:
	"""Rate and assess a page of customers and write what differs; nothing is committed."""
	first, last = customers[0].name, customers[-1].name
	states = read_states(store, first, last)
	before = {key: outcomes.overdue_before(state, basis.as_of) for key, state in states.items()}
	known = {key: amount for key, amount in before.items() if amount is not None}
	page = PageOutcome()
	for facts in read_customers(store, customers, basis.shape, policy.complaints, basis.as_of, known):
		_rate_customer(facts, states.get(fold(facts.customer)), basis, policy, page)
	added, changed = write_states(store, basis.as_of, page.new, page.changed)
	counts.customers += len(customers)
	counts.states_added += added
	counts.states_changed += changed
	if page.reviews:
		names = {key: state.name for key, state in (states | read_names(store, page, first, last)).items()}
		rows = _rating_rows(page.reviews, names, basis.as_of, policy.version)
		counts.ratings += store.insert_rows(STAR_RATING, RATING_FIELDS, rows)


def read_names(store: Store, page: PageOutcome, first: str, last: str) -> Mapping[str, StoredState]:
	"""Return the states of a page once more when it added some, to learn their names."""
	return read_states(store, first, last, ("star_level",)) if page.new else {}


def _rate_customer(
	facts: CustomerFacts, state: StoredState | None, basis: Basis, policy: Policy, page: PageOutcome
) -> None:
	health = assess(facts, policy.health, basis.gap, basis.as_of)
	fields = {
		**outcomes.health_fields(health, policy.version),
		**outcomes.overdue_fields(facts, state, basis.as_of),
		"last_contact": facts.last_contact,
		**_review(facts, state, basis, policy, page),
	}
	fields |= outcomes.cadence_fields(state, fields, basis.as_of)
	if state is None:
		page.new.append({"customer": facts.customer, "known_since": basis.as_of, **fields})
	elif state.differs(fields):
		page.changed.append({"name": state.name, **fields})


def _review(
	facts: CustomerFacts, state: StoredState | None, basis: Basis, policy: Policy, page: PageOutcome
) -> dict[str, Any]:
	"""Return the fields of the review that is due, else those of the designation alone."""
	standing = outcomes.standing_of(state)
	kind = outcomes.review_kind(standing, state["reviewed_on"] if state else None, basis.as_of)
	if kind is None and state is not None:
		return outcomes.key_account_fields(facts, state)
	kind = kind or ReviewKind.INITIAL
	rating = rate(facts, policy.stars, basis.standing, basis.as_of)
	settlement = settle(rating.level, standing, kind, policy.stars, basis.as_of)
	if outcomes.is_on_record(kind, standing, settlement):
		previous = standing.level.value if standing else None
		page.reviews.append(Review(facts.customer, kind, previous, rating, settlement))
	return outcomes.rating_fields(rating, settlement, policy.version, basis.as_of)


def _rating_rows(
	reviews: Sequence[Review], names: Mapping[str, str], as_of: date, version: str
) -> Iterator[tuple[Any, ...]]:
	for review in reviews:
		rating, settlement = review.rating, review.settlement
		yield (
			review.customer,
			names[fold(review.customer)],
			as_of,
			review.kind.value,
			RatingStatus.APPLIED.value,
			review.previous_level,
			settlement.level.value,
			int(rating.is_key_account),
			rating.score,
			*(row.points for row in rating.points),
			version,
			dump_reasons(outcomes.rating_reasons(rating, settlement)),
		)
