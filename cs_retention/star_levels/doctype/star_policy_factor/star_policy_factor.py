from frappe.model.document import Document


class StarPolicyFactor(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		factor: DF.Literal["Revenue", "Frequency", "Tenure", "Payment", "Service", "Breadth"]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		weight: DF.Float
	# end: auto-generated types
	pass
