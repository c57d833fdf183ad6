from frappe.model.document import Document


class CustomerFileRequirement(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		part: DF.Literal[
			"Contact",
			"Phone Number",
			"Consent",
			"Birthday",
			"Account Manager",
			"Backup Manager",
			"Decision Maker",
		]
		required_from: DF.Literal[
			"", "Key Account", "Five Star", "Four Star", "Three Star", "Two Star", "One Star"
		]
	# end: auto-generated types
