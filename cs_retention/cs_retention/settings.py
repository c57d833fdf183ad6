"""The settings as the engine takes them."""

from collections.abc import Sequence
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import cint, flt

from cs_retention.cs_retention.obligation_settings import obligations_mapping
from cs_retention.cs_retention.obligation_settings import text_lines as lines
from cs_retention.engine.callback_work import WorkPolicy
from cs_retention.engine.completeness import PHONE_FORMAT, FilePolicy
from cs_retention.engine.night import NightPolicy
from cs_retention.engine.policy import ContactDocumentPolicy
from cs_retention.engine.quarter_periods import CALENDAR, YearStart
from cs_retention.engine.release_file import ReleasePolicy
from cs_retention.engine.reminders import ReminderPolicy
from cs_retention.engine.retention_case import CasePolicy
from cs_retention.engine.retention_offers import OfferPolicy
from cs_retention.engine.retention_verification import VerificationPolicy
from cs_retention.engine.vocabulary import ContactDocument, FilePart

SETTINGS = "CS Retention Settings"
COUNTS = {
	ContactDocument.CALL_LOG: "count_call_logs",
	ContactDocument.COMMUNICATION: "count_communications",
	ContactDocument.MAINTENANCE_VISIT: "count_maintenance_visits",
	ContactDocument.EVENT: "count_events",
}
"""The switch of each kind of document."""
REMINDER_FIELDS = {
	"hour": "digest_hour",
	"nudge_minutes": "nudge_minutes",
	"escalation_days": "escalation_days",
}
WORK_FIELDS = ("attempts_limit", "summary_minimum", "reminder_hour")
CASE_FIELDS = ("first_contact_days_top", "first_contact_days", "follow_up_days", "follow_up_months")
RELEASE_FIELDS = ("proof_megabytes", "leaver_days", "win_back_days", "audit_percent")


def settings_mapping(doc: Document) -> dict[str, Any]:
	"""Return the settings as the engine's mappings `planning`, `contacts`, `complaints`, `obligations` and `cases`."""
	return {
		"planning": {
			"capacity": cint(doc.capacity),
			"reserve": cint(doc.reserve),
			"horizon_days": cint(doc.horizon_days),
			"new_customer_level": doc.new_customer_level,
		},
		"contacts": {"documents": counted_documents(doc), "call_seconds": cint(doc.call_seconds)},
		"complaints": {
			"issue_types": lines(doc.complaint_issue_types),
			"serious_priorities": lines(doc.serious_priorities),
		},
		"obligations": obligations_mapping(doc),
		"cases": entered(doc, CASE_FIELDS),
	}


def complaint_types() -> list[str]:
	"""Return the types of issues that are complaints."""
	return lines(frappe.get_cached_doc(SETTINGS).complaint_issue_types)


def contact_policy(doc: Document) -> ContactDocumentPolicy:
	"""Return which documents count as a contact, as the engine takes it."""
	return ContactDocumentPolicy(tuple(map(ContactDocument, counted_documents(doc))), cint(doc.call_seconds))


def counted_documents(doc: Document) -> list[str]:
	"""Return the DocTypes whose documents count as a contact."""
	return [kind.value for kind in ContactDocument if cint(doc.get(COUNTS[kind]))]


def night_policy(doc: Document) -> NightPolicy:
	"""Return when and how the night runs, as the engine takes it."""
	return NightPolicy(
		cint(doc.night_hour), cint(doc.catch_up_days), cint(doc.night_workers), cint(doc.night_chunk)
	)


def work_policy(doc: Document) -> WorkPolicy:
	"""Return what is asked of logged calls; a figure that was never entered is the engine's own."""
	return WorkPolicy(**entered(doc, WORK_FIELDS))


def case_policy(doc: Document) -> CasePolicy:
	"""Return the clocks of a retention case."""
	return CasePolicy(**entered(doc, CASE_FIELDS))


def offer_policy(doc: Document) -> OfferPolicy:
	"""Return what people may give away on their own."""
	policy = OfferPolicy(**entered(doc, ("offers_per_year",)))
	percent = doc.get("approval_percent")
	return policy if percent is None else OfferPolicy(flt(percent) / 100, policy.offers_per_year)


def verification_policy(doc: Document) -> VerificationPolicy:
	"""Return when a save is checked, and below what share of earlier revenue it is a downgrade."""
	percent = doc.get("downgraded_percent")
	return (
		VerificationPolicy() if percent is None else VerificationPolicy(downgraded_share=flt(percent) / 100)
	)


def release_policy(doc: Document) -> ReleasePolicy:
	"""Return what is asked of proofs, how long a leaver may be called, and the share of files that is audited."""
	return ReleasePolicy(**entered(doc, RELEASE_FIELDS))


def entered(doc: Document, fields: Sequence[str]) -> dict[str, int]:
	"""Return the figures that were ever entered."""
	values = {field: doc.get(field) for field in fields}
	return {field: cint(value) for field, value in values.items() if value is not None}


def reminder_policy(doc: Document) -> ReminderPolicy:
	"""Return who is reminded of what and when; a figure that was never entered is the engine's own."""
	entered = {name: doc.get(field) for name, field in REMINDER_FIELDS.items()}
	return ReminderPolicy(
		has_digest=bool(cint(doc.send_digests)),
		has_week=bool(cint(doc.send_weekly_digest)),
		**{name: cint(value) for name, value in entered.items() if value is not None},
	)


def file_policy(doc: Document) -> FilePolicy:
	"""Return what customers' files must have."""
	required = {FilePart(row.part): row.required_from for row in doc.file_requirements if row.required_from}
	return FilePolicy(required, doc.phone_format or PHONE_FORMAT)


def year_start(doc: Document) -> YearStart:
	"""Return the day on which the year of the quarters begins; ValueError for what is none."""
	text = doc.get("quarters_begin")
	return YearStart.named(text) if text else CALENDAR
