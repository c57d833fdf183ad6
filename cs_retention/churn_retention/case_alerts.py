"""Who is told of a case at once: account manager and backup of the customers that matter most."""

import frappe
from frappe import _
from frappe.desk.doctype.notification_log.notification_log import make_notification_logs
from frappe.model.document import Document
from frappe.utils import escape_html

from cs_retention.callbacks.working_days import team_of
from cs_retention.churn_retention.case_rules import levels_of
from cs_retention.engine.retention_case import must_be_called_in


def call_in(case: Document) -> None:
	"""Leave account manager and backup an alert, each in their own language; alerts are never mailed."""
	if not must_be_called_in(levels_of(case.customer)):
		return
	people = [person for person in team_of(case.customer) if person and person != frappe.session.user]
	for user in frappe.get_all("User", {"name": ("in", people or [""])}, ["email", "language"]):
		text = _("{0} wants to leave. The first contact is due on {1}.", user.language)
		alert = {
			"type": "Alert",
			"subject": text.format(
				frappe.bold(escape_html(case.customer)), frappe.format(case.first_contact_due, "Date")
			),
			"document_type": case.doctype,
			"document_name": case.name,
			"from_user": frappe.session.user,
		}
		make_notification_logs(frappe._dict(alert), [user.email])
