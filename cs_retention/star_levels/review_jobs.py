"""The background steps of a Star Review: claimed once, run in pages, resumable, errors told on the document."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import NoReturn

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import format_date, now_datetime
from frappe.utils.background_jobs import is_job_enqueued
from pymysql.err import IntegrityError

from cs_retention.cs_retention.document_jobs import explained
from cs_retention.cs_retention.states import open_store
from cs_retention.engine.star_review import ReviewStatus
from cs_retention.star_levels import review_steps
from cs_retention.store.site import SiteStore

REVIEW = "Star Review"
QUEUE, MINUTES = "long", 60
ABANDONED_AFTER = timedelta(minutes=15)
RETRIES = 5
BOOK = "book"
"""What the one review that changes ratings holds in the unique `open_key`; all others hold nothing."""


@dataclass(frozen=True)
class Step:
	"""One background step: where it starts, what stands while it runs, what it leaves."""

	docstatus: int
	begins_at: tuple[ReviewStatus, ...]
	running: ReviewStatus
	done: ReviewStatus
	run: Callable
	changes_ratings: bool


STEPS = {
	"Compute": Step(
		0,
		(ReviewStatus.DRAFT, ReviewStatus.COMPUTED),
		ReviewStatus.COMPUTING,
		ReviewStatus.COMPUTED,
		review_steps.compute,
		changes_ratings=False,
	),
	"Submit": Step(
		0,
		(ReviewStatus.COMPUTED,),
		ReviewStatus.SUBMITTING,
		ReviewStatus.SUBMITTED,
		review_steps.apply,
		changes_ratings=True,
	),
	"Cancel": Step(
		1,
		(ReviewStatus.SUBMITTED,),
		ReviewStatus.CANCELLING,
		ReviewStatus.CANCELLED,
		review_steps.revert,
		changes_ratings=True,
	),
}
DATES = {"Compute": "computed_on", "Submit": "applied_on"}
ORDERED = ("as_of", "computed_on", "applied_on")
"""Dates that decide which review comes before which."""
RUNNING = {step.running.value for step in STEPS.values()}


class SupersededError(Exception):
	"""The step was started again elsewhere; this attempt must write nothing more."""


@dataclass(frozen=True)
class Run:
	"""One attempt at a step; `token` fences off an attempt that was given up and wakes again."""

	review: Document
	step: str
	token: str
	store: SiteStore

	def write(self, work: Callable[[], None], percent: float) -> None:
		"""Do one page of work as one transaction; a deadlock is rolled back and tried again."""
		for attempt in range(RETRIES):
			try:
				self._write_once(work, percent)
				return
			except (frappe.QueryDeadlockError, frappe.QueryTimeoutError):
				frappe.db.rollback()
				time.sleep(0.2 * 2**attempt)
		self._write_once(work, percent)

	def _write_once(self, work: Callable[[], None], percent: float) -> None:
		self.lock()
		work()
		progress = {"progress": percent, "heartbeat": now_datetime()}
		frappe.db.set_value(REVIEW, self.review.name, progress, update_modified=False)
		# A page is a transaction: locks stay short, and a job that dies is resumed after its last page.
		frappe.db.commit()  # nosemgrep: frappe-manual-commit
		tell(self.review.name, self.step, percent)

	def lock(self) -> None:
		"""Lock the review until the transaction ends; it must still be this attempt's."""
		if frappe.db.get_value(REVIEW, self.review.name, "job_token", for_update=True) != self.token:
			raise SupersededError(self.review.name)


