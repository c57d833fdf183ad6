from frappe.model.document import Document


class CustomerCallbackReschedule(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		due_date: DF.Date
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		person: DF.Link
		reason: DF.SmallText
		was: DF.Date
	# end: auto-generated types

	pass
