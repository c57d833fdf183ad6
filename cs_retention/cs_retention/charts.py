"""Charts of the book on the workspace, in the reader's language, of the customers that the reader sees.

They are charts of their own and not Frappe's charts of a document: those are kept for everybody as first drawn.
"""

from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _

from cs_retention.cs_retention.states import STATE
from cs_retention.engine.vocabulary import Band, Level


@frappe.whitelist(methods=["POST"])
def customers_by_band() -> dict[str, Any]:
	"""Return how many customers are in each health band."""
	frappe.has_permission(STATE, "read", throw=True)
	return drawn(counted(STATE, "health_band", [band.value for band in Band]), STATE)


@frappe.whitelist(methods=["POST"])
def customers_by_level() -> dict[str, Any]:
	"""Return how many customers have each star level."""
	frappe.has_permission(STATE, "read", throw=True)
	return drawn(counted(STATE, "star_level", [level.value for level in Level]), STATE)


def counted(
	doctype: str, field: str, words: list[str], filters: Mapping[str, Any] | None = None
) -> dict[str, int]:
	"""Return how many documents that the reader sees have each word in a field."""
	fields = [field, "count(name) as documents"]
	rows = frappe.get_list(
		doctype, {field: ("in", words), **(filters or {})}, fields, group_by=field, limit=0
	)
	found = {row[field]: row.documents for row in rows}
	return {word: found.get(word, 0) for word in words}


def drawn(figures: Mapping[str, float], doctype: str) -> dict[str, Any]:
	"""Return figures as a chart draws them; nothing where there are none."""
	if not any(figures.values()):
		return {}
	labels = [_(name, context=doctype) for name in figures]
	return {"labels": labels, "datasets": [{"values": list(figures.values())}]}