def start(review: Document, step_name: str) -> None:
	"""Claim a step of a stored review and enqueue it; refused with a sentence when it cannot start now."""
	step = STEPS[step_name]
	fieldnames = ("docstatus", "status", "step", "job_token", "heartbeat", *ORDERED)
	stored = frappe.db.get_value(REVIEW, review.name, fieldnames, as_dict=True)
	if not stored or not may_start(review.name, step_name, stored):
		refuse_start(review.name, stored)
	token = frappe.generate_hash(length=16)
	try:
		claim(review, step_name, stored, token)
		if step.changes_ratings:
			validate_order(review.name, stored, step_name)
	except frappe.QueryDeadlockError:
		# Two claims met; the server has rolled this one back, and the other one goes on.
		if not step.changes_ratings:
			raise
		refuse_second()
	frappe.enqueue(
		run_step,
		queue=QUEUE,
		timeout=60 * MINUTES,
		job_id=job_id(review.name, token),
		deduplicate=True,
		enqueue_after_commit=True,
		review=review.name,
		step=step_name,
		token=token,
		language=frappe.local.lang,
	)
	review.reload()


def job_id(review: str, token: str) -> str:
	"""Return the id of one attempt's job; an attempt that was killed must not keep out the next one."""
	return f"star_review::{review}::{token}"


def may_start(name: str, step_name: str, stored: frappe._dict) -> bool:
	"""Whether a step may start: from its own beginning, after its own failure, or after its job was lost."""
	step = STEPS[step_name]
	if stored.docstatus != step.docstatus:
		return False
	if stored.status == ReviewStatus.FAILED.value:
		return stored.step == step_name
	if stored.status == step.running.value:
		return is_abandoned(name, stored)
	return stored.status in {status.value for status in step.begins_at}


def is_abandoned(name: str, stored: frappe._dict | Document) -> bool:
	"""Whether the job of a running step is gone, or has not written a page for long."""
	is_silent = not stored.heartbeat or stored.heartbeat < now_datetime() - ABANDONED_AFTER
	return is_silent or not is_job_enqueued(job_id(name, stored.job_token))


def refuse_start(name: str, stored: frappe._dict | None) -> NoReturn:
	"""Say why a step cannot start."""
	status = _(stored.status) if stored else _("not saved yet")
	frappe.throw(
		_("Star Review {0} is {1}. Reload it to see what can be done now.").format(
			frappe.bold(name), frappe.bold(status)
		),
		title=_("Not Possible Now"),
	)


def claim(review: Document, step_name: str, stored: frappe._dict, token: str) -> None:
	"""Take the step, and the book when ratings change; of several at once exactly one gets through."""
	step = STEPS[step_name]
	found = {"docstatus": stored.docstatus, "status": stored.status, "job_token": stored.job_token}
	taken = {
		"status": step.running.value,
		"step": step_name,
		"job_token": token,
		"heartbeat": now_datetime(),
		"progress": 0,
		"error": None,
		"open_key": BOOK if step.changes_ratings else None,
	}
	try:
		is_ours = open_store().claim(REVIEW, review.name, found, taken)
	except IntegrityError as error:
		if not frappe.db.is_unique_key_violation(error):
			raise
		refuse_second()
	if not is_ours:
		refuse_start(review.name, frappe._dict(status=step.running.value))


def refuse_second() -> NoReturn:
	"""Say which review changes ratings at this moment."""
	other = frappe.db.get_value(REVIEW, {"open_key": BOOK}, for_update=True)
	frappe.throw(
		_("Star Review {0} is changing ratings at this moment. Wait until it has ended.").format(
			frappe.bold(other or "")
		),
		title=_("Another Review Is Running"),
	)


def validate_order(name: str, stored: frappe._dict, step_name: str) -> None:
	"""Refuse what would change ratings under a review that was submitted later; read past the snapshot.

	The dates are those that stand, whatever a request says of them; none has changed since, as the step was claimed.
	"""
	others = {"docstatus": 1, "name": ("!=", name)}
	since = stored.computed_on if step_name == "Submit" else stored.applied_on
	later = frappe.db.get_value(REVIEW, {**others, "applied_on": (">", since)}, for_update=True)
	if later and step_name == "Cancel":
		frappe.throw(
			_("Star Review {0} was submitted after this one. Cancel that one first.").format(
				frappe.bold(later)
			),
			title=_("Later Review"),
		)
	if later:
		refuse_stale(later)
	newer = frappe.db.get_value(
		REVIEW, {**others, "as_of": (">", stored.as_of)}, ["name", "as_of"], for_update=True, as_dict=True
	)
	if newer and step_name == "Submit":
		frappe.throw(
			_("Star Review {0} as of {1} is submitted already. Give a date that is not earlier.").format(
				frappe.bold(newer.name), frappe.bold(format_date(newer.as_of))
			),
			title=_("Later Review"),
		)


