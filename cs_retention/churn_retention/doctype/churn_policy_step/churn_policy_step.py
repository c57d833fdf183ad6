from frappe.model.document import Document


class ChurnPolicyStep(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		bound: DF.Float
		points: DF.Int
		scale: DF.Literal["Recency", "Lateness", "Repeats", "Bill Trend", "Commitment", "Arrears", "Tenure"]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
	# end: auto-generated types

	pass
