"""The engine's policy with the health that a manager keeps: the active Churn Policy beside stars, levels and settings."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt

from cs_retention.cs_retention import policy_life
from cs_retention.cs_retention.refusals import refuse
from cs_retention.engine.health_policy import NIGHT_RULES, HealthPolicy
from cs_retention.engine.policy import Policy
from cs_retention.engine.reasons import PolicyError
from cs_retention.star_levels import policies

POLICY = "Churn Policy"

SCALES: Mapping[str, tuple[str, ...]] = {
	"free": ("recency", "lateness", "repeats"),
	"contract": ("bill_trend", "commitment", "arrears", "tenure"),
}
"""Tables of steps by card."""

FIELDS: Mapping[str, Mapping[str, str]] = {
	"free": {"usual_gap": "usual_gap"},
	"contract": {name: name for name in ("no_commitment", "unknown_commitment", "service_days")},
	"deductions": {
		**{
			name: f"deduct_{name}"
			for name in (
				*("overdue_growing", "two_complaints", "serious_complaint", "low_satisfaction"),
				*("unreached", "contract_ending", "revenue_fallen"),
			)
		},
		"contract_ending_days": "contract_ending_days",
		"most": "deductions_most",
	},
	"caps": {
		**{name: name for name in ("late_bill_days", "late_bill", "missing_bill_days", "missing_bill")},
		"warning": "caps_warning",
	},
	"bands": {name: name for name in ("healthy", "watch", "at_risk")},
	"signals": {name: name for name in ("lateness_repeats", "lost_after_days")},
}
"""Fields of the form by the engine's group and field; each holds a whole number."""

FOURS: Mapping[str, tuple[str, ...]] = {
	"service": ("service_none", "service_closed", "service_open", "service_serious"),
	"contact": ("contact_reached", "contact_missed", "contact_twice_missed", "contact_refused"),
}
"""Fields that hold the four points of a part of the contract customers' card."""


def load_policy(churn_policy: str | None = None) -> Policy:
	"""Return the policy in force, or the one that would be with another Churn Policy."""
	doc = frappe.get_doc(POLICY, churn_policy or get_active())
	mapping = {"health": health_mapping(doc)}
	try:
		health = Policy.from_mapping(mapping).health
	except PolicyError as error:
		refuse(error, doc)
	return replace(policies.load_policy(), health=health, churn_version=doc.name)


def get_active() -> str:
	"""Return the name of the active Churn Policy."""
	name = policy_life.get_active(POLICY)
	if not name:
		frappe.throw(_("No Churn Policy is active. Try one and activate it."), title=_("No Policy"))
	return name


def health_mapping(doc: Document) -> dict[str, Any]:
	"""Return a Churn Policy as the engine's mapping `health`; a missing table is left empty, to be refused."""
	groups: dict[str, dict[str, Any]] = {
		group: {name: cint(doc.get(fieldname)) for name, fieldname in names.items()}
		for group, names in FIELDS.items()
	}
	for card, scales in SCALES.items():
		groups[card] |= {scale: steps(doc, scale) for scale in scales}
	groups["contract"] |= {
		part: [cint(doc.get(fieldname)) for fieldname in names] for part, names in FOURS.items()
	}
	groups["signals"]["silent"] = [row.rule for row in doc.rules if not row.raises_signal]
	return {**groups, "low_satisfaction_at": cint(doc.low_satisfaction_at)}


def steps(doc: Document, scale: str) -> list[list[Any]]:
	"""Return the pairs of bound and points that a Churn Policy gives on a scale, in its order."""
	return [[flt(row.bound), cint(row.points)] for row in doc.steps if frappe.scrub(row.scale) == scale]


def fields_of(policy: HealthPolicy) -> dict[str, Any]:
	"""Return the engine's policy as the fields of a Churn Policy."""
	fields: dict[str, Any] = {
		fieldname: getattr(getattr(policy, group), name)
		for group, names in FIELDS.items()
		for name, fieldname in names.items()
	}
	for part, names in FOURS.items():
		fields |= dict(zip(names, getattr(policy.contract, part), strict=True))
	fields["low_satisfaction_at"] = policy.low_satisfaction_at
	fields["steps"] = [
		{"scale": frappe.unscrub(scale), "bound": float(bound), "points": points}
		for card, scales in SCALES.items()
		for scale in scales
		for bound, points in getattr(getattr(policy, card), scale)
	]
	fields["rules"] = [
		{"rule": rule.value, "raises_signal": int(rule.value not in policy.signals.silent)}
		for rule in NIGHT_RULES
	]
	return fields
