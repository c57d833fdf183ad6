from frappe.model.document import Document


class RetentionCaseCheck(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		checked_on: DF.Date | None
		days: DF.Int
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		result: DF.Literal["Pending", "Verified", "Downgraded", "Relapsed"]
		why: DF.LongText | None
	# end: auto-generated types

	pass
