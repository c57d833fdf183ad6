from typing import Any

import frappe

from cs_retention.cs_retention.record import Record
from cs_retention.merchant_alliance import inspections


class AllianceInspection(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from cs_retention.merchant_alliance.doctype.alliance_inspection_item.alliance_inspection_item import (
			AllianceInspectionItem,
		)

		amended_from: DF.Link | None
		cooperation: DF.Float
		inspected_by: DF.Link | None
		inspected_on: DF.Date
		items: DF.Table[AllianceInspectionItem]
		merchant: DF.Link
		merchant_name: DF.Data | None
		outlet: DF.Data | None
		photo: DF.AttachImage | None
		quality: DF.Float
		remarks: DF.SmallText | None
		result: DF.Literal["", "Passed", "With Defects", "Failed"]
	# end: auto-generated types

	def validate(self) -> None:
		inspections.ask(self)
		inspections.judge(self, is_final=False)

	def before_submit(self) -> None:
		inspections.judge(self, is_final=True)


@frappe.whitelist(methods=["GET"])
def get_questions() -> list[dict[str, Any]]:
	"""Return the questions that an inspection begins with."""
	frappe.has_permission("Alliance Inspection", "create", throw=True)
	return inspections.questions()
