import frappe
from frappe.model.document import Document

from cs_retention.store.keys import INDEXES


class CustomerCallbackPromise(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		due_date: DF.Date
		kept_on: DF.Date | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		promise: DF.SmallText
		promised_by: DF.Link
		status: DF.Literal["Open", "Kept", "Dropped"]
		todo: DF.Link | None
	# end: auto-generated types

	pass


def on_doctype_update() -> None:
	"""Index what is promised and open by its date."""
	for name, fieldnames in INDEXES["Customer Callback Promise"].items():
		frappe.db.add_index("Customer Callback Promise", list(fieldnames), name)
