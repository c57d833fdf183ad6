from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import frappe
from frappe import _
from frappe.utils import flt

from cs_retention.callbacks.report_rows import column, get_period, inert, percent, share_of
from cs_retention.churn_retention.case_rules import CASE, CASE_OFFER, CASE_REASON
from cs_retention.cs_retention.inputs import report_filters
from cs_retention.cs_retention.people import full_names
from cs_retention.engine.retention_offers import OfferAnswer
from cs_retention.engine.save_rates import ClosedCase, save_rates
from cs_retention.facts.closed_cases import outcome_of

Row = dict[str, Any]
NONE = "-"
"""Stands in the filter for cases without a competitor, an account manager or a reason."""
REASON, COMPETITOR, PERSON, LEVEL, EXIT_TYPE = "Reason", "Competitor", "Person", "Level", "Exit Type"
FIELD_OF = {COMPETITOR: "competitor", PERSON: "account_manager", LEVEL: "levels", EXIT_TYPE: "exit_type"}
FIGURES: Mapping[str, Callable[[ClosedCase], bool]] = {
	"closed": lambda outcome: True,
	"kept": lambda outcome: outcome.holds,
	"relapsed": lambda outcome: outcome.is_saved and not outcome.holds,
	"lost": lambda outcome: not outcome.is_saved,
	"verified": lambda outcome: outcome.is_verified,
}
"""Which cases a figure counts."""
FIELDS = (
	*("name", "customer", "status", "exit_type", "competitor", "account_manager", "levels", "closed_on"),
	*("verification", "next_check_on", "value_at_stake"),
)


def execute(filters: dict[str, Any] | None = None) -> tuple[Any, ...]:
	"""Return what became of the cases closed in a period, or the cases that a figure counted.

	A case with several reasons is counted under each of them.
	"""
	filters = report_filters(filters)
	by = filters.group_by if filters.group_by in FIELD_OF else REASON
	cases = closed_cases(filters)
	if filters.figure in FIGURES:
		is_counted = FIGURES[filters.figure]
		shown = [case for case in cases if filters.row in (None, "", *keys_of(case, by))]
		return case_columns(), [as_line(case) for case in shown if is_counted(case.outcome)]
	groups: defaultdict[str, list[Row]] = defaultdict(list)
	for case in cases:
		for key in keys_of(case, by):
			groups[key].append(case)
	called = full_names({*groups}) if by == PERSON else {}
	rows = [as_row(key, by, called, groups[key]) for key in sorted(groups)]
	return columns(by), rows, None, chart(rows), summary(cases)


def closed_cases(filters: frappe._dict) -> list[Row]:
	"""Return the cases closed in the period that the reader sees, with their reasons and what became of them."""
	closed = {"closed_on": ("between", get_period(filters))}
	cases = frappe.get_list(CASE, closed, list(FIELDS), order_by="closed_on, name", limit=0)
	of_cases = {"parent": ("in", [case.name for case in cases] or [""])}
	reasons, costs = defaultdict(list), defaultdict(float)
	# Rows of the cases that the list above has shown to the reader.
	for row in frappe.get_all(CASE_REASON, of_cases, ["parent", "reason"], order_by="idx"):
		reasons[row.parent].append(row.reason)
	accepted = {**of_cases, "answer": OfferAnswer.ACCEPTED.value}
	for row in frappe.get_all(CASE_OFFER, accepted, ["parent", "cost"]):
		costs[row.parent] += flt(row.cost)
	for case in cases:
		case.update(
			reasons=reasons[case.name],
			outcome=outcome_of(case.status, case.verification, case.next_check_on, costs[case.name]),
		)
	return cases


def keys_of(case: Row, by: str) -> list[str]:
	"""Return the rows that a case is counted in."""
	if by == REASON:
		return list(dict.fromkeys(case.reasons)) or [NONE]
	return [case[FIELD_OF[by]] or NONE]


def label_of(key: str, by: str, called: Mapping[str, str]) -> str:
	"""Return what a row says it is of; people are called by their names."""
	if key == NONE:
		return _("Not Told") if by in (REASON, COMPETITOR) else _("Nobody")
	if by == LEVEL:
		return ", ".join(_(level) for level in key.split(", "))
	return called.get(key) or key if by == PERSON else _(key)


