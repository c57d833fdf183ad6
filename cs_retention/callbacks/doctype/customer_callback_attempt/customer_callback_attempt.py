from frappe.model.document import Document


class CustomerCallbackAttempt(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		attempted_at: DF.Time | None
		attempted_on: DF.Date
		channel: DF.Literal["Phone", "Visit", "Video", "WeChat", "Message"]
		note: DF.SmallText | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		person: DF.Link
		touch: DF.Link | None
	# end: auto-generated types

	pass
