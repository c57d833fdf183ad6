import frappe
from frappe import _
from frappe.utils import format_datetime

from cs_retention.cs_retention import outbox
from cs_retention.cs_retention.inputs import read_names
from cs_retention.cs_retention.record import Record
from cs_retention.cs_retention.retention_outbox import PULSE, hold_until, is_holding
from cs_retention.cs_retention.settings import SETTINGS
from cs_retention.store.keys import INDEXES

MOST = 500
"""Messages of one action, as many as a list shows."""


class MessageOutbox(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		attachments: DF.SmallText | None
		attempts: DF.Int
		body: DF.LongText
		channel: DF.Literal["Email", "SMS"]
		customer_state: DF.Link | None
		dedupe_key: DF.Data
		email_queue: DF.Link | None
		error: DF.SmallText | None
		language: DF.Data | None
		message_class: DF.Literal["", "Legal and Service", "Complaint", "Retention", "Care", "Marketing"]
		ready_at: DF.Datetime
		reason: DF.Literal[
			"",
			"Database Restored",
			"Interrupted While Sending",
			"No Answer from the Gateway",
			"Unsubscribed",
			"Discarded",
		]
		recipient: DF.Data
		reviewed_by: DF.Link | None
		sending_since: DF.Datetime | None
		sent_at: DF.Datetime | None
		status: DF.Literal["Queued", "Sending", "Sent", "Failed", "On Review", "Cancelled"]
		subject: DF.Data | None
		touch_key: DF.Data | None
	# end: auto-generated types

	pass


@frappe.whitelist(methods=["POST"])
def send(messages: list | str) -> int:
	"""Send messages that are held for review or have failed; return how many these were."""
	return outbox.send_again(chosen(messages))


@frappe.whitelist(methods=["POST"])
def discard(messages: list | str) -> int:
	"""Never send messages that are held for review, have failed or still wait; return how many these were."""
	return outbox.discard(chosen(messages))


@frappe.whitelist(methods=["GET"])
def get_hold() -> str | None:
	"""Return until when messages are held for review after a restore, as the reader writes it; None when they are not."""
	frappe.has_permission("Message Outbox", "read", throw=True)
	return format_datetime(hold_until()) if is_holding() else None


@frappe.whitelist(methods=["POST"])
def end_hold() -> None:
	"""Let new messages go out again; what is held stays for whoever reviews it."""
	frappe.has_permission(SETTINGS, "write", throw=True)
	frappe.db.set_single_value(PULSE, "hold_until", None)


def chosen(messages: list | str) -> list[str]:
	"""Return the names of messages that somebody may decide about: who may change the settings."""
	frappe.has_permission("Message Outbox", "read", throw=True)
	frappe.has_permission(SETTINGS, "write", throw=True)
	names = list(dict.fromkeys(read_names(messages, _("Messages", context="CS Retention Settings"))))
	if not 0 < len(names) <= MOST:
		frappe.throw(_("{0} messages were chosen. Choose 1 to {1}.").format(len(names), MOST))
	return names


def on_doctype_update() -> None:
	"""Index what the sweep asks for every minute."""
	for name, fieldnames in INDEXES["Message Outbox"].items():
		frappe.db.add_index("Message Outbox", list(fieldnames), name)
