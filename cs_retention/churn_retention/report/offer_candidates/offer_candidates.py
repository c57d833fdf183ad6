from collections import Counter
from typing import Any

import frappe
from frappe import _

from cs_retention.callbacks.report_rows import column, inert
from cs_retention.churn_retention.offer_candidates import Candidate, candidates
from cs_retention.churn_retention.recommendations import open_for_offer
from cs_retention.cs_retention.inputs import report_filters
from cs_retention.engine.vocabulary import Level

Row = dict[str, Any]


def execute(filters: dict[str, Any] | None = None) -> tuple[Any, ...]:
	"""Return the customers of the reader who may get an offer today, the largest revenue first."""
	filters = report_filters(filters)
	if not filters.offer:
		frappe.throw(_("Give {0}.").format(frappe.bold(_("Retention Offer"))), title=_("Missing Filter"))
	recommended = open_for_offer(filters.offer)
	found = [
		candidate
		for candidate in candidates(filters.offer)
		if filters.account_manager in (None, "", candidate.customer.account_manager)
		and filters.level in (None, "", candidate.customer.star_level)
	]
	found.sort(key=lambda candidate: (-candidate.facts.revenue, candidate.customer.name))
	rows = [as_row(candidate, recommended.get(candidate.customer.name)) for candidate in found]
	return columns(), rows, None, chart(found), summary(found)


def as_row(candidate: Candidate, recommended_until: Any) -> Row:
	"""Return one customer who may get the offer."""
	customer, facts = candidate.customer, candidate.facts
	return {
		"customer": customer.name,
		"customer_name": inert(customer.customer_name),
		"star_level": _(customer.star_level, context="Customer Retention State"),
		"is_key_account": int(customer.is_key_account),
		"health_band": _(customer.health_band or "", context="Customer Retention State"),
		"account_manager": customer.account_manager,
		"revenue": facts.revenue,
		"balance": facts.balance,
		"needs_approval": int(candidate.needs_approval),
		"recommended_until": recommended_until,
	}


def columns() -> list[Row]:
	"""Return the columns of candidates."""
	return [
		column("customer", _("Customer"), "Link", 180, options="Customer"),
		column("customer_name", _("Customer Name"), "Data", 180),
		column("star_level", _("Star Level"), "Data"),
		column("is_key_account", _("Key Account"), "Check", 90),
		column("health_band", _("Health Band"), "Data"),
		column("account_manager", _("Account Manager"), "Link", 170, options="User"),
		column("revenue", _("Net Revenue, 12 Months"), "Currency", 150),
		column("balance", _("Paid in Advance"), "Currency", 130),
		column("needs_approval", _("Needs Approval"), "Check", 110),
		column("recommended_until", _("Recommended Until"), "Date", 130),
	]


def chart(found: list[Candidate]) -> Row | None:
	"""Return how many candidates every level has."""
	counts = Counter(candidate.customer.star_level for candidate in found)
	levels = [level.value for level in Level if counts[level.value]]
	if not levels:
		return None
	values = [counts[level] for level in levels]
	datasets = [{"name": _("Candidates", context="Retention Offer"), "values": values}]
	return {
		"data": {
			"labels": [_(level, context="Customer Retention State") for level in levels],
			"datasets": datasets,
		},
		"type": "bar",
		"colors": ["blue"],
		# One that moves fails when the report is read anew meanwhile, as it is after a recommendation.
		"animate": 0,
		"disableEntryAnimation": 1,
	}


def summary(found: list[Candidate]) -> list[Row]:
	"""Return how many there are, and for how many a manager is asked."""
	asked = sum(candidate.needs_approval for candidate in found)
	return [
		{
			"label": _("Candidates", context="Retention Offer"),
			"value": len(found),
			"datatype": "Int",
			"indicator": "Blue",
		},
		{"label": _("Needs Approval"), "value": asked, "datatype": "Int", "indicator": "Orange"},
	]
