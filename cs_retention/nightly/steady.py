"""Who is as the last look left them: nothing that was read of them is other, and no day has come that moves them.

A look leaves a mark on the state: from when until when it holds, and a digest of everything it rested on. Facts are read
anew every night; what follows from them is worked out where the mark does not hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from hashlib import md5
from typing import Any

from cs_retention import __version__
from cs_retention.engine.churn_signals import moves_by_itself
from cs_retention.engine.customer import CustomerFacts
from cs_retention.engine.policy import Policy
from cs_retention.engine.steadiness import Looked, days_to_next_month, holds_for
from cs_retention.facts.book import ToldOfCustomer
from cs_retention.facts.signals import KnownSignal, warnings_of
from cs_retention.facts.source import CELL_END
from cs_retention.facts.values import Packed
from cs_retention.nightly.basis import Basis
from cs_retention.nightly.outcomes import overdue_marks
from cs_retention.nightly.states import StoredState

MARK = "steady_mark"
SHOWN = ("health_mark", "star_level", "own_level", "is_key_account", "key_account_reason", "reviewed_on")
"""Fields of a state that a mark vouches for: whoever changes one of them by hand has the customer looked at again."""

FIRST_CELLS = 2 + len(SHOWN)
"""A state is read in this order: its name, its mark, SHOWN, and the rest, which is cut only when it is read."""

DAY = len("2026-11-28")
DIGEST = 2 * (DAY + 1)
"""Where in a mark the digest begins, after the day of the look and the day from which it holds no more."""


class SteadyMarks:
	"""The marks of one night."""

	def __init__(self, policy: Policy, basis: Basis) -> None:
		"""Rest on what all customers of the night share: the policy, the figures of the book, the release."""
		self.policy = policy
		self.basis = basis
		self.today = basis.as_of.isoformat()
		self.days_of_month = days_to_next_month(basis.as_of)
		rules = (policy.stars, policy.health, policy.complaints, policy.version, policy.churn_version)
		told = repr((*rules, __version__, basis.gap))
		self.rules = md5(told.encode(), usedforsecurity=False).hexdigest()

	def hold(self, told: ToldOfCustomer, packed: Packed, known: Sequence[KnownSignal]) -> bool:
		"""Tell whether a state, as it was read, is what a look would leave today."""
		_, mark, *shown = first_cells(packed)
		if not mark or not mark[:DAY] <= self.today < mark[DAY + 1 : DIGEST - 1]:
			return False
		if known and moves_by_itself([each.signal for each in known], self.basis.as_of):
			return False
		return bool(mark[DIGEST:] == self.digest(told, warnings_of(known), shown))

	def digest(self, told: ToldOfCustomer, warnings: Sequence[str], shown: Iterable[Any]) -> str:
		"""Return the digest of what a look rests on, and of SHOWN as it leaves them."""
		state = CELL_END.join(["" if value is None else str(value) for value in shown])
		rested_on = f"{self.rules}{told.text()}{','.join(warnings)}{CELL_END}{state}"
		return md5(rested_on.encode(), usedforsecurity=False).hexdigest()

	def mark(
		self, told: ToldOfCustomer, facts: CustomerFacts, state: StoredState | None, fields: Mapping[str, Any]
	) -> str:
		"""Return the mark that a look leaves; `fields` are those of the state that the look decides."""
		after = fields if state is None else {**state, **fields}
		is_own_level = (after["own_level"] or after["star_level"]) == after["star_level"]
		left = Looked(is_own_level, after["rated_on"], overdue_marks(after))
		days = holds_for(facts, left, self.policy, self.basis.gap, self.basis.as_of, self.days_of_month)
		until = self.basis.as_of + timedelta(days=days)
		shown = [after[name] for name in SHOWN]
		return f"{self.today} {until.isoformat()} {self.digest(told, facts.warnings, shown)}"


def first_cells(packed: Packed) -> Sequence[Any]:
	"""Return name, mark and SHOWN of a state as it was read."""
	cells = packed.split(CELL_END, FIRST_CELLS) if isinstance(packed, str) else packed
	return cells[:FIRST_CELLS]


def is_other(mark: str, stored: str | None) -> bool:
	"""Tell whether a mark says another thing than the one stored: the day of the look alone is none."""
	return stored is None or mark[DAY:] != stored[DAY:]
