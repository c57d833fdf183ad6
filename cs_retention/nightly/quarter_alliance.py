"""The alliance over a quarter, read for its report; who was spoken to is as the report counts contacts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cs_retention.engine.quarter_alliance import (
	AllianceQuarter,
	Contacted,
	QuarterMerchant,
	count_alliance,
)
from cs_retention.engine.quarter_periods import Period
from cs_retention.facts.alliance_quarter import (
	count_sanctioned,
	read_quarter_campaigns,
	read_quarter_merchants,
)
from cs_retention.facts.fulfilment import read_contacted_customers
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection
from cs_retention.store.base import Store

PAGE = 1000
"""Merchants whose contacts are read together."""


def read_alliance(
	store: Store, quarter: Period, as_of: date, issue_types: Sequence[str]
) -> AllianceQuarter | None:
	"""Return a quarter of the alliance as of a day; None where nobody belongs to it. Merchants name no company."""
	until = min(quarter.end, as_of)
	merchants = read_quarter_merchants(store, quarter.eve, until)
	if not merchants:
		return None
	return count_alliance(
		merchants,
		quarter,
		until,
		count_sanctioned(store, until),
		contacted_by(store, merchants),
		read_quarter_campaigns(store, quarter.start, quarter.end, issue_types),
	)


def contacted_by(store: Store, merchants: Sequence[QuarterMerchant]) -> Contacted:
	"""Return what tells which of the merchants' customers somebody spoke to within some days."""
	own = {fold(row.customer): row.customer for row in merchants}
	names = sorted(own.values())

	def contacted(first: date, last: date) -> frozenset[str]:
		return frozenset(
			own[fold(found.customer)]
			for start in range(0, len(names), PAGE)
			for found in read_contacted_customers(
				store, Selection.of(names[start : start + PAGE]), first, last
			)
			if found.contacts
		)

	return contacted
