from frappe.model.document import Document


class AllianceReviewScore(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		criterion: DF.Literal["Quality", "Price", "Cooperation", "Satisfaction"]
		documents: DF.SmallText | None
		evidence: DF.SmallText
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		part: DF.Data
		score: DF.Float
		source: DF.Literal["", "Inspections", "Complaints", "Returns", "Deliveries", "Campaigns", "Members"]
		weight: DF.Float
	# end: auto-generated types

	pass
