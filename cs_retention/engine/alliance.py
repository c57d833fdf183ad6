"""The tier that a merchant of the alliance earns with a quarter's review: two axes, probation, elimination proposed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from cs_retention.engine.reasons import PolicyError, Reason, WorkError
from cs_retention.engine.vocabulary import Axis, Criterion, Tier

REASONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
	{
		"alliance_axis_earned": ("axis", "first", "second", "bar"),
		"alliance_axis_missed": ("axis", "first", "second", "bar"),
		"alliance_too_low": ("criterion", "score", "bar"),
		"alliance_grace": ("admitted_on", "until"),
		"alliance_overridden": ("tier", "until", "approver", "reason"),
		"alliance_no_promotion": ("tier", "until"),
		"alliance_elimination_proposed": ("times",),
	}
)
"""Reason codes of a review with the names of their figures."""

LOWEST, HIGHEST = 1.0, 5.0
DIGITS = 6


AXES: Mapping[Axis, tuple[Criterion, Criterion]] = MappingProxyType(
	{
		Axis.DOUBLE_EXCELLENT: (Criterion.QUALITY, Criterion.PRICE),
		Axis.DOUBLE_HIGH: (Criterion.COOPERATION, Criterion.SATISFACTION),
	}
)


BY_AXES = (Tier.STANDARD, Tier.PREFERRED, Tier.STRATEGIC)
"""The tier by the number of axes earned."""

RANK: Mapping[Tier, int] = MappingProxyType({tier: rank for rank, tier in enumerate(Tier)})
"""Tiers from the best one on."""

Scores = Mapping[Criterion, float]
"""A score from 1 to 5 for every criterion."""


@dataclass(frozen=True, slots=True)
class AlliancePolicy:
	"""When an axis is earned, what is too low, how long probation lasts, how long a new merchant is spared it."""

	earned_at: float = 4.0
	probation_below: float = 2.5
	reviews_to_elimination: int = 2
	grace_days: int = 90

	def __post_init__(self) -> None:
		if not LOWEST < self.earned_at <= HIGHEST:
			raise PolicyError("earned_at", self.earned_at, "give a score above 1, 5 at most")
		if not LOWEST < self.probation_below <= self.earned_at:
			raise PolicyError(
				"probation_below",
				self.probation_below,
				"give a score above 1, {most} at most",
				most=self.earned_at,
			)
		if not 1 <= self.reviews_to_elimination <= 8:
			raise PolicyError(
				"reviews_to_elimination", self.reviews_to_elimination, "give a number from 1 to 8"
			)
		if not 0 <= self.grace_days <= 730:
			raise PolicyError("grace_days", self.grace_days, "give a number from 0 to 730")


@dataclass(frozen=True, slots=True)
class PartScore:
	"""One weighted part of a criterion and what proves its score."""

	criterion: Criterion
	name: str
	weight: float
	score: float
	evidence: str


@dataclass(frozen=True, slots=True)
class MerchantStanding:
	"""What a review finds: since when the merchant belongs, its tier, its reviews in probation without a break.

	`sanctioned_until` is the last day of a sanction that holds while it is judged; None where there is none.
	"""

	admitted_on: date
	tier: Tier | None = None
	reviews_in_probation: int = 0
	sanctioned_until: date | None = None


@dataclass(frozen=True, slots=True)
class TierOverride:
	"""A tier set by a person, up to and including a day."""

	tier: Tier
	until: date
	reason: str
	approver: str


@dataclass(frozen=True, slots=True)
class Lack:
	"""What a criterion lacks for the nearest better tier."""

	criterion: Criterion
	missing: float


@dataclass(frozen=True, slots=True)
class Assessment:
	"""What a review comes to.

	`tier` is in force, `earned` is by the scores alone; `next_tier` with its `lacks` is the nearest one better than
	`earned`.
	"""

	tier: Tier
	earned: Tier
	axes: frozenset[Axis]
	reviews_in_probation: int
	is_elimination_proposed: bool
	next_tier: Tier | None
	lacks: tuple[Lack, ...]
	reasons: tuple[Reason, ...]


def scores_of(parts: Iterable[PartScore]) -> Scores:
	"""Return the weighted mean of every criterion; WorkError names the part that cannot count."""
	weights = dict.fromkeys(Criterion, 0.0)
	sums = dict.fromkeys(Criterion, 0.0)
	for part in parts:
		check_part(part)
		weights[part.criterion] += part.weight
		sums[part.criterion] += part.weight * part.score
	for criterion, weight in weights.items():
		if not weight:
			raise WorkError("criterion", criterion, "it has no score; give it one part at least")
	return {criterion: round(sums[criterion] / weights[criterion], DIGITS) for criterion in Criterion}


def check_part(part: PartScore) -> None:
	"""Refuse a score outside 1 to 5, a weight that counts for nothing, a score that nothing proves."""
	_check_score(part.score)
	if not 0 < part.weight <= 100:
		raise WorkError("weight", part.weight, "give a weight above 0, 100 at most")
	if not part.evidence.strip():
		raise WorkError("evidence", part.evidence, "say what the score of {part} rests on", part=part.name)


def _check_score(score: float) -> None:
	if not LOWEST <= score <= HIGHEST:
		raise WorkError("score", score, "give a score from 1 to 5")


def assess_merchant(
	scores: Scores,
	standing: MerchantStanding,
	policy: AlliancePolicy,
	as_of: date,
	override: TierOverride | None = None,
) -> Assessment:
	"""Return the tier of a review with its reasons, and what the nearest better one lacks.

	WorkError for a score outside 1 to 5.
	"""
	for score in scores.values():
		_check_score(score)
	earned, reasons = earned_tier(scores, policy), _score_reasons(scores, policy)
	tier = earned
	grace_ends = standing.admitted_on + timedelta(days=policy.grace_days)
	if earned is Tier.PROBATION and as_of < grace_ends:
		tier = Tier.STANDARD
		reasons.append(Reason.of("alliance_grace", admitted_on=standing.admitted_on, until=grace_ends))
	if override is not None and override.until >= as_of:
		tier = override.tier
		reasons.append(
			Reason.of(
				"alliance_overridden",
				tier=override.tier.value,
				until=override.until,
				approver=override.approver,
				reason=override.reason,
			)
		)
	if standing.sanctioned_until and RANK[tier] < RANK[best := _best_under_sanction(standing)]:
		tier = best
		reasons.append(Reason.of("alliance_no_promotion", tier=best.value, until=standing.sanctioned_until))
	times = standing.reviews_in_probation + 1 if tier is Tier.PROBATION else 0
	is_proposed = times >= policy.reviews_to_elimination
	if is_proposed:
		reasons.append(Reason.of("alliance_elimination_proposed", times=times))
	next_tier, lacks = _nearest_better(scores, policy)
	return Assessment(
		tier, earned, earned_axes(scores, policy), times, is_proposed, next_tier, lacks, tuple(reasons)
	)


def _best_under_sanction(standing: MerchantStanding) -> Tier:
	"""Return the tier above which a sanction lets nobody rise: the present one; out of probation to Standard."""
	return min(standing.tier or Tier.STANDARD, Tier.STANDARD, key=RANK.__getitem__)


def earned_tier(scores: Scores, policy: AlliancePolicy) -> Tier:
	"""Return the tier by the scores alone."""
	if min(scores.values()) < policy.probation_below:
		return Tier.PROBATION
	return BY_AXES[len(earned_axes(scores, policy))]


def earned_axes(scores: Scores, policy: AlliancePolicy) -> frozenset[Axis]:
	"""Return the axes of which both criteria reach what is asked."""
	return frozenset(
		axis for axis, pair in AXES.items() if all(scores[each] >= policy.earned_at for each in pair)
	)


def _score_reasons(scores: Scores, policy: AlliancePolicy) -> list[Reason]:
	"""Return a reason per score that is too low; where there is none, one per axis, earned or not."""
	bar = policy.probation_below
	low = [
		Reason.of("alliance_too_low", criterion=criterion.value, score=score, bar=bar)
		for criterion, score in scores.items()
		if score < bar
	]
	return low or [_axis_reason(axis, scores, policy) for axis in AXES]


def _axis_reason(axis: Axis, scores: Scores, policy: AlliancePolicy) -> Reason:
	code = "alliance_axis_earned" if axis in earned_axes(scores, policy) else "alliance_axis_missed"
	first, second = AXES[axis]
	return Reason.of(code, axis=axis.value, first=scores[first], second=scores[second], bar=policy.earned_at)


def _nearest_better(scores: Scores, policy: AlliancePolicy) -> tuple[Tier | None, tuple[Lack, ...]]:
	"""Return the nearest tier better than the one earned and what it lacks: the fewest points, the first axis at par."""
	low = _lacks(scores, Criterion, policy.probation_below)
	if low:
		lifted = {each: max(score, policy.probation_below) for each, score in scores.items()}
		return earned_tier(lifted, policy), low
	open_axes = [_lacks(scores, pair, policy.earned_at) for pair in AXES.values()]
	missing = [lacks for lacks in open_axes if lacks]
	if not missing:
		return None, ()
	return BY_AXES[len(AXES) - len(missing) + 1], min(missing, key=_points)


def _points(lacks: Iterable[Lack]) -> float:
	return sum(lack.missing for lack in lacks)


def _lacks(scores: Scores, criteria: Iterable[Criterion], bar: float) -> tuple[Lack, ...]:
	return tuple(Lack(each, round(bar - scores[each], DIGITS)) for each in criteria if scores[each] < bar)
