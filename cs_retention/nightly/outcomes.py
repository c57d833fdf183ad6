"""What a rating, a health assessment and a change of cadence store on a customer's state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from hashlib import md5
from typing import Any

from cs_retention.engine.customer import CustomerFacts
from cs_retention.engine.health import Health, Part
from cs_retention.engine.overdue_marks import OverdueMarks
from cs_retention.engine.reviews_due import is_given_anew, is_given_unrated, review_due
from cs_retention.engine.star_policy import FACTORS, StarPolicy
from cs_retention.engine.star_rating import Rating, ReviewKind, Settlement, Standing
from cs_retention.engine.vocabulary import DRIFTING_BANDS, KEY_ACCOUNT, Band, Level
from cs_retention.facts.given_levels import GivenLevels
from cs_retention.nightly.reason_json import dump_reasons, to_json
from cs_retention.nightly.states import StoredState

NAMED, BY_RULE = "key_account_named", "key_account_by_rule"

POINTS = tuple(f"{factor}_points" for factor in FACTORS)
NO_POINTS = [None] * len(POINTS)

Fields = dict[str, Any]


def standing_of(state: StoredState | None) -> Standing | None:
	"""Return the standing a state holds; None for a customer never rated, a New one included."""
	if state is None or state["rated_on"] is None:
		return None
	level = Level(state["own_level"] or state["star_level"])
	return Standing(level, state["rated_on"], state["rating_valid_until"], state["interim_below"])


def review_kind(state: StoredState | None, as_of: date, policy: StarPolicy) -> ReviewKind | None:
	"""Return the review a night owes a customer, None for none."""
	if state is None:
		return ReviewKind.INITIAL
	return review_due(state["rated_on"], state["reviewed_on"], as_of, policy)


def is_level_given_anew(given: GivenLevels, state: StoredState, as_of: date) -> bool:
	"""Tell whether what people gave a customer that was reviewed has changed since."""
	in_force = Level(state["star_level"])
	own = Level(state["own_level"] or in_force)
	return is_given_anew(own, in_force, state["reviewed_on"], as_of, given.override, given.imported)


def is_left_to_the_night(state: StoredState, is_given: bool) -> bool:
	"""Tell whether a day's look passes a customer over: one who cannot be rated, and whom people give or gave a level."""
	level = Level(state["star_level"]) if state["star_level"] else None
	return is_given_unrated(state["rated_on"], level, is_given)


def rating_fields(rating: Rating, settlement: Settlement, version: str, as_of: date) -> Fields:
	"""Return the fields of a review: the level in force, the score with its points, what the next level lacks."""
	is_new = rating.level is Level.NEW
	points = [row.points for row in rating.points] or NO_POINTS
	return {
		"star_level": settlement.level.value,
		"own_level": settlement.standing.level.value,
		"rated_on": None if is_new else settlement.standing.rated_on,
		"reviewed_on": None if is_new else as_of,
		"rating_valid_until": None if is_new else settlement.standing.valid_until,
		"interim_below": settlement.standing.interim_below,
		"score": rating.score,
		"next_level": rating.next_level.value if rating.next_level else None,
		"next_level_gap": rating.next_level_gap,
		**dict(zip(POINTS, points, strict=True)),
		"star_policy": version,
		"is_key_account": int(rating.is_key_account),
		"key_account_reason": rating.key_account_reason.code if rating.key_account_reason else None,
		"rating_reasons": dump_reasons(rating_reasons(rating, settlement)),
	}


def rating_reasons(rating: Rating, settlement: Settlement) -> list[Any]:
	"""Return every reason of a rating: its points, what holds for the whole, what lacks, how the level was settled."""
	key = (rating.key_account_reason,) if rating.key_account_reason else ()
	settled = () if rating.level is Level.NEW else settlement.reasons
	return [*(row.reason for row in rating.points), *rating.reasons, *rating.lacks, *key, *settled]


def key_account_fields(facts: CustomerFacts, state: StoredState) -> Fields:
	"""Return the designation between reviews: a name given or taken away counts at once, a rule at the next review."""
	by_rule = state["key_account_reason"] == BY_RULE
	reason = NAMED if facts.is_named_key_account else BY_RULE if by_rule else None
	return {"is_key_account": int(reason is not None), "key_account_reason": reason}


def health_fields(health: Health, value: float, version: str, as_of: date) -> Fields:
	"""Return the fields of a health assessment, written together when `health_mark` is another.

	`value` is at risk with the customer: what it stands at when the health is written.
	"""
	return {
		"card": health.card.value,
		"health": health.health,
		"health_band": health.band.value,
		"health_parts": _parts_text(_points(health.parts), _points(health.deductions), health.deducted),
		"main_reason": health.reasons[0].code,
		"churn_policy": version,
		"health_reasons": dump_reasons(health.reasons),
		"value_at_risk": value,
		"health_as_of": as_of,
	}


