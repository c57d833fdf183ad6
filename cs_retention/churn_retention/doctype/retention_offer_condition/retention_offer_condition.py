from frappe.model.document import Document


class RetentionOfferCondition(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		amount: DF.Currency
		condition: DF.Literal["Level", "No Commitment", "Balance At Least", "Revenue At Least"]
		level: DF.Literal[
			"", "Key Account", "Five Star", "Four Star", "Three Star", "Two Star", "One Star", "New"
		]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
	# end: auto-generated types

	pass
