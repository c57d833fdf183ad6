"""A tier by decision ends with its day: the merchant comes to what its last review earned."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import frappe
from frappe.query_builder import DocType
from frappe.utils import cint, flt

from cs_retention.cs_retention.states import open_store
from cs_retention.engine.alliance import assess_merchant
from cs_retention.engine.vocabulary import Criterion
from cs_retention.merchant_alliance.merchants import MERCHANT
from cs_retention.merchant_alliance.quarter_reviews import Found, write_merchants
from cs_retention.merchant_alliance.reviews import BELONGS, REVIEW, quarter_span, standing_of
from cs_retention.merchant_alliance.sanctions import in_force
from cs_retention.merchant_alliance.settings import alliance_policy

SCORES = tuple(criterion.name.lower() for criterion in Criterion)
JUDGED = ("name", "merchant", "year", "quarter", "tier_before", "probation_before", *SCORES)


def end_overrides(today: date) -> None:
	"""Give merchants whose tier was decided on up to an earlier day the tier they earned; the review stays as it is."""
	named = {row.merchant for row in ended(today)}
	if not named:
		return
	# What is read from here on is what stands after the wait, unless this transaction has written already.
	if not frappe.db.transaction_writes:
		frappe.db.rollback()
	open_store().hold(MERCHANT, "name", sorted(named))
	rows = [row for row in ended(today) if row.merchant in named]
	kept_down, policy = in_force([row.merchant for row in rows], today), alliance_policy()
	found: list[Found] = []
	for row in rows:
		scores = {criterion: flt(row[criterion.name.lower()]) for criterion in Criterion}
		standing = standing_of(as_before(row), kept_down.get(row.merchant))
		assessment = assess_merchant(scores, standing, policy, quarter_span(row)[1])
		if assessment.tier.value != row.tier:
			found.append((row, scores, assessment))
	write_merchants(open_store(), found, {row.merchant: row for row in rows})


def as_before(row: Any) -> Any:
	"""Return how the merchant of a review stood before it."""
	return frappe._dict(
		admitted_on=row.admitted_on,
		tier=row.tier_before,
		reviews_in_probation=cint(row.probation_before),
	)


def ended(today: date) -> Sequence[Any]:
	"""Return the last reviews of merchants that still have the tier decided on, up to a day that is over, with the merchant."""
	review, later, merchant = DocType(REVIEW), DocType(REVIEW).as_("later"), DocType(MERCHANT)
	is_later = (later.year > review.year) | ((later.year == review.year) & (later.quarter > review.quarter))
	return (
		frappe.qb.from_(review)
		.join(merchant)
		.on((merchant.name == review.merchant) & (merchant.tier == review.override_tier))
		.left_join(later)
		.on((later.merchant == review.merchant) & (later.docstatus == 1) & is_later)
		.select(*(review[name] for name in JUDGED), merchant.admitted_on, merchant.tier)
		.where((review.docstatus == 1) & (review.override_until < today) & later.name.isnull())
		.where((review.earned_tier != review.override_tier) & merchant.status.isin(BELONGS))
		.orderby(review.merchant)
		.run(as_dict=True)
	)
