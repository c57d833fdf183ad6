from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import frappe
from frappe import _
from frappe.utils import flt

from cs_retention.callbacks.report_rows import column, get_period, inert, percent, share_of
from cs_retention.churn_retention.case_rules import CASE, CASE_OFFER
from cs_retention.cs_retention.inputs import report_filters
from cs_retention.engine.kpi import Ratio
from cs_retention.engine.retention_case import CaseStatus
from cs_retention.engine.retention_offers import OfferAnswer
from cs_retention.engine.retention_verification import Verification

Row = dict[str, Any]
FIGURES = {
	"made": lambda offer: True,
	"accepted": lambda offer: offer.answer == OfferAnswer.ACCEPTED.value,
	"declined": lambda offer: offer.answer == OfferAnswer.DECLINED.value,
	"holding": lambda offer: holds(offer),
}
"""Which offers a figure counts."""
OF_CASE = ("name", "customer", "status", "verification")


def execute(filters: dict[str, Any] | None = None) -> tuple[Any, ...]:
	"""Return what became of the offers made in a period, by offer, or the offers that a figure counted."""
	filters = report_filters(filters)
	offers = made_offers(filters)
	if filters.figure in FIGURES:
		counted = [offer for offer in offers if FIGURES[filters.figure](offer)]
		return offer_columns(), [
			as_line(offer) for offer in counted if filters.row in (None, "", offer.offer)
		]
	groups: defaultdict[str, list[Row]] = defaultdict(list)
	for offer in offers:
		groups[offer.offer].append(offer)
	rows = [as_row(name, groups[name]) for name in sorted(groups)]
	return columns(), rows, None, chart(rows), summary(offers)


def made_offers(filters: frappe._dict) -> list[Row]:
	"""Return the offers made in the period, of cases that the reader sees."""
	made = {"parenttype": CASE, "made_on": ("between", get_period(filters))}
	fields = ["parent", "offer", "cost", "made_on", "made_by", "answer", "approved_by"]
	# Only those are kept whose case the list below shows to the reader.
	offers = frappe.get_all(CASE_OFFER, made, fields, order_by="made_on, parent, idx")
	names = {"name": ("in", sorted({offer.parent for offer in offers}) or [""])}
	cases = {case.name: case for case in frappe.get_list(CASE, names, list(OF_CASE), limit=0)}
	return [offer.update(cases[offer.parent]) for offer in offers if offer.parent in cases]


def holds(offer: Row) -> bool:
	"""Tell whether an offer was accepted and its customer is still kept."""
	is_kept = offer.status == CaseStatus.SAVED.value and offer.verification != Verification.RELAPSED.value
	return is_kept and offer.answer == OfferAnswer.ACCEPTED.value


def as_row(name: str, offers: Sequence[Row]) -> Row:
	"""Return what became of one offer of the ladder."""
	counts = {figure: sum(map(is_counted, offers)) for figure, is_counted in FIGURES.items()}
	cost = spent(offers)
	return {
		"key": name,
		"label": inert(name),
		**counts,
		"accepted_share": float(Ratio(counts["accepted"], counts["made"]).percent() or 0),
		"cost": cost,
		"cost_per_hold": round(cost / counts["holding"], 2) if counts["holding"] else None,
	}


def spent(offers: Sequence[Row]) -> float:
	"""Return the cost of the offers that were accepted."""
	return sum(flt(offer.cost) for offer in offers if FIGURES["accepted"](offer))


def columns() -> list[Row]:
	"""Return the columns of figures."""
	return [
		column("label", _("Retention Offer"), "Data", 200),
		*(column(name, label) for name, label in labels().items()),
		percent("accepted_share", _("Accepted Share")),
		column("cost", _("Cost of Offers Accepted"), "Currency", 150),
		column("cost_per_hold", _("Cost per Customer Kept"), "Currency", 160),
	]


def labels() -> dict[str, str]:
	"""Return what the figures are called."""
	return {
		"made": _("Offers Made"),
		"accepted": _("Accepted", context="Retention Case Offer"),
		"declined": _("Declined"),
		"holding": _("Still Kept"),
	}


def chart(rows: Sequence[Row]) -> Row:
	"""Return accepted and declined offers, stacked."""
	shown = ("accepted", "declined")
	datasets = [{"name": labels()[name], "values": [row[name] for row in rows]} for name in shown]
	return {
		"data": {"labels": [row["label"] for row in rows], "datasets": datasets},
		"type": "bar",
		"colors": ["green", "red"],
		"barOptions": {"stacked": True},
	}


def summary(offers: Sequence[Row]) -> list[Row]:
	"""Return the figures of all offers."""
	accepted = sum(map(FIGURES["accepted"], offers))
	return [
		{"label": _("Offers Made"), "value": len(offers), "datatype": "Int", "indicator": "Blue"},
		share_of(_("Accepted Share"), Ratio(accepted, len(offers)).percent(), "Green"),
		{
			"label": _("Cost of Offers Accepted"),
			"value": spent(offers),
			"datatype": "Currency",
			"indicator": "Orange",
		},
	]


def as_line(offer: Row) -> Row:
	"""Return one offer that a figure counted."""
	return {
		"case": offer.parent,
		"customer": offer.customer,
		"offer": inert(offer.offer),
		"cost": offer.cost,
		"made_on": offer.made_on,
		"made_by": offer.made_by,
		"answer": _(offer.answer, context=CASE_OFFER),
		"approved_by": offer.approved_by,
		"status": _(offer.status, context=CASE),
		"verification": _(offer.verification, context=CASE) if offer.verification else "",
	}


def offer_columns() -> list[Row]:
	"""Return the columns of a list of offers."""
	return [
		column("case", _("Retention Case"), "Link", 150, options=CASE),
		column("customer", _("Customer"), "Link", 180, options="Customer"),
		column("offer", _("Retention Offer"), "Data", 160),
		column("cost", _("Cost", context="Retention Case Offer"), "Currency", 110),
		column("made_on", _("Made On"), "Date"),
		column("made_by", _("Made By"), "Link", 160, options="User"),
		column("answer", _("Answer"), "Data"),
		column("approved_by", _("Approved By"), "Link", 160, options="User"),
		column("status", _("Status"), "Data"),
		column("verification", _("Verification", context="Retention Case"), "Data"),
	]
