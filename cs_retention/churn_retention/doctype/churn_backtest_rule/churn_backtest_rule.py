from frappe.model.document import Document


class ChurnBacktestRule(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		as_of: DF.Date | None
		card: DF.Literal["Free Buyer", "Contract Customer"]
		fired: DF.Int
		found_share: DF.Percent
		hit_share: DF.Percent
		lead_days: DF.Float
		lost: DF.Int
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		rule: DF.Data | None
	# end: auto-generated types
	pass
