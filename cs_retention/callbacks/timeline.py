"""Contacts and attempts in the timeline of a customer."""

from datetime import datetime, time
from typing import Any

import frappe
from frappe.utils import escape_html, get_fullname, get_time, get_url_to_form

from cs_retention.engine.vocabulary import COUNTED_OUTCOMES
from cs_retention.render.translate import translate
from cs_retention.star_levels.standing import language

TOUCH = "Customer Touch"
SHOWN = 20
REACHED = tuple(outcome.value for outcome in COUNTED_OUTCOMES)


def get_content(doctype: str, docname: str) -> list[dict[str, Any]]:
	"""Return the newest touches of a customer that the reader sees, as Frappe's timeline takes them."""
	if not frappe.has_permission(TOUCH, "read"):
		return []
	fields = ["name", "touch_date", "touch_time", "person", "channel", "outcome", "summary", "callback"]
	newest = "touch_date desc, touch_time desc"
	rows = frappe.get_list(TOUCH, {"customer": docname}, fields, order_by=newest, limit=SHOWN)
	return [entry(row) for row in rows]


def entry(row: Any) -> dict[str, Any]:
	"""Return one touch: who, how, what came of it and what was said."""
	lang = language()
	at = get_time(row.touch_time) if row.touch_time else time(12)
	words = " · ".join(
		filter(None, (translate(row.channel, lang), translate(row.outcome, lang), get_fullname(row.person)))
	)
	target = ("Customer Callback", row.callback) if row.callback else (TOUCH, row.name)
	link = f'<a href="{get_url_to_form(*target)}">{escape_html(words)}</a>'
	return {
		"icon": "call" if row.outcome in REACHED else "unread-status",
		"is_card": False,
		"creation": str(datetime.combine(row.touch_date, at)),
		"content": f"{link}<div>{escape_html(row.summary or '')}</div>",
	}
