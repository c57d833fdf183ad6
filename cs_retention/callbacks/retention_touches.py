"""The job that releases held touches."""

import frappe
from frappe.utils import now_datetime

from cs_retention.callbacks.automatic_touches import new_sender


def release() -> None:
	"""Decide again about held touches whose time has come; the scheduler calls it every hour.

	Two jobs at once share the work: who holds a customer decides, the other finds nothing held any more.
	"""
	new_sender().release(now_datetime(), tell_failed)


def tell_failed(customer: str) -> None:
	"""Note in the Error Log whose touches could not be decided; they are tried again with the next hour."""
	frappe.log_error(
		title="Held touches could not be released", reference_doctype="Customer", reference_name=customer
	)
	# The next page begins with a rollback; the note must stay.
	frappe.db.commit()  # nosemgrep: frappe-manual-commit
