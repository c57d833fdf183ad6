import frappe
from frappe import _
from frappe.utils import getdate, nowdate, validate_email_address

from cs_retention.cs_retention.record import Record
from cs_retention.engine.consent import OF_AN_ADDRESS, plain_address
from cs_retention.engine.vocabulary import ConsentScope, ConsentStatus
from cs_retention.store.keys import INDEXES


class CustomerConsent(Record):
	"""One entry of what a customer allows; it is never changed, a later entry counts instead."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		address: DF.Data | None
		channel: DF.Literal["Email", "SMS", "All Channels"]
		consent_date: DF.Date
		contact: DF.Link | None
		customer: DF.Link
		evidence: DF.SmallText
		status: DF.Literal["Given", "Withdrawn", "Bounced", "Reachable"]

	# end: auto-generated types
	def validate(self) -> None:
		self.address = plain_address(self.address or "")
		self.validate_date()
		self.validate_address()

	def validate_date(self) -> None:
		"""Refuse what was not said yet."""
		if getdate(self.consent_date) > getdate(nowdate()):
			frappe.throw(
				_("{0} lies in the future. Give the day on which it was said.").format(
					frappe.bold(_("Date", context="Customer Consent"))
				),
				title=_("Invalid Dates"),
			)

	def validate_address(self) -> None:
		"""Refuse an address of no channel, one that is none, and word of no address that it is reached or not."""
		label = frappe.bold(_("Address or Number", context="Customer Consent"))
		if not self.address:
			if ConsentStatus(self.status) in OF_AN_ADDRESS:
				frappe.throw(_("Give {0}: which one is meant?").format(label), frappe.MandatoryError)
			return
		if self.channel == ConsentScope.ALL.value:
			frappe.throw(_("Leave {0} empty, or choose the one channel it belongs to.").format(label))
		if self.channel == ConsentScope.EMAIL.value and not validate_email_address(self.address):
			shown = frappe.bold(frappe.utils.escape_html(self.address))
			frappe.throw(_("{0} is no mail address. Correct it, such as name@example.com.").format(shown))


def on_doctype_update() -> None:
	"""Index what is read of a customer's record."""
	for name, fieldnames in INDEXES["Customer Consent"].items():
		frappe.db.add_index("Customer Consent", list(fieldnames), name)