def refuse_stale(later: str) -> NoReturn:
	"""Say that what was computed no longer rests on what stands."""
	frappe.throw(
		_("Star Review {0} was submitted after this one was computed. Compute it again.").format(
			frappe.bold(later)
		),
		review_steps.StaleReviewError,
		title=_("Ratings Have Changed"),
	)


def validate_not_begun(review: Document) -> None:
	"""Refuse to change or delete a review whose job runs, or whose ratings are partly applied."""
	status, step = frappe.db.get_value(REVIEW, review.name, ("status", "step"))
	is_begun = status in RUNNING or (status == ReviewStatus.FAILED.value and STEPS[step].changes_ratings)
	if is_begun:
		frappe.throw(
			_("Star Review {0} is {1} and cannot be changed.").format(
				frappe.bold(review.name), frappe.bold(_(status))
			),
			title=_("Not Possible Now"),
		)


def run_step(review: str, step: str, token: str, language: str | None = None) -> None:
	"""Run a claimed step to its end, or tell on the document why it failed; resumed, it goes on where it stopped.

	It speaks the language of the screen it was started on.
	"""
	frappe.local.lang = language or frappe.local.lang
	run = Run(frappe.get_doc(REVIEW, review), step, token, open_store())
	try:
		STEPS[step].run(run)
		finish(run)
	except SupersededError:
		frappe.db.rollback()
	except Exception as error:
		frappe.db.rollback()
		fail(run, error)
		if not isinstance(error, frappe.ValidationError):
			raise


def finish(run: Run) -> None:
	"""Set what the step leaves, the docstatus included, as the user who started it."""
	run.lock()
	step = STEPS[run.step]
	review = frappe.get_doc(REVIEW, run.review.name)
	# The job writes for the user whose right was checked when the step was started, whatever rights they hold by now.
	review.flags.by_job = review.flags.ignore_permissions = True
	review.update({"status": step.done.value, "progress": 100, "error": None, "open_key": None})
	review.update({DATES[run.step]: now_datetime()} if run.step in DATES else {})
	review.update(review_steps.read_figures(run))
	{"Compute": review.save, "Submit": review._submit, "Cancel": review._cancel}[run.step]()
	# The job ends here; what the form is told must be true.
	frappe.db.commit()  # nosemgrep: frappe-manual-commit
	tell(review.name, run.step, 100)


def fail(run: Run, error: Exception) -> None:
	"""Keep the failure on the document; the book is given free unless ratings are partly changed."""
	is_stale = isinstance(error, review_steps.StaleReviewError)
	left = {
		"status": ReviewStatus.FAILED.value,
		"step": "Compute" if is_stale else run.step,
		"error": in_words(error),
		"open_key": BOOK if review_steps.is_partly_done(run.review.name, run.step) else None,
	}
	if open_store().claim(REVIEW, run.review.name, {"job_token": run.token}, left):
		# Frappe rolls back after an exception; the failure must stay.
		frappe.db.commit()  # nosemgrep: frappe-manual-commit
		tell(run.review.name, run.step, 100)


def in_words(error: Exception) -> str:
	"""Return what went wrong and what to do, for a person."""
	return explained(
		error,
		_("The job took longer than {0} minutes. Start it again: it goes on where it stopped.").format(
			MINUTES
		),
		_("{0}. The Error Log says more; once that is solved, start it again."),
	)


def tell(review: str, step: str, percent: float) -> None:
	"""Tell open forms of the review how far the step is."""
	frappe.publish_progress(percent, title=_(STEPS[step].running.value), doctype=REVIEW, docname=review)
