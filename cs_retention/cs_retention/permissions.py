"""Which rows of a customer's records somebody sees: one criterion behind both of Frappe's hooks.

Rights on a DocType come from roles (setup/permission_table.py); Customer itself keeps ERPNext's rules.
"""

import frappe
from frappe.desk.reportview import build_match_conditions
from frappe.model.document import Document
from frappe.query_builder import Criterion
from pypika.terms import LiteralValue

SEES_ALL = frozenset({"Retention Manager", "Retention Auditor", "System Manager"})

ANSWERED_FOR = """
	SELECT customer.name FROM `tabCustomer` customer
	WHERE customer.account_manager = %(user)s
		OR customer.retention_backup_manager = %(user)s
		OR EXISTS (
			SELECT team.name FROM `tabSales Team` team
			JOIN `tabSales Person` person ON person.name = team.sales_person
			JOIN `tabEmployee` employee ON employee.name = person.employee
			WHERE team.parent = customer.name AND team.parenttype = 'Customer' AND employee.user_id = %(user)s
		)
"""
"""The customers a person answers for: as account manager, as backup, or in the sales team."""


def customer_condition(user: str | None = None, doctype: str = "") -> str:
	"""Return the condition on the rows of a DocType with a `customer`; empty for those who see all."""
	if sees_all(user):
		return ""
	return f"`tab{doctype}`.`customer` IN ({answered_for(user)})"


def callback_row_condition(user: str | None = None, doctype: str = "") -> str:
	"""Return the condition on rows of callbacks, which Frappe lists on their own: those of callbacks that are seen."""
	if sees_all(user):
		return ""
	return (
		f"`tab{doctype}`.`parent` IN (SELECT callback.name FROM `tabCustomer Callback` callback"
		f" WHERE callback.customer IN ({answered_for(user)}))"
	)


def has_customer_permission(doc: Document, ptype: str | None = None, user: str | None = None) -> bool:
	"""Whether somebody sees a record of a customer: of the one it is stored with and the one it is to have."""
	if sees_all(user):
		return True
	customers = {doc.get("customer"), stored_customer(doc)} - {None, ""}
	return all(answers_for(user, customer) for customer in customers)


def has_warning_permission(doc: Document, ptype: str | None = None, user: str | None = None) -> bool:
	"""Whether somebody sees a warning of another system; one without a customer is for those who see all."""
	if doc.is_new() or doc.get("customer") or sees_all(user):
		return has_customer_permission(doc, ptype, user)
	return False


def may_see(doctype: str) -> Criterion:
	"""Return the condition on the rows of a DocType that the session's user may list, User Permissions and all."""
	name, condition = frappe.qb.DocType(doctype).name, build_match_conditions(doctype)
	if not condition:
		return name.isnotnull()
	return name.isin(LiteralValue(f"(SELECT `tab{doctype}`.`name` FROM `tab{doctype}` WHERE {condition})"))


def sees_all(user: str | None) -> bool:
	"""Whether somebody's role shows every customer's records."""
	return not SEES_ALL.isdisjoint(frappe.get_roles(user or frappe.session.user))


def answered_for(user: str | None) -> str:
	"""Return the query of a person's customers as text."""
	return ANSWERED_FOR % {"user": frappe.db.escape(user or frappe.session.user, percent=False)}


def answers_for(user: str | None, customer: str) -> bool:
	"""Whether the customer is among a person's."""
	values = {"user": user or frappe.session.user, "customer": customer}
	query = f"SELECT 1 FROM ({ANSWERED_FOR}) answered WHERE name = %(customer)s"
	# The very text behind the lists, which Frappe wants as text.
	return bool(frappe.db.sql(query, values))  # nosemgrep: frappe-using-db-sql


def stored_customer(doc: Document) -> str | None:
	"""Return the customer that a saved record belongs to, whatever a request put in its place."""
	return None if doc.is_new() else frappe.db.get_value(doc.doctype, doc.name, "customer")
