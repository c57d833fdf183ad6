"""The table of obligation sources of the settings, as the engine takes it and as it is seeded."""

from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import cint, flt, getdate

from cs_retention.engine.obligation_policy import ObligationPolicy
from cs_retention.engine.vocabulary import LADDER, ObligationSource
from cs_retention.facts.festivals import names_of


def obligations_mapping(doc: Document) -> dict[str, Any]:
	"""Return the settings' sources as the engine's mapping `obligations`; one without a row is off."""
	rows = {row.source: row for row in doc.obligation_sources}
	sources = {
		frappe.scrub(source.value): rule_mapping(rows[source.value])
		if source.value in rows
		else {"is_on": False}
		for source in ObligationSource
	}
	return {
		**sources,
		"festivals": {
			"country": country_code(doc.festivals_country),
			"names": text_lines(doc.festivals_names),
			"own": text_lines(doc.festivals_own),
		},
	}


def rule_mapping(row: Document) -> dict[str, Any]:
	"""Return a row as the engine's rule of a source; what is no number of days is handed on, to be refused."""
	notice = (row.notice or "").replace("，", ",").replace("、", ",").split(",")
	return {
		"is_on": bool(row.is_on),
		"days": cint(row.days),
		"notice": [as_number(days) for days in notice if days.strip()],
		"share": flt(row.share),
		"levels": [level for level in LADDER if row.get(frappe.scrub(level))],
		"channel": row.channel,
		"lapse_days": cint(row.lapse_days),
	}


def as_number(text: str) -> int | str:
	"""Return a whole number, or the text that is none."""
	return cint(text) if text.strip().isdecimal() else text.strip()


def seeded_rows() -> list[dict[str, Any]]:
	"""Return the rows of the table as a site begins with them: the engine's defaults."""
	policy, rows = ObligationPolicy(), []
	for source in ObligationSource:
		rule = policy.rule(source)
		rows.append(
			{
				"source": source.value,
				"is_on": int(rule.is_on),
				"days": rule.days,
				"notice": ", ".join(map(str, rule.notice)),
				"share": float(rule.share),
				"channel": rule.channel.value,
				"lapse_days": rule.lapse_days,
				**{frappe.scrub(level): 1 for level in rule.levels},
			}
		)
	return rows


def country_code(country: str | None) -> str:
	"""Return the ISO code of a country; nothing for none."""
	return (frappe.get_cached_value("Country", country, "code") or "").upper() if country else ""


def festival_names(country: str | None) -> list[str]:
	"""Return what the public holidays of a country are called in the current year."""
	return names_of(country_code(country), getdate().year)


def text_lines(text: str | None) -> list[str]:
	"""Return the lines of a text that are not blank."""
	return [line.strip() for line in (text or "").splitlines() if line.strip()]
