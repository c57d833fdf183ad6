import frappe

from cs_retention.cs_retention.record import Record
from cs_retention.cs_retention.states import ensure_state
from cs_retention.store.keys import UNIQUE_KEYS


class HeadOfficeLevel(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		customer: DF.Link
		decided_on: DF.Date
		level: DF.Literal["Five Star", "Four Star", "Three Star", "Two Star", "One Star"]
		source: DF.Data
		state: DF.Link | None

	# end: auto-generated types
	def before_validate(self) -> None:
		if self.customer:
			self.state = ensure_state(self.customer)


def on_doctype_update() -> None:
	"""Keep one level per customer, date and source, however often a list is imported."""
	for name, fieldnames in UNIQUE_KEYS["Head Office Level"].items():
		frappe.db.add_unique("Head Office Level", list(fieldnames), constraint_name=name)
