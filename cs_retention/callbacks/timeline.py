"""Contacts and attempts in the timeline of a customer."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

import frappe
from frappe import _
from frappe.utils import escape_html, get_time, get_url_to_form

from cs_retention.cs_retention.people import full_names
from cs_retention.cs_retention.reader import language
from cs_retention.engine.vocabulary import COUNTED_OUTCOMES
from cs_retention.render.translate import translate

TOUCH = "Customer Touch"
SHOWN = 20
REACHED = tuple(outcome.value for outcome in COUNTED_OUTCOMES)


def get_content(doctype: str, docname: str) -> list[dict[str, Any]]:
	"""Return the newest touches of a customer that the reader sees, as Frappe's timeline takes them."""
	if not frappe.has_permission(TOUCH, "read"):
		return []
	fields = ["name", "touch_date", "touch_time", "person", "channel", "outcome", "summary", "callback"]
	fields += ["source_doctype", "source_name", "decision", "message_channel"]
	newest = "touch_date desc, touch_time desc"
	rows = frappe.get_list(TOUCH, {"customer": docname}, fields, order_by=newest, limit=SHOWN)
	called = full_names({row.person for row in rows})
	return [entry(row, called) for row in rows]


def entry(row: Any, called: Mapping[str, str]) -> dict[str, Any]:
	"""Return one touch: who, how, what came of it and what was said."""
	lang = language()
	at = get_time(row.touch_time) if row.touch_time else time(12)
	said = (row.message_channel, row.decision) if row.decision else (row.channel, row.outcome)
	person = called.get(row.person) or row.person
	words = " · ".join(filter(None, (*(translate(word, lang) for word in said if word), person)))
	document = f"{_(row.source_doctype)} {row.source_name}" if row.source_name else ""
	told = "<br>".join(filter(None, (escape_html(row.summary or ""), document and link_of(row, document))))
	target = ("Customer Callback", row.callback) if row.callback else (TOUCH, row.name)
	link = f'<a href="{get_url_to_form(*target)}">{escape_html(words)}</a>'
	return {
		"icon": icon_of(row),
		"is_card": False,
		"creation": str(datetime.combine(row.touch_date, at)),
		"content": f"{link}<div>{told}</div>",
	}


def link_of(row: Any, words: str) -> str:
	"""Return a link to the document that told of a contact."""
	return f'<a href="{get_url_to_form(row.source_doctype, row.source_name)}">{escape_html(words)}</a>'


def icon_of(row: Any) -> str:
	"""Return the picture of a contact, of an attempt, and of what the house did by itself."""
	if row.decision:
		return "mail"
	return "call" if row.outcome in REACHED else "unread-status"
