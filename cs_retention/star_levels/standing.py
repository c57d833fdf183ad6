"""Why a customer has its level, in the reader's language: what the Customer form shows above and in its tab."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import date_diff, getdate, nowdate

from cs_retention.cs_retention.reader import language
from cs_retention.cs_retention.states import STATE, get_state
from cs_retention.engine import star_gap
from cs_retention.engine.health import aged
from cs_retention.engine.reasons import Reason
from cs_retention.engine.star_policy import FACTORS
from cs_retention.engine.vocabulary import Band
from cs_retention.nightly.outcomes import BY_RULE, NAMED
from cs_retention.nightly.reason_json import load_reasons
from cs_retention.render import formats
from cs_retention.render.translate import translate
from cs_retention.render.wording import part_name, sentence, shortfall
from cs_retention.star_levels.doctype.star_override.star_override import APPROVING_ROLE

OF_KEY_ACCOUNTS = (NAMED, BY_RULE)
PROSPECT = Band.PROSPECT.value


@frappe.whitelist(methods=["GET"])
def get_standing(customer: str) -> dict[str, Any] | None:
	"""Return the standing of a customer in words; None for who sees the customer but not its state.

	`headline` has the words of one line, `factors` rows of name, points and sentence, `approvers` who may approve an
	override that the reader is to ask for.
	"""
	doc = frappe.get_doc("Customer", customer)
	doc.check_permission("read")
	name = get_state(doc.name)
	state = frappe.get_doc(STATE, name) if name else frappe.new_doc(STATE, customer=doc.name)
	if not state.has_permission("read"):
		return None
	lang = language()
	return {
		"band": state.health_band,
		"headline": list(headline(state, lang)),
		**rating(state, lang),
		"key_account": key_account(doc, state, lang),
		"health": health(state, lang),
		"approvers": approvers() if frappe.has_permission("Star Override", "create") else [],
	}


def headline(state: Document, lang: str) -> Iterator[str]:
	"""Yield what the line at the top of the form says, as far as it is known."""
	if state.star_level:
		yield formats.stars(state.star_level, lang)
	if state.is_key_account:
		yield translate("key account", lang)
	if state.rated_on:
		yield translate("score {0}", lang).format(formats.points(state.score))
	if state.health_band:
		yield health_words(state, lang)
	if state.last_contact:
		yield translate("last contact {0}", lang).format(formats.short_day(getdate(state.last_contact), lang))
	if state.next_callback:
		yield translate("next call {0}", lang).format(formats.short_day(getdate(state.next_callback), lang))
	if state.owed_in_period:
		yield translate("{0} of {1} this period", lang).format(state.met_in_period, state.owed_in_period)


def health_words(state: Document, lang: str) -> str:
	"""Return health and band; a prospect has no figure."""
	band = translate(state.health_band, lang)
	if state.health_band == PROSPECT:
		return band
	return translate("health {0} {1}", lang).format(state.health, band)


def rating(state: Document, lang: str) -> dict[str, Any]:
	"""Return the points per factor with their reasons, what else decided the level, and what the next one lacks."""
	reasons = load_reasons(state.rating_reasons)
	factors = reasons[: len(FACTORS)] if state.rated_on else ()
	rest = reasons[len(factors) :]
	lacks = [reason for reason in rest if reason.code in star_gap.REASONS]
	decided = [reason for reason in rest if reason not in lacks and reason.code not in OF_KEY_ACCOUNTS]
	return {
		"factors": [
			factor_row(state, *pair, lang) for pair in zip(FACTORS[: len(factors)], factors, strict=True)
		],
		"score": formats.points(state.score) if state.rated_on else None,
		"decided": [sentence(reason, lang) for reason in decided],
		"lacking": lacking(state, lacks, lang),
		"policy": state.star_policy,
		"reviewed": review_words(state, lang),
	}


def factor_row(state: Document, factor: str, reason: Reason, lang: str) -> list[str]:
	"""Return name, points and sentence of a factor."""
	return [part_name(factor, lang), formats.points(state.get(f"{factor}_points")), sentence(reason, lang)]


def lacking(state: Document, lacks: list[Reason], lang: str) -> str | None:
	"""Return what it takes to reach the next level; None where there is none above."""
	if not state.next_level:
		return None
	return shortfall(state.next_level, Decimal(str(state.next_level_gap)), lacks, lang)


def review_words(state: Document, lang: str) -> str | None:
	"""Return when the level was reviewed and until when it holds."""
	if not state.reviewed_on:
		return None
	days = (formats.full_day(getdate(day), lang) for day in (state.reviewed_on, state.rating_valid_until))
	return translate("reviewed on {0}, valid until {1}", lang).format(*days)


def key_account(doc: Document, state: Document, lang: str) -> str | None:
	"""Return why the customer is a key account: the rule with its figures, or what was written when it was named."""
	if not state.is_key_account:
		return None
	if state.key_account_reason == NAMED:
		why = doc.retention_key_account_reason
		return (
			translate("named a key account: {0}", lang).format(why) if why else sentence(Reason(NAMED), lang)
		)
	by_rule = (reason for reason in load_reasons(state.rating_reasons) if reason.code == BY_RULE)
	return formats.joined((sentence(reason, lang) for reason in by_rule), lang)


def health(state: Document, lang: str) -> dict[str, Any] | None:
	"""Return the health with the points of its parts and its reasons, most weighty first, as they read today."""
	if not state.health_band:
		return None
	card = json.loads(state.health_parts or "{}")
	parts = [f"{part_name(part, lang)} {points}" for part, points in card.get("parts", {}).items()]
	if card.get("deducted"):
		parts.append(translate("deducted {0}", lang).format(card["deducted"]))
	days = max(0, date_diff(nowdate(), state.health_as_of)) if state.health_as_of else 0
	reasons = [sentence(aged(reason, days), lang) for reason in load_reasons(state.health_reasons)]
	band = translate(state.health_band, lang)
	summary = band if state.health_band == PROSPECT else f"{state.health} · {band}"
	return {"summary": summary, "parts": parts, "words": list(worth(state, lang)), "reasons": reasons}


def worth(state: Document, lang: str) -> Iterator[str]:
	"""Yield what higher rooms know of customers with such a health."""
	for path in frappe.get_hooks("retention_health_words"):
		if text := frappe.get_attr(path)(state.card, state.health_band, lang):
			yield text


def approvers() -> list[str]:
	"""Return who may approve an override asked for by the reader."""
	given = frappe.get_all("Has Role", {"parenttype": "User", "role": APPROVING_ROLE}, pluck="parent")
	others = [user for user in given if user != frappe.session.user]
	return frappe.get_all("User", {"name": ("in", others), "enabled": 1}, pluck="name", order_by="name")
