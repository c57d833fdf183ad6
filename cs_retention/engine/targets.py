"""Targets of key figures: how far they are reached, who stands where, and how one splits into parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Generic, TypeVar

from cs_retention.engine.kpis import KeyFigure
from cs_retention.engine.vocabulary import Kpi, TargetMeasure

Key = TypeVar("Key", bound=str)
TENTH = Decimal("0.1")
UNIT = Decimal(1)
MOST = Decimal(2)
"""The best that can be achieved of a target of which less is better."""
LESS_IS_BETTER = frozenset(
	{
		*(Kpi.CUSTOMER_CHURN, Kpi.CHURN_LEFT, Kpi.CHURN_TRANSFERRED, Kpi.CHURN_DORMANT, Kpi.REVENUE_CHURN),
		*(Kpi.COST_PER_SAVE, Kpi.CALLBACKS_LATE, Kpi.CONTACT_PRESSURE),
		*(Kpi.TOUCHES_KEPT_BACK, Kpi.TOUCHES_OVER_CAP, Kpi.REPEAT_COMPLAINTS),
		*(Kpi.COMPLAINTS, Kpi.ESCALATED_COMPLAINTS, Kpi.UPHELD_COMPLAINTS),
	}
)
"""Key figures of which less is better."""
ADDED_UP = frozenset(
	{
		*(Kpi.CALLBACK_COMPLETION, Kpi.CALLBACKS_ATTEMPTED, Kpi.CALLBACKS_REACHED, Kpi.CALLBACKS_LATE),
		*(Kpi.QUOTA_FULFILMENT, Kpi.STRICT_SAVES, Kpi.VERIFIED_SAVES, Kpi.WARNING_PRECISION),
	}
)
"""Key figures whose number adds up over days and people: everything that they count has its day and its person."""


@dataclass(frozen=True, slots=True)
class TargetStanding(Generic[Key]):
	"""Where somebody, a territory or a company stands: what was reached, the target, the percentage of it, the rank."""

	key: Key
	value: Decimal | None
	target: Decimal | None = None
	achieved: Decimal | None = None
	rank: int | None = None


def achieved(value: Decimal | None, target: Decimal, is_less_better: bool = False) -> Decimal | None:
	"""Return what is achieved of a target in percent, to a tenth; None where there is no value or no target.

	Where less is better, half of what is allowed is 200 %, and nothing at all, or less, as good as can be told: 200 %.
	"""
	if value is None or not target:
		return None
	share = value / target
	if is_less_better:
		share = min(target / value, MOST) if value > 0 else MOST
	return (share * 100).quantize(TENTH, ROUND_HALF_UP)


def ranks(values: Mapping[Key, Decimal | None], is_less_better: bool = False) -> dict[Key, int]:
	"""Return the rank of everybody who has a value, 1 the best; equal values share a rank and leave the next one out."""
	known = {key: value for key, value in values.items() if value is not None}
	return {
		key: 1 + sum(_is_better(other, value, is_less_better) for other in known.values())
		for key, value in known.items()
	}


def measured(figure: KeyFigure, measure: TargetMeasure) -> Decimal | None:
	"""Return what of a figure a target of this measure is compared with; None where the figure is of nothing."""
	if measure is TargetMeasure.NUMBER:
		return Decimal(figure.ratio.numerator)
	return figure.value


def standings(
	kpi: Kpi, values: Mapping[Key, Decimal | None], targets: Mapping[Key, Decimal]
) -> list[TargetStanding[Key]]:
	"""Return where everybody stands who has a value or a target, in the order of rank.

	Who has a target is ranked by what was achieved of it, and is ranked among those with a target only; where nobody
	has one, the values are ranked. Who has no rank stands last.
	"""
	less = kpi in LESS_IS_BETTER
	keys = sorted({*values, *targets})
	shares = {key: achieved(values.get(key), targets[key], less) for key in keys if key in targets}
	places = ranks(shares) if targets else ranks(values, less)
	found = [
		TargetStanding(key, values.get(key), targets.get(key), shares.get(key), places.get(key))
		for key in keys
	]
	return sorted(found, key=lambda each: (each.rank is None, each.rank or 0))


def split(total: Decimal, shares: Mapping[Key, Decimal], unit: Decimal = UNIT) -> dict[Key, Decimal]:
	"""Return a target split by past shares into whole units whose sum is the total, to the unit.

	Each part is rounded down; the units that are left go to the largest remainders, the first by name among equals.
	Without any past share the parts are equal. ValueError for no share, a negative one, or a total not in units.
	"""
	if not shares or any(share < 0 for share in shares.values()) or total % unit:
		raise ValueError("give shares from 0 up, one at least, and a total of whole units")
	weights = shares if any(shares.values()) else dict.fromkeys(shares, UNIT)
	whole = sum(weights.values())
	exact = {key: total * weight / whole / unit for key, weight in weights.items()}
	units = {key: int(part // 1) for key, part in exact.items()}
	left = int(total / unit) - sum(units.values())
	for key in sorted(exact, key=lambda key: (units[key] - exact[key], key))[:left]:
		units[key] += 1
	return {key: count * unit for key, count in units.items()}


def _is_better(value: Decimal, other: Decimal, is_less_better: bool) -> bool:
	return value < other if is_less_better else value > other
