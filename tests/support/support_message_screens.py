"""A morning of Administrator's for the screens of messages: a digest, messages in every state, a customer to try on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from unittest.mock import patch

from support_desk_screens import SHOPS, add_call

PULSE, OUTBOX = "Outbox Pulse", "Message Outbox"
NORTH = {"en": " North", "zh": "北店"}


def make_messages(frappe: Any, language: str) -> dict[str, str]:
	"""Make the morning anew; return the customer, and the message that is the digest."""
	from cs_retention.callbacks import retention_reminders
	from cs_retention.cs_retention.outbox import put
	from cs_retention.engine.outbox import Message
	from cs_retention.engine.vocabulary import MessageChannel
	from cs_retention.engine.workdays import WorkCalendar

	today = frappe.utils.getdate()
	for doctype in ("Notification Log", OUTBOX):
		frappe.db.delete(doctype)
	frappe.db.delete("Singles", {"doctype": PULSE})
	end_calls_of_administrator(frappe)
	customers = [make_customer(frappe, f"{shop}{NORTH[language]}", language) for shop in SHOPS[language][:3]]
	for late, customer in zip((2, 0, 0), customers, strict=True):
		add_call(frappe, customer, "Administrator", today, today - timedelta(days=late))
	frappe.db.set_single_value("CS Retention Settings", "digest_hour", 0)
	frappe.db.set_single_value("CS Retention Settings", "send_messages", 0)
	# Nobody is sent a digest on a day off, and this may be one.
	with patch.object(WorkCalendar, "is_working", lambda _calendar, _day: True):
		retention_reminders.remind()
	usual = {
		"channel": MessageChannel.EMAIL,
		"body": "Text",
		"language": language,
		"ready_at": datetime(2026, 1, 1),
	}
	put(
		Message(
			key=f"screen|{status.lower()}",
			recipient=f"{number}@example.com",
			subject=SHOPS[language][number],
			**usual,
		)
		for number, status in enumerate(STATES)
	)
	for status, fields in STATES.items():
		frappe.db.set_value(OUTBOX, {"dedupe_key": f"screen|{status.lower()}"}, {"status": status, **fields})
	digest = frappe.db.get_value(OUTBOX, {"dedupe_key": ("like", "digest|Administrator|%")})
	return {"customer": customers[0], "digest": digest}


def end_calls_of_administrator(frappe: Any) -> None:
	"""Have nothing of what other screens left stand in Administrator's morning: ended calls hold no key."""
	theirs = {"responsible": "Administrator", "status": "Planned"}
	names = frappe.get_all("Customer Callback", theirs, pluck="name")
	ended = {"status": "Merged", "open_key": None}
	frappe.db.set_value("Customer Callback", {"name": ("in", names)}, ended)
	frappe.db.set_value("Customer Callback Purpose", {"parent": ("in", names)}, "open_key", None)


STATES: dict[str, dict[str, str]] = {
	"Sent": {},
	"Failed": {"error": "550 no such mailbox"},
	"On Review": {"reason": "Database Restored"},
	"Cancelled": {"reason": "Unsubscribed"},
}


def make_customer(frappe: Any, name: str, language: str) -> str:
	"""Return a customer of Administrator's with a contact."""
	from cs_retention.cs_retention.states import ensure_state

	if not (found := frappe.db.get_value("Customer", {"customer_name": name})):
		doc = {"doctype": "Customer", "customer_name": name, "customer_type": "Company", "language": language}
		found = frappe.get_doc({**doc, "account_manager": "Administrator"}).insert().name
		link = {"link_doctype": "Customer", "link_name": found}
		emails = [{"email_id": "bakery@example.com", "is_primary": 1}]
		frappe.get_doc(
			{"doctype": "Contact", "first_name": name, "email_ids": emails, "links": [link]}
		).insert()
	ensure_state(found)
	return found
