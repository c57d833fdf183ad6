"""Records every site begins with. Each is inserted once; what a manager changed or deleted since then stays so."""

import json
from collections.abc import Iterator
from typing import Any

import frappe

from cs_retention.churn_retention import policies as churn
from cs_retention.cs_retention import policy_life
from cs_retention.cs_retention.contact_policies import CONTACT_POLICY
from cs_retention.cs_retention.obligation_settings import seeded_rows
from cs_retention.engine.alliance_campaign import default_slots
from cs_retention.engine.alliance_inspection import DEFAULT_QUESTIONS, inspection_months
from cs_retention.engine.alliance_life import exchange_months
from cs_retention.engine.cadence import default_cadences
from cs_retention.engine.completeness import DEFAULT_FROM
from cs_retention.engine.contact_policy import ContactPolicy
from cs_retention.engine.health_policy import HealthPolicy
from cs_retention.engine.star_policy import FACTORS, STARS, StarPolicy
from cs_retention.engine.vocabulary import ScheduledReviews, Tier
from cs_retention.merchant_alliance.settings import SETTINGS as ALLIANCE_SETTINGS
from cs_retention.setup.case_seeds import case_seeds
from cs_retention.setup.seed_templates import TEMPLATES
from cs_retention.star_levels.policies import (
	KEY_ACCOUNT_RULES,
	LIFE,
	QUOTA,
	SCALES,
	SETTINGS,
	STAR_POLICY,
	TABLE_POINTS,
)

REGISTER = "cs_retention_seeds"
"""Global default that lists what was seeded, so that a deleted seed does not come back with a migration."""

POLICY_TITLE = "Standard"
FACTS = (
	("Phone Number", "Customer", "mobile_no", "Latest"),
	("Months on Net", "Sales Invoice", "posting_date", "Months Since"),
	("Contract End", "Contract", "end_date", "Latest"),
	("Outstanding Balance", "Sales Invoice", "outstanding_amount", "Sum"),
)
"""Facts shown beside a call: label, document, field, how several become one; all are in a plain ERPNext."""
ROLE_PROFILES = {
	"Customer Account Manager": ("Customer Account Manager", "Sales User", "Employee"),
	"Customer Service Agent": ("Customer Service Agent", "Support Team", "Sales User", "Employee"),
	"Retention Manager": (
		"Retention Manager",
		"Customer Account Manager",
		"Sales Manager",
		"Sales User",
		"Employee",
	),
	"Alliance Manager": ("Alliance Manager", "Sales User", "Employee"),
	"Retention Auditor": ("Retention Auditor", "Auditor"),
}
"""Roles by profile; a role of ERPNext's that the site has not is left out."""


def insert_seeds() -> None:
	"""Insert what was never seeded on this site, and store the settings once with their defaults."""
	seeded = read_register()
	for seed in seeds():
		insert_once(seed, seeded)
	for doctype in (STAR_POLICY, churn.POLICY, CONTACT_POLICY):
		activate_first_policy(doctype)
	for doctype in (SETTINGS, ALLIANCE_SETTINGS):
		store_settings(doctype)
	add_facts_once(seeded)
	add_sources_once(seeded)
	add_questions_once(seeded)
	add_file_requirements_once(seeded)
	write_register(seeded)


def seeds() -> Iterator[dict[str, Any]]:
	"""Yield every seed as a document with its name."""
	yield from levels()
	yield star_policy()
	yield churn_policy()
	yield contact_policy()
	yield from message_templates()
	yield from role_profiles()
	yield from alliance_tiers()
	yield from case_seeds()


def insert_once(seed: dict[str, Any], seeded: set[str]) -> None:
	"""Insert a seed unless it was seeded before; one that a manager had made already is not ours."""
	key = f"{seed['doctype']}: {seed['name']}"
	if key in seeded or frappe.db.exists(seed["doctype"], seed["name"]):
		return
	frappe.get_doc(seed).insert()
	seeded.add(key)


def levels() -> Iterator[dict[str, Any]]:
	"""Yield the star levels with the cadences of the rules."""
	for position, cadence in enumerate(default_cadences(), 1):
		yield {
			"doctype": "Star Level",
			"name": cadence.level,
			"level": cadence.level,
			"position": position,
			"period": cadence.period.value,
			"channel": cadence.channel.value,
			**{name: getattr(cadence, name) for name in QUOTA},
		}


def star_policy() -> dict[str, Any]:
	"""Return the star policy of the rules; on a site a manager looks at what moves before it does."""
	policy = StarPolicy()
	tables = policy.tables
	return {
		"doctype": STAR_POLICY,
		"name": f"{POLICY_TITLE} v1",
		"title": POLICY_TITLE,
		"factors": [
			{"factor": frappe.unscrub(name), "weight": float(getattr(policy.weights, name))}
			for name in FACTORS
		],
		"bands": [
			{"level": level.value, "lower_bound": float(policy.lower_bounds.of(level))} for level in STARS
		],
		"steps": [
			{"scale": frappe.unscrub(scale), "bound": float(bound), "points": points}
			for scale in SCALES
			for bound, points in getattr(tables, scale)
		],
		**{name: getattr(tables, name) for name in TABLE_POINTS},
		**{name: getattr(policy, name) for name in LIFE},
		"scheduled_reviews": ScheduledReviews.PROPOSED.value,
		**{f"key_account_{name}": 0 for name in KEY_ACCOUNT_RULES},
	}


