from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from cs_retention.cs_retention.record import Record
from cs_retention.engine.star_review import ReviewStatus
from cs_retention.engine.vocabulary import PolicyStatus
from cs_retention.star_levels import review_jobs
from cs_retention.star_levels.policies import get_active
from cs_retention.star_levels.review_moves import list_group
from cs_retention.star_levels.review_steps import delete_proposals

DECIDES = ("as_of", "kind", "policy", "near_points")
"""Fields that a computed review rests on; a change of one of them takes it back to a draft."""


class StarReview(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		amended_from: DF.Link | None
		applied_on: DF.Datetime | None
		as_of: DF.Date
		computed_on: DF.Datetime | None
		down: DF.Int
		error: DF.SmallText | None
		first_rated: DF.Int
		heartbeat: DF.Datetime | None
		imported: DF.Int
		imported_differ: DF.Int
		job_token: DF.Data | None
		kind: DF.Literal["Initial", "Interim", "Annual"]
		near_next_level: DF.Int
		near_points: DF.Float
		not_rated: DF.Int
		open_key: DF.Data | None
		overrides_kept: DF.Int
		policy: DF.Link
		progress: DF.Percent
		rated: DF.Int
		rated_since: DF.Int
		same: DF.Int
		scheduled_key: DF.Data | None
		status: DF.Literal[
			"Draft", "Computing", "Computed", "Submitting", "Submitted", "Cancelling", "Cancelled", "Failed"
		]
		step: DF.Data | None
		up: DF.Int
	# end: auto-generated types

	def before_validate(self) -> None:
		if not self.policy:
			self.policy = get_active()

	def validate(self) -> None:
		self.validate_as_of()
		self.validate_policy()
		self.keep_what_jobs_write()

	def before_submit(self) -> None:
		self.validate_by_job()

	def before_cancel(self) -> None:
		self.validate_by_job()

	def on_trash(self) -> None:
		review_jobs.validate_not_begun(self)
		delete_proposals(self.name)

	@frappe.whitelist(methods=["POST"])
	def submit(self) -> None:
		"""Apply the proposed ratings in the background; the review is submitted when all stand."""
		self.check_permission("submit")
		review_jobs.start(self, "Submit")

	@frappe.whitelist(methods=["POST"])
	def cancel(self) -> None:
		"""Put back what stood before in the background; the review is cancelled when all does."""
		self.check_permission("cancel")
		review_jobs.start(self, "Cancel")

	def validate_as_of(self) -> None:
		"""Refuse a date that facts cannot speak of yet."""
		if getdate(self.as_of) > getdate(nowdate()):
			frappe.throw(
				_("As Of {0} lies in the future. Give today or an earlier date.").format(
					frappe.bold(self.get_formatted("as_of"))
				),
				title=_("Date Not Possible"),
			)

	def validate_policy(self) -> None:
		"""Refuse a policy that may still change: ratings name it for good."""
		status = frappe.db.get_value("Star Policy", self.policy, "status")
		if self.docstatus == 0 and status != PolicyStatus.ACTIVE.value:
			frappe.throw(
				_("Star Policy {0} is {1}. Choose the active one.").format(
					frappe.bold(self.policy), frappe.bold(_(status))
				),
				title=_("Invalid Policy"),
			)

	def keep_what_jobs_write(self) -> None:
		"""Keep status and figures as the jobs left them, whatever a request says; a changed rule makes a draft again."""
		if self.flags.by_job:
			return
		before = self.get_doc_before_save()
		for field in self.meta.fields:
			if field.read_only and field.fieldname != "amended_from":
				self.set(field.fieldname, before.get(field.fieldname) if before else field.default)
		if before and any(self.has_value_changed(fieldname) for fieldname in DECIDES):
			review_jobs.validate_not_begun(self)
			self.status, self.computed_on = ReviewStatus.DRAFT.value, None

	def validate_by_job(self) -> None:
		"""Refuse a change of docstatus that has not gone through the job, an import or REST for one."""
		if not self.flags.by_job:
			frappe.throw(
				_("{0} is submitted and cancelled by its buttons, which write all ratings.").format(
					frappe.bold(self.name)
				),
				title=_("Not Possible"),
			)


@frappe.whitelist(methods=["POST"])
def compute_review(name: str) -> None:
	"""Rate the book in the background and propose what moves."""
	review = get_review(name, "write")
	review_jobs.start(review, "Compute")


@frappe.whitelist(methods=["POST"])
def submit_review(name: str) -> None:
	"""Apply what was proposed, in the background."""
	get_review(name, "submit").submit()


@frappe.whitelist(methods=["POST"])
def cancel_review(name: str) -> None:
	"""Put back what stood before the review, in the background."""
	get_review(name, "cancel").cancel()


@frappe.whitelist(methods=["POST"])
def list_moves(name: str, group: str, start: int = 0) -> dict[str, Any]:
	"""Return a page of the customers in a group of the review, and how many there are."""
	return list_group(get_review(name, "read"), group, start)


@frappe.whitelist(methods=["POST"])
def get_progress(name: str) -> dict[str, Any]:
	"""Return how far the running step is, and whether its job is lost; a form asks that hears of no events."""
	review = get_review(name, "read")
	is_lost = review.status in review_jobs.RUNNING and review_jobs.is_abandoned(name, review)
	return {"status": review.status, "progress": review.progress, "is_lost": is_lost}


def get_review(name: str, right: str) -> StarReview:
	"""Return the review for somebody who has the right on it."""
	review = frappe.get_doc("Star Review", name)
	review.check_permission(right)
	return review
