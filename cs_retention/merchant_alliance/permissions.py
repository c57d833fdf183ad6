"""Who sees which merchants and vouchers: merchants are part of no book; vouchers are, but to who manages the alliance."""

import frappe
from frappe.model.document import Document

from cs_retention.cs_retention.permissions import customer_condition, has_customer_permission

MANAGER = "Alliance Manager"


def merchant_condition(user: str | None = None, doctype: str = "") -> str:
	"""Return the condition on the rows of merchants: none."""
	return ""


def has_merchant_permission(doc: Document, ptype: str | None = None, user: str | None = None) -> bool:
	"""Whether somebody sees a merchant: it is part of no person's book."""
	return True


def voucher_condition(user: str | None = None, doctype: str = "") -> str:
	"""Return the condition on the rows of vouchers: of the customers one answers for; all for an alliance manager."""
	return "" if manages(user) else customer_condition(user, doctype)


def has_voucher_permission(doc: Document, ptype: str | None = None, user: str | None = None) -> bool:
	"""Whether somebody sees a voucher."""
	return manages(user) or has_customer_permission(doc, ptype, user)


def manages(user: str | None) -> bool:
	"""Whether somebody manages the alliance."""
	return MANAGER in frappe.get_roles(user or frappe.session.user)
