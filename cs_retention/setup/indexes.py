"""Indexes over several columns, on ERPNext's tables and on ours: made with the app, made again when a migration lost one."""

import frappe

from cs_retention.facts.erpnext_schema import OUR_INDEXES
from cs_retention.store.keys import INDEXES, UNIQUE_KEYS


def ensure_indexes() -> None:
	"""Make those on ERPNext's tables that are not there; Frappe's own sync of a DocType leaves them alone."""
	for doctype, indexes in OUR_INDEXES.items():
		for name, columns in indexes.items():
			frappe.db.add_index(doctype, list(columns), name)


def ensure_own_indexes() -> None:
	"""Let our DocTypes make what they miss: a migration asks only those whose file has changed."""
	for doctype in sorted({*INDEXES, *UNIQUE_KEYS}):
		frappe.get_doc("DocType", doctype).run_module_method("on_doctype_update")


def drop_indexes() -> None:
	"""Drop those on ERPNext's tables."""
	for doctype, indexes in OUR_INDEXES.items():
		for name in indexes:
			drop_index(doctype, name)


def drop_index(doctype: str, name: str) -> None:
	"""Drop an index where it is there."""
	statement = f"ALTER TABLE `tab{doctype}` DROP INDEX IF EXISTS `{name}`"
	# The query builder has no ALTER TABLE; both names are constants of ours.
	frappe.db.sql_ddl(statement)  # nosemgrep: frappe-using-db-sql
