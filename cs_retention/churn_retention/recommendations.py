"""What account managers recommend to whoever meets their customers next: first on the desk and the Customer form."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate

from cs_retention.callbacks.messages import customers_of
from cs_retention.callbacks.talking_points import Points, by_customer, point
from cs_retention.callbacks.working_days import today
from cs_retention.churn_retention.offer_candidates import candidates
from cs_retention.cs_retention.people import full_names
from cs_retention.cs_retention.reader import language
from cs_retention.cs_retention.states import open_store
from cs_retention.engine.recommendation import RecommendationStatus
from cs_retention.render import formats
from cs_retention.render.translate import translate

RECOMMENDATION = "Retention Recommendation"
FIELDS = ("name", "customer", "recommendation", "reason", "until", "offer", "branch", "made_by")
COPIED = ("recommendation", "reason", "until", "offer", "branch", "status", "made_by")
MOST_AT_ONCE = 5000


def recommended(customers: Sequence[str], lang: str) -> Points:
	"""Return what is recommended for customers: what, who says so, why and until when."""
	return by_customer(
		(row.customer, point("recommendation", words, RECOMMENDATION, row.name))
		for row, words in in_words(customers, lang)
	)


def open_ones(customers: Sequence[str]) -> list[Any]:
	"""Return the open recommendations for customers that the reader sees, the one that ends first in front."""
	if not frappe.has_permission(RECOMMENDATION, "read"):
		return []
	in_force = {
		"customer": ("in", customers),
		"status": RecommendationStatus.OPEN.value,
		"until": (">=", today()),
	}
	return frappe.get_list(RECOMMENDATION, in_force, list(FIELDS), order_by="until, creation", limit=0)


def in_words(customers: Sequence[str], lang: str) -> list[tuple[Any, str]]:
	"""Return the open recommendations for customers that the reader sees, each with its sentence."""
	rows = open_ones(customers)
	called = full_names({row.made_by for row in rows})
	return [(row, words_of(row, called.get(row.made_by) or row.made_by, lang)) for row in rows]


def words_of(row: Any, made_by: str, lang: str) -> str:
	"""Return a recommendation in one sentence."""
	what = " · ".join(filter(None, (row.recommendation, row.offer)))
	text = translate("{0} recommends: {1} (why: {2}; until {3})", lang)
	said = text.format(made_by, what, row.reason, formats.short_day(getdate(row.until), lang))
	return " · ".join(filter(None, (said, row.branch)))


@frappe.whitelist(methods=["GET"])
def get_open(customer: str) -> list[dict[str, str]]:
	"""Return what stands first on a Customer form."""
	frappe.has_permission("Customer", "read", customer, throw=True)
	return [{"name": row.name, "text": words} for row, words in in_words([customer], language())]


def open_for_offer(offer: str) -> dict[str, date]:
	"""Return until when an offer is recommended, by customer, in open recommendations that the reader sees."""
	if not frappe.has_permission(RECOMMENDATION, "read"):
		return {}
	in_force = {"offer": offer, "status": RecommendationStatus.OPEN.value, "until": (">=", today())}
	fields = ["customer", "until"]
	return dict(frappe.get_list(RECOMMENDATION, in_force, fields, order_by="until", limit=0, as_list=True))


@frappe.whitelist(methods=["POST"])
def recommend_offer(
	offer: str,
	customers: list | str,
	recommendation: str,
	reason: str,
	until: str,
	branch: str | None = None,
) -> str:
	"""Recommend an offer for customers who may get it, in one set, and say for how many; the others are passed over.

	The first is saved as any recommendation is, with all that is checked then; the others are like it.
	"""
	frappe.has_permission(RECOMMENDATION, "create", throw=True)
	names = customers_of(customers, MOST_AT_ONCE)
	known = open_for_offer(offer)
	may_get = [candidate.customer.name for candidate in candidates(offer, names)]
	new = [name for name in may_get if name not in known]
	said = _("Recommended: {0}.").format(len(new))
	if new:
		given = {"recommendation": recommendation, "reason": reason, "until": until, "branch": branch}
		first = frappe.get_doc({"doctype": RECOMMENDATION, "customer": new[0], "offer": offer, **given})
		add_like(first.insert(), new[1:])
	if left := len(names) - len(new):
		return f"{said} {_('Passed over, because they have it already or may not get it now: {0}.').format(left)}"
	return said


def add_like(first: Any, customers: Sequence[str]) -> None:
	"""Write for more customers what was recommended for one."""
	store = open_store()
	same = [first.get(field) for field in COPIED]
	rows = ((store.new_name(), customer, *same) for customer in customers)
	store.insert_rows(RECOMMENDATION, ("name", "customer", *COPIED), rows)


@frappe.whitelist(methods=["POST"])
def use(recommendation: str, words: str) -> None:
	"""Note that a recommendation was followed and what came of it, in the name of whoever did."""
	end(recommendation, RecommendationStatus.USED, words)


@frappe.whitelist(methods=["POST"])
def withdraw(recommendation: str) -> None:
	"""Take a recommendation back."""
	end(recommendation, RecommendationStatus.WITHDRAWN, None)


def end(recommendation: str, status: RecommendationStatus, words: str | None) -> None:
	"""Bring a recommendation to its end, held until this transaction ends."""
	doc = frappe.get_doc(RECOMMENDATION, recommendation, for_update=True)
	doc.check_permission("write")
	doc.status, doc.used_words = status.value, words
	doc.save()
