"""What signals were worth: how often they were right, and how long before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import Enum
from statistics import median
from typing import NamedTuple

from cs_retention.engine.kpi import Ratio
from cs_retention.engine.vocabulary import SignalClosing, SignalRule


class SignalFigure(str, Enum):
	"""What a report counts of signals."""

	RAISED = "Raised"
	ACTED_ON = "Acted On"
	TRUE = "True"
	KNOWN = "Known"
	FALSE = "False"
	LOST = "Lost"
	OTHER = "Otherwise Closed"
	OPEN = "Not Closed"


BY_CLOSING = {
	SignalClosing.TRUE_WARNING: SignalFigure.TRUE,
	SignalClosing.KNOWN_CAUSE: SignalFigure.KNOWN,
	SignalClosing.FALSE_ALARM: SignalFigure.FALSE,
	SignalClosing.CUSTOMER_LOST: SignalFigure.LOST,
}
"""The figure that each closing counts for; all others are closed otherwise and judge nothing."""

PROVED_RIGHT = (SignalFigure.TRUE, SignalFigure.LOST)
JUDGED = (*PROVED_RIGHT, SignalFigure.KNOWN, SignalFigure.FALSE)


class JudgedSignals(NamedTuple):
	"""Signals alike: their rule, what they were closed as, whether somebody acted, days from raised to closed."""

	rule: SignalRule
	closed_as: SignalClosing | None
	is_acted_on: bool
	days: int | None
	times: int = 1


@dataclass(slots=True)
class Quality:
	"""Counts of the signals of a rule, and the days before those that proved right did."""

	counts: Counter[SignalFigure] = field(default_factory=Counter)
	days: list[int] = field(default_factory=list)

	@property
	def precision(self) -> Ratio:
		"""Those that proved right, of all that somebody or the loss itself has judged."""
		right, judged = (sum(self.counts[name] for name in names) for names in (PROVED_RIGHT, JUDGED))
		return Ratio(right, judged)

	@property
	def lead(self) -> float | None:
		"""Days from raised to proved right, in the median; None where none was."""
		return median(self.days) if self.days else None


def figures_of(signals: JudgedSignals) -> tuple[SignalFigure, ...]:
	"""Return every figure that counts a signal."""
	ending = SignalFigure.OPEN
	if signals.closed_as is not None:
		ending = BY_CLOSING.get(signals.closed_as, SignalFigure.OTHER)
	acted = (SignalFigure.ACTED_ON,) if signals.is_acted_on else ()
	return SignalFigure.RAISED, *acted, ending


def judge(found: Iterable[JudgedSignals]) -> dict[SignalRule, Quality]:
	"""Return the quality of every rule that raised a signal."""
	qualities: dict[SignalRule, Quality] = {}
	for signals in found:
		quality = qualities.setdefault(signals.rule, Quality())
		figures = figures_of(signals)
		quality.counts.update(dict.fromkeys(figures, signals.times))
		if figures[-1] in PROVED_RIGHT and signals.days is not None:
			quality.days.extend([signals.days] * signals.times)
	return qualities
