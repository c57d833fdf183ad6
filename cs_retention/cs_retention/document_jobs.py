"""The background job of a document: one at a time, how far it is, and why it failed, in the document's `status` and `error`."""

from collections.abc import Callable
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import strip_html
from rq.timeouts import JobTimeoutException

from cs_retention.cs_retention.lost_jobs import enqueue_once, is_at_work
from cs_retention.engine.vocabulary import BacktestStatus

MINUTES = 60


def start(doc: Document, job: Callable[..., None], **given: Any) -> None:
	"""Enqueue the job of a document, one at a time; one whose job is lost is begun again."""
	validate_at_rest(doc)
	remember(doc.doctype, doc.name, 0)
	set_status(doc.doctype, doc.name, BacktestStatus.RUNNING, None)
	own = {"name": doc.name, "language": frappe.local.lang, **given}
	enqueue_once(job, job_id(doc.doctype, doc.name), MINUTES, **own)


def validate_at_rest(doc: Document) -> None:
	"""Refuse to touch a document while its job waits or runs."""
	if is_running(doc.doctype, doc.name):
		frappe.throw(
			_("{0} is running at this moment. Wait until that has ended.").format(frappe.bold(doc.name)),
			title=_("Not Possible Now"),
		)


def job_id(doctype: str, name: str) -> str:
	"""Return the id of a document's job among the jobs."""
	return f"{frappe.scrub(doctype)}::{name}"


def is_running(doctype: str, name: str) -> bool:
	"""Whether the job of a document waits or runs."""
	return is_at_work(job_id(doctype, name))


def read_progress(doc: Document) -> dict[str, Any]:
	"""Return whether the job of a document waits or runs, and how far it is in percent."""
	return progress_of(job_id(doc.doctype, doc.name))


def progress_of(job: str) -> dict[str, Any]:
	"""Return whether a job waits or runs, and how far it is in percent."""
	return {"is_running": is_at_work(job), "progress": frappe.cache.get_value(job, expires=True) or 0}


def run(doctype: str, name: str, language: str, record: Callable[[], None]) -> None:
	"""Do the job of a document, in a language; or tell on the document why it failed."""
	do(language, record, lambda error: set_status(doctype, name, BacktestStatus.FAILED, in_words(error)))


def do(language: str, work: Callable[[], None], tell: Callable[[Exception], None]) -> None:
	"""Do the work of a job in a language; what goes wrong is told where a person reads it, and thrown if nobody foresaw it."""
	frappe.local.lang = language
	try:
		work()
	except Exception as error:
		frappe.db.rollback()
		tell(error)
		# Frappe rolls back after an exception; the reason must stay.
		frappe.db.commit()  # nosemgrep: frappe-manual-commit
		if not isinstance(error, frappe.ValidationError):
			raise


def remember(doctype: str, name: str, percent: float) -> None:
	"""Keep how far the job is for forms that ask, and tell those that listen."""
	frappe.cache.set_value(job_id(doctype, name), percent, expires_in_sec=60 * MINUTES)
	frappe.publish_progress(percent, title=_(doctype), doctype=doctype, docname=name)


def set_status(doctype: str, name: str, status: BacktestStatus, error: str | None) -> None:
	"""Store where the job of a document stands; forms opened before stay valid."""
	frappe.db.set_value(doctype, name, {"status": status.value, "error": error}, update_modified=False)


def in_words(error: Exception) -> str:
	"""Return what went wrong and what to do, for a person."""
	return explained(
		error,
		_("It took longer than {0} minutes. Run it again when the system is less busy.").format(MINUTES),
		_("{0}. The Error Log says more; once that is solved, run it again."),
	)


def explained(error: Exception, too_long: str, otherwise: str) -> str:
	"""Return what a job says of an error: of its time that is over, a refusal in its own words, of all else the rest."""
	if isinstance(error, JobTimeoutException):
		return too_long
	said = strip_html(str(error))
	return said if isinstance(error, frappe.ValidationError) else otherwise.format(said)


def kept(before: Document | None, field: Any) -> Any:
	"""Return what a field held before this save; of a new document its default."""
	if before:
		return before.get(field.fieldname)
	return [] if field.fieldtype == "Table" else field.default
