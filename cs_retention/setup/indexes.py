"""The indexes we add to ERPNext's tables: made with the app, made again when a migration lost one, gone with the app."""

import frappe

from cs_retention.facts.erpnext_schema import OUR_INDEXES


def ensure_indexes() -> None:
	"""Make those that are not there; over several columns, which Frappe's own sync of a DocType leaves alone."""
	for doctype, indexes in OUR_INDEXES.items():
		for name, columns in indexes.items():
			frappe.db.add_index(doctype, list(columns), name)


def drop_indexes() -> None:
	"""Drop them."""
	for doctype, indexes in OUR_INDEXES.items():
		for name in indexes:
			statement = f"ALTER TABLE `tab{doctype}` DROP INDEX IF EXISTS `{name}`"
			# The query builder has no ALTER TABLE; both names are constants of ours.
			frappe.db.sql_ddl(statement)  # nosemgrep: frappe-using-db-sql
