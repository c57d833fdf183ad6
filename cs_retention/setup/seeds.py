"""Records every site begins with. Each is inserted once; what a manager changed or deleted since then stays so."""

import json
from collections.abc import Iterator
from typing import Any

import frappe

from cs_retention.engine.cadence import default_cadences
from cs_retention.engine.star_policy import FACTORS, STARS, StarPolicy
from cs_retention.engine.vocabulary import ScheduledReviews
from cs_retention.star_levels.policies import (
	ACTIVE_KEY,
	KEY_ACCOUNT_RULES,
	LIFE,
	QUOTA,
	SCALES,
	SETTINGS,
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
	activate_first_policy()
	store_settings()
	add_facts_once(seeded)
	write_register(seeded)


def seeds() -> Iterator[dict[str, Any]]:
	"""Yield every seed as a document with its name."""
	yield from levels()
	yield star_policy()
	yield from role_profiles()


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
		"doctype": "Star Policy",
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


def role_profiles() -> Iterator[dict[str, Any]]:
	"""Yield a role profile per kind of user."""
	known = set(frappe.get_all("Role", pluck="name"))
	for profile, roles in ROLE_PROFILES.items():
		rows = [{"role": role} for role in roles if role in known]
		yield {"doctype": "Role Profile", "name": profile, "role_profile": profile, "roles": rows}


def activate_first_policy() -> None:
	"""Put the seeded policy in force where none ever was: nothing needs configuring before the first review."""
	first = f"{POLICY_TITLE} v1"
	if not frappe.db.exists("Star Policy", {"active_key": ACTIVE_KEY}) and frappe.db.exists(
		"Star Policy", first
	):
		frappe.get_doc("Star Policy", first).put_in_force()


def store_settings() -> None:
	"""Store the settings, so that a default changed in a later version changes no site that runs.

	A field that a later version brought is stored with its default.
	"""
	stored, settings = frappe.db.get_singles_dict(SETTINGS), frappe.get_doc(SETTINGS)
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


def read_register() -> set[str]:
	"""Return what was seeded."""
	return set(json.loads(frappe.db.get_global(REGISTER) or "[]"))


def write_register(seeded: set[str]) -> None:
	"""Remember what was seeded, writing only what changed."""
	if seeded != read_register():
		frappe.db.set_global(REGISTER, json.dumps(sorted(seeded)))
