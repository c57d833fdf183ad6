from frappe.model.document import Document


class ContactPolicyClass(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		email: DF.Literal["Not Needed", "Unless Withdrawn", "Needed"]
		hold_days: DF.Int
		keeps_free: DF.Int
		message_class: DF.Literal["Complaint", "Retention", "Care", "Marketing"]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		sms: DF.Literal["Not Needed", "Unless Withdrawn", "Needed"]
	# end: auto-generated types
	pass
