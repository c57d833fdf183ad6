"""What Frappe keeps beside our rows, as files and tags: listed with the rows that are seen, to nobody else."""

from collections.abc import Iterator
from typing import Any

import frappe

from cs_retention.cs_retention.permissions import sees_all


def file_condition(user: str | None = None, doctype: str = "") -> str:
	"""Return the condition on files: those kept with our rows are listed with the rows, and to who brought them."""
	return reference_condition(user, "File", "attached_to_doctype", "attached_to_name")


def tag_condition(user: str | None = None, doctype: str = "") -> str:
	"""Return the condition on tags, which hold the titles of the rows that they mark."""
	return reference_condition(user, "Tag Link", "document_type", "document_name")


def reference_condition(user: str | None, table: str, kind: str, name: str) -> str:
	"""Return the condition on rows that refer to rows of ours; empty for those who see all."""
	user = user or frappe.session.user
	if user == "Administrator" or sees_all(user):
		return ""
	ours = guarded()
	listed = ", ".join(frappe.db.escape(each, percent=False) for each in ours)
	seen = [
		f"(`tab{table}`.`{kind}` = {frappe.db.escape(each, percent=False)} AND `tab{table}`.`{name}` IN ({rows}))"
		for each, rows in seen_rows(user, ours)
	]
	own = f"`tab{table}`.`owner` = {frappe.db.escape(user, percent=False)}"
	others = f"COALESCE(`tab{table}`.`{kind}`, '') NOT IN ({listed})"
	return f"({' OR '.join([others, own, *seen])})"


def guarded() -> list[str]:
	"""Return our DocTypes that stand for themselves."""
	modules = frappe.get_module_list("cs_retention")
	return frappe.get_all("DocType", {"module": ("in", modules), "istable": 0}, pluck="name", order_by="name")


def seen_rows(user: str, doctypes: list[str]) -> Iterator[tuple[str, str]]:
	"""Yield each DocType that somebody may read, with the query of the names seen."""
	hooks = frappe.get_hooks("permission_query_conditions")
	for doctype in doctypes:
		if frappe.get_meta(doctype).issingle or not frappe.has_permission(doctype, "read", user=user):
			continue
		asked = (frappe.call(frappe.get_attr(each), user, doctype=doctype) for each in hooks.get(doctype, ()))
		condition = " AND ".join(each for each in asked if each) or "1 = 1"
		yield doctype, f"SELECT `tab{doctype}`.`name` FROM `tab{doctype}` WHERE {condition}"


def report_condition(user: str | None = None, doctype: str = "") -> str:
	"""Return the condition on prepared reports: an answer of ours was made for one reader's customers."""
	if sees_all(user):
		return ""
	ours = ", ".join(frappe.db.escape(each, percent=False) for each in our_reports())
	owner = frappe.db.escape(user or frappe.session.user, percent=False)
	return f"(`tabPrepared Report`.`report_name` NOT IN ({ours}) OR `tabPrepared Report`.`owner` = {owner})"


def has_report_permission(doc: Any, ptype: str | None = None, user: str | None = None) -> bool:
	"""Whether somebody may open a prepared report; of ours the own one."""
	user = user or frappe.session.user
	return doc.get("report_name") not in our_reports() or doc.owner == user or sees_all(user)


def our_reports() -> list[str]:
	"""Return the names of our reports."""
	return frappe.get_all("Report", {"module": ("in", frappe.get_module_list("cs_retention"))}, pluck="name")
