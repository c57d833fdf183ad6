from frappe.model.document import Document


class RetentionCaseOffer(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		answer: DF.Literal["Open", "Accepted", "Declined"]
		answered_on: DF.Date | None
		approved_by: DF.Link | None
		bound_until: DF.Date | None
		cost: DF.Currency
		made_by: DF.Link | None
		made_on: DF.Date | None
		offer: DF.Link
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		stands_until: DF.Date | None
	# end: auto-generated types

	pass
