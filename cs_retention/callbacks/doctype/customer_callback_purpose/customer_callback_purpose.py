from frappe.model.document import Document


class CustomerCallbackPurpose(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		kind: DF.Literal[
			"Complaint", "Retention", "Promise", "Case", "After Service", "Visit", "Quota", "Care"
		]
		met: DF.Check
		obligation_key: DF.Data
		open_key: DF.Data | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		period_end: DF.Date | None
		period_start: DF.Date | None
		window_end: DF.Date | None
		window_start: DF.Date | None
	# end: auto-generated types

	pass
