"""The customers of a quarter: how each stood at its beginning, by the snapshot, and how it stands at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from cs_retention.engine.kpi_evidence import CohortCustomer, Customership, cohort_loss, is_active
from cs_retention.engine.policy import Policy
from cs_retention.engine.quarter_periods import Period
from cs_retention.engine.vocabulary import Loss
from cs_retention.facts.agreements import AgreementFacts, read_agreements
from cs_retention.facts.book import page_of
from cs_retention.facts.cohort import (
	Complaints,
	Described,
	Left,
	SnapshotCustomer,
	is_snapshot_written,
	read_complaints,
	read_currencies,
	read_described,
	read_left,
	read_snapshot,
)
from cs_retention.facts.past import past_pages
from cs_retention.facts.quarter_purchases import NOTHING, Purchases, read_purchases
from cs_retention.facts.ties import read_tied
from cs_retention.nightly.levels_then import LevelsThen
from cs_retention.nightly.snapshot import in_some_company, left_by, read_snapshot_now
from cs_retention.store.base import Store

Shown = Mapping[str, Any]


class Evidence(NamedTuple):
	"""One row of evidence: what is shown of it, and what the key figures see."""

	shown: Shown
	row: Any


def read_cohort(
	store: Store, policy: Policy, quarter: Period, as_of: date, has_levels: bool = True
) -> Iterator[Evidence]:
	"""Yield a row per customer and company it bought in, or is bound to while there is only one company.

	How a customer stood at the beginning is what the night wrote down then; where it did not, that is put together now.
	"""
	until = min(quarter.end, as_of)
	currencies, is_written = read_currencies(store), is_snapshot_written(store, quarter)
	needs_levels = has_levels and not is_written
	before = LevelsThen.on(store, policy, quarter.eve) if needs_levels else None
	at_end = LevelsThen.on(store, policy, until, until < as_of) if has_levels else None
	for page in past_pages(store):
		selection = page_of(page)
		described = read_described(store, selection)
		purchases = read_purchases(store, selection, quarter, until)
		left = read_left(store, selection, until)
		bound = read_agreements(store, selection, until, is_past=until < as_of)
		tied = read_tied(store, selection, until)
		complaints = read_complaints(store, selection, quarter.start, until, policy.complaints)
		levels_before, levels = (rater.of(page) if rater else {} for rater in (before, at_end))
		snapshot = (
			read_snapshot(store, selection, quarter)
			if is_written
			else read_snapshot_now(store, page, quarter, levels_before, purchases, currencies)
		)
		for row in page:
			known = KnownNow(
				row.name,
				described.get(row.key, Described()),
				left.get(row.key),
				bound.get(row.key, AgreementFacts()).has_contract,
				row.key in tied,
				complaints.get(row.key, Complaints()),
				levels.get(row.key, ""),
			)
			bought = in_some_company(purchases.get(row.key, ()), currencies)
			for found in known.rows(bought, snapshot.get(row.key, ()), currencies, quarter, until):
				yield Evidence(shown(found), found)


class KnownNow(NamedTuple):
	"""What is known of a customer at the end of a quarter, whatever the company."""

	name: str
	described: Described
	left: Left | None
	is_bound: bool
	is_tied: bool
	complaints: Complaints
	level: str

	def rows(
		self,
		bought: Sequence[Purchases],
		snapshot: Sequence[SnapshotCustomer],
		currencies: Mapping[str, str],
		quarter: Period,
		until: date,
	) -> Iterator[CohortCustomer]:
		"""Yield the customer's row in every company.

		Agreements, offers and complaints name no company: they stand where the customer bought last.
		"""
		then = {each.company: each for each in snapshot}
		main = max(bought, key=lambda each: (each.last or date.min, each.company), default=None)
		known = {each.company for each in bought}
		gone = [
			Purchases(company, None, None, None, NOTHING, NOTHING) for company in then if company not in known
		]
		for each in sorted((*bought, *gone), key=lambda each: each.company):
			before = then.get(each.company) or self._unknown_then(each.company, currencies)
			yield self._row(each, before, quarter, until, each is main)

	def _unknown_then(self, company: str, currencies: Mapping[str, str]) -> SnapshotCustomer:
		"""Return that the quarter did not begin with this customer."""
		described = self.described
		people = (described.account_manager, described.territory)
		currency, group = currencies.get(company, ""), described.customer_group
		return SnapshotCustomer(self.name, company, currency, *people, "", False, False, NOTHING, group)

	def _row(
		self, bought: Purchases, then: SnapshotCustomer, quarter: Period, until: date, is_main: bool
	) -> CohortCustomer:
		gone = left_by(self.left, bought.last)
		is_bound = self.is_bound and is_main
		now = is_active(Customership(bought.first, bought.last, is_bound, gone), until)
		# On which day somebody was disabled is nowhere on record: it tells how a customer was lost, not when.
		left = gone or (Loss.LEFT if self.described.is_disabled else None)
		is_first = bought.first is not None and bought.first >= quarter.start
		return CohortCustomer(
			self.name,
			then.company,
			then.currency,
			then.account_manager,
			then.territory,
			then.level,
			self.level,
			then.was_active,
			now,
			not then.was_active and is_first,
			cohort_loss(then.was_active, now, left),
			then.revenue_before,
			bought.revenue_within,
			is_bound,
			self.is_tied and is_main,
			complaints=self.complaints.came if is_main else 0,
			escalated=self.complaints.escalated if is_main else 0,
			# A snapshot written before it knew of groups has none.
			customer_group=then.customer_group or self.described.customer_group,
		)


def shown(row: CohortCustomer) -> Shown:
	"""Return what a row of a customer shows."""
	return {
		"customer": row.customer,
		"company": row.company,
		"account_manager": row.account_manager,
		"territory": row.territory,
		"customer_group": row.customer_group,
		"level_before": row.level_before,
		"level_at_end": row.level_at_end,
		"was_active": int(row.was_active),
		"is_active": int(row.is_active),
		"is_new": int(row.is_new),
		"loss": row.loss.value if row.loss else "",
		"revenue_before": row.revenue_before,
		"revenue_within": row.revenue_within,
		"currency": row.currency,
		"has_agreement": int(row.has_agreement),
		"has_soft_tie": int(row.has_soft_tie),
		"complaints": row.complaints,
		"escalated": row.escalated,
	}
