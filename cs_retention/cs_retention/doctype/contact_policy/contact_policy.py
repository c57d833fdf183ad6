from typing import Any

from frappe import _

from cs_retention.cs_retention.contact_policies import as_policy, texts
from cs_retention.cs_retention.policy_document import PolicyDocument


class ContactPolicy(PolicyDocument):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from cs_retention.cs_retention.doctype.contact_policy_cap.contact_policy_cap import ContactPolicyCap
		from cs_retention.cs_retention.doctype.contact_policy_class.contact_policy_class import (
			ContactPolicyClass,
		)

		activated_by: DF.Link | None
		activated_on: DF.Datetime | None
		active_key: DF.Data | None
		caps: DF.Table[ContactPolicyCap]
		classes: DF.Table[ContactPolicyClass]
		copied_from: DF.Link | None
		min_gap_days: DF.Int
		quiet_from: DF.Time | None
		quiet_to: DF.Time | None
		status: DF.Literal["Draft", "Tried", "Active", "Retired"]
		title: DF.Data
		trial_error: DF.SmallText | None
		trial_figures: DF.LongText | None
		trial_summary: DF.SmallText | None
		tried_on: DF.Datetime | None
		version: DF.Int

	# end: auto-generated types
	def rules_told(self) -> Any:
		return texts(self)

	def validate_rules(self) -> None:
		as_policy(self)

	def why_kept(self) -> str:
		return _("{0} is {1}: touches were decided by it, so that it cannot be deleted.")
