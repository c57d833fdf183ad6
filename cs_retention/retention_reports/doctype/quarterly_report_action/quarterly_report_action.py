from frappe.model.document import Document


class QuarterlyReportAction(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		action: DF.SmallText
		agreed_in: DF.Data | None
		due_date: DF.Date
		note: DF.Data | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		person: DF.Link
		source_row: DF.Data | None
		state: DF.Literal["Open", "Done", "Dropped"]
	# end: auto-generated types

	pass
