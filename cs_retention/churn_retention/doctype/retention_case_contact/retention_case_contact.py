from frappe.model.document import Document


class RetentionCaseContact(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		channel: DF.Literal["Phone", "Visit", "Video", "WeChat", "Message"]
		contacted_on: DF.Date
		is_reached: DF.Check
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		person: DF.Link
		words: DF.SmallText | None
	# end: auto-generated types

	pass