def contact_policy() -> dict[str, Any]:
	"""Return the contact policy of the rules."""
	policy = ContactPolicy()
	return {
		"doctype": CONTACT_POLICY,
		"name": f"{POLICY_TITLE} v1",
		"title": POLICY_TITLE,
		"min_gap_days": policy.min_gap_days,
		"quiet_from": policy.quiet_from,
		"quiet_to": policy.quiet_to,
		"caps": [{"level": cap.level, "touches": cap.touches} for cap in policy.caps],
		"classes": [
			{
				"message_class": rule.class_.value,
				"email": rule.email.value,
				"sms": rule.sms.value,
				"keeps_free": rule.keeps_free,
				"hold_days": rule.hold_days,
			}
			for rule in policy.classes
		],
	}


def message_templates() -> Iterator[dict[str, Any]]:
	"""Yield the message templates, in English and Chinese."""
	for title, class_, channel, *wordings in TEMPLATES:
		yield {
			"doctype": "Message Template",
			"name": title,
			"title": title,
			"message_class": class_.value,
			"channel": channel.value,
			"is_enabled": 1,
			"wordings": [
				{"language": language, "subject": subject, "body": body}
				for language, subject, body in wordings
			],
		}


def churn_policy() -> dict[str, Any]:
	"""Return the churn policy of the rules."""
	name = f"{POLICY_TITLE} v1"
	return {"doctype": churn.POLICY, "name": name, "title": POLICY_TITLE, **churn.fields_of(HealthPolicy())}


def role_profiles() -> Iterator[dict[str, Any]]:
	"""Yield a role profile per kind of user."""
	known = set(frappe.get_all("Role", pluck="name"))
	for profile, roles in ROLE_PROFILES.items():
		rows = [{"role": role} for role in roles if role in known]
		yield {"doctype": "Role Profile", "name": profile, "role_profile": profile, "roles": rows}


def alliance_tiers() -> Iterator[dict[str, Any]]:
	"""Yield the tiers of the alliance with how often their merchants are met."""
	for order, tier in enumerate(Tier, 1):
		yield {
			"doctype": "Alliance Tier",
			"name": tier.value,
			"tier": tier.value,
			"listing_order": order,
			"campaign_slots": default_slots(tier),
			"exchange_months": exchange_months(tier),
			"inspection_months": inspection_months(tier),
		}


def activate_first_policy(doctype: str) -> None:
	"""Put the seeded policy in force where none ever was: nothing needs configuring before the first review."""
	first = f"{POLICY_TITLE} v1"
	if not policy_life.get_active(doctype) and frappe.db.exists(doctype, first):
		policy_life.put_in_force(frappe.get_doc(doctype, first))


def store_settings(doctype: str) -> None:
	"""Store settings, so that a default changed in a later version changes no site that runs.

	A field that a later version brought is stored with its default.
	"""
	stored, settings = frappe.db.get_singles_dict(doctype), frappe.get_doc(doctype)
	missing = [field for field in settings.meta.fields if field.default and field.fieldname not in stored]
	settings.update({field.fieldname: field.default for field in missing})
	if missing:
		settings.save()


def add_facts_once(seeded: set[str]) -> None:
	"""Choose the facts shown beside a call, on a site that never had any."""
	key = f"{SETTINGS}: customer_facts"
	if key in seeded:
		return
	settings = frappe.get_doc(SETTINGS)
	fields = ("label", "document_type", "document_field", "value")
	settings.extend("customer_facts", [dict(zip(fields, fact, strict=True)) for fact in FACTS])
	settings.save()
	seeded.add(key)


def add_sources_once(seeded: set[str]) -> None:
	"""Add the rows of obligation sources that the site never had."""
	rows = {f"{SETTINGS}: source {row['source']}": row for row in seeded_rows()}
	if missing := [key for key in rows if key not in seeded]:
		settings = frappe.get_doc(SETTINGS)
		settings.extend("obligation_sources", [rows[key] for key in missing])
		settings.save()
		seeded.update(missing)


def add_questions_once(seeded: set[str]) -> None:
	"""Ask the questions of an inspection, on a site that never had any."""
	key = f"{ALLIANCE_SETTINGS}: inspection_questions"
	if key in seeded:
		return
	settings = frappe.get_doc(ALLIANCE_SETTINGS)
	rows = [
		{"criterion": each.criterion.value, "question": each.text, "weight": each.weight}
		for each in DEFAULT_QUESTIONS
	]
	settings.extend("inspection_questions", rows)
	settings.save()
	seeded.add(key)


def add_file_requirements_once(seeded: set[str]) -> None:
	"""Say from which level on each part of a customer's file is required, on a site that never said so."""
	rows = {f"{SETTINGS}: file {part.value}": (part.value, level) for part, level in DEFAULT_FROM.items()}
	if missing := [key for key in rows if key not in seeded]:
		settings = frappe.get_doc(SETTINGS)
		for part, level in (rows[key] for key in missing):
			settings.append("file_requirements", {"part": part, "required_from": level})
		settings.save()
		seeded.update(missing)


def read_register() -> set[str]:
	"""Return what was seeded."""
	return set(json.loads(frappe.db.get_global(REGISTER) or "[]"))


def write_register(seeded: set[str]) -> None:
	"""Remember what was seeded, writing only what changed."""
	if seeded != read_register():
		frappe.db.set_global(REGISTER, json.dumps(sorted(seeded)))
