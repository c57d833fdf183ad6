import frappe
from frappe import _
from frappe.utils import cint

from cs_retention.cs_retention.record import Record

SPANS = (1, 2, 3, 4, 6, 12)
"""Months that a year falls into without a rest."""


class AllianceTier(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		benefits: DF.SmallText | None
		campaign_slots: DF.Int
		exchange_months: DF.Int
		inspection_months: DF.Int
		listing_order: DF.Int
		tier: DF.Data
	# end: auto-generated types

	def validate(self) -> None:
		if cint(self.exchange_months) not in SPANS:
			frappe.throw(
				_("{0} months cannot be used. Give one of {1}.").format(
					frappe.bold(self.exchange_months), ", ".join(map(str, SPANS))
				),
				title=_("Months Between Exchanges"),
			)
