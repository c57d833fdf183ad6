"""Requests of Frappe that count, name or sum up rows without asking who reads: for our DocTypes they ask here.

Of any other DocType the answer stays Frappe's own. The order of arguments and the methods are Frappe's.
"""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import frappe
from frappe import _, client
from frappe.desk import listview, notifications, search
from frappe.desk.doctype.dashboard_chart import dashboard_chart
from frappe.desk.doctype.tag import tag as tags

from cs_retention.cs_retention.inputs import parsed, read_filters, refuse_value
from cs_retention.cs_retention.permissions import sees_all

APP = "cs_retention"
COUNTED = 100
"""A form tells apart no more connections than this."""
SHOWN = 50
"""A list's sidebar shows no more groups than this."""


def is_ours(doctype: str) -> bool:
	"""Whether a DocType is one of this app's."""
	module = frappe.get_meta(doctype).module
	return frappe.local.module_app.get(frappe.scrub(module)) == APP


def guards(doctype: str) -> bool:
	"""Whether the answer about a DocType is ours to give; then its reader has been asked for the right to read."""
	if not is_ours(doctype):
		return False
	frappe.has_permission(doctype, "read", throw=True)
	return True


def rows_seen(doctype: str, filters: Any, **asked: Any) -> list[Any]:
	"""Return rows of a list that the reader sees."""
	with filtered_by(filters) as read:
		return frappe.get_list(doctype, filters=read, **asked)


@contextmanager
def filtered_by(filters: Any) -> Iterator[Any]:
	"""Yield filters that were read; a field that there is not is refused with a sentence."""
	try:
		yield read_filters(filters)
	except frappe.db.OperationalError as error:
		if not frappe.db.is_missing_column(error):
			raise
		refuse_value(_("Filters"), filters, _("filter by fields that there are"))


@frappe.whitelist(methods=["GET", "POST"])
def get_count(doctype: str, filters: Any = None, debug: bool = False, cache: bool = False) -> int:
	"""Return how many rows the reader sees; Frappe's own counts them all, for everybody."""
	if not guards(doctype):
		return client.get_count(doctype, filters, debug, cache)
	counted = f"count(distinct `tab{doctype}`.name) as count"
	rows = rows_seen(doctype, filters, fields=[counted], order_by=None)
	return rows[0]["count"]


@frappe.whitelist(methods=["GET", "POST"])
def get_document(doctype: str, name: Any = None, filters: Any = None, parent: str | None = None) -> Any:
	"""Return a document; by filters the first that the reader sees, where Frappe's own tells whether there is another."""
	if name or not filters or not guards(doctype):
		return client.get(doctype, name, filters, parent)
	found = rows_seen(doctype, filters, pluck="name", limit=1)
	if not found:
		frappe.throw(
			_("No {0} that you may see meets these filters.").format(_(doctype)), frappe.DoesNotExistError
		)
	return client.get(doctype, found[0])


@frappe.whitelist(methods=["GET", "POST"])
def get_group_by_count(doctype: str, current_filters: str, field: str) -> list[dict[str, Any]]:
	"""Return the groups of a list's sidebar; by person, the open assignments of rows that the reader sees."""
	if not guards(doctype):
		return listview.get_group_by_count(doctype, current_filters, field)
	if field != "assigned_to":
		if field not in frappe.get_meta(doctype).get_valid_columns():
			refuse_value(_("Field"), field, _("name a field that there is"))
		with filtered_by(current_filters) as read:
			return listview.get_group_by_count(doctype, json.dumps(read), field)
	found: Counter[str] = Counter()
	groups = {"fields": ["_assign", "count(name) as count"], "group_by": "_assign", "order_by": None}
	for row in rows_seen(doctype, current_filters, **groups):
		for person in json.loads(row["_assign"] or "[]"):
			found[person] += row["count"]
	return [{"name": person, "count": count} for person, count in found.most_common(SHOWN)]


@frappe.whitelist(methods=["GET", "POST"])
def get_open_count(doctype: str, name: str, items: Any = None) -> dict[str, Any]:
	"""Return the counts beside a form's connections; of our records only those that the reader sees."""
	frappe.has_permission(doctype, "read", name, throw=True)
	found = notifications.get_open_count(doctype, name, items)
	links = frappe.get_meta(doctype).get_dashboard_data()
	try:
		for link in found["count"] and found["count"]["external_links_found"]:
			if is_ours(link["doctype"]):
				link["count"] = count_seen(link["doctype"], name, links)
	except Exception as error:
		# Frappe gives each count a second, and a form without counts where one takes longer.
		if frappe.db.is_statement_timeout(error):
			return {"count": []}
		raise
	return found


def count_seen(doctype: str, name: str, links: Any) -> int:
	"""Return how many records of a connection the reader sees, up to the hundred that a form tells apart."""
	if not frappe.has_permission(doctype, "read"):
		return 0
	fieldname = (links.get("non_standard_fieldnames") or {}).get(doctype, links.get("fieldname"))
	filters = {fieldname: name, **(notifications.get_dynamic_link_filters(doctype, links, fieldname) or {})}
	return len(frappe.get_list(doctype, filters, pluck="name", limit=COUNTED))


@frappe.whitelist(methods=["GET", "POST"])
def get_chart(
	chart_name: str | None = None,
	chart: Any = None,
	no_cache: Any = None,
	filters: Any = None,
	from_date: Any = None,
	to_date: Any = None,
	timespan: str | None = None,
	time_interval: str | None = None,
	heatmap_year: Any = None,
	refresh: Any = None,
) -> Any:
	"""Return a chart; a heat map, for which Frappe counts every row, to who sees every customer."""
	shown = frappe.get_doc("Dashboard Chart", chart_name) if chart_name else charted(chart)
	if guards(shown.document_type) and shown.type == "Heatmap" and not sees_all(None):
		frappe.throw(_("A heat map counts the rows of everybody's customers."), frappe.PermissionError)
	return dashboard_chart.get(
		chart_name=chart_name,
		chart=chart,
		no_cache=no_cache,
		filters=filters,
		from_date=from_date,
		to_date=to_date,
		timespan=timespan,
		time_interval=time_interval,
		heatmap_year=heatmap_year,
		refresh=refresh,
	)


def charted(chart: Any) -> Any:
	"""Return a chart that is sent along as Frappe reads it."""
	described = parsed(chart, _("Chart")) if isinstance(chart, str) else chart
	if not isinstance(described, dict):
		refuse_value(_("Chart"), chart, _("give a chart of named values"))
	return frappe._dict(described)


@frappe.whitelist(methods=["GET", "POST"])
def get_tagged_docs(doctype: str, tag: str) -> Any:
	"""Return the names of the rows with a tag that the reader sees."""
	if not guards(doctype):
		return tags.get_tagged_docs(doctype, tag)
	return frappe.get_list(doctype, {"_user_tags": ("like", tag)}, ["name"], as_list=True)


@frappe.whitelist(methods=["GET", "POST"])
def get_link_title(doctype: str, docname: str) -> Any:
	"""Return what a link shows: of our rows the title to whom sees it, else the name that the link holds."""
	if not shows(doctype, docname):
		return docname
	return search.get_link_title(doctype, docname)


def shows(doctype: str, name: str) -> bool:
	"""Whether the reader sees a row; rows of others' DocTypes are Frappe's business."""
	if not is_ours(doctype):
		return True
	return bool(frappe.has_permission(doctype, "read") and frappe.get_list(doctype, {"name": name}, limit=1))
