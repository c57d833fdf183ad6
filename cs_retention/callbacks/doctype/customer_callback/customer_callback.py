import frappe
from frappe.model.document import Document

from cs_retention.callbacks.satisfaction import validate_satisfaction
from cs_retention.cs_retention.states import ensure_state
from cs_retention.store.keys import INDEXES


class CustomerCallback(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from cs_retention.callbacks.doctype.customer_callback_purpose.customer_callback_purpose import (
			CustomerCallbackPurpose,
		)

		account_manager: DF.Link | None
		channel: DF.Literal["Phone", "Visit", "Video", "WeChat", "Message"]
		customer: DF.Link
		done_on: DF.Date | None
		due_date: DF.Date
		is_committed: DF.Check
		occurrence_key: DF.Data | None
		open_key: DF.Data | None
		outcome: DF.Literal["", "Reached", "Visited", "Not Reached", "Refused"]
		planned_on: DF.Date | None
		purposes: DF.Table[CustomerCallbackPurpose]
		reasons: DF.LongText | None
		responsible: DF.Link | None
		satisfaction: DF.Int
		state: DF.Link
		status: DF.Literal["Planned", "Done", "Met", "Skipped", "Missed", "Unreached", "Merged"]
		summary: DF.SmallText | None
		touch: DF.Link | None
		window_end: DF.Date | None
		window_start: DF.Date | None
	# end: auto-generated types

	def before_validate(self) -> None:
		if self.is_new() and self.customer:
			self.state = ensure_state(self.customer)

	def validate(self) -> None:
		validate_satisfaction(self)


def on_doctype_update() -> None:
	"""Index a person's open callbacks by date."""
	for name, fieldnames in INDEXES["Customer Callback"].items():
		frappe.db.add_index("Customer Callback", list(fieldnames), name)
