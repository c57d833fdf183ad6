from frappe.model.document import Document


class AllianceInspectionItem(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		answer: DF.Literal["", "Yes", "Partly", "No"]
		criterion: DF.Literal["Quality", "Cooperation"]
		note: DF.SmallText | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		question: DF.Data
		weight: DF.Float
	# end: auto-generated types

	pass
