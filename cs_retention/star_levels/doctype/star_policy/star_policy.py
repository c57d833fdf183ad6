from typing import Any

import frappe
from frappe import _

from cs_retention.cs_retention import trials
from cs_retention.cs_retention.policy_document import PolicyDocument
from cs_retention.cs_retention.policy_life import validate_once
from cs_retention.cs_retention.refusals import validate_policy
from cs_retention.star_levels import policy_trial
from cs_retention.star_levels.policies import star_mapping


class StarPolicy(PolicyDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from cs_retention.star_levels.doctype.star_policy_band.star_policy_band import StarPolicyBand
		from cs_retention.star_levels.doctype.star_policy_factor.star_policy_factor import StarPolicyFactor
		from cs_retention.star_levels.doctype.star_policy_step.star_policy_step import StarPolicyStep

		activated_by: DF.Link | None
		activated_on: DF.Datetime | None
		active_key: DF.Data | None
		bands: DF.Table[StarPolicyBand]
		complaint: DF.Int
		copied_from: DF.Link | None
		factors: DF.Table[StarPolicyFactor]
		interim_below_limit: DF.Int
		key_account_minimum_revenue: DF.Float
		key_account_minimum_score: DF.Float
		low_satisfaction: DF.Int
		low_satisfaction_at: DF.Int
		months_before_rating: DF.Int
		no_commitment: DF.Int
		old_overdue_days: DF.Int
		old_overdue_points: DF.Int
		scheduled_reviews: DF.Literal["Automatic", "Proposed"]
		serious_complaint: DF.Int
		service: DF.Int
		status: DF.Literal["Draft", "Tried", "Active", "Retired"]
		steps: DF.Table[StarPolicyStep]
		title: DF.Data
		trial_error: DF.SmallText | None
		trial_figures: DF.LongText | None
		trial_summary: DF.SmallText | None
		tried_on: DF.Datetime | None
		valid_months: DF.Int
		version: DF.Int

	# end: auto-generated types
	def rules_told(self) -> dict[str, Any]:
		return star_mapping(self)

	def validate_rules(self) -> None:
		validate_once(self, "factors", "factor")
		validate_once(self, "bands", "level")
		validate_policy({"stars": star_mapping(self)}, self)

	def why_kept(self) -> str:
		return _("{0} is {1}: ratings were made with it, so that it cannot be deleted.")


@frappe.whitelist(methods=["POST"])
def try_policy(name: str) -> None:
	"""Rate the book with the policy in the background; nothing is written but what that shows."""
	policy_trial.start(get_policy(name, "write"))


@frappe.whitelist(methods=["POST"])
def get_trial_progress(name: str) -> dict[str, Any]:
	"""Return whether a trial of the policy runs, and how far it is; a form asks that hears of no events."""
	return trials.read_progress(get_policy(name, "read"))


def get_policy(name: str, right: str) -> StarPolicy:
	"""Return the policy for somebody who has the right on it."""
	policy = frappe.get_doc("Star Policy", name)
	policy.check_permission(right)
	return policy
