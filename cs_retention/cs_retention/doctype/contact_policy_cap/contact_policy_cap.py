from frappe.model.document import Document


class ContactPolicyCap(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		channel: DF.Literal["", "Email", "SMS"]
		level: DF.Literal["", "Key Account", "Five Star", "Four Star", "Three Star", "Two Star", "One Star"]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		touches: DF.Int
	# end: auto-generated types
	pass
