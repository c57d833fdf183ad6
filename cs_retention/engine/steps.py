"""Exact numbers and step tables, the material of every card."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from cs_retention.engine.reasons import PolicyError

Steps = tuple[tuple[Decimal, int], ...]
"""(bound, points) with ascending bounds; the table that uses it says whether bounds are lower or upper ones."""


def exact(amount: float | Decimal) -> Decimal:
	"""Return an amount as the decimal of 6 digits that it stands for."""
	return Decimal(f"{amount:.6f}")


def micros(amount: float) -> int:
	"""Return an amount in millionths; a float of this size times a million is less than half of one off."""
	if -2e9 < amount < 2e9:
		return round(amount * 1e6)
	return int(exact(amount) * 1_000_000)


def of_micros(count: int) -> Decimal:
	"""Return the amount of so many millionths, without trailing zeros behind the cents."""
	if count % 10_000 == 0:
		return _hundredths(count // 10_000)
	return Decimal(count).scaleb(-6)


def written(numerator: int, denominator: int) -> Decimal:
	"""Return the fraction, not negative, with two decimals rounded half up."""
	return _hundredths((200 * numerator + denominator) // (2 * denominator))


@lru_cache(maxsize=16384)
def _hundredths(count: int) -> Decimal:
	return Decimal(count).scaleb(-2)


def number(field: str, value: object, low: int, high: int, digits: int = 6) -> Decimal:
	"""Return a policy's number from `low` to `high` as a decimal of at most `digits` digits, or PolicyError."""
	is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
	exact_value = Decimal(str(value)) if is_number else Decimal("NaN")
	if (
		not exact_value.is_finite()
		or not low <= exact_value <= high
		or exact_value != round(exact_value, digits)
	):
		allowed = {"low": low, "high": high, "digits": digits}
		raise PolicyError(
			field, value, "give a number from {low} to {high} with at most {digits} decimals", **allowed
		)
	return exact_value


def whole(field: str, value: object, low: int, high: int) -> int:
	"""Return a policy's whole number from `low` to `high`, or PolicyError."""
	if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
		raise PolicyError(field, value, "give a whole number from {low} to {high}", low=low, high=high)
	return value


def rising(field: str, steps: object) -> Steps:
	"""Return a table whose bounds rise from 0 and whose points never fall, or PolicyError."""
	table = _ascending(field, steps)
	if table[0][0] != 0:
		raise PolicyError(field, table[0][0], "let the first bound be 0")
	_monotone(field, [points for _, points in table])
	return table


def falling(field: str, steps: object) -> Steps:
	"""Return a table whose bounds rise and whose points never rise, or PolicyError."""
	table = _ascending(field, steps)
	_monotone(field, [points for _, points in reversed(table)])
	return table


def _ascending(field: str, steps: object) -> Steps:
	if not isinstance(steps, tuple | list) or not steps:
		raise PolicyError(field, steps, "give at least one pair of bound and points")
	table = tuple(_pair(field, step) for step in steps)
	for (lower, _), (upper, _) in pairwise(table):
		if upper <= lower:
			raise PolicyError(field, upper, "give a bound above {lower}, the one before", lower=lower)
	return table


def _pair(field: str, step: object) -> tuple[Decimal, int]:
	if not isinstance(step, tuple | list) or len(step) != 2:
		raise PolicyError(field, step, "give pairs of bound and points")
	return number(field, step[0], 0, 100_000), whole(field, step[1], 0, 100)


def _monotone(field: str, points: list[int]) -> None:
	for before, after in pairwise(points):
		if after < before:
			raise PolicyError(field, after, "let better figures never give fewer points")


def decimal_steps(*pairs: tuple[float | str, int]) -> Steps:
	"""Return a table from plain pairs of bound and points."""
	return tuple((Decimal(str(bound)), points) for bound, points in pairs)


def at_least(steps: Steps, figure: int | Decimal) -> int:
	"""Return the points of the last lower bound that the figure reaches; the first bound is 0."""
	return next((points for bound, points in reversed(steps) if figure >= bound), steps[0][1])
