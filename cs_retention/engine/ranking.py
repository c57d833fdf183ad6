"""How well a score ranks those who stayed above those who left: exact, from how many had which score."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from math import sqrt

CONFIDENCE = Fraction(49, 25)
"""1.96 standard errors to either side: 95 of 100 such intervals hold the true value."""

CHANCE = Fraction(1, 2)


class Verdict(str, Enum):
	"""What a ranking is worth: better than chance, not told apart from chance, worse than chance, or not judged."""

	RANKS = "Ranks"
	CHANCE = "Chance"
	BACKWARDS = "Backwards"
	TOO_LITTLE = "Too Little"


@dataclass(frozen=True, slots=True)
class Ranking:
	"""The area under the curve, and its variance.

	`auc` is the chance that one who stayed has a higher score than one who left, ties counted half. The variance is
	that of Hanley and McNeil, Radiology 143 (1982), pages 29 to 36.
	"""

	auc: Fraction
	variance: Fraction

	@property
	def verdict(self) -> Verdict:
		"""Whether the interval of the area lies above one half, holds it, or lies below."""
		distance = self.auc - CHANCE
		if distance * distance <= CONFIDENCE * CONFIDENCE * self.variance:
			return Verdict.CHANCE
		return Verdict.RANKS if distance > 0 else Verdict.BACKWARDS

	@property
	def interval(self) -> tuple[float, float]:
		"""The ends of the interval, within 0 and 1."""
		reach = float(CONFIDENCE) * sqrt(self.variance)
		return max(0.0, float(self.auc) - reach), min(1.0, float(self.auc) + reach)


def rank(stayed: Mapping[int, int], left: Mapping[int, int]) -> Ranking | None:
	"""Return the ranking of how many stayed and left at each score; None where all did the same."""
	several, few = sum(stayed.values()), sum(left.values())
	if not several or not few:
		return None
	won, below = 0, 0
	for score in sorted(stayed.keys() | left.keys()):
		gone = left.get(score, 0)
		won += stayed.get(score, 0) * (2 * below + gone)
		below += gone
	auc = Fraction(won, 2 * several * few)
	return Ranking(auc, _variance(auc, several, few))


def _variance(auc: Fraction, stayed: int, left: int) -> Fraction:
	"""Return the variance by Hanley and McNeil."""
	two_stayed, two_left = auc / (2 - auc), 2 * auc * auc / (1 + auc)
	squared = auc * auc
	spread = auc * (1 - auc) + (stayed - 1) * (two_stayed - squared) + (left - 1) * (two_left - squared)
	return spread / (stayed * left)


def lift(stayed: Mapping[int, int], left: Mapping[int, int]) -> Fraction | None:
	"""Return how many times more of the lowest tenth left than of all; None where nobody did.

	Where the tenth ends within a score, those of this score count in proportion.
	"""
	lost = sum(left.values())
	if not lost:
		return None
	everybody = sum(stayed.values()) + lost
	tenth = room = Fraction(everybody, 10)
	caught = Fraction(0)
	for score in sorted(stayed.keys() | left.keys()):
		gone = left.get(score, 0)
		count = stayed.get(score, 0) + gone
		taken = min(room, Fraction(count))
		caught += gone * taken / count
		room -= taken
	return caught / tenth * everybody / lost
