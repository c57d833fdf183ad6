"""A Quarterly Retention Report on its way to people: each a mail in the own language, once, with what that person may read.

The mail is a message of the outbox with a key of report, state and person, so that nobody gets it twice, whoever asks.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from cs_retention.callbacks.reminder_people import Reader, mail_to, read_managers, read_readers
from cs_retention.cs_retention import outbox
from cs_retention.cs_retention.lost_jobs import enqueue_once
from cs_retention.cs_retention.outbox_office import speaking
from cs_retention.cs_retention.permissions import sees_all
from cs_retention.cs_retention.settings import SETTINGS
from cs_retention.engine.outbox import Message, key_of
from cs_retention.render.quarter import five_sentences, named
from cs_retention.retention_reports import report_files, report_page
from cs_retention.retention_reports.stored_figures import REPORT

LARGEST = 8_000_000
"""Bytes of a workbook that a mail carries; of a larger one it carries the figures without the rows."""

Files = Mapping[str, bytes]


def start(report: Document) -> int:
	"""Enqueue the mails of a computed report, and return how many recipients they have."""
	validate_computed(report)
	count = len(readers_of(report))
	if not count:
		frappe.throw(
			_("Nobody among the recipients may read {0}. Name others in {1}.").format(
				frappe.bold(report.name), frappe.bold(_(SETTINGS))
			),
			title=_("No Recipients"),
		)
	enqueue(report)
	return count


def enqueue(report: Document) -> None:
	"""Enqueue the mails of a report, once: not while they wait or are made."""
	enqueue_once(put_by_name, f"quarterly_report_mails::{report.name}", name=report.name)


def validate_computed(report: Document) -> None:
	"""Refuse to mail what was not computed."""
	if not report.summary:
		frappe.throw(
			_("{0} was not computed yet. Compute it, then mail it.").format(frappe.bold(report.name)),
			title=_("Not Computed"),
		)


def put_by_name(name: str) -> int:
	"""Put the mails of a report into the outbox."""
	return put(frappe.get_doc(REPORT, name))


def put(report: Document) -> int:
	"""Put the mails of a report that nobody was sent yet into the outbox, with their files, and return how many."""
	count = 0
	made = cache(lambda user, language: files_of(report, user, language))
	for reader in readers_of(report):
		key = key_of("quarterly-report", report.name, report.docstatus, reader.user)
		if frappe.db.exists(outbox.OUTBOX, {"dedupe_key": key}):
			continue
		subject, text = words(report, report_page.spoken(reader.language))
		message = mail_to(reader, key, subject, text, now_datetime())
		# Whose address is none finds the report in the desk.
		if message is None:
			continue
		# Who sees every row is sent the same files as anybody else who does.
		files = made("" if sees_all(reader.user) else reader.user, report_page.spoken(reader.language))
		count += put_with_files(message, files)
	return count


def readers_of(report: Document) -> list[Reader]:
	"""Return the recipients that the settings name who may read the report; retention managers where none is named."""
	settings = frappe.get_cached_doc(SETTINGS)
	users = {row.user for row in settings.report_recipients if row.user}
	roles = [row.role for row in settings.report_recipients if row.role]
	for role in roles:
		users |= set(frappe.utils.user.get_users_with_role(role))
	found = read_readers(users if users or roles else read_managers())
	return [
		each
		for each in map(found.__getitem__, sorted(found))
		if each.is_enabled and frappe.has_permission(REPORT, "read", doc=report, user=each.user)
	]


def words(report: Document, language: str) -> tuple[str, str]:
	"""Return subject and text of the mail: the quarter in five sentences, and where the report stands."""
	page = report_page.page_of(report)
	with speaking(language):
		title = _("Retention report: {0}, {1}").format(page.title, named(page.quarter, language))
		is_draft = report.docstatus == 0
		note = _("These figures are a draft: submit the report to freeze them.") if is_draft else ""
		link = _("The report: {0}").format(report_page.address_of(report))
	lines = "\n".join(f"- {sentence}" for sentence in five_sentences(page, language))
	return title, "\n\n".join(filter(None, (lines, note, link)))


def files_of(report: Document, user: str, language: str) -> Files:
	"""Return PDF and workbook of a report; `user` is whose rows they hold, nobody for everybody's."""
	reader = user or "Administrator"
	workbook = report_files.make_workbook(report, reader, language)
	if len(workbook) > LARGEST:
		workbook = report_files.make_workbook(report, reader, language, has_rows=False)
	return {
		report_files.file_name(report, "pdf"): report_files.make_pdf(report, language),
		report_files.file_name(report, "xlsx"): workbook,
	}


def put_with_files(message: Message, files: Files) -> int:
	"""Put a message into the outbox with its files, all or none of it."""
	count = outbox.put([message])
	if count:
		name = frappe.db.get_value(outbox.OUTBOX, {"dedupe_key": message.key})
		kept = json.dumps([{"fid": file} for file in keep_files(name, files.items())])
		frappe.db.set_value(outbox.OUTBOX, name, "attachments", kept, update_modified=False)
	return count


def keep_files(message: str, files: Iterable[tuple[str, bytes]]) -> Iterator[str]:
	"""Keep files as private ones of a message, whom only readers of the outbox can open, and yield their names."""
	for file_name, content in files:
		yield (
			frappe.get_doc(
				{
					"doctype": "File",
					"file_name": file_name,
					"content": content,
					"is_private": 1,
					"attached_to_doctype": outbox.OUTBOX,
					"attached_to_name": message,
				}
			)
			.insert()
			.name
		)
