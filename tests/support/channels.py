"""The channels through which Frappe shows a record, and what is looked for in each.

A channel is a request about one record. What it says of a record that is not seen must hold neither the marked text nor,
unless the request names it, the record's name or its customer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import NamedTuple

SHOP = "West shop"
MARKER = "marked-words-of-west"
REPORT = "QRR-Q3-2026-90"
MARKED = {
	"Customer Callback": "summary",
	"Retention Case": "lost_words",
	"Customer Retention State": "main_reason",
	"Release File": "reasons",
	"Quarterly Retention Report": "error",
}
"""The sensitive DocTypes, each with the field that holds the marked text."""
DATED = {
	"Customer Callback": "due_date",
	"Retention Case": "opened_on",
	"Customer Retention State": "as_of",
	"Release File": "consent_on",
	"Quarterly Retention Report": "from_date",
}


class Row(NamedTuple):
	"""A record that is asked for."""

	doctype: str
	name: str

	@property
	def field(self) -> str:
		return MARKED[self.doctype]


class Channel(NamedTuple):
	"""A path below /api/, its arguments, and what of the record a reader finds in the answer."""

	path: str
	arguments: Mapping[str, object]
	found: str
	verb: str = "GET"


def file_name(doctype: str) -> str:
	"""Return the name of the file kept with a record."""
	return f"{doctype.lower().replace(' ', '-')}.txt"


def method(path: str, found: str = MARKER, verb: str = "GET", **arguments: object) -> Channel:
	"""Return the channel of a whitelisted method."""
	plain = {key: value if isinstance(value, str) else json.dumps(value) for key, value in arguments.items()}
	return Channel(f"method/{path}", plain, found, verb)


EVERYTHING = {"fields": '["*"]', "limit_page_length": "0"}
CHANNELS: Mapping[str, Callable[[Row], Channel]] = {
	"REST record": lambda row: Channel(f"resource/{row.doctype}/{row.name}", {}, MARKER),
	"REST record with its links": lambda row: Channel(
		f"resource/{row.doctype}/{row.name}", {"expand_links": "1"}, MARKER
	),
	"REST list": lambda row: Channel(f"resource/{row.doctype}", EVERYTHING, MARKER),
	"REST v2 record": lambda row: Channel(f"v2/document/{row.doctype}/{row.name}", {}, MARKER),
	"REST v2 list": lambda row: Channel(f"v2/document/{row.doctype}", {"fields": '["*"]'}, MARKER),
	"client.get": lambda row: method("frappe.client.get", doctype=row.doctype, name=row.name),
	"client.get by filters": lambda row: method(
		"frappe.client.get", doctype=row.doctype, filters={row.field: ["like", "marked%"]}
	),
	"client.get_list": lambda row: method(
		"frappe.client.get_list", doctype=row.doctype, fields=["*"], limit_page_length=0
	),
	"client.get_value": lambda row: method(
		"frappe.client.get_value", doctype=row.doctype, fieldname=row.field, filters={"name": row.name}
	),
	"link check": lambda row: method(
		"frappe.client.validate_link", doctype=row.doctype, docname=row.name, fields=[row.field]
	),
	"list view": lambda row: method(
		"frappe.desk.reportview.get", doctype=row.doctype, fields=["name", row.field], filters=[]
	),
	"report view export": lambda row: method(
		"frappe.desk.reportview.export_query",
		**{"doctype": row.doctype, "fields": [f"`tab{row.doctype}`.`{row.field}`"], "filters": []},
		**{"file_format_type": "CSV", "title": row.doctype, "verb": "POST"},
	),
	"data export": lambda row: method(
		"frappe.core.doctype.data_export.exporter.export_data",
		**{"doctype": row.doctype, "with_data": 1, "all_doctypes": 0, "file_type": "CSV"},
		**{"select_columns": {row.doctype: ["name", row.field]}},
	),
	"link search": lambda row: method(
		"frappe.desk.search.search_link", row.name, doctype=row.doctype, txt="", page_length=100
	),
	"calendar": lambda row: method(
		"frappe.desk.calendar.get_events",
		row.name,
		**{"doctype": row.doctype, "start": "2000-01-01", "end": "2100-01-01"},
		field_map={"start": DATED[row.doctype], "end": DATED[row.doctype], "title": "name"},
	),
	"form": lambda row: method("frappe.desk.form.load.getdoc", doctype=row.doctype, name=row.name),
	"timeline": lambda row: method("frappe.desk.form.load.get_docinfo", doctype=row.doctype, name=row.name),
	"comments": lambda row: Channel(
		"resource/Comment", EVERYTHING | {"filters": json.dumps({"reference_doctype": row.doctype})}, MARKER
	),
	"versions": lambda row: Channel(
		"resource/Version", EVERYTHING | {"filters": json.dumps({"ref_doctype": row.doctype})}, MARKER
	),
	"print": lambda row: method("frappe.www.printview.get_html_and_style", doc=row.doctype, name=row.name),
	"page to print": lambda row: Channel("../printview", {"doctype": row.doctype, "name": row.name}, MARKER),
	"file list": lambda row: Channel(
		"resource/File",
		EVERYTHING | {"filters": json.dumps({"attached_to_doctype": row.doctype})},
		file_name(row.doctype),
	),
	"file": lambda row: Channel(f"../private/files/{file_name(row.doctype)}", {}, MARKER),
	"tags": lambda row: Channel(
		"resource/Tag Link", EVERYTHING | {"filters": json.dumps({"document_type": row.doctype})}, row.name
	),
	"tagged rows": lambda row: method(
		"frappe.desk.doctype.tag.tag.get_tagged_docs", row.name, doctype=row.doctype, tag="%urgent%"
	),
	"rows of a tag": lambda row: method(
		"frappe.desk.doctype.tag.tag.get_documents_for_tag", row.name, tag="#urgent"
	),
}
"""Channel by name."""


def chart(row: Row, **fields: object) -> dict[str, object]:
	"""Return a chart as a request may send one along."""
	return {
		"name": "x",
		"document_type": row.doctype,
		"filters_json": "[]",
		"timespan": "Last Year",
		**fields,
	}


COUNTS: Mapping[str, Callable[[Row], Channel]] = {
	"client.get_count": lambda row: method("frappe.client.get_count", doctype=row.doctype),
	"list count": lambda row: method(
		"frappe.desk.reportview.get_count", doctype=row.doctype, filters=[], fields=[]
	),
	"number card": lambda row: method(
		"frappe.desk.doctype.number_card.number_card.get_result",
		doc={"document_type": row.doctype, "function": "Count"},
		filters=[],
	),
	"chart by group": lambda row: method(
		"frappe.desk.doctype.dashboard_chart.dashboard_chart.get",
		chart=chart(row, chart_type="Group By", group_by_type="Count", group_by_based_on="docstatus"),
		no_cache=1,
	),
	"chart as heat map": lambda row: method(
		"frappe.desk.doctype.dashboard_chart.dashboard_chart.get",
		chart=chart(row, chart_type="Count", type="Heatmap", based_on="creation"),
		no_cache=1,
	),
	"list groups": lambda row: method(
		"frappe.desk.listview.get_group_by_count",
		doctype=row.doctype,
		current_filters=[],
		field="owner",
	),
}
"""Channels that answer with a number of rows."""
