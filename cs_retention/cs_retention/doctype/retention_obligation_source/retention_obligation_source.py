from frappe.model.document import Document


class RetentionObligationSource(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		channel: DF.Literal["Phone", "Visit"]
		days: DF.Int
		five_star: DF.Check
		four_star: DF.Check
		is_on: DF.Check
		key_account: DF.Check
		lapse_days: DF.Int
		new: DF.Check
		notice: DF.Data | None
		one_star: DF.Check
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		share: DF.Float
		source: DF.Literal[
			"Sampled Visit",
			"Complaint Verification",
			"After Delivery",
			"After Maintenance Visit",
			"Maintenance Reminder",
			"Birthday",
			"Festival",
			"After a Save",
			"After Leaving",
			"Merchant Exchange",
			"Campaign Invitation",
		]
		three_star: DF.Check
		two_star: DF.Check
	# end: auto-generated types

	pass
