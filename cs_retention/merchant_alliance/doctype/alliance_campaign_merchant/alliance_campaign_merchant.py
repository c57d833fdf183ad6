from frappe.model.document import Document


class AllianceCampaignMerchant(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		left_on: DF.Date | None
		left_why: DF.Literal["", "Suspended", "Sanctioned", "Eliminated", "Disabled"]
		merchant: DF.Link
		merchant_name: DF.Data | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		tier: DF.Literal["", "Strategic", "Preferred", "Standard", "Probation"]
	# end: auto-generated types

	pass
