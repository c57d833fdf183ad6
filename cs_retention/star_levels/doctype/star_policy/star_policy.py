from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from cs_retention.cs_retention.refusals import validate_policy
from cs_retention.engine.vocabulary import PolicyStatus
from cs_retention.star_levels import policy_trial
from cs_retention.star_levels.policies import ACTIVE_KEY, star_mapping, validate_once

SHOWN = ("tried_on", "trial_summary", "trial_figures", "trial_error")
"""What a trial leaves."""

STANDING = ("status", *SHOWN, "activated_on", "activated_by", "active_key")
"""What only trying, activating and retiring change."""

OPEN = (PolicyStatus.DRAFT.value, PolicyStatus.TRIED.value)


class StarPolicy(Document):
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
	def before_insert(self) -> None:
		"""Make a new policy the next version of its title, a draft whatever it was copied from."""
		versions = frappe.get_all("Star Policy", {"title": self.title}, pluck="version")
		self.version = max(versions, default=0) + 1
		self.update(dict.fromkeys(STANDING))
		self.status = PolicyStatus.DRAFT.value

	def validate(self) -> None:
		if not self.flags.moves:
			self.validate_open()
			self.keep_standing()
		validate_once(self, "factors", "factor")
		validate_once(self, "bands", "level")
		validate_policy({"stars": star_mapping(self)}, self)

	def on_trash(self) -> None:
		"""Refuse to delete a policy that ratings may name."""
		if self.status not in OPEN:
			frappe.throw(
				_("{0} is {1}: ratings were made with it, so that it cannot be deleted.").format(
					frappe.bold(self.name), _(self.status, context="Star Policy")
				),
				title=_("Policy in Use"),
			)

	def validate_open(self) -> None:
		"""Refuse to change a policy that is or was in force."""
		before = self.get_doc_before_save() or self
		if before.status not in OPEN:
			frappe.throw(
				_("{0} is {1} and read-only. Make a new version of it and change that one.").format(
					frappe.bold(self.name), _(before.status, context="Star Policy")
				),
				title=_("Policy in Use"),
			)

	def keep_standing(self) -> None:
		"""Keep the standing as stored; a policy whose figures changed has not been tried."""
		before = self.get_doc_before_save()
		if not before:
			return
		self.update({fieldname: before.get(fieldname) for fieldname in STANDING})
		if star_mapping(self) != star_mapping(before):
			self.update({**dict.fromkeys(SHOWN), "status": PolicyStatus.DRAFT.value})

	def record_trial(self, summary: str, figures: str | None = None) -> None:
		"""Remember that the figures as stored were tried, and what it showed in words and as JSON tables."""
		self.validate_open()
		shown = (now_datetime(), summary, figures, None)
		self.move(status=PolicyStatus.TRIED.value, **dict(zip(SHOWN, shown, strict=True)))

	@frappe.whitelist(methods=["POST"])
	def activate(self) -> None:
		"""Put a tried policy in force and retire the one before it."""
		self.check_permission("write")
		policy = frappe.get_doc("Star Policy", self.name, for_update=True)
		if policy.status != PolicyStatus.TRIED.value:
			frappe.throw(
				_("{0} is {1}. Try it first, then activate it.").format(
					frappe.bold(policy.name), _(policy.status, context="Star Policy")
				),
				title=_("Policy Not Tried"),
			)
		policy.put_in_force()
		self.reload()

	def put_in_force(self) -> None:
		"""Make this the active policy; the one that was is retired."""
		before = frappe.db.get_value("Star Policy", {"active_key": ACTIVE_KEY}, for_update=True)
		if before:
			retired = frappe.get_doc("Star Policy", before)
			retired.move(status=PolicyStatus.RETIRED.value, active_key=None)
		self.move(
			status=PolicyStatus.ACTIVE.value,
			active_key=ACTIVE_KEY,
			activated_on=now_datetime(),
			activated_by=frappe.session.user,
		)

	@frappe.whitelist(methods=["POST"])
	def new_version(self) -> str:
		"""Return the name of a new draft with the figures of this policy."""
		self.check_permission("create")
		draft = frappe.copy_doc(frappe.get_doc("Star Policy", self.name))
		draft.copied_from = self.name
		return draft.insert().name

	def move(self, **standing: object) -> None:
		"""Save a change of standing, which validate otherwise puts back."""
		self.flags.moves = True
		self.update(standing)
		self.save()
		self.flags.moves = False


@frappe.whitelist(methods=["POST"])
def try_policy(name: str) -> None:
	"""Rate the book with the policy in the background; nothing is written but what that shows."""
	policy_trial.start(get_policy(name, "write"))


@frappe.whitelist(methods=["POST"])
def get_trial_progress(name: str) -> dict[str, Any]:
	"""Return whether a trial of the policy runs, and how far it is; a form asks that hears of no events."""
	return policy_trial.read_progress(get_policy(name, "read").name)


def get_policy(name: str, right: str) -> StarPolicy:
	"""Return the policy for somebody who has the right on it."""
	policy = frappe.get_doc("Star Policy", name)
	policy.check_permission(right)
	return policy
