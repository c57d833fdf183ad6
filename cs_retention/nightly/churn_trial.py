"""What another churn policy would make of the book: who changes band today, and what it would have been worth before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from cs_retention.engine.health import assess
from cs_retention.engine.policy import Policy
from cs_retention.facts.book import page_of, pages, read_customers
from cs_retention.facts.signals import read_signals, warnings_of
from cs_retention.nightly.backtest import Backtest, past_dates, run_backtest
from cs_retention.nightly.basis import read_basis
from cs_retention.nightly.outcomes import overdue_before
from cs_retention.nightly.states import read_states
from cs_retention.store.base import Store

OVERDUE_FIELDS = ("overdue_mark", "overdue_mark_on", "overdue_before", "overdue_before_on")
"""Fields of a state from which follows what was overdue 30 days ago or earlier."""

Told = Callable[[float], None]
"""Told what share of the trial is done, from 0 to 1."""


@dataclass(slots=True)
class ChurnTrial:
	"""Customers from band to band (those who stay included), and the back-tests of the policy in force and the other."""

	bands: Counter[tuple[str, str]] = field(default_factory=Counter)
	now: list[Backtest] = field(default_factory=list)
	then: list[Backtest] = field(default_factory=list)

	@property
	def moved(self) -> int:
		"""Customers who change band."""
		return sum(count for (before, after), count in self.bands.items() if before != after)


def try_churn_policy(
	store: Store, now: Policy, other: Policy, as_of: date, customers: int, told: Told
) -> ChurnTrial:
	"""Hold a policy against the one in force: on the book as of a date, and by both back-tests up to it.

	Nothing is written. `customers` is how many the book has, for `told`.
	"""
	trial = ChurnTrial()
	parts = 1 + 2 * len(past_dates(as_of))
	trial.bands = _bands(store, now, other, as_of)
	told(1 / parts)
	for place, (policy, found) in enumerate(((now, trial.now), (other, trial.then))):
		first = 1 + place * len(past_dates(as_of))

		def tell(day: date, done: int, first: int = first) -> None:
			at = past_dates(as_of).index(day) + min(1.0, done / max(1, customers))
			told((first + at) / parts)

		found.extend(run_backtest(store, policy, as_of, tell))
	return trial


def _bands(store: Store, now: Policy, other: Policy, as_of: date) -> Counter[tuple[str, str]]:
	"""Count the customers from the band of one policy to that of the other."""
	basis, bands = read_basis(store, now, as_of), Counter[tuple[str, str]]()
	for page in pages(store):
		selection = page_of(page)
		signals = read_signals(store, selection)
		warnings = {key: warned for key, found in signals.items() if (warned := warnings_of(found))}
		states = read_states(store, selection, OVERDUE_FIELDS).items()
		before = {key: amount for key, held in states if (amount := overdue_before(held, as_of)) is not None}
		for facts in read_customers(store, page, basis.shape, now.complaints, as_of, before, warnings):
			was, would_be = (
				assess(facts, policy.health, basis.gap, as_of).band.value for policy in (now, other)
			)
			bands[was, would_be] += 1
	return bands
