from frappe.model.document import Document


class StarPolicyStep(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		bound: DF.Float
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		points: DF.Int
		scale: DF.Literal[
			"Purchase Days", "Commitment Months", "Tenure Years", "Overdue Share", "Item Groups"
		]
	# end: auto-generated types
	pass