BANDS = tuple(Band)


def health_change(
	health: Health, facts: CustomerFacts, state: StoredState, as_of: date
) -> tuple[Any, ...] | None:
	"""Return the row of history that a new health leaves, None where band and main reason are the old ones.

	A customer who is assessed for the first time has none: the first change tells where it came from.
	"""
	before, main = state["health_band"], health.reasons[0]
	if before is None or (before == health.band.value and state["main_reason"] == main.code):
		return None
	was = Band(before)
	is_worse = health.band in DRIFTING_BANDS and BANDS.index(was) < BANDS.index(health.band)
	return (
		*(facts.customer, state.name, as_of, before, state["health"], state["main_reason"]),
		*(health.band.value, health.health, main.code, dump_reasons((main,))),
		*(int(is_worse), 0),
	)


HEALTH_CHANGE = "Customer Health Change"
CHANGE_FIELDS = (
	*("customer", "state", "as_of", "band_before", "health_before", "main_reason_before"),
	*("band", "health", "main_reason", "reasons", "is_worse", "is_told"),
)


def health_mark(health: Health, facts: CustomerFacts, version: str) -> str:
	"""Return a mark of a health assessment and of the facts its reasons quote.

	A third missed call so does not read as the second. Days that only pass are left out: the edge lets them age
	(`engine.health.aged`).
	"""
	figures = (
		health.card.value,
		health.health,
		[part.points for part in health.parts],
		health.deductions and [(part.name, part.points) for part in health.deductions],
		health.caps and [reason.code for reason in health.caps],
		health.reasons[0].code,
		facts.last_purchase,
		facts.purchase_days,
		facts.overdue_amount,
		facts.oldest_overdue,
		facts.complaints_90d,
		facts.open_complaints_90d,
		facts.last_satisfaction_on,
		facts.unreached_in_a_row,
		facts.contract_start,
		facts.contract_end,
		facts.is_contract_customer and (facts.revenue_3m, facts.revenue_prior_3m, facts.is_overdue_growing),
		facts.warnings,
		version,
	)
	return md5(repr(figures).encode(), usedforsecurity=False).hexdigest()


Points = tuple[tuple[str, int], ...]


def _points(parts: tuple[Part, ...]) -> Points:
	return tuple([(part.name, part.points) for part in parts])


@lru_cache(maxsize=4096)
def _parts_text(parts: Points, deductions: Points, deducted: int) -> str:
	"""Return the points of a health as JSON; a card gives a few hundred sets of them."""
	return to_json({"parts": dict(parts), "deductions": dict(deductions), "deducted": deducted})


def overdue_marks(fields: Mapping[str, Any]) -> OverdueMarks:
	"""Return what a state, as it stands or as a look leaves it, remembers of overdue amounts."""
	return OverdueMarks(
		float(fields["overdue_mark"]),
		fields["overdue_mark_on"],
		float(fields.get("overdue_before") or 0),
		fields.get("overdue_before_on"),
	)


def overdue_before(state: StoredState, as_of: date) -> float | None:
	"""Return the overdue amount as it stood 30 days ago or earlier; None where no state is that old."""
	return overdue_marks(state).before(as_of)


def overdue_fields(facts: CustomerFacts, state: StoredState | None, as_of: date) -> Fields:
	"""Return the overdue amount; a mark of 30 days or more becomes the amount before once the amount moves."""
	now = facts.overdue_amount
	anew = {"overdue_amount": now, "overdue_mark": now, "overdue_mark_on": as_of}
	if state is None or state["overdue_mark_on"] is None:
		return anew
	if not overdue_marks(state).gives_way(now, as_of):
		return {"overdue_amount": now}
	before = {"overdue_before": state["overdue_mark"], "overdue_before_on": state["overdue_mark_on"]}
	return {**anew, **before}


def cadence_level(star_level: str, is_key_account: int) -> str:
	"""Return whose cadence a customer has: a key account's, else that of the star level."""
	return KEY_ACCOUNT if is_key_account else star_level


def cadence_fields(state: StoredState | None, fields: Fields, as_of: date) -> Fields:
	"""Return the cadence before and the date of the change when level or designation change it."""
	if state is None or state["star_level"] is None:
		return {}
	before = cadence_level(state["star_level"], state["is_key_account"])
	now = cadence_level(fields.get("star_level", state["star_level"]), fields["is_key_account"])
	return {} if before == now else {"cadence_before": before, "cadence_changed_on": as_of}
