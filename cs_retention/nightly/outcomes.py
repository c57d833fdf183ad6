"""What a rating, a health assessment and a change of cadence store on a customer's state."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from hashlib import md5
from typing import Any

from cs_retention.engine.customer import CustomerFacts
from cs_retention.engine.health import Health, Part
from cs_retention.engine.star_policy import FACTORS, StarPolicy
from cs_retention.engine.star_rating import Rating, ReviewKind, Settlement, Standing, level_in_force
from cs_retention.engine.star_review import Move
from cs_retention.engine.vocabulary import DRIFTING_BANDS, KEY_ACCOUNT, Band, Level, ScheduledReviews
from cs_retention.facts.given_levels import GivenLevels
from cs_retention.nightly.reason_json import dump_reasons, to_json
from cs_retention.nightly.states import StoredState

OVERDUE_MARK_DAYS = 30
"""Age in days from which a remembered overdue amount counts as the one before."""

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
	"""Return the review a night owes a customer: the first one, and the first of a month or a year; None for none.

	Where the policy has them proposed, those of the calendar are a manager's to submit and no night's.
	"""
	if state is None or state["rated_on"] is None or state["reviewed_on"] is None:
		return ReviewKind.INITIAL
	if policy.scheduled_reviews == ScheduledReviews.PROPOSED:
		return None
	reviewed_on: date = state["reviewed_on"]
	if reviewed_on.year < as_of.year:
		return ReviewKind.ANNUAL
	if reviewed_on.year == as_of.year and reviewed_on.month < as_of.month:
		return ReviewKind.INTERIM
	return None


def is_given_anew(given: GivenLevels, state: StoredState, as_of: date) -> bool:
	"""Tell whether what people gave has changed since the last review: an override or imported level began or ended."""
	reviewed_on: date = state["reviewed_on"]
	if reviewed_on >= as_of:
		return False
	override = given.override
	has_ended = override is not None and reviewed_on <= override.until < as_of
	own = Level(state["own_level"] or state["star_level"])
	return has_ended or level_in_force(own, as_of, override, given.imported).value != state["star_level"]


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


def is_on_record(kind: ReviewKind, move: Move, rated: Level) -> bool:
	"""Tell whether a review leaves a Star Rating: the first, the annual one, and every move of the level.

	Who cannot be rated yet is reviewed every night: with a level given by a person it leaves one when that level moves.
	"""
	if move is Move.SAME:
		return kind is not ReviewKind.INTERIM and rated is not Level.NEW
	return move is not Move.NEW


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


def overdue_before(state: StoredState, as_of: date) -> float | None:
	"""Return the overdue amount as it stood 30 days ago or earlier; None where no state is that old."""
	mark_on: date | None = state["overdue_mark_on"]
	if mark_on is not None and mark_on <= as_of - timedelta(days=OVERDUE_MARK_DAYS):
		return float(state["overdue_mark"])
	return float(state["overdue_before"]) if state["overdue_before_on"] is not None else None


def overdue_fields(facts: CustomerFacts, state: StoredState | None, as_of: date) -> Fields:
	"""Return the overdue amount; a mark of 30 days or more becomes the amount before once the amount moves."""
	now = facts.overdue_amount
	if state is None or state["overdue_mark_on"] is None:
		return {"overdue_amount": now, "overdue_mark": now, "overdue_mark_on": as_of}
	is_old = state["overdue_mark_on"] <= as_of - timedelta(days=OVERDUE_MARK_DAYS)
	if not is_old or state["overdue_mark"] == now:
		return {"overdue_amount": now}
	return {
		"overdue_amount": now,
		"overdue_before": state["overdue_mark"],
		"overdue_before_on": state["overdue_mark_on"],
		"overdue_mark": now,
		"overdue_mark_on": as_of,
	}


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
