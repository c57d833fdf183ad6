from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _
from frappe.permissions import get_user_permissions
from frappe.utils import getdate

from cs_retention.callbacks.report_rows import column, inert
from cs_retention.cs_retention.permissions import sees_all
from cs_retention.engine.kpis import DEFINITIONS, Unit
from cs_retention.engine.target_periods import Span
from cs_retention.engine.vocabulary import TargetHolder, TargetMeasure, TargetPeriod
from cs_retention.retention_reports.targets import Line, names_of, read_lines, seen_by_reader

Row = dict[str, Any]


def execute(filters: dict[str, Any] | None = None) -> tuple[Any, ...]:
	"""Return what was reached of every target of a period, and who ranks where; account managers see their own lines."""
	filters = frappe._dict(filters or {})
	span, company = get_span(filters), get_company(filters)
	by = TargetHolder(filters.by or TargetHolder.PERSON.value) if sees_all(None) else TargetHolder.PERSON
	lines = seen_by_reader(read_lines(span, company, by), by)
	if filters.only_targets:
		lines = [line for line in lines if line.standing.target is not None]
	called = names_of(lines, by)
	rows = [as_row(line, called) for line in lines]
	return columns(by), rows, None, chart(rows)


def get_span(filters: frappe._dict) -> Span:
	"""Return the period asked for; a missing or impossible first day is refused with a sentence."""
	if not filters.from_date:
		frappe.throw(_("Give {0}.").format(frappe.bold(_("Start"))), title=_("Missing Filter"))
	try:
		return Span(TargetPeriod(filters.period or TargetPeriod.MONTH.value), getdate(filters.from_date))
	except ValueError:
		frappe.throw(
			_(
				"No such period begins on {0}. Give a Monday for a week, else a day from the 1st to the 28th."
			).format(frappe.bold(frappe.format(filters.from_date, "Date"))),
			title=_("Invalid Dates"),
		)


def get_company(filters: frappe._dict) -> str:
	"""Return the company asked for; one out of the reader's reach is refused."""
	if not filters.company:
		frappe.throw(_("Give {0}.").format(frappe.bold(_("Company"))), title=_("Missing Filter"))
	allowed = [row.doc for row in get_user_permissions(frappe.session.user).get("Company", [])]
	if allowed and filters.company not in allowed:
		frappe.throw(
			_("You may not see figures of {0}.").format(frappe.bold(filters.company)), frappe.PermissionError
		)
	return filters.company


def as_row(line: Line, called: Mapping[str, str]) -> Row:
	"""Return a line as the grid shows it."""
	key, value, target, achieved, rank = (
		line.standing.key,
		line.standing.value,
		line.standing.target,
		line.standing.achieved,
		line.standing.rank,
	)
	return {
		"kpi": _(line.kpi.value),
		"holder": inert(called[key]),
		"unit": unit_of(line),
		"value": None if value is None else float(value),
		"target": None if target is None else float(target),
		"achieved": None if achieved is None else float(achieved),
		"rank": rank,
		"numerator": float(line.figure.ratio.numerator) if line.figure else None,
		"denominator": float(line.figure.ratio.denominator) if line.figure else None,
	}


def unit_of(line: Line) -> str:
	"""Return what a value is told in."""
	if line.measure is TargetMeasure.NUMBER:
		return _("Number", context="Retention Target")
	unit = DEFINITIONS[line.kpi].unit
	return {Unit.PERCENT: "%", Unit.PER_10000: _("per 10,000"), Unit.EACH: _("each")}[unit]


def columns(by: TargetHolder) -> list[Row]:
	"""Return the columns: figure, holder, value, target, what was achieved, rank, and what the value is made of."""
	holder = {
		TargetHolder.PERSON: _("Person"),
		TargetHolder.TERRITORY: _("Territory"),
		TargetHolder.COMPANY: _("Company"),
	}[by]
	return [
		column("kpi", _("Key Figure"), "Data", 200),
		column("holder", holder, "Data", 170),
		column("unit", _("Unit", context="Retention Target"), "Data", 90),
		column("value", _("Value", context="Retention Target"), "Float", 110, precision=2),
		column("target", _("Target"), "Float", 110, precision=2),
		column("achieved", _("Achieved"), "Percent", 120, precision=1),
		column("rank", _("Rank"), "Int", 80),
		column("numerator", _("Counted"), "Float", 110, precision=2),
		column("denominator", _("Of"), "Float", 110, precision=2),
	]


def chart(rows: list[Row]) -> Row | None:
	"""Return what was achieved of every target."""
	told = [row for row in rows if row["achieved"] is not None]
	if not told:
		return None
	return {
		"data": {
			"labels": [f"{row['holder']} · {row['kpi']}" for row in told],
			"datasets": [{"name": _("Achieved"), "values": [row["achieved"] for row in told]}],
		},
		"type": "bar",
	}
