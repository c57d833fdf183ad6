"""The star reviews of the calendar, where the policy has them proposed: opened and computed by themselves, never submitted."""

from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import format_date, getdate

from cs_retention.cs_retention.bells import for_each, managers, ring
from cs_retention.cs_retention.states import STATE
from cs_retention.engine.star_review import ReviewStatus
from cs_retention.engine.star_settlement import ReviewKind
from cs_retention.engine.vocabulary import ScheduledReviews
from cs_retention.star_levels import review_jobs
from cs_retention.star_levels.policies import STAR_POLICY
from cs_retention.star_levels.review_jobs import REVIEW

REGISTER = "cs_retention_scheduled_review"
"""Global default with the last month whose review was opened, so that one a manager deleted does not come back."""

BEGUN = (ReviewStatus.DRAFT.value, ReviewStatus.COMPUTING.value, ReviewStatus.FAILED.value)
"""Where a review stands whose computation never ended."""


def open_scheduled_review(as_of: date | str) -> str | None:
	"""Open and compute the one review of the month that `as_of` lies in and return its name; None when none is due.

	January's is the annual review, every other month's an interim one. Nothing is due where the policy applies
	reviews automatically, or before anybody was rated in an earlier month. Called again it goes on with a computation
	that was lost. Its caller, a job of Administrator's, commits, and the computation starts then.
	"""
	as_of = getdate(as_of)
	if not are_proposed():
		return None
	kind = ReviewKind.ANNUAL if as_of.month == 1 else ReviewKind.INTERIM
	key = f"{kind.value} {as_of:%Y-%m}"
	if name := frappe.db.get_value(REVIEW, {"scheduled_key": key}):
		go_on(name)
		return name
	return open_review(as_of, kind, key) if is_due(as_of) else None


def are_proposed() -> bool:
	"""Whether the active policy leaves the reviews of the calendar to a manager."""
	policy = {"active_key": STAR_POLICY, "scheduled_reviews": ScheduledReviews.PROPOSED.value}
	return bool(frappe.db.exists(STAR_POLICY, policy))


def is_due(as_of: date) -> bool:
	"""Whether no review was opened for this month or a later one, and somebody's rating is of an earlier month."""
	# Past the cache of defaults, which could hold what a transaction that broke off had set.
	last_opened = (
		frappe.db.get_value("DefaultValue", {"parent": "__global", "defkey": REGISTER}, "defvalue") or ""
	)
	return f"{as_of:%Y-%m}" > last_opened and bool(
		frappe.db.exists(STATE, {"reviewed_on": ("<", as_of.replace(day=1))})
	)


def open_review(as_of: date, kind: ReviewKind, key: str) -> str | None:
	"""Insert the review, start its computation and tell the managers; None when somebody else was first."""
	review = frappe.new_doc(REVIEW, as_of=as_of, kind=kind.value, scheduled_key=key)
	# Only a job may fill the key.
	review.flags.by_job = True
	frappe.db.savepoint(REGISTER)
	try:
		review.insert()
	except frappe.UniqueValidationError:
		frappe.db.rollback(save_point=REGISTER)
		frappe.clear_last_message()
		return None
	frappe.db.set_global(REGISTER, f"{as_of:%Y-%m}")
	review_jobs.start(review, "Compute")
	tell_managers(review)
	return review.name


def go_on(name: str) -> None:
	"""Start the computation again if it failed or its job was lost."""
	fieldnames = ("docstatus", "status", "step", "job_token", "heartbeat")
	stored = frappe.db.get_value(REVIEW, name, fieldnames, as_dict=True)
	if stored.status in BEGUN and review_jobs.may_start(name, "Compute", stored):
		review_jobs.start(frappe.get_doc(REVIEW, name), "Compute")


def tell_managers(review: Document) -> None:
	"""Leave every Retention Manager an alert, each in their own language; alerts are never mailed."""
	day = format_date(review.as_of)
	ring(
		for_each(
			managers(),
			f"scheduled-review|{review.name}",
			lambda language: _(
				"{0} as of {1} is being computed. Look at what moves, then submit it.", language
			).format(review.name, day),
			f"/app/star-review/{review.name}",
			REVIEW,
			review.name,
		)
	)
