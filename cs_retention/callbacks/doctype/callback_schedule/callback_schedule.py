import frappe
from frappe import _
from frappe.utils import get_time, getdate

from cs_retention.cs_retention.record import Record


class CallbackSchedule(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		customer: DF.Link
		friday: DF.Check
		hours_from: DF.Time | None
		hours_to: DF.Time | None
		monday: DF.Check
		pause_from: DF.Date | None
		pause_reason: DF.SmallText | None
		pause_to: DF.Date | None
		preferred_channel: DF.Literal["", "Phone", "Visit", "Video", "WeChat", "Message"]
		saturday: DF.Check
		sunday: DF.Check
		thursday: DF.Check
		tuesday: DF.Check
		wednesday: DF.Check
	# end: auto-generated types

	def validate(self) -> None:
		self.validate_hours()
		self.validate_pause()

	def validate_hours(self) -> None:
		"""Refuse preferred hours that end before they begin."""
		if self.hours_from and self.hours_to and get_time(self.hours_to) <= get_time(self.hours_from):
			frappe.throw(
				_("Preferred Hours To {0} must be later than Preferred Hours From {1}.").format(
					frappe.bold(self.hours_to), frappe.bold(self.hours_from)
				),
				title=_("Invalid Hours"),
			)

	def validate_pause(self) -> None:
		"""Refuse a pause without a beginning, and one that ends before it begins."""
		if self.pause_to and not self.pause_from:
			frappe.throw(
				_("Pause To {0} needs a Pause From date.").format(
					frappe.bold(self.get_formatted("pause_to"))
				),
				title=_("Invalid Pause"),
			)
		if self.pause_to and getdate(self.pause_to) < getdate(self.pause_from):
			frappe.throw(
				_("Pause To {0} must not be before Pause From {1}.").format(
					frappe.bold(self.get_formatted("pause_to")), frappe.bold(self.get_formatted("pause_from"))
				),
				title=_("Invalid Pause"),
			)
