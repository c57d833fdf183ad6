import frappe
from frappe.model.document import Document

from cs_retention.callbacks.replanning import replan
from cs_retention.callbacks.satisfaction import validate_satisfaction
from cs_retention.store.keys import INDEXES


class CustomerTouch(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		callback: DF.Link | None
		channel: DF.Literal["Phone", "Visit", "Video", "WeChat", "Message"]
		contact: DF.Link | None
		customer: DF.Link
		outcome: DF.Literal["Reached", "Visited", "Not Reached", "Refused"]
		person: DF.Link | None
		satisfaction: DF.Int
		source: DF.Data | None
		source_doctype: DF.Link | None
		source_key: DF.Data | None
		source_name: DF.DynamicLink | None
		spoken_to: DF.Data | None
		summary: DF.SmallText | None
		touch_date: DF.Date
		touch_time: DF.Time | None
	# end: auto-generated types

	def validate(self) -> None:
		validate_satisfaction(self)

	def after_insert(self) -> None:
		"""Let the plan follow a contact at once; the touch of a logged call is followed by its callback."""
		if not self.callback and not frappe.flags.in_import:
			replan([self.customer])


def on_doctype_update() -> None:
	"""Index what the night reads of a customer's touches."""
	for name, fieldnames in INDEXES["Customer Touch"].items():
		frappe.db.add_index("Customer Touch", list(fieldnames), name)
