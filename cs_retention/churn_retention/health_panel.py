"""The health of a customer as the form draws it: a gauge with its parts, the way it took, and the signals that speak."""

import json
from collections.abc import Iterator
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import getdate

from cs_retention.churn_retention.signal_words import said, say_reasons
from cs_retention.cs_retention.reader import language
from cs_retention.cs_retention.retention_night import load_rules
from cs_retention.cs_retention.states import STATE, get_state
from cs_retention.engine.health_signs import best_points
from cs_retention.engine.vocabulary import Card, SignalStatus
from cs_retention.render import formats
from cs_retention.render.translate import translate
from cs_retention.render.wording import part_name

SIGNAL, CHANGE = "Churn Signal", "Customer Health Change"
MOST_CHANGES, MOST_SIGNALS = 24, 10


@frappe.whitelist(methods=["GET"])
def get_health_panel(customer: str) -> dict[str, Any] | None:
	"""Return what the form draws; None before the first night, and for who does not see the customer's state."""
	frappe.get_doc("Customer", customer).check_permission("read")
	name = get_state(customer)
	state = frappe.get_doc(STATE, name) if name else None
	if not state or not state.health_band or not state.has_permission("read"):
		return None
	lang, policy = language(), load_rules().health
	bounds = policy.bands
	best = best_points(policy)
	return {
		"health": state.health,
		"band": state.health_band,
		"band_words": translate(state.health_band, lang),
		"bounds": [bounds.at_risk, bounds.watch, bounds.healthy],
		"parts": list(parts_of(state, best, lang)),
		"trend": list(trend_of(state, lang)),
		"signals": list(signals_of(state, lang)),
		"may_enter": bool(frappe.has_permission(SIGNAL, "create")),
	}


def parts_of(state: Document, best: Any, lang: str) -> Iterator[dict[str, Any]]:
	"""Yield name, points and best points of each part of the card, then what was deducted."""
	card = json.loads(state.health_parts or "{}")
	for part, points in card.get("parts", {}).items():
		most = best.get((Card(state.card), part), points)
		yield {"name": part_name(part, lang), "points": points, "best": most}
	if card.get("deducted"):
		yield {"name": translate("Deductions", lang), "points": -card["deducted"], "best": 0}


def trend_of(state: Document, lang: str) -> Iterator[dict[str, Any]]:
	"""Yield the healths that the customer had, the oldest first, each with its day, band and main reason."""
	fields = ["as_of", "health_before", "band_before", "health", "band", "reasons"]
	rows = frappe.get_list(
		CHANGE, {"customer": state.customer}, fields, order_by="as_of desc, creation desc", limit=MOST_CHANGES
	)
	rows.reverse()
	if rows:
		yield point(state.known_since or rows[0].as_of, rows[0].health_before, rows[0].band_before, "", lang)
	for row in rows:
		why = formats.joined(say_reasons(row.reasons, row.as_of, row.as_of, lang), lang)
		yield point(row.as_of, row.health, row.band, why, lang)


def point(day: Any, health: int, band: str, why: str, lang: str) -> dict[str, Any]:
	"""Return one point of the way."""
	words = translate(band, lang)
	title = formats.full_day(getdate(day), lang)
	return {
		"day": str(day),
		"health": health,
		"band": band,
		"title": " · ".join(filter(None, (title, str(health), words, why))),
	}


def signals_of(state: Document, lang: str) -> Iterator[dict[str, Any]]:
	"""Yield the signals that are not closed, those that speak first."""
	if not frappe.has_permission(SIGNAL, "read"):
		return
	standing = {"customer": state.customer, "status": ("!=", SignalStatus.CLOSED.value)}
	fields = [
		*("name", "rule", "status", "competitor", "note", "reasons", "figures_on", "closed_on"),
		*("callback", "snoozed_until"),
	]
	order = "status, raised_on desc, name"
	for row in frappe.get_list(SIGNAL, standing, fields, order_by=order, limit=MOST_SIGNALS):
		yield {
			"name": row.name,
			"rule": translate(row.rule, lang),
			"said": said(row, lang),
			"status": row.status,
			"is_called": bool(row.callback),
			"until": formats.full_day(getdate(row.snoozed_until), lang) if row.snoozed_until else None,
		}
