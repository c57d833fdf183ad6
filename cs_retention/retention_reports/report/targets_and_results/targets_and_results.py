from collections.abc import Callable, Mapping
from typing import Any

import frappe
from frappe import _
from frappe.permissions import get_user_permissions
from frappe.utils import escape_html

from cs_retention.callbacks.report_rows import column, inert, seen
from cs_retention.cs_retention.inputs import read_word, report_filters
from cs_retention.cs_retention.permissions import sees_all
from cs_retention.cs_retention.states import STATE
from cs_retention.engine.kpis import DEFINITIONS, Quotient, Unit
from cs_retention.engine.target_periods import TargetSpan
from cs_retention.engine.vocabulary import Kpi, TargetHolder, TargetMeasure, TargetPeriod
from cs_retention.retention_reports.targets import Line, names_of, read_lines, read_rows, seen_by_reader

Row = dict[str, Any]
FIGURES: Mapping[str, Callable[[Quotient], bool]] = {
	"Counted": lambda part: bool(part.numerator),
	"Of": lambda part: bool(part.denominator),
}
"""Which rows each of the sums of a line opens."""
SPOKEN = (
	"level",
	"level_before",
	"level_at_end",
	"result",
	"loss",
	"rule",
	"closed_as",
	"status",
	"exit_type",
)
"""What of a row is in words of ours."""


def execute(filters: dict[str, Any] | None = None) -> tuple[Any, ...]:
	"""Return what was reached of every target of a period, and who ranks where, or the rows that a figure counted.

	Account managers see their own lines.
	"""
	filters = report_filters(filters)
	span, company = get_span(filters), get_company(filters)
	if filters.figure in FIGURES:
		return opened(filters, span, company)
	asked = read_word(filters.by or TargetHolder.PERSON.value, _("Of"), [each.value for each in TargetHolder])
	by = TargetHolder(asked) if sees_all(None) else TargetHolder.PERSON
	lines = seen_by_reader(read_lines(span, company, by), by)
	if filters.only_targets:
		lines = [line for line in lines if line.standing.target is not None]
	called = names_of(lines, by)
	rows = [as_row(line, called, by) for line in lines]
	return columns(by), rows, None, chart(rows)


def opened(filters: frappe._dict, span: TargetSpan, company: str) -> tuple[list[Row], list[Row]]:
	"""Return the rows of a line that its figure counted, or of these the ones that reach, of customers the reader sees."""
	kpi, by, holder = line_of(filters.row)
	if not sees_all(None) and (by, holder) != (TargetHolder.PERSON, frappe.session.user):
		frappe.throw(_("These rows are of somebody else."), frappe.PermissionError)
	counts = FIGURES[filters.figure]
	found = [
		row for row in read_rows(span, company, by, kpi, holder, seen(STATE, "customer")) if counts(row[1])
	]
	names = [name for name in (found[0][0] if found else ()) if name in opened_columns()]
	rows = [{**{name: said(name, shown[name]) for name in names}, **added(part)} for shown, part in found]
	added_columns = [
		column("numerator", _("Counted"), "Float", 110, precision=2),
		column("denominator", _("Of"), "Float", 110, precision=2),
	]
	return [*(opened_columns()[name] for name in names), *added_columns], rows


def line_of(key: str | None) -> tuple[Kpi, TargetHolder, str]:
	"""Return key figure, kind of holder and holder of a line, as `key_of` wrote them; refused where it is none."""
	kpi, by, holder = (*(key or "").split("|", 2), "", "", "")[:3]
	if kpi not in Kpi.__members__ or by not in TargetHolder.__members__:
		frappe.throw(_("There is no such line."), title=_("Not Possible"))
	return Kpi[kpi], TargetHolder[by], holder


def key_of(line: Line, by: TargetHolder) -> str:
	"""Return what names a line in links, untranslated."""
	return f"{line.kpi.name}|{by.name}|{line.standing.key}"


