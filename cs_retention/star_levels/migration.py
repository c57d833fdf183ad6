"""Where customers stood at two dates, counted in the database for those whose state somebody may see.

The level at a date is that of the last rating as of that date or earlier that stands applied; a review cancelled
since counts for no date. Revenue is the net revenue of one company in the twelve months up to the end.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from frappe.desk.reportview import build_match_conditions

from cs_retention.cs_retention.states import STATE, open_store
from cs_retention.engine.star_policy import STARS
from cs_retention.facts.invoices import boundaries

NOT_RATED = "Not Rated"
LEVELS = (*(level.value for level in STARS), NOT_RATED)

LEVEL_AT = """(SELECT state, level FROM (
		SELECT rating.state, rating.level, ROW_NUMBER() OVER (
			PARTITION BY rating.state ORDER BY COALESCE(rating.status_since, rating.creation) DESC, rating.name DESC
		) AS place
		FROM `tabStar Rating` rating WHERE rating.status = 'Applied' AND rating.as_of <= %({day})s
	) placed WHERE place = 1)"""
REVENUE = """(SELECT customer, SUM(base_net_total) AS revenue FROM `tabSales Invoice`
	WHERE docstatus = 1 AND COALESCE(is_opening, 'No') != 'Yes' AND company = %(company)s
		AND posting_date > %(after_12m)s AND posting_date <= %(as_of)s
	GROUP BY customer)"""
BOOK = f"""FROM `tab{STATE}`
	JOIN tabCustomer customer ON customer.name = `tab{STATE}`.customer
	LEFT JOIN {LEVEL_AT.format(day="from_date")} began ON began.state = `tab{STATE}`.name
	LEFT JOIN {LEVEL_AT.format(day="as_of")} ended ON ended.state = `tab{STATE}`.name
	LEFT JOIN {REVENUE} bought ON bought.customer = `tab{STATE}`.customer
	WHERE customer.disabled = 0 AND customer.is_internal_customer = 0"""
AT_START, AT_END = (f"COALESCE(NULLIF({side}.level, 'New'), '{NOT_RATED}')" for side in ("began", "ended"))


@dataclass(frozen=True)
class Cell:
	"""How many customers went from one level to another, and their revenue."""

	start: str
	end: str
	customers: int
	revenue: float


def read_cells(from_date: date, to_date: date, company: str) -> list[Cell]:
	"""Return the cells that have customers whom the session's user may see."""
	query = f"""SELECT {AT_START} AS level_at_start, {AT_END} AS level_at_end, COUNT(*), COALESCE(SUM(bought.revenue), 0)
		{BOOK} {visible()} GROUP BY level_at_start, level_at_end"""
	return [Cell(*row) for row in open_store().rows(query, values_of(from_date, to_date, company))]


CUSTOMER_FIELDS = {
	"customer": "customer.name",
	"customer_name": "customer.customer_name",
	"level_at_start": AT_START,
	"level_at_end": AT_END,
	"revenue": "COALESCE(bought.revenue, 0)",
	"account_manager": "customer.account_manager",
	"health_band": f"`tab{STATE}`.health_band",
}


def read_customers_of(
	from_date: date, to_date: date, company: str, start: str | None, end: str | None
) -> Iterator[dict[str, Any]]:
	"""Yield the customers of a cell, or of a row or column when the other level is not given."""
	query = f"""SELECT {", ".join(CUSTOMER_FIELDS.values())} {BOOK} {visible()}
			AND (%(start)s IS NULL OR {AT_START} = %(start)s) AND (%(end)s IS NULL OR {AT_END} = %(end)s)
		ORDER BY customer.name"""
	values = {**values_of(from_date, to_date, company), "start": start, "end": end}
	for row in open_store().rows(query, values):
		yield dict(zip(CUSTOMER_FIELDS, row, strict=True))


def visible() -> str:
	"""Return the condition on states that the session's user may see."""
	condition = build_match_conditions(STATE)
	return f"AND ({condition})" if condition else ""


def values_of(from_date: date, to_date: date, company: str) -> dict[str, Any]:
	"""Return the values the queries compare with."""
	return {"from_date": from_date, "company": company, **boundaries(to_date)}
