from frappe.model.document import Document


class ChurnBacktestBand(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		as_of: DF.Date | None
		band: DF.Literal["Healthy", "Watch", "At Risk", "Critical"]
		card: DF.Literal["Free Buyer", "Contract Customer"]
		customers: DF.Int
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		share: DF.Percent
		stayed: DF.Int
	# end: auto-generated types
	pass
