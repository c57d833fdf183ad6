"""The background trial of a Star Policy: the book rated with it, nothing written but what it showed."""

import json
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, nowdate, strip_html
from frappe.utils.background_jobs import is_job_enqueued
from rq.timeouts import JobTimeoutException

from cs_retention.cs_retention.states import open_store
from cs_retention.nightly.trial import Trial, try_policy
from cs_retention.star_levels.policies import load_policy

POLICY = "Star Policy"
QUEUE, MINUTES = "long", 60


def start(policy: Document) -> None:
	"""Enqueue the trial of a policy that may still change; one trial of it runs at a time."""
	policy.validate_open()
	if is_running(policy.name):
		frappe.throw(
			_("{0} is being tried at this moment. Wait until that has ended.").format(
				frappe.bold(policy.name)
			),
			title=_("Not Possible Now"),
		)
	remember(policy.name, 0)
	set_error(policy.name, None)
	frappe.enqueue(
		run_trial,
		queue=QUEUE,
		timeout=60 * MINUTES,
		job_id=job_id(policy.name),
		deduplicate=True,
		enqueue_after_commit=True,
		policy=policy.name,
		as_of=nowdate(),
		language=frappe.local.lang,
	)


def job_id(policy: str) -> str:
	"""Return the id of a policy's trial among the jobs."""
	return f"star_policy_trial::{policy}"


def is_running(policy: str) -> bool:
	"""Whether a trial of the policy waits or runs."""
	return is_job_enqueued(job_id(policy))


def read_progress(policy: str) -> dict[str, Any]:
	"""Return whether a trial of the policy waits or runs, and how far it is in percent."""
	return {
		"is_running": is_running(policy),
		"progress": frappe.cache.get_value(job_id(policy), expires=True) or 0,
	}


def run_trial(policy: str, as_of: str, language: str) -> None:
	"""Try a policy as of a date and record what it showed, in a language; or tell on the policy why it failed."""
	frappe.local.lang = language
	try:
		record(policy, as_of)
	except Exception as error:
		frappe.db.rollback()
		set_error(policy, in_words(error))
		# Frappe rolls back after an exception; the reason must stay.
		frappe.db.commit()  # nosemgrep: frappe-manual-commit
		if not isinstance(error, frappe.ValidationError):
			raise


def record(policy: str, as_of: str) -> None:
	"""Rate the book and keep what it showed, unless the policy was changed meanwhile."""
	begun = frappe.db.get_value(POLICY, policy, "modified")
	total = max(1, frappe.db.count("Customer", {"disabled": 0, "is_internal_customer": 0}))
	trial = try_policy(
		open_store(), load_policy(policy), getdate(as_of), lambda done: remember(policy, 100 * done / total)
	)
	tried = frappe.get_doc(POLICY, policy, for_update=True)
	if tried.modified != begun:
		frappe.throw(_("{0} was changed while it was tried. Try it again.").format(frappe.bold(policy)))
	tried.record_trial(summary(trial), json.dumps(figures(trial, as_of), ensure_ascii=False))


def summary(trial: Trial) -> str:
	"""Return what a trial showed as two sentences."""
	moves = _("{0} customers move ({1} up, {2} down, {3} rated for the first time); {4} stay New.").format(
		trial.up + trial.down + trial.first, trial.up, trial.down, trial.first, trial.new
	)
	before, after = trial.calls_per_person
	calls = _("Calls per week and person: from {0} to {1} on average.").format(
		f"{before:.1f}", f"{after:.1f}"
	)
	return f"{moves} {calls}"


def figures(trial: Trial, as_of: str) -> dict[str, Any]:
	"""Return the tables of a trial: customers from level to level, and calls per week of each person."""
	return {
		"as_of": as_of,
		"levels": [[before, after, count] for (before, after), count in trial.levels.items()],
		"people": [
			[person, calls.customers, round(calls.before, 2), round(calls.after, 2)]
			for person, calls in sorted(trial.people.items())
		],
	}


def remember(policy: str, percent: float) -> None:
	"""Keep how far the trial is for forms that ask, and tell those that listen."""
	frappe.cache.set_value(job_id(policy), percent, expires_in_sec=60 * MINUTES)
	frappe.publish_progress(percent, title=_("Trial"), doctype=POLICY, docname=policy)


def set_error(policy: str, text: str | None) -> None:
	"""Store why the last trial failed; forms opened before stay valid."""
	frappe.db.set_value(POLICY, policy, "trial_error", text, update_modified=False)


def in_words(error: Exception) -> str:
	"""Return what went wrong and what to do, for a person."""
	if isinstance(error, JobTimeoutException):
		return _("The trial took longer than {0} minutes. Try it again when the system is less busy.").format(
			MINUTES
		)
	if isinstance(error, frappe.ValidationError):
		return strip_html(str(error))
	return _("{0}. The Error Log says more; once that is solved, try it again.").format(
		strip_html(str(error))
	)
