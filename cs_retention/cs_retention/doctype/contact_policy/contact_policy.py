import frappe
from frappe import _
from frappe.model.document import Document

from cs_retention.cs_retention import policy_life
from cs_retention.cs_retention.contact_policies import as_policy, texts


class ContactPolicy(Document):
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
	def before_insert(self) -> None:
		policy_life.number_version(self)

	def validate(self) -> None:
		if not self.flags.moves:
			policy_life.validate_open(self)
			policy_life.keep_standing(self, texts)
		as_policy(self)

	def on_trash(self) -> None:
		"""Refuse to delete a policy that touches may name."""
		if self.status not in policy_life.OPEN:
			frappe.throw(
				_("{0} is {1}: touches were decided by it, so that it cannot be deleted.").format(
					frappe.bold(self.name), _(self.status, context="Contact Policy")
				),
				title=_("Policy in Use"),
			)

	@frappe.whitelist(methods=["POST"])
	def activate(self) -> None:
		"""Put a tried policy in force and retire the one before it."""
		self.check_permission("write")
		policy_life.activate(self)

	@frappe.whitelist(methods=["POST"])
	def new_version(self) -> str:
		"""Return the name of a new draft with the figures of this policy."""
		self.check_permission("create")
		return policy_life.new_version(self)
