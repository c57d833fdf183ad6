"""The rate phase: facts of a page of customers to ratings and health, and only what differs is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cs_retention.engine.customer import CustomerFacts
from cs_retention.engine.health import assess
from cs_retention.engine.policy import Policy
from cs_retention.engine.star_rating import ReviewKind
from cs_retention.engine.vocabulary import RatingStatus
from cs_retention.facts.book import CustomerRow, page_of, read_customers
from cs_retention.facts.given_levels import NOTHING_GIVEN, GivenLevels, read_given_levels
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection
from cs_retention.nightly import outcomes
from cs_retention.nightly.basis import Basis
from cs_retention.nightly.reviews import (
	RATING_FIELDS,
	STAR_RATING,
	Review,
	rating_row,
	review_customer,
	state_fields,
)
from cs_retention.nightly.states import StoredState, read_states, write_states
from cs_retention.store.base import Store

Spare = Callable[[str, Exception], bool]
COMPARED = (
	"health_mark",
	"star_level",
	"own_level",
	"is_key_account",
	"key_account_reason",
	"rated_on",
	"reviewed_on",
	"rating_valid_until",
	"interim_below",
	"overdue_amount",
	"overdue_before",
	"overdue_before_on",
	"overdue_mark",
	"overdue_mark_on",
	"last_contact",
	"cadence_before",
	"cadence_changed_on",
)
"""Fields of a state that a night reads: those it decides upon, and those that show whether the row is another."""


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
class PageOutcome:
	"""Rows a page of customers has to write."""

	new: list[dict[str, Any]] = field(default_factory=list)
	changed: list[dict[str, Any]] = field(default_factory=list)
	reviews: list[tuple[Review, Mapping[str, Any]]] = field(default_factory=list)


def rate_page(
	store: Store,
	customers: Sequence[CustomerRow],
	basis: Basis,
	policy: Policy,
	counts: RateCounts,
	selection: Selection | None = None,
	spare: Spare | None = None,
) -> None:
	"""Rate and assess customers, a page unless a selection says otherwise, and write what differs; nothing is committed.

	`spare` is told a customer that cannot be rated and why, and whether to go on without; without it the error goes up.
	"""
	selection = selection or page_of(customers)
	states = read_states(store, selection, COMPARED)
	before = {key: outcomes.overdue_before(state, basis.as_of) for key, state in states.items()}
	known = {key: amount for key, amount in before.items() if amount is not None}
	given = read_given_levels(store, selection, basis.as_of) if basis.has_given_levels else {}
	page = PageOutcome()
	for facts in read_customers(
		store, customers, basis.shape, policy.complaints, basis.as_of, known, selection
	):
		key = fold(facts.customer)
		reviewed = len(page.reviews)
		try:
			_rate_customer(facts, states.get(key), given.get(key, NOTHING_GIVEN), basis, policy, page)
		except Exception as error:
			if spare is None or not spare(facts.customer, error):
				raise
			del page.reviews[reviewed:]
	added, changed = write_states(store, basis.as_of, page.new, page.changed)
	counts.customers += len(customers)
	counts.states_added += added
	counts.states_changed += changed
	if page.reviews:
		names = {key: state.name for key, state in (states | read_names(store, page, selection)).items()}
		rows = (
			rating_row(review, names[fold(review.customer)], fields, basis.as_of, RatingStatus.APPLIED)
			for review, fields in page.reviews
		)
		counts.ratings += store.insert_rows(STAR_RATING, RATING_FIELDS, rows)


def read_names(store: Store, page: PageOutcome, selection: Selection) -> dict[str, StoredState]:
	"""Return the states of a page once more when it added some, to learn their names."""
	return read_states(store, selection, ("star_level",)) if page.new else {}


def _rate_customer(
	facts: CustomerFacts,
	state: StoredState | None,
	given: GivenLevels,
	basis: Basis,
	policy: Policy,
	page: PageOutcome,
) -> None:
	health = assess(facts, policy.health, basis.gap, basis.as_of)
	fields = {
		"health_mark": outcomes.health_mark(health, facts, policy.version),
		**outcomes.overdue_fields(facts, state, basis.as_of),
		"last_contact": facts.last_contact,
		**_review(facts, state, given, basis, policy, page),
	}
	if state is not None and not state.differs(fields):
		return
	fields |= outcomes.health_fields(health, policy.version, basis.as_of)
	if state is None:
		page.new.append(
			{"customer": facts.customer, "known_since": facts.first_purchase or basis.as_of, **fields}
		)
	else:
		page.changed.append({"name": state.name, **fields})


def _review(
	facts: CustomerFacts,
	state: StoredState | None,
	given: GivenLevels,
	basis: Basis,
	policy: Policy,
	page: PageOutcome,
) -> Mapping[str, Any]:
	"""Return the fields of the review that is due, else those of the designation alone."""
	standing = outcomes.standing_of(state)
	kind = outcomes.review_kind(standing, state["reviewed_on"] if state else None, basis.as_of)
	if kind is None and state is not None:
		fields = outcomes.key_account_fields(facts, state)
		return fields | outcomes.cadence_fields(state, fields, basis.as_of)
	kind = kind or ReviewKind.INITIAL
	review = review_customer(facts, state, kind, basis, policy, given)
	fields = state_fields(review, state, policy, basis.as_of)
	if outcomes.is_on_record(kind, review.move, review.rating.level):
		page.reviews.append((review, fields))
	return fields
