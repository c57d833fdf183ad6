"""The figures of the alliance as the engine takes them."""

import frappe
from frappe.model.document import Document
from frappe.utils import cint, flt

from cs_retention.engine.alliance import AlliancePolicy
from cs_retention.engine.alliance_life import LifePolicy

SETTINGS = "Alliance Settings"


def alliance_policy(doc: Document | None = None) -> AlliancePolicy:
	"""Return when a tier is earned and how long probation lasts; PolicyError for figures that make no sense."""
	settings = doc or frappe.get_cached_doc(SETTINGS)
	return AlliancePolicy(
		flt(settings.earned_at),
		flt(settings.probation_below),
		cint(settings.reviews_to_elimination),
		cint(settings.grace_days),
	)


def life_policy(doc: Document | None = None) -> LifePolicy:
	"""Return what admission asks and how long a sanction lasts; PolicyError for figures that make no sense."""
	settings = doc or frappe.get_cached_doc(SETTINGS)
	return LifePolicy(flt(settings.admission_bar), cint(settings.sanction_months))
