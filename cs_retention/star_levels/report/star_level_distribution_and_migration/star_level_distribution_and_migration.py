from collections.abc import Sequence
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.permissions import get_user_permissions
from frappe.utils import escape_html, getdate

from cs_retention.cs_retention.inputs import report_filters
from cs_retention.render.exports import safe_cell
from cs_retention.star_levels.migration import LEVELS, NOT_RATED, Cell, read_cells, read_customers_of

Row = dict[str, Any]
TOTAL = "Total"


def execute(filters: dict[str, Any] | None = None) -> tuple[Any, ...]:
	"""Return the matrix of levels at start and end, or the customers of one of its cells."""
	filters = report_filters(filters)
	period = get_period(filters)
	currency = frappe.get_cached_value("Company", filters.company, "default_currency")
	if filters.level_at_start or filters.level_at_end:
		return get_customer_columns(), get_customers(filters, period, currency)
	cells = read_cells(*period, filters.company)
	rows = get_matrix(cells, currency)
	return get_columns(), rows, None, get_chart(rows), get_summary(cells)


def get_period(filters: frappe._dict) -> tuple[date, date]:
	"""Return start and end; a missing or reversed date, or a company out of reach, is refused with a sentence."""
	for fieldname, label in (("company", _("Company")), ("from_date", _("Start")), ("to_date", _("End"))):
		if not filters.get(fieldname):
			frappe.throw(_("Give {0}.").format(frappe.bold(label)), title=_("Missing Filter"))
	allowed = [row.doc for row in get_user_permissions(frappe.session.user).get("Company", [])]
	if allowed and filters.company not in allowed:
		frappe.throw(
			_("You may not see figures of {0}.").format(frappe.bold(escape_html(filters.company))),
			frappe.PermissionError,
		)
	start, end = getdate(filters.from_date), getdate(filters.to_date)
	if start > end:
		frappe.throw(_("The start lies after the end. Exchange the two dates."), title=_("Invalid Dates"))
	return start, end


def get_columns() -> list[Row]:
	"""Return a column for the level at start, then customers and revenue per level at end."""
	first = {"fieldname": "level", "label": _("Level at Start"), "fieldtype": "Data", "width": 130}
	names = [*LEVELS, TOTAL]
	customers = [column(name, _(name), "customers", "Int", 105) for name in names]
	revenue = [column(name, _("Revenue, {0}").format(_(name)), "revenue", "Currency", 150) for name in names]
	currency = {"fieldname": "currency", "label": _("Currency"), "fieldtype": "Link", "options": "Currency"}
	return [first, *customers, *revenue, {**currency, "hidden": 1}]


def column(level: str, label: str, measure: str, fieldtype: str, width: int) -> Row:
	"""Return the column of a measure at a level."""
	options = {"options": "currency"} if fieldtype == "Currency" else {}
	name = fieldname(measure, level)
	return {"fieldname": name, "label": label, "fieldtype": fieldtype, "width": width, **options}


def fieldname(measure: str, level: str) -> str:
	"""Return the fieldname of a measure at a level: customers_five_star."""
	return f"{measure}_{frappe.scrub(level)}"


def get_matrix(cells: Sequence[Cell], currency: str) -> list[Row]:
	"""Return a row per level at start and one of totals; `start` names the level, untranslated."""
	rows = [matrix_row(start, [c for c in cells if c.start == start], currency) for start in LEVELS]
	return [*rows, {**matrix_row(TOTAL, cells, currency), "start": None, "is_total": 1}]


def matrix_row(start: str, cells: Sequence[Cell], currency: str) -> Row:
	row: Row = {"level": _(start), "start": start, "currency": currency}
	for end in (*LEVELS, TOTAL):
		found = [cell for cell in cells if end in (cell.end, TOTAL)]
		row[fieldname("customers", end)] = sum(cell.customers for cell in found)
		row[fieldname("revenue", end)] = float(sum(cell.revenue for cell in found))
	return row


def get_chart(rows: Sequence[Row]) -> Row:
	"""Return customers per level at start and end, taken from the rows."""
	total = rows[-1]
	at_start = [row[fieldname("customers", TOTAL)] for row in rows[:-1]]
	at_end = [total[fieldname("customers", level)] for level in LEVELS]
	datasets = [{"name": _("Start"), "values": at_start}, {"name": _("End"), "values": at_end}]
	return {"data": {"labels": [_(level) for level in LEVELS], "datasets": datasets}, "type": "bar"}


def get_summary(cells: Sequence[Cell]) -> list[Row]:
	"""Return how many customers rose, fell and stayed."""
	place = {level: rank for rank, level in enumerate(LEVELS)}
	rated = [cell for cell in cells if NOT_RATED not in (cell.start, cell.end)]
	figures = {
		_("Customers", context="Star Review"): (cells, "Blue"),
		_("Up", context="Star Review"): (
			[cell for cell in rated if place[cell.end] < place[cell.start]],
			"Green",
		),
		_("Down", context="Star Review"): (
			[cell for cell in rated if place[cell.end] > place[cell.start]],
			"Red",
		),
		_("Same"): ([cell for cell in rated if cell.start == cell.end], "Grey"),
	}
	return [
		{"label": label, "value": sum(c.customers for c in found), "indicator": colour, "datatype": "Int"}
		for label, (found, colour) in figures.items()
	]


def get_customer_columns() -> list[Row]:
	"""Return the columns of a list of customers."""
	link = {"fieldtype": "Link", "width": 200}
	return [
		{"fieldname": "customer", "label": _("Customer"), "options": "Customer", **link},
		{"fieldname": "customer_name", "label": _("Customer Name"), "fieldtype": "Data", "width": 200},
		{"fieldname": "level_at_start", "label": _("Level at Start"), "fieldtype": "Data", "width": 130},
		{"fieldname": "level_at_end", "label": _("Level at End"), "fieldtype": "Data", "width": 130},
		column("", _("Revenue"), "revenue", "Currency", 150) | {"fieldname": "revenue"},
		{"fieldname": "account_manager", "label": _("Account Manager"), "options": "User", **link},
		{"fieldname": "health_band", "label": _("Health Band"), "fieldtype": "Data", "width": 110},
	]


def get_customers(filters: frappe._dict, period: tuple[date, date], currency: str) -> list[Row]:
	"""Return the customers of the cell that the filters name."""
	found = read_customers_of(
		*period, filters.company, filters.level_at_start or None, filters.level_at_end or None
	)
	words = ("level_at_start", "level_at_end", "health_band")
	return [
		{
			**row,
			"customer_name": safe_cell(row["customer_name"] or ""),
			"currency": currency,
			**{name: _(row[name] or "") for name in words},
		}
		for row in found
	]
