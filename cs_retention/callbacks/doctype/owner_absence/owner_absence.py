import frappe
from frappe import _
from frappe.utils import getdate

from cs_retention.cs_retention.record import Record


class OwnerAbsence(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from_date: DF.Date
		person: DF.Link
		reason: DF.SmallText | None
		to_date: DF.Date
	# end: auto-generated types

	def validate(self) -> None:
		self.validate_person()
		self.validate_dates()

	def validate_person(self) -> None:
		"""Refuse somebody who cannot log in and so has no work to be away from; what was entered before stays."""
		if self.has_value_changed("person") and not frappe.db.get_value("User", self.person, "enabled"):
			frappe.throw(
				_("{0} is disabled. Name a person who can log in.").format(frappe.bold(self.person)),
				title=_("Invalid Absence"),
			)

	def validate_dates(self) -> None:
		"""Refuse an absence that ends before it begins."""
		if getdate(self.to_date) < getdate(self.from_date):
			frappe.throw(
				_("To Date {0} must not be before From Date {1}.").format(
					frappe.bold(self.get_formatted("to_date")), frappe.bold(self.get_formatted("from_date"))
				),
				title=_("Invalid Absence"),
			)
