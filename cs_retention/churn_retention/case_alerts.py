"""Who is told of a case at once: account manager and backup of the customers that matter most."""

import frappe
from frappe import _
from frappe.model.document import Document

from cs_retention.callbacks.working_days import team_of
from cs_retention.churn_retention.case_rules import levels_of
from cs_retention.cs_retention.bells import for_each, ring
from cs_retention.engine.retention_case import must_be_called_in


def call_in(case: Document) -> None:
	"""Leave account manager and backup an alert, each in their own language; alerts are never mailed."""
	if not must_be_called_in(levels_of(case.customer)):
		return
	people = [person for person in team_of(case.customer) if person != frappe.session.user]
	due = frappe.format(case.first_contact_due, "Date")
	ring(
		for_each(
			people,
			f"case|{case.name}",
			lambda language: _("{0} wants to leave. The first contact is due on {1}.", language).format(
				case.customer, due
			),
			f"/app/retention-case/{case.name}",
			case.doctype,
			case.name,
		)
	)
