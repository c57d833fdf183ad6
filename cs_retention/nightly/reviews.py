"""One review of one customer, and how it is kept on record as a Star Rating; the night and a Star Review share it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any

from cs_retention.engine.customer import CustomerFacts
from cs_retention.engine.policy import Policy
from cs_retention.engine.star_policy import FACTORS
from cs_retention.engine.star_rating import Override, Rating, ReviewKind, Settlement, rate, settle
from cs_retention.engine.star_review import Move, move_between
from cs_retention.engine.vocabulary import Level, RatingStatus
from cs_retention.facts.given_levels import NOTHING_GIVEN, GivenLevels
from cs_retention.nightly import outcomes
from cs_retention.nightly.basis import Basis
from cs_retention.nightly.states import StoredState

STAR_RATING = "Star Rating"

STATE_FIELDS: Mapping[str, str] = {
	"level": "star_level",
	"own_level": "own_level",
	"is_key_account": "is_key_account",
	"key_account_reason": "key_account_reason",
	"score": "score",
	**{f"{factor}_points": f"{factor}_points" for factor in FACTORS},
	"rated_on": "rated_on",
	"reviewed_on": "reviewed_on",
	"rating_valid_until": "rating_valid_until",
	"interim_below": "interim_below",
	"next_level": "next_level",
	"next_level_gap": "next_level_gap",
	"cadence_before": "cadence_before",
	"cadence_changed_on": "cadence_changed_on",
	"policy_version": "star_policy",
	"reasons": "rating_reasons",
}
"""Fields of a Star Rating that a customer's state takes over, by the rating's name to the state's."""

REPLACED = frozenset(STATE_FIELDS.values())

RECORD_FIELDS = (
	"state",
	"customer",
	"as_of",
	"kind",
	"status",
	"review",
	"previous_level",
	"move",
	"head_office_level",
	"override",
	"before",
)
"""Fields of a Star Rating that stand nowhere but in it."""

RATING_FIELDS = (*RECORD_FIELDS, *STATE_FIELDS)
taken_over = itemgetter(*STATE_FIELDS.values())
"""Return, of the fields of a state, those that a Star Rating has too, in the order of STATE_FIELDS."""

BY_THE_NIGHT = ""
"""The review of a rating that the night made; an empty text, because NULL would not be unique."""


@dataclass(frozen=True, slots=True)
class Review:
	"""What a review finds for one customer, and the level in force before it."""

	customer: str
	kind: ReviewKind
	previous_level: Level | None
	rating: Rating
	settlement: Settlement
	given: GivenLevels

	@property
	def move(self) -> Move:
		"""How the level in force moves."""
		return move_between(self.previous_level, self.settlement.level)


def review_customer(
	facts: CustomerFacts,
	state: StoredState | None,
	kind: ReviewKind,
	basis: Basis,
	policy: Policy,
	given: GivenLevels = NOTHING_GIVEN,
) -> Review:
	"""Rate a customer and settle the level with the standing before, an override and a level of head office."""
	rating = rate(facts, policy.stars, basis.standing, basis.as_of)
	settlement = settle(
		rating.level,
		outcomes.standing_of(state),
		kind,
		policy.stars,
		basis.as_of,
		_override_to_tell(given.override, state, basis.as_of),
		given.imported,
	)
	return Review(facts.customer, kind, level_before(state), rating, settlement, given)


def level_before(state: StoredState | None) -> Level | None:
	"""Return the level in force that a state holds; None for a customer no run has reviewed."""
	return Level(state["star_level"]) if state is not None and state["star_level"] else None


def _override_to_tell(override: Override | None, state: StoredState | None, as_of: date) -> Override | None:
	"""Return an override in force, or one whose end the last review has not told yet."""
	if override is None or override.until >= as_of:
		return override
	reviewed_on = state["reviewed_on"] if state is not None else None
	return override if reviewed_on is not None and override.until >= reviewed_on else None


def state_fields(review: Review, state: StoredState | None, policy: Policy, as_of: date) -> dict[str, Any]:
	"""Return every field of the state that a review decides, a change of cadence included."""
	fields = outcomes.rating_fields(review.rating, review.settlement, policy.version, as_of)
	kept = {name: state[name] if state else None for name in ("cadence_before", "cadence_changed_on")}
	return {**kept, **fields, **outcomes.cadence_fields(state, fields, as_of)}


def record_row(
	review: Review,
	state_name: str,
	as_of: date,
	status: RatingStatus,
	made_by: str = BY_THE_NIGHT,
	before: str | None = None,
) -> tuple[Any, ...]:
	"""Return what a Star Rating tells of its review, in the order of RECORD_FIELDS."""
	imported = review.given.imported
	return (
		state_name,
		review.customer,
		as_of,
		review.kind.value,
		status.value,
		made_by,
		review.previous_level.value if review.previous_level else None,
		review.move.value,
		imported.level.value if imported else None,
		review.given.override_name if _is_overridden(review, as_of) else None,
		before,
	)


def _is_overridden(review: Review, as_of: date) -> bool:
	override = review.given.override
	return override is not None and override.until >= as_of


_to_json = json.JSONEncoder(default=date.isoformat, ensure_ascii=False, separators=(",", ":")).encode


def dump_before(state: StoredState) -> str:
	"""Return, as JSON, the fields of a state that a review replaces, so that they can be put back; what is empty is left out."""
	return _to_json({name: value for name, value in state.items() if value and name in REPLACED})


def load_before(text: str) -> dict[str, Any]:
	"""Return the fields that `dump_before` was given, dates as ISO text, None for what was empty."""
	return {**dict.fromkeys(STATE_FIELDS.values()), **json.loads(text)}
