"""The alliance in a quarterly report of a book: from its tables, or replayed from files of merchants and their reviews."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

from cs_retention.engine.quarter_alliance import AllianceQuarter, QuarterMerchant, count_alliance
from cs_retention.engine.quarter_periods import QuarterPeriod
from cs_retention.nightly.quarter_alliance import contacted_by, read_alliance
from cs_retention.preview.alliance import Merchant, replay_alliance
from cs_retention.preview.book import Book
from cs_retention.preview.problems import BadInput


class AllianceFiles(NamedTuple):
	"""Files as `cs-retention alliance` takes them."""

	merchants: Path
	reviews: Path
	sanctions: Path | None


def given(merchants: Path | None, reviews: Path | None, sanctions: Path | None) -> AllianceFiles | None:
	"""Return the files, where there are any; BadInput where one is missing."""
	if merchants and reviews:
		return AllianceFiles(merchants, reviews, sanctions)
	if merchants or reviews or sanctions:
		raise BadInput(["--merchants, --reviews: give both, with --sanctions or without"])
	return None


def alliance_of(
	book: Book, quarter: QuarterPeriod, as_of: date, files: AllianceFiles | None
) -> AllianceQuarter | None:
	"""Return a quarter of the alliance as of a day; None where nobody belongs to it."""
	if files is None:
		return read_alliance(book.store, quarter, as_of, book.policy.complaints.issue_types)
	until = min(quarter.end, as_of)
	before = {merchant.name: merchant for merchant in replay_alliance(*files, quarter.eve)}
	after = replay_alliance(*files, until)
	merchants = [over_quarter(before[merchant.name], merchant) for merchant in after]
	sanctioned = sum(merchant.sanction is not None for merchant in after)
	return count_alliance(merchants, quarter, until, sanctioned, contacted_by(book.store, merchants))


def over_quarter(before: Merchant, after: Merchant) -> QuarterMerchant:
	"""Return a merchant over a quarter: its name is its customer's in the book."""
	return QuarterMerchant(
		after.name,
		after.status,
		after.admitted_on,
		None,
		after.eliminated_on,
		before.standing.tier if before.standing else None,
		after.standing.tier if after.standing else None,
	)
