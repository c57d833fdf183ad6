import frappe
from frappe import _
from frappe.model.document import Document


def validate_satisfaction(doc: Document) -> None:
	"""Refuse a satisfaction other than 1 to 5, or 0 for a customer who was not asked."""
	if 0 <= (doc.satisfaction or 0) <= 5:
		return
	frappe.throw(
		_("Satisfaction {0} is not between 1 and 5. Enter 0 when the customer was not asked.").format(
			frappe.bold(doc.satisfaction)
		),
		title=_("Invalid Satisfaction"),
	)