def added(part: Quotient) -> Row:
	"""Return what a row adds to both sums of a figure."""
	return {"numerator": float(part.numerator), "denominator": float(part.denominator)}


def said(name: str, value: Any) -> Any:
	"""Return a cell as it is read: words of ours in the reader's language, text that no spreadsheet runs."""
	if name in SPOKEN:
		return _(value) if value else ""
	return inert(value) if isinstance(value, str) else value


def get_span(filters: frappe._dict) -> TargetSpan:
	"""Return the period asked for; a missing or impossible first day is refused with a sentence."""
	if not filters.from_date:
		frappe.throw(_("Give {0}.").format(frappe.bold(_("Start"))), title=_("Missing Filter"))
	words = [each.value for each in TargetPeriod]
	period = read_word(
		filters.period or TargetPeriod.MONTH.value, _("Period", context="Retention Target"), words
	)
	try:
		return TargetSpan(TargetPeriod(period), filters.from_date)
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
			_("You may not see figures of {0}.").format(frappe.bold(escape_html(filters.company))),
			frappe.PermissionError,
		)
	return filters.company


def as_row(line: Line, called: Mapping[str, str], by: TargetHolder) -> Row:
	"""Return a line as the grid shows it."""
	key, value, target, achieved, rank = (
		line.standing.key,
		line.standing.value,
		line.standing.target,
		line.standing.achieved,
		line.standing.rank,
	)
	return {
		"key": key_of(line, by),
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


def opened_columns() -> dict[str, Row]:
	"""Return the columns that rows of evidence may have, by what they are called there."""
	linked = {
		"customer": (_("Customer"), "Customer"),
		"callback": (_("Customer Callback"), "Customer Callback"),
		"signal": (_("Churn Signal"), "Churn Signal"),
		"case": (_("Retention Case"), "Retention Case"),
		"issue": (_("Complaint", context="Quarterly Report Row"), "Issue"),
		"touch": (_("Customer Touch"), "Customer Touch"),
		"reminder": (_("Payment Reminder"), "Dunning"),
		"territory": (_("Territory"), "Territory"),
		"account_manager": (_("Account Manager"), "User"),
		"responsible": (_("Responsible", context="Customer Callback"), "User"),
		"done_by": (_("Done By"), "User"),
	}
	told = {
		"level": _("Star Level"),
		"level_before": _("Star Level"),
		"level_at_end": _("Star Level at the End"),
		"result": _("Result"),
		"loss": _("Result"),
		"rule": _("Rule"),
		"closed_as": _("Closed As"),
		"status": _("Status"),
		"exit_type": _("Exit Type"),
		"issue_type": _("Issue Type", context="Retention Report"),
	}
	days = {
		"due_date": _("Due Date", context="Customer Callback"),
		"from_date": _("Start"),
		"to_date": _("End"),
		"raised_on": _("Raised On"),
		"opened_on": _("Opened On"),
		"answered_on": _("Answered On"),
		"reminded_on": _("Reminded On"),
		"confirmed_on": _("Confirmed On"),
		"settled_on": _("Settled On"),
		"closed_on": _("Closed On", context="Churn Signal"),
	}
	return {
		**{name: column(name, label, "Link", 150, options=of) for name, (label, of) in linked.items()},
		**{name: column(name, label, "Data", 130) for name, label in told.items()},
		**{name: column(name, label, "Date") for name, label in days.items()},
	}


def chart(rows: list[Row]) -> Row | None:
	"""Return what was achieved of every target; none where nothing was, for the axis of such a chart has no end."""
	told = [row for row in rows if row["achieved"] is not None]
	if not any(row["achieved"] for row in told):
		return None
	return {
		"data": {
			"labels": [f"{row['holder']} · {row['kpi']}" for row in told],
			"datasets": [{"name": _("Achieved"), "values": [row["achieved"] for row in told]}],
		},
		"type": "bar",
	}