def as_row(key: str, by: str, called: Mapping[str, str], cases: Sequence[Row]) -> Row:
	"""Return a row of figures; `key` names it in links, untranslated."""
	outcomes = [case.outcome for case in cases]
	rates = save_rates(outcomes)
	return {
		"key": key,
		"label": inert(label_of(key, by, called)),
		**{name: sum(map(is_counted, outcomes)) for name, is_counted in FIGURES.items()},
		"strict": float(rates.strict.percent() or 0),
		"verified_rate": float(rates.verified.percent() or 0),
		"cost_per_save": None if rates.cost_per_save is None else float(rates.cost_per_save),
		"value": sum(flt(case.value_at_stake) for case in cases),
	}


def labels() -> dict[str, str]:
	"""Return what the figures are called."""
	return {
		"closed": _("Cases Closed"),
		"kept": _("Kept"),
		"relapsed": _("Relapsed", context="Retention Case"),
		"lost": _("Left Us"),
		"verified": _("Verified Saves"),
	}


def columns(by: str) -> list[Row]:
	"""Return the columns of figures."""
	first = {
		REASON: _("Churn Reason"),
		COMPETITOR: _("Competitor", context="Retention Case"),
		PERSON: _("Account Manager"),
		LEVEL: _("Star Level"),
		EXIT_TYPE: _("Exit Type"),
	}[by]
	return [
		column("label", first, "Data", 200),
		*(column(name, label) for name, label in labels().items()),
		percent("strict", _("Save Rate, Strict")),
		percent("verified_rate", _("Save Rate, Verified")),
		column("cost_per_save", _("Cost per Verified Save"), "Currency", 150),
		column("value", _("Value at Stake"), "Currency", 130),
	]


def chart(rows: Sequence[Row]) -> Row:
	"""Return kept, relapsed and lost per row, stacked."""
	shown = ("kept", "relapsed", "lost")
	datasets = [{"name": labels()[name], "values": [row[name] for row in rows]} for name in shown]
	return {
		"data": {"labels": [row["label"] for row in rows], "datasets": datasets},
		"type": "bar",
		"colors": ["green", "orange", "red"],
		"barOptions": {"stacked": True},
	}


def summary(cases: Sequence[Row]) -> list[Row]:
	"""Return the figures of all cases, each counted once."""
	rates = save_rates([case.outcome for case in cases])
	return [
		{"label": _("Cases Closed"), "value": len(cases), "datatype": "Int", "indicator": "Blue"},
		share_of(_("Save Rate, Strict"), rates.strict.percent(), "Green"),
		share_of(_("Save Rate, Verified"), rates.verified.percent(), "Green"),
		{
			"label": _("Cost per Verified Save"),
			"value": float(rates.cost_per_save or 0),
			"datatype": "Currency",
			"indicator": "Orange",
		},
	]


def as_line(case: Row) -> Row:
	"""Return one case that a figure counted."""
	return {
		"case": case.name,
		"customer": case.customer,
		"status": _(case.status, context=CASE),
		"exit_type": _(case.exit_type),
		"reasons": inert(", ".join(map(_, case.reasons))),
		"competitor": inert(case.competitor),
		"account_manager": case.account_manager,
		"closed_on": case.closed_on,
		"verification": _(case.verification, context=CASE) if case.verification else "",
		"cost": case.outcome.cost,
	}


def case_columns() -> list[Row]:
	"""Return the columns of a list of cases."""
	return [
		column("case", _("Retention Case"), "Link", 150, options=CASE),
		column("customer", _("Customer"), "Link", 180, options="Customer"),
		column("status", _("Status"), "Data"),
		column("exit_type", _("Exit Type"), "Data", 150),
		column("reasons", _("Churn Reason"), "Data", 180),
		column("competitor", _("Competitor", context="Retention Case"), "Data", 130),
		column("account_manager", _("Account Manager"), "Link", 180, options="User"),
		column("closed_on", _("Closed On"), "Date"),
		column("verification", _("Verification", context="Retention Case"), "Data"),
		column("cost", _("Cost of Offers Accepted"), "Currency", 130),
	]
