"""What the policies of a manager have in common as records: versions, what may be changed or deleted, who puts in force."""

from abc import abstractmethod
from typing import Any

import frappe
from frappe import _

from cs_retention.cs_retention import policy_life
from cs_retention.cs_retention.record import Record


class PolicyDocument(Record):
	"""A policy: a subclass tells its rules as plain values, checks them, and says why one that was in force is kept."""

	def before_insert(self) -> None:
		policy_life.number_version(self)

	def validate(self) -> None:
		if not self.flags.moves:
			policy_life.validate_open(self)
			policy_life.keep_standing(self, type(self).rules_told)
		self.validate_rules()

	def on_trash(self) -> None:
		"""Refuse to delete a policy that what was decided by it may name."""
		if self.status not in policy_life.OPEN:
			frappe.throw(
				self.why_kept().format(frappe.bold(self.name), _(self.status, context=self.doctype)),
				title=_("Policy in Use"),
			)

	@abstractmethod
	def rules_told(self) -> Any:
		"""Return the rules as plain values: a policy whose rules changed has not been tried."""

	@abstractmethod
	def validate_rules(self) -> None:
		"""Refuse rules that no policy can have."""

	@abstractmethod
	def why_kept(self) -> str:
		"""Return the sentence, with places for name and standing, that tells why the policy cannot be deleted."""

	@frappe.whitelist(methods=["POST"])
	def activate(self) -> None:
		"""Put a tried policy in force and retire the one before it; what is decided from now on follows it."""
		self.check_permission("write")
		policy_life.activate(self)

	@frappe.whitelist(methods=["POST"])
	def new_version(self) -> str:
		"""Return the name of a new draft with the figures of this policy."""
		self.check_permission("create")
		return policy_life.new_version(self)
