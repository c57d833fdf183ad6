from frappe.model.document import Document


class ChurnBacktestCard(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		as_of: DF.Date | None
		auc: DF.Float
		auc_high: DF.Float
		auc_low: DF.Float
		card: DF.Literal["Free Buyer", "Contract Customer"]
		customers: DF.Int
		lift: DF.Float
		lost: DF.Int
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		reasons: DF.LongText | None
		stayed: DF.Int
		verdict: DF.Literal["Ranks", "Chance", "Backwards", "Too Little"]
	# end: auto-generated types
	pass
