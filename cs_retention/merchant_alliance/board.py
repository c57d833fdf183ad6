"""The board of the alliance: merchants by tier, the quadrant of the two axes, and what is to be judged; nothing is dragged."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, escape_html, flt, getdate, nowdate

from cs_retention.engine.vocabulary import Quarter, Tier
from cs_retention.engine.workdays import add_months
from cs_retention.merchant_alliance import quarter_reviews, reviews
from cs_retention.merchant_alliance.merchants import MERCHANT
from cs_retention.merchant_alliance.reviews import BELONGS, REVIEW
from cs_retention.merchant_alliance.settings import alliance_policy
from cs_retention.merchant_alliance.standings import SCORES, last_reviews, sanctions

Row = dict[str, Any]
NOT_JUDGED = ""


@frappe.whitelist(methods=["GET"])
def get_board() -> dict[str, Any]:
	"""Return the merchants in the alliance by tier, their scores, and how far the reviews of the quarter are."""
	frappe.has_permission(REVIEW, "read", throw=True)
	today = getdate(nowdate())
	fields = ["name", "merchant_name", "status", "tier", "category", "reviews_in_probation"]
	merchants = frappe.get_list(
		MERCHANT, {"status": ("in", BELONGS)}, fields, order_by="merchant_name", limit=0
	)
	judged, kept_out = last_reviews(), sanctions(today)
	cards = [card(row, judged.get(row.name), kept_out.get(row.name)) for row in merchants]
	policy = alliance_policy()
	return {
		"columns": columns(cards),
		"bars": {"earned_at": policy.earned_at, "probation_below": policy.probation_below},
		"queue": queue(merchants, *quarter_to_judge(today)),
	}


def card(row: Row, review: Row | None, sanctioned_until: date | None) -> Row:
	"""Return a merchant as the board shows it."""
	found = review or {}
	return {
		**row,
		"tier": row.tier or NOT_JUDGED,
		"scores": [flt(found.get(name)) for name in SCORES] if review else None,
		"is_elimination_proposed": cint(found.get("is_elimination_proposed")),
		"sanctioned_until": sanctioned_until,
	}


def columns(cards: Sequence[Row]) -> list[Row]:
	"""Return the columns of the board, the best tier first, and those that nobody has judged yet."""
	named = [*((tier.value, _(tier.value)) for tier in Tier), (NOT_JUDGED, _("Not Judged Yet"))]
	return [
		{"tier": tier, "label": label, "cards": [each for each in cards if each["tier"] == tier]}
		for tier, label in named
	]


def quarter_to_judge(today: date) -> tuple[int, str]:
	"""Return the quarter that ended last."""
	ended = add_months(today, -3)
	return ended.year, list(Quarter)[(ended.month - 1) // 3].value


def queue(merchants: Sequence[Row], year: int, quarter: str) -> dict[str, Any]:
	"""Return how far the reviews of a quarter are: without one, drafted, submitted; and the drafts."""
	of_quarter = {"year": year, "quarter": quarter, "docstatus": ("<", 2)}
	fields = ["name", "merchant", "merchant_name", "docstatus"]
	rows = frappe.get_list(REVIEW, of_quarter, fields, order_by="merchant_name", limit=0)
	drafts = [row for row in rows if not row.docstatus]
	known = {row.merchant for row in rows}
	return {
		"year": year,
		"quarter": quarter,
		"missing": sum(row.name not in known for row in merchants),
		"drafts": drafts,
		"submitted": len(rows) - len(drafts),
		"may_judge": bool(frappe.has_permission(REVIEW, "submit")),
	}


@frappe.whitelist(methods=["POST"])
def draft_reviews(year: int, quarter: str) -> int:
	"""Draft the reviews of a quarter for all merchants that have none, from what is on record."""
	frappe.has_permission(REVIEW, "create", throw=True)
	validate(year, quarter)
	return quarter_reviews.draft(year, quarter)


@frappe.whitelist(methods=["POST"])
def submit_reviews(year: int, quarter: str) -> int:
	"""Submit the drafts of a quarter in which nothing lacks."""
	frappe.has_permission(REVIEW, "submit", throw=True)
	validate(year, quarter)
	return quarter_reviews.submit_complete(year, quarter)


def validate(year: int, quarter: str) -> None:
	"""Refuse what is no quarter, or has not begun."""
	if quarter not in reviews.QUARTERS:
		frappe.throw(_("{0} is no quarter. Give Q1, Q2, Q3 or Q4.").format(frappe.bold(escape_html(quarter))))
	reviews.validate_quarter(frappe._dict(year=year, quarter=quarter))
