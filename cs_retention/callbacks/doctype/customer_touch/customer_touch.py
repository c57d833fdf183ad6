import frappe
from frappe import _

from cs_retention.callbacks.automatic_touches import why
from cs_retention.callbacks.replanning import replan
from cs_retention.callbacks.satisfaction import validate_satisfaction
from cs_retention.cs_retention.record import Record
from cs_retention.store.keys import INDEXES

AUTOMATIC = (
	*(
		"decision",
		"message_class",
		"message_channel",
		"recipient",
		"asked_at",
		"held_until",
		"merged_into",
		"was_held",
	),
	*("contact_policy", "message", "language", "reasons", "message_key", "open_key"),
)
"""What only the contact policy's decisions fill."""


class CustomerTouch(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		asked_at: DF.Datetime | None
		callback: DF.Link | None
		channel: DF.Literal["Phone", "Visit", "Video", "WeChat", "Message"]
		contact: DF.Link | None
		contact_policy: DF.Link | None
		customer: DF.Link
		decision: DF.Literal["", "Sent", "Merged", "Held", "Skipped"]
		held_until: DF.Datetime | None
		language: DF.Data | None
		merged_into: DF.Link | None
		message: DF.Text | None
		message_channel: DF.Literal["", "Email", "SMS"]
		message_class: DF.Literal["", "Legal and Service", "Complaint", "Retention", "Care", "Marketing"]
		message_key: DF.Data | None
		open_key: DF.Data | None
		outcome: DF.Literal["", "Reached", "Visited", "Not Reached", "Refused", "Withdrawn"]
		person: DF.Link | None
		reasons: DF.LongText | None
		recipient: DF.Data | None
		satisfaction: DF.Int
		source: DF.Data | None
		source_doctype: DF.Link | None
		source_key: DF.Data | None
		source_name: DF.DynamicLink | None
		spoken_to: DF.Data | None
		summary: DF.SmallText | None
		touch_date: DF.Date
		touch_time: DF.Time | None
		was_held: DF.Check
	# end: auto-generated types

	def onload(self) -> None:
		"""Say why an automatic touch was decided so."""
		self.set_onload("why", why(self.reasons))

	def before_insert(self) -> None:
		"""Keep no document that a request names: what documents tell of is noted by the house, once."""
		self.source_doctype = self.source_name = self.source_key = None

	def validate(self) -> None:
		self.validate_maker()
		validate_satisfaction(self)

	def validate_maker(self) -> None:
		"""Refuse to change what the house decided, and to enter a touch as if the house had."""
		stored = self.get_doc_before_save()
		if stored and stored.decision:
			frappe.throw(
				_(
					"{0} is an automatic touch and read-only. Enter what you did as a touch of its own."
				).format(frappe.bold(self.name)),
				title=_("Automatic Touch"),
			)
		self.update(dict.fromkeys(AUTOMATIC))
		if not self.outcome:
			frappe.throw(
				_("Give {0}: what came of it?").format(frappe.bold(_("Outcome", context="Customer Touch"))),
				frappe.MandatoryError,
				title=_("Outcome Missing"),
			)

	def after_insert(self) -> None:
		"""Let the plan follow a contact at once; the touch of a logged call is followed by its callback."""
		if not self.callback and not frappe.flags.in_import:
			replan([self.customer])


def on_doctype_update() -> None:
	"""Index what the night reads of a customer's touches."""
	for name, fieldnames in INDEXES["Customer Touch"].items():
		frappe.db.add_index("Customer Touch", list(fieldnames), name)
