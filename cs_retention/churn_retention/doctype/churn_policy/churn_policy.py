from typing import Any

import frappe
from frappe import _

from cs_retention.churn_retention import policy_trial
from cs_retention.churn_retention.policies import health_mapping
from cs_retention.cs_retention import trials
from cs_retention.cs_retention.policy_document import PolicyDocument
from cs_retention.cs_retention.policy_life import validate_once
from cs_retention.cs_retention.refusals import validate_policy


class ChurnPolicy(PolicyDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from cs_retention.churn_retention.doctype.churn_policy_rule.churn_policy_rule import ChurnPolicyRule
		from cs_retention.churn_retention.doctype.churn_policy_step.churn_policy_step import ChurnPolicyStep

		activated_by: DF.Link | None
		activated_on: DF.Datetime | None
		active_key: DF.Data | None
		at_risk: DF.Int
		caps_warning: DF.Int
		contact_missed: DF.Int
		contact_reached: DF.Int
		contact_refused: DF.Int
		contact_twice_missed: DF.Int
		contract_ending_days: DF.Int
		copied_from: DF.Link | None
		deduct_contract_ending: DF.Int
		deduct_low_satisfaction: DF.Int
		deduct_overdue_growing: DF.Int
		deduct_revenue_fallen: DF.Int
		deduct_serious_complaint: DF.Int
		deduct_two_complaints: DF.Int
		deduct_unreached: DF.Int
		deductions_most: DF.Int
		healthy: DF.Int
		late_bill: DF.Int
		late_bill_days: DF.Int
		lateness_repeats: DF.Int
		lost_after_days: DF.Int
		low_satisfaction_at: DF.Int
		missing_bill: DF.Int
		missing_bill_days: DF.Int
		no_commitment: DF.Int
		rules: DF.Table[ChurnPolicyRule]
		service_closed: DF.Int
		service_days: DF.Int
		service_none: DF.Int
		service_open: DF.Int
		service_serious: DF.Int
		status: DF.Literal["Draft", "Tried", "Active", "Retired"]
		steps: DF.Table[ChurnPolicyStep]
		title: DF.Data
		trial_error: DF.SmallText | None
		trial_figures: DF.LongText | None
		trial_summary: DF.SmallText | None
		tried_on: DF.Datetime | None
		unknown_commitment: DF.Int
		usual_gap: DF.Int
		version: DF.Int
		watch: DF.Int
	# end: auto-generated types

	def rules_told(self) -> dict[str, Any]:
		return health_mapping(self)

	def validate_rules(self) -> None:
		validate_once(self, "rules", "rule")
		validate_policy({"health": health_mapping(self)}, self)

	def why_kept(self) -> str:
		return _("{0} is {1}: healths were assessed with it, so that it cannot be deleted.")


@frappe.whitelist(methods=["POST"])
def try_policy(name: str) -> None:
	"""Hold the policy against the one in force, in the background; nothing is written but what that shows."""
	trials.start(get_policy(name, "write"), policy_trial.run_trial)


@frappe.whitelist(methods=["POST"])
def get_trial_progress(name: str) -> dict[str, Any]:
	"""Return whether a trial of the policy runs, and how far it is; a form asks that hears of no events."""
	return trials.read_progress(get_policy(name, "read"))


def get_policy(name: str, right: str) -> ChurnPolicy:
	"""Return the policy for somebody who has the right on it."""
	policy = frappe.get_doc("Churn Policy", name)
	policy.check_permission(right)
	return policy
