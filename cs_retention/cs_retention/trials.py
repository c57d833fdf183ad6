"""The background trial of a policy of any kind: nothing is written but what it showed, on the policy itself."""

from collections.abc import Callable
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import nowdate

from cs_retention.cs_retention import policy_life
from cs_retention.cs_retention.document_jobs import do, explained, progress_of
from cs_retention.cs_retention.lost_jobs import enqueue_once, is_at_work

MINUTES = 60


def start(policy: Document, run: Callable[..., None], **chosen: str) -> None:
	"""Enqueue the trial of a policy that may still change, with what was chosen for it; one trial of it runs at a time, one that is lost begins again."""
	policy_life.validate_open(policy)
	if is_running(policy):
		frappe.throw(
			_("{0} is being tried at this moment. Wait until that has ended.").format(
				frappe.bold(policy.name)
			),
			title=_("Not Possible Now"),
		)
	remember(policy.doctype, policy.name, 0)
	set_error(policy.doctype, policy.name, None)
	enqueue_once(
		run,
		job_id(policy.doctype, policy.name),
		MINUTES,
		policy=policy.name,
		as_of=nowdate(),
		language=frappe.local.lang,
		**chosen,
	)


def job_id(doctype: str, policy: str) -> str:
	"""Return the id of a policy's trial among the jobs."""
	return f"{frappe.scrub(doctype)}_trial::{policy}"


def is_running(policy: Document) -> bool:
	"""Whether a trial of the policy waits or runs."""
	return is_at_work(job_id(policy.doctype, policy.name))


def read_progress(policy: Document) -> dict[str, Any]:
	"""Return whether a trial of the policy waits or runs, and how far it is in percent."""
	return progress_of(job_id(policy.doctype, policy.name))


def run(doctype: str, policy: str, language: str, record: Callable[[], None]) -> None:
	"""Try a policy and record what it showed, in a language; or tell on the policy why it failed."""
	do(language, record, lambda error: set_error(doctype, policy, in_words(error)))


def held_unchanged(doctype: str, policy: str, begun: Any) -> Document:
	"""Return the policy, held, unless it was changed since the trial began."""
	tried = frappe.get_doc(doctype, policy, for_update=True)
	if tried.modified != begun:
		frappe.throw(_("{0} was changed while it was tried. Try it again.").format(frappe.bold(policy)))
	return tried


def remember(doctype: str, policy: str, percent: float) -> None:
	"""Keep how far the trial is for forms that ask, and tell those that listen."""
	frappe.cache.set_value(job_id(doctype, policy), percent, expires_in_sec=60 * MINUTES)
	frappe.publish_progress(percent, title=_("Trial"), doctype=doctype, docname=policy)


def set_error(doctype: str, policy: str, text: str | None) -> None:
	"""Store why the last trial failed; forms opened before stay valid."""
	frappe.db.set_value(doctype, policy, "trial_error", text, update_modified=False)


def in_words(error: Exception) -> str:
	"""Return what went wrong and what to do, for a person."""
	return explained(
		error,
		_("The trial took longer than {0} minutes. Try it again when the system is less busy.").format(
			MINUTES
		),
		_("{0}. The Error Log says more; once that is solved, try it again."),
	)
