from frappe.model.document import Document


class ChurnPolicyRule(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		raises_signal: DF.Check
		rule: DF.Literal[
			"Lateness",
			"Revenue Halved",
			"Bill Trend",
			"Missing Bill",
			"Overdue Growing",
			"Complaints",
			"Low Satisfaction",
			"Unreached",
			"Contract Ending",
			"Looks Billed",
		]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
	# end: auto-generated types

	pass
