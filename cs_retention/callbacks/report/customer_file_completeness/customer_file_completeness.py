from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import frappe
from frappe import _

from cs_retention.callbacks.customer_file import PART, read_completeness
from cs_retention.callbacks.report_rows import column, inert, seen, share_of
from cs_retention.cs_retention.inputs import report_filters
from cs_retention.cs_retention.people import full_names
from cs_retention.cs_retention.states import STATE
from cs_retention.engine.kpi import Ratio
from cs_retention.engine.vocabulary import FilePart

Row = dict[str, Any]
NOBODY = "-"
"""Stands in the filter for customers whom nobody answers for."""
CUSTOMERS, COMPLETE, INCOMPLETE = "Customers", "Complete", "Incomplete"
FIGURES = (CUSTOMERS, COMPLETE, INCOMPLETE, *(part.value for part in FilePart))


def execute(filters: dict[str, Any] | None = None) -> tuple[Any, ...]:
	"""Return whose customers' files are complete and what the others lack, or the customers that a figure counted."""
	filters = report_filters(filters)
	if filters.figure in FIGURES:
		return customer_columns(), list(customer_rows(filters))
	rows = person_rows()
	return columns(), rows, None, chart(rows), summary(rows)


def person_rows() -> list[Row]:
	"""Return a row per account manager, those with the most incomplete files first."""
	counts: defaultdict[str, Counter] = defaultdict(Counter)
	for found, completeness in read_completeness(seen(STATE, "customer")):
		counted = counts[found.account_manager]
		counted[CUSTOMERS] += 1
		counted[INCOMPLETE if completeness.missing else COMPLETE] += 1
		counted.update(part.value for part in completeness.missing)
	called = full_names({*counts})
	rows = [
		{
			"key": person or NOBODY,
			"label": inert(called.get(person, person)) or _("Nobody"),
			**{frappe.scrub(figure): counted[figure] for figure in FIGURES},
			"share": float(Ratio(counted[COMPLETE], counted[CUSTOMERS]).percent() or 0),
		}
		for person, counted in counts.items()
	]
	return sorted(rows, key=lambda row: (-row["incomplete"], row["label"]))


def columns() -> list[Row]:
	"""Return the columns: customers, complete files, and one for each part that files lack."""
	return [
		column("label", _("Account Manager"), "Data", 170),
		column("customers", _("Customers", context="Book of Business"), width=100),
		column("complete", _("Complete", context="Customer File Requirement")),
		column("incomplete", _("Incomplete")),
		column("share", _("Share Complete"), "Percent", 150, precision=1),
		*(
			column(frappe.scrub(part.value), _("{0} Missing").format(_(part.value, context=PART)), width=185)
			for part in FilePart
		),
	]


def chart(rows: Sequence[Row]) -> Row | None:
	"""Return complete and incomplete files, person by person."""
	if not rows:
		return None
	datasets = [
		{
			"name": _("Complete", context="Customer File Requirement"),
			"values": [row["complete"] for row in rows],
		},
		{"name": _("Incomplete"), "values": [row["incomplete"] for row in rows]},
	]
	data = {"labels": [row["label"] for row in rows], "datasets": datasets}
	return {"data": data, "type": "bar", "colors": ["green", "orange"], "barOptions": {"stacked": True}}


def summary(rows: Sequence[Row]) -> list[Row]:
	"""Return the figures of all rows."""
	complete, customers = (sum(row[name] for row in rows) for name in ("complete", "customers"))
	told = {"value": customers, "datatype": "Int", "indicator": "Blue"}
	return [
		{"label": _("Customers", context="Book of Business"), **told},
		share_of(_("Share Complete"), Ratio(complete, customers).percent(), "Green"),
	]


def customer_rows(filters: frappe._dict) -> Iterator[Row]:
	"""Yield the customers that a figure counted, each with what its file lacks."""
	for found, completeness in read_completeness(seen(STATE, "customer")):
		figures = {
			CUSTOMERS,
			INCOMPLETE if completeness.missing else COMPLETE,
			*(part.value for part in completeness.missing),
		}
		if filters.figure in figures and filters.row in (None, "", found.account_manager or NOBODY):
			yield {
				"customer": found.customer,
				"customer_name": inert(found.customer_name),
				"level": _(found.level, context=STATE),
				"account_manager": found.account_manager,
				"share": completeness.share,
				"missing": ", ".join(_(part.value, context=PART) for part in completeness.missing),
			}


def customer_columns() -> list[Row]:
	"""Return the columns of a list of customers."""
	return [
		column("customer", _("Customer"), "Link", 190, options="Customer"),
		column("customer_name", _("Customer Name"), "Data", 190),
		column("level", _("Star Level"), "Data"),
		column("account_manager", _("Account Manager"), "Link", 180, options="User"),
		column("share", _("Share Complete"), "Percent", 150, precision=1),
		column("missing", _("Missing"), "Data", 320),
	]
