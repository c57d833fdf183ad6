"""The engine's policy from the documents a manager keeps: the active Star Policy, the levels and the settings."""

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt

from cs_retention.cs_retention import policy_life
from cs_retention.cs_retention.refusals import refuse
from cs_retention.cs_retention.settings import settings_mapping
from cs_retention.engine.policy import Policy
from cs_retention.engine.reasons import PolicyError
from cs_retention.engine.star_policy import FACTORS, STARS

SETTINGS = "CS Retention Settings"
STAR_POLICY = "Star Policy"

SCALES = ("purchase_days", "commitment_months", "tenure_years", "overdue_share", "item_groups")
TABLE_POINTS = (
	"no_commitment",
	"old_overdue_days",
	"old_overdue_points",
	"service",
	"complaint",
	"serious_complaint",
	"low_satisfaction",
	"low_satisfaction_at",
)
LIFE = ("months_before_rating", "valid_months", "interim_below_limit")
KEY_ACCOUNT_RULES = ("minimum_score", "minimum_revenue")
QUOTA = ("contacts_min", "contacts_max", "min_gap_days", "visit_months")


def load_policy(star_policy: str | None = None) -> Policy:
	"""Return the policy in force, or the one that would be with another Star Policy; its version is that one's name."""
	doc = frappe.get_doc(STAR_POLICY, star_policy or get_active())
	levels = frappe.get_all("Star Level", fields=["level", "period", "channel", *QUOTA])
	mapping = {
		"stars": star_mapping(doc),
		"cadence": {level.level: cadence_mapping(level) for level in levels},
		**settings_mapping(frappe.get_cached_doc(SETTINGS)),
		"version": doc.name,
	}
	try:
		return Policy.from_mapping(mapping)
	except PolicyError as error:
		refuse(error, doc)


def get_active() -> str:
	"""Return the name of the active Star Policy."""
	name = policy_life.get_active(STAR_POLICY)
	if not name:
		frappe.throw(_("No Star Policy is active. Try one and activate it."), title=_("No Policy"))
	return name


def star_mapping(doc: Document) -> dict[str, Any]:
	"""Return a Star Policy as the engine's mapping `stars`; a missing band or scale is left empty, to be refused."""
	weights, bounds = dict.fromkeys(FACTORS, 0.0), {level.value: None for level in STARS}
	weights |= {frappe.scrub(row.factor): flt(row.weight) for row in doc.factors}
	bounds |= {row.level: flt(row.lower_bound) for row in doc.bands}
	rules = {name: flt(doc.get(f"key_account_{name}")) for name in KEY_ACCOUNT_RULES}
	return {
		"weights": weights,
		"lower_bounds": bounds,
		"tables": {scale: steps(doc, scale) for scale in SCALES}
		| {name: cint(doc.get(name)) for name in TABLE_POINTS},
		"key_account": {name: value for name, value in rules.items() if value},
		**{name: cint(doc.get(name)) for name in LIFE},
		"scheduled_reviews": doc.scheduled_reviews,
	}


def steps(doc: Document, scale: str) -> list[list[Any]]:
	"""Return the pairs of bound and points that a Star Policy gives on a scale, in its order."""
	return [[flt(row.bound), cint(row.points)] for row in doc.steps if frappe.scrub(row.scale) == scale]


def cadence_mapping(level: Document) -> dict[str, Any]:
	"""Return a Star Level as the engine's cadence."""
	return {
		"period": level.period,
		"channel": level.channel,
		**{name: cint(level.get(name)) for name in QUOTA},
	}
