from frappe.model.document import Document


class CustomerFact(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		document_field: DF.Data
		document_type: DF.Link
		label: DF.Data
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		value: DF.Literal["Latest", "Earliest", "Sum", "Months Since"]
	# end: auto-generated types

	pass
