from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import frappe
from frappe import _

from cs_retention.callbacks.report_rows import column, get_period, inert, percent, seen, share_of
from cs_retention.callbacks.working_days import today
from cs_retention.cs_retention.inputs import report_filters
from cs_retention.cs_retention.states import STATE, open_store
from cs_retention.engine.kpi import LevelHistory, Ratio, minimum_in_force
from cs_retention.engine.vocabulary import LADDER, PeriodKind
from cs_retention.engine.workdays import period_label, period_of
from cs_retention.facts.fulfilment import read_contact_groups, read_contacted_customers
from cs_retention.star_levels.policies import load_policy

Row = dict[str, Any]
ALL, MET, SHORT = "Customers", "Met", "Short"
FIGURES = {ALL: (True, False), MET: (True,), SHORT: (False,)}


class Period(NamedTuple):
	"""A week or a month of the report."""

	kind: PeriodKind
	start: date
	end: date


def execute(filters: dict[str, Any] | None = None) -> tuple[Any, ...]:
	"""Return who had the contacts that each level asks for, period by period, or the customers of a figure."""
	filters = report_filters(filters)
	first, last = get_period(filters)
	cadences = load_policy().planning.by_level()
	if filters.figure in FIGURES and filters.row:
		return customer_columns(), list(customer_rows(filters, cadences))
	periods = [period for kind in PeriodKind for period in periods_of(kind, first, last)]
	rows = [row for period in periods for row in level_rows(period, cadences)]
	rows.sort(key=lambda row: (LADDER.index(row["level_key"]), row["start"]))
	return columns(), rows, None, chart(rows), summary(rows)


def periods_of(kind: PeriodKind, first: date, last: date) -> Iterator[Period]:
	"""Yield the weeks or months that begin within the days, those to come left out."""
	start, end = period_of(first, kind)
	while start <= min(last, today()):
		if start >= first:
			yield Period(kind, start, end)
		start, end = period_of(end + timedelta(days=1), kind)


def level_rows(period: Period, cadences: dict) -> Iterator[Row]:
	"""Yield a row per level whose quota is per such a period and that has customers."""
	met, all_of = Counter(), Counter()
	for group in read_contact_groups(open_store(), seen(STATE, "customer"), period.start, period.end):
		if judged := judge(group.standing, group.contacts, period, cadences):
			level, is_met = judged
			all_of[level] += group.customers
			met[level] += group.customers if is_met else 0
	for level, customers in all_of.items():
		ratio = Ratio(met[level], customers)
		yield {
			"key": f"{level}|{period.start.isoformat()}",
			"level_key": level,
			"level": _(level),
			"start": period.start,
			"period": period_label(period.start, period.kind),
			"minimum": cadences[level].contacts_min,
			"customers": customers,
			"met": met[level],
			"short": customers - met[level],
			"fulfilment": float(ratio.percent() or 0),
			"standing": _("Ended") if period.end < today() else _("Running", context="Retention Run"),
		}


def judge(standing: LevelHistory, contacts: int, period: Period, cadences: dict) -> tuple[str, bool] | None:
	"""Return the level at the period's end and whether its lowest minimum in force was reached; None at another kind."""
	levels = standing.levels(period.start, period.end)
	if cadences[levels[0]].period is not period.kind:
		return None
	return levels[0], contacts >= minimum_in_force(levels, cadences, period.kind)


def columns() -> list[Row]:
	"""Return the columns of figures."""
	return [
		column("level", _("Star Level"), "Data", 130),
		column("period", _("Period", context="Star Level"), "Data"),
		column("minimum", _("Contacts, at Least"), width=140),
		column("customers", _("Customers", context="Book of Business")),
		column("met", _("Quota Met")),
		column("short", _("Quota Short"), width=120),
		percent("fulfilment", _("Fulfilment")),
		column("standing", _("Standing"), "Data", 110),
	]


def by_level(rows: Sequence[Row]) -> dict[str, Ratio]:
	"""Return fulfilment per level over all periods of the report, each customer counted once in each."""
	return {
		level: Ratio(
			*(sum(row[name] for row in rows if row["level_key"] == level) for name in ("met", "customers"))
		)
		for level in LADDER
		if any(row["level_key"] == level for row in rows)
	}


def chart(rows: Sequence[Row]) -> Row:
	"""Return fulfilment per level in percent."""
	ratios = by_level(rows)
	values = [float(ratio.percent() or 0) for ratio in ratios.values()]
	datasets = [{"name": _("Fulfilment"), "values": values}]
	return {"data": {"labels": [_(level) for level in ratios], "datasets": datasets}, "type": "bar"}


def summary(rows: Sequence[Row]) -> list[Row]:
	"""Return fulfilment per level in percent."""
	colours = {True: "Green", False: "Orange"}
	return [
		share_of(_(level), ratio.percent(), colours[ratio.numerator == ratio.denominator])
		for level, ratio in by_level(rows).items()
	]


def customer_rows(filters: frappe._dict, cadences: dict) -> Iterator[Row]:
	"""Yield the customers that a figure counted."""
	level, _separator, day = filters.row.partition("|")
	if level not in cadences:
		frappe.throw(_("{0} is no level.").format(frappe.bold(frappe.utils.escape_html(level))))
	kind = cadences[level].period
	period = Period(kind, *period_of(frappe.utils.getdate(day), kind))
	for found in read_contacted_customers(open_store(), seen(STATE, "customer"), period.start, period.end):
		judged = judge(found.standing, found.contacts, period, cadences)
		if judged and judged[0] == level and judged[1] in FIGURES[filters.figure]:
			yield {
				"customer": found.customer,
				"customer_name": inert(found.customer_name),
				"account_manager": found.account_manager,
				"level": _(level),
				"contacts": found.contacts,
				"standing": _("Quota Met") if judged[1] else _("Quota Short"),
			}


def customer_columns() -> list[Row]:
	"""Return the columns of a list of customers."""
	return [
		column("customer", _("Customer"), "Link", 200, options="Customer"),
		column("customer_name", _("Customer Name"), "Data", 200),
		column("level", _("Star Level"), "Data", 130),
		column("account_manager", _("Account Manager"), "Link", 200, options="User"),
		column("contacts", _("Contacts in Period"), width=150),
		column("standing", _("Standing"), "Data", 130),
	]
