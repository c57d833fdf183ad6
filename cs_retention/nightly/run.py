"""One night over a store in one go: basis, rate, plan, in this order; the preview's, on MariaDB and on SQLite.

A site's night works on the same pages with the same rules, chunk by chunk (`phases`), and has more phases.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cs_retention.engine.policy import Policy
from cs_retention.facts.book import page_bounds
from cs_retention.facts.selection import Selection
from cs_retention.nightly.basis import Basis, read_basis
from cs_retention.nightly.contacts import note_contacts
from cs_retention.nightly.plan import PlanOutcome, Progress, plan_book_of
from cs_retention.nightly.rate import RateCounts, rate_page
from cs_retention.store.base import Store


@dataclass(frozen=True, slots=True)
class NightSummary:
	"""What a night did: rows read and written by its rating, and what its plan made."""

	as_of: date
	rate: RateCounts
	plan: PlanOutcome

	@property
	def rows_written(self) -> int:
		"""Business rows written; 0 for a second run on the same date."""
		return self.rate.rows_written + self.plan.counts.rows_written


def run_night(store: Store, policy: Policy, as_of: date, progress: Progress | None = None) -> NightSummary:
	"""Rate, assess and plan the whole book as of a date and write what differs.

	Every page of customers is one transaction. `progress` is told the phase ("basis", "rate", "plan") and how many
	customers it has done so far. A second run on the same date writes no business row.
	"""
	tell = progress or _silent
	tell("basis", 0)
	counts = rate_book(store, policy, as_of, tell)
	return NightSummary(as_of, counts, plan_book_of(store, policy, as_of, tell))


def rate_book(
	store: Store, policy: Policy, as_of: date, progress: Progress, basis: Basis | None = None
) -> RateCounts:
	"""Run the phases basis and rate, the former unless its outcome is given."""
	basis = basis or read_basis(store, policy, as_of)
	counts = RateCounts()
	for bounds in page_bounds(store):
		page = Selection.between(*bounds)
		counts.contacts += note_contacts(store, page, basis.gathering, policy.contacts)
		rate_page(store, page, basis, policy, counts)
		store.commit()
		progress("rate", counts.customers)
	return counts


def _silent(phase: str, done: int) -> None:
	"""Tell nobody."""
