"""The actions agreed on in a quarterly report, which come back in the next one with what became of them."""

from typing import Any

import frappe
from frappe.model.document import Document

from cs_retention.engine.vocabulary import ActionState

REPORT, ACTION = "Quarterly Retention Report", "Quarterly Report Action"
COPIED = ("action", "person", "due_date", "state", "note")


def bring_in(report: Document) -> None:
	"""Add to a new report what was agreed on in the submitted one of the quarter before."""
	if report.amended_from:
		return
	report.actions = [row for row in report.actions if not row.source_row]
	for row in come_back(report):
		report.append("actions", row)


def come_back(report: Document) -> list[dict[str, Any]]:
	"""Return the actions that come back: those still open, and those agreed on in that very quarter."""
	before = report.period.before
	found = frappe.db.get_value(
		REPORT, {"company": report.company, "from_date": before.start, "docstatus": 1}, ["name", "quarter"]
	)
	if not found:
		return []
	name, quarter = found
	# Who makes a report has the right on all of them.
	rows = frappe.get_all(
		ACTION, {"parent": name, "parenttype": REPORT}, ["name", "agreed_in", *COPIED], order_by="idx"
	)
	return [
		{
			**{field: row[field] for field in COPIED},
			"source_row": row.name,
			"agreed_in": row.agreed_in or quarter,
		}
		for row in rows
		if row.state == ActionState.OPEN.value or not row.agreed_in
	]


def follow(report: Document) -> None:
	"""Take over what became of the actions in the earlier report, while they are open in this one."""
	sources = [row.source_row for row in report.actions if row.source_row]
	if not sources:
		return
	found = frappe.get_all(ACTION, {"name": ("in", sources)}, ["name", "state", "note"])
	known = {row.name: row for row in found}
	for row in report.actions:
		if row.state == ActionState.OPEN.value and (source := known.get(row.source_row)):
			row.update({"state": source.state, "note": row.note or source.note})
