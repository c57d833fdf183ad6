"""Figures of a report as rows of its table and back, and those of the quarters it is compared with."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import frappe
from frappe.model.document import Document

from cs_retention.engine.contact_policy import ContactPolicy
from cs_retention.engine.kpis import DEFINITIONS, KeyFigure, Quotient
from cs_retention.engine.policy import Policy
from cs_retention.engine.quarter_periods import QuarterPeriod
from cs_retention.engine.vocabulary import Kpi
from cs_retention.nightly.quarter import read_quarter
from cs_retention.render.quarter import Line
from cs_retention.store.base import Store

REPORT, FIGURE = "Quarterly Retention Report", "Quarterly Report Figure"
DIGITS = Decimal("0.000001")


def stored_row(
	figure: KeyFigure, before: KeyFigure | None, year_before: KeyFigure | None, target: Decimal | None
) -> dict[str, Any]:
	"""Return a figure, and those it is compared with, as a row of the report."""
	compared_with = {"before": before, "year": year_before}
	return {
		"kpi": figure.kpi.value,
		"version": figure.version,
		**dict(zip(("numerator", "denominator"), figure.ratio, strict=True)),
		"currency": figure.currency,
		"row_count": figure.rows,
		**{
			f"{name}_{part}": getattr(other.ratio, part) if other else 0
			for name, other in compared_with.items()
			for part in ("numerator", "denominator")
		},
		"has_target": int(target is not None),
		"target": target or 0,
	}


def line_of(row: Document) -> Line:
	"""Return a row of the report as the page tells it."""
	target = exact(row.target) if row.has_target else None
	parts = (("numerator", "denominator"), ("before_numerator", "before_denominator"))
	return Line(
		*(figure_of(row, *names) for names in (*parts, ("year_numerator", "year_denominator"))),
		None if target is None else Decimal(target),
	)


def figure_of(row: Mapping[str, Any] | Document, numerator: str, denominator: str) -> KeyFigure:
	"""Return one of the figures that a row holds."""
	kpi = Kpi(row.get("kpi"))
	part = Quotient(exact(row.get(numerator)), exact(row.get(denominator)))
	rows, unit = int(row.get("row_count") or 0), DEFINITIONS[kpi].unit
	return KeyFigure(kpi, int(row.get("version") or 0), part, rows, unit, row.get("currency") or "")


def exact(number: float | None) -> int | Decimal:
	"""Return a number of the database as it was counted: a whole one, else its digits."""
	value = Decimal(str(number or 0)).quantize(DIGITS)
	return int(value) if value == value.to_integral_value() else value.normalize()


def compared(
	store: Store, policy: Policy, quarter: QuarterPeriod, as_of: Any, company: str, caps: ContactPolicy
) -> dict[Kpi, KeyFigure]:
	"""Return the figures of another quarter: as they were frozen, or counted now where they were not."""
	frozen = frappe.db.get_value(
		REPORT, {"company": company, "from_date": quarter.start, "to_date": quarter.end, "docstatus": 1}
	)
	if frozen:
		# A job asks, for a report whose readers are the same.
		rows = frappe.get_all(FIGURE, {"parent": frozen, "parenttype": REPORT}, ["*"])
		return {Kpi(row.kpi): figure_of(row, "numerator", "denominator") for row in rows}
	return read_quarter(store, policy, quarter, as_of, company, has_levels=False, caps=caps).figures()
