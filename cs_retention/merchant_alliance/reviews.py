"""A quarter's review of a merchant between the form and the engine, and what it does to the merchant."""

from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, getdate, nowdate

from cs_retention.cs_retention.refusals import refuse
from cs_retention.engine.alliance import (
	Assessment,
	MerchantStanding,
	PartScore,
	TierOverride,
	assess_merchant,
	scores_of,
)
from cs_retention.engine.alliance_life import BELONGS as IN_ALLIANCE
from cs_retention.engine.reasons import WorkError
from cs_retention.engine.vocabulary import Criterion, Quarter, Tier
from cs_retention.engine.workdays import month_span
from cs_retention.merchant_alliance import evidence
from cs_retention.merchant_alliance.merchants import MERCHANT
from cs_retention.merchant_alliance.sanctions import sanctioned_until
from cs_retention.merchant_alliance.settings import alliance_policy
from cs_retention.nightly.reason_json import dump_reasons

REVIEW = "Alliance Review"
QUARTERS = [quarter.value for quarter in Quarter]
MONTHS = 3
BELONGS = tuple(status.value for status in IN_ALLIANCE)
FIRST_YEAR, LAST_YEAR = 2000, 2199


def quarter_span(review: Any) -> tuple[date, date]:
	"""Return first and last day of the quarter that is judged."""
	month = MONTHS * QUARTERS.index(review.quarter) + 1
	return month_span(date(cint(review.year), month, 1), MONTHS)


def validate_quarter(review: Any) -> None:
	"""Refuse a year that is none, and a quarter that has not begun."""
	if not FIRST_YEAR <= cint(review.year) <= LAST_YEAR:
		frappe.throw(
			_("Year {0} cannot be used. Give one from {1} to {2}.").format(
				frappe.bold(review.year), FIRST_YEAR, LAST_YEAR
			),
			title=_("Invalid Quarter"),
		)
	if quarter_span(review)[0] > getdate(nowdate()):
		frappe.throw(
			_("{0} {1} has not begun. Give the present quarter or an earlier one.").format(
				frappe.bold(review.quarter), frappe.bold(review.year)
			),
			title=_("Invalid Quarter"),
		)


def assess(review: Document) -> None:
	"""Fill in what the scores come to as of today's standing of the merchant."""
	merchant = frappe.db.get_value(
		MERCHANT,
		review.merchant,
		["status", "tier", "admitted_on", "reviews_in_probation"],
		as_dict=True,
	)
	if merchant.status not in BELONGS:
		frappe.throw(
			_("{0} is {1} and is not judged. Admit it first.").format(
				frappe.bold(review.merchant_name or review.merchant),
				frappe.bold(_(merchant.status, context=MERCHANT)),
			),
			title=_("Not in the Alliance"),
		)
	evidence.refresh(review, quarter_span(review))
	standing = standing_of(merchant, sanctioned_until(review.merchant, nowdate()))
	try:
		scores = scores_of(parts_of(review))
		found = assess_merchant(
			scores, standing, alliance_policy(), quarter_span(review)[1], override_of(review)
		)
	except WorkError as error:
		refuse(error, review, title=_("Scores Cannot Be Used"))
	review.update({criterion.name.lower(): scores[criterion] for criterion in Criterion})
	review.update(fields_of(found))
	review.update({"tier_before": merchant.tier, "probation_before": standing.reviews_in_probation})


def standing_of(merchant: Any, kept_down_until: date | None) -> MerchantStanding:
	"""Return how a merchant stands as the engine takes it; a sanction of today keeps it from rising."""
	return MerchantStanding(
		merchant.admitted_on or date.min,
		Tier(merchant.tier) if merchant.tier else None,
		cint(merchant.reviews_in_probation),
		kept_down_until,
	)


def parts_of(review: Document) -> list[PartScore]:
	"""Return the rows of the form as the engine takes them."""
	return [
		PartScore(Criterion(row.criterion), row.part, flt(row.weight), flt(row.score), row.evidence or "")
		for row in review.scores
	]


def override_of(review: Document) -> TierOverride | None:
	"""Return the tier that somebody has decided on, in force up to a day."""
	if not review.override_tier:
		return None
	until = getdate(review.override_until)
	return TierOverride(
		Tier(review.override_tier), until, review.override_reason, review.decided_by or frappe.session.user
	)


def fields_of(found: Assessment) -> dict[str, Any]:
	"""Return what a review keeps of its assessment."""
	return {
		"tier": found.tier.value,
		"earned_tier": found.earned.value,
		"reviews_in_probation": found.reviews_in_probation,
		"is_elimination_proposed": int(found.is_elimination_proposed),
		"next_tier": found.next_tier.value if found.next_tier else None,
		"lacks": frappe.as_json({lack.criterion.value: lack.missing for lack in found.lacks}, indent=None),
		"reasons": dump_reasons(found.reasons),
	}


def lock_merchant(review: Document) -> None:
	"""Let nobody else judge the merchant until this transaction ends."""
	frappe.db.get_value(MERCHANT, review.merchant, "name", for_update=True)


def later_review(review: Document) -> str | None:
	"""Return a submitted review of the merchant for a later quarter; None where there is none."""
	rows = frappe.get_all(
		REVIEW,
		{"merchant": review.merchant, "docstatus": 1, "name": ("!=", review.name)},
		["name", "year", "quarter"],
	)
	later = [row for row in rows if (row.year, row.quarter) > (cint(review.year), review.quarter)]
	return later[0].name if later else None


def apply(review: Document, tier: str | None, reviews_in_probation: int) -> None:
	"""Give the merchant a tier, with its history; whoever judges needs the right to change the merchant."""
	merchant = frappe.get_doc(MERCHANT, review.merchant)
	merchant.flags.by_action = True
	merchant.update({"tier": tier, "reviews_in_probation": reviews_in_probation})
	merchant.save()


def key_of(review: Document) -> str:
	"""Return what a submitted review holds, once per merchant and quarter."""
	return f"{review.merchant}|{review.year}-{review.quarter}"
