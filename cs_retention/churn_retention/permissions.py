"""Which cases somebody sees: those of the customers answered for, and at the desk those that one opened."""

import frappe
from frappe.model.document import Document

from cs_retention.cs_retention.permissions import (
	answered_for,
	customer_condition,
	has_customer_permission,
	sees_all,
)
from cs_retention.engine.recommendation import RecommendationStatus


def case_condition(user: str | None = None, doctype: str = "") -> str:
	"""Return the condition on cases and release files; empty for those who see all."""
	if sees_all(user):
		return ""
	return f"({customer_condition(user, doctype)} OR `tab{doctype}`.`owner` = {named(user)})"


def case_row_condition(user: str | None = None, doctype: str = "") -> str:
	"""Return the condition on rows of cases, which Frappe lists on their own: those of cases that are seen."""
	if sees_all(user):
		return ""
	return (
		f"`tab{doctype}`.`parent` IN (SELECT seen.name FROM `tabRetention Case` seen"
		f" WHERE seen.owner = {named(user)} OR seen.customer IN ({answered_for(user)}))"
	)


def has_case_permission(doc: Document, ptype: str | None = None, user: str | None = None) -> bool:
	"""Whether somebody sees a case or release file; whoever may read a customer may open a case for it."""
	user = user or frappe.session.user
	if doc.is_new():
		return not doc.get("customer") or bool(
			frappe.has_permission("Customer", "read", doc.customer, user=user)
		)
	if frappe.db.get_value(doc.doctype, doc.name, "owner") == user:
		return True
	return has_customer_permission(doc, ptype, user)


def recommendation_condition(user: str | None = None, doctype: str = "") -> str:
	"""Return the condition on recommendations: an open one is for whoever meets the customer next."""
	if sees_all(user):
		return ""
	return f"(`tab{doctype}`.`status` = 'Open' OR {customer_condition(user, doctype)})"


def has_recommendation_permission(doc: Document, ptype: str | None = None, user: str | None = None) -> bool:
	"""Whether somebody sees a recommendation; it is made for customers one answers for."""
	if not doc.is_new():
		# As it is stored: whoever uses one has put another status in its place.
		stored = frappe.db.get_value(doc.doctype, doc.name, "status")
		if stored == RecommendationStatus.OPEN.value:
			return True
	return has_customer_permission(doc, ptype, user)


def named(user: str | None) -> str:
	"""Return a user as a text of SQL."""
	return frappe.db.escape(user or frappe.session.user, percent=False)
