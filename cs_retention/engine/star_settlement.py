"""The level in force: how a rating raises, keeps or lowers it, and what wins over it (RULES section 1)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from functools import cache, lru_cache

from cs_retention.engine.reasons import Figure, PolicyError, Reason
from cs_retention.engine.star_policy import STARS, StarPolicy
from cs_retention.engine.vocabulary import Level
from cs_retention.engine.workdays import add_months

REASONS: Mapping[str, tuple[str, ...]] = {
	"not_rated_yet": (),
	"first_rating": ("level",),
	"promoted": ("level", "before"),
	"confirmed": ("level", "valid_until"),
	"demoted_at_annual_review": ("level", "before"),
	"demoted_after_expiry": ("level", "before", "expired_on"),
	"demoted_after_interim_ratings": ("level", "before", "times"),
	"own_level_kept": ("level",),
	"demotion_in_grace": ("level", "rated", "times", "limit", "valid_until"),
	"overridden": ("level", "ours", "reason", "approver", "until"),
	"override_ended": ("level", "until"),
	"imported_level": ("level", "imported_on", "source"),
	"imported_level_differs": ("level", "ours", "levels_above_ours"),
}
"""Codes of a settlement and their figures; `ours` is the level that our own ratings give."""

NOT_RATED_YET = Reason("not_rated_yet")

RANK = {level: rank for rank, level in enumerate((*STARS, Level.NEW))}
"""Place of a level, 0 the best; a customer not rated yet stands below every star."""


class ReviewKind(str, Enum):
	"""What a review may do: the first one sets levels, an interim one spares a first fall, the annual one does not.

	One of a given level leaves our own standing as it is: an override or a level of head office has begun or ended.
	"""

	INITIAL = "Initial"
	INTERIM = "Interim"
	ANNUAL = "Annual"
	GIVEN_LEVEL = "Given Level"


@dataclass(frozen=True, slots=True)
class Standing:
	"""The level that a customer holds by our own ratings, through `valid_until`, and how often interim ratings fell below."""

	level: Level
	rated_on: date
	valid_until: date
	interim_below: int = 0


@dataclass(frozen=True, slots=True)
class Override:
	"""A level set by a person, in force through `until`."""

	level: Level
	reason: str
	approver: str
	until: date

	def __post_init__(self) -> None:
		for name in ("reason", "approver"):
			if not getattr(self, name).strip():
				raise PolicyError(f"override.{name}", getattr(self, name), "say why and who approved it")


@dataclass(frozen=True, slots=True)
class ImportedLevel:
	"""A level handed down by head office."""

	level: Level
	imported_on: date
	source: str


@dataclass(frozen=True, slots=True)
class Settlement:
	"""The level in force, our own standing beside it, and why."""

	level: Level
	standing: Standing
	reasons: tuple[Reason, ...]


def settle(
	rated: Level,
	standing: Standing | None,
	kind: ReviewKind,
	policy: StarPolicy,
	as_of: date,
	override: Override | None = None,
	imported: ImportedLevel | None = None,
) -> Settlement:
	"""Settle a rating's level with the standing before it: an override wins over an imported level, that over ours."""
	ours, reason = _settle_own(rated, standing, kind, policy, as_of)
	level, reasons = level_in_force(ours.level, as_of, override, imported), [reason]
	if imported is not None:
		reasons += _compare(imported, ours.level)
	if override is not None and as_of <= override.until:
		figures: dict[str, Figure] = {
			"reason": override.reason,
			"approver": override.approver,
			"until": override.until,
		}
		reasons.append(Reason.of("overridden", level=level.value, ours=ours.level.value, **figures))
	elif override is not None:
		reasons.append(Reason.of("override_ended", level=override.level.value, until=override.until))
	return Settlement(level, ours, tuple(reasons))


def level_in_force(
	ours: Level, as_of: date, override: Override | None = None, imported: ImportedLevel | None = None
) -> Level:
	"""Return the level of an override that has not ended, else the imported one, else our own."""
	if override is not None and as_of <= override.until:
		return override.level
	return ours if imported is None else imported.level


def _settle_own(
	rated: Level, standing: Standing | None, kind: ReviewKind, policy: StarPolicy, as_of: date
) -> tuple[Standing, Reason]:
	if standing is not None and kind is ReviewKind.GIVEN_LEVEL:
		return standing, Reason.of("own_level_kept", level=standing.level.value)
	fresh = _fresh(rated, as_of, policy.valid_months)
	if rated is Level.NEW and (standing is None or standing.level is Level.NEW):
		return fresh, NOT_RATED_YET
	if standing is None or kind is ReviewKind.INITIAL or standing.level is Level.NEW:
		return fresh, _first_rating(rated)
	if RANK[rated] < RANK[standing.level]:
		return fresh, Reason.of("promoted", level=rated.value, before=standing.level.value)
	if rated is standing.level:
		kept = (
			fresh
			if kind is ReviewKind.ANNUAL or as_of > standing.valid_until
			else replace(standing, interim_below=0)
		)
		return kept, Reason.of("confirmed", level=rated.value, valid_until=kept.valid_until)
	return _settle_fall(fresh, standing, kind, policy)


@lru_cache(maxsize=64)
def _fresh(rated: Level, as_of: date, valid_months: int) -> Standing:
	return Standing(rated, as_of, add_months(as_of, valid_months))


@cache
def _first_rating(rated: Level) -> Reason:
	return Reason.of("first_rating", level=rated.value)


def _settle_fall(
	fresh: Standing, standing: Standing, kind: ReviewKind, policy: StarPolicy
) -> tuple[Standing, Reason]:
	"""Return the standing after a rating below it: a fall at the annual review, after expiry or once grace is used up."""
	levels = {"level": fresh.level.value, "before": standing.level.value}
	if kind is ReviewKind.ANNUAL:
		return fresh, Reason.of("demoted_at_annual_review", **levels)
	if fresh.rated_on > standing.valid_until:
		return fresh, Reason.of("demoted_after_expiry", **levels, expired_on=standing.valid_until)
	times = standing.interim_below + 1
	if times >= policy.interim_below_limit:
		return fresh, Reason.of("demoted_after_interim_ratings", **levels, times=times)
	figures: dict[str, Figure] = {
		"times": times,
		"limit": policy.interim_below_limit,
		"valid_until": standing.valid_until,
	}
	reason = Reason.of("demotion_in_grace", level=standing.level.value, rated=fresh.level.value, **figures)
	return replace(standing, interim_below=times), reason


def _compare(imported: ImportedLevel, ours: Level) -> list[Reason]:
	"""Return where the imported level comes from and, when it differs from ours, by how many levels."""
	origin: dict[str, Figure] = {"imported_on": imported.imported_on, "source": imported.source}
	reasons = [Reason.of("imported_level", level=imported.level.value, **origin)]
	if imported.level is not ours:
		above = RANK[ours] - RANK[imported.level]
		levels = {"level": imported.level.value, "ours": ours.value}
		reasons.append(Reason.of("imported_level_differs", **levels, levels_above_ours=above))
	return reasons
