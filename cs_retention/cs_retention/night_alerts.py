"""What retention managers are told of a night: that it failed, or whom it left out."""

import frappe
from frappe import _
from frappe.utils import format_date
from frappe.utils.user import get_users_with_role

from cs_retention.engine.vocabulary import RunStatus
from cs_retention.nightly.ledger import RUN

ROLE = "Retention Manager"


def tell_managers(run: str, status: RunStatus, left_out: int) -> None:
	"""Alert every retention manager in the transaction that closes a run; a night without trouble says nothing."""
	if status is not RunStatus.FAILED and not left_out:
		return
	day = frappe.db.get_value(RUN, run, "site_date")
	for user in get_users_with_role(ROLE):
		language = frappe.db.get_value("User", user, "language")
		alert = {
			"doctype": "Notification Log",
			"type": "Alert",
			"for_user": user,
			"document_type": RUN,
			"document_name": run,
			"subject": subject(status, left_out, day, language),
		}
		# A job writes it, as whoever pressed Run Now: nobody has the right to write to another person's alerts.
		frappe.get_doc(alert).insert(ignore_permissions=True)


def subject(status: RunStatus, left_out: int, day: object, language: str | None) -> str:
	"""Return what happened, in a language."""
	if status is RunStatus.FAILED:
		return _("The night of {0} failed. Open it to see why.", language).format(format_date(day))
	return _("The night of {0} left out {1} customers. Open it to see why.", language).format(
		format_date(day), left_out
	)
