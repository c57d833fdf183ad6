import frappe

from cs_retention.cs_retention.record import Record
from cs_retention.store.keys import UNIQUE_KEYS


class BookHandoverRow(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		after: DF.Link | None
		before: DF.Link | None
		callbacks: DF.Int
		cases: DF.Int
		customer: DF.Link
		handover: DF.Link
		promises: DF.Int
		reason: DF.Data | None
		role: DF.Literal["Account Manager", "Backup"]
		status: DF.Literal["Proposed", "Moved", "Left"]
	# end: auto-generated types

	pass


def on_doctype_update() -> None:
	"""A hand-over looks at a customer once per role."""
	for name, fieldnames in UNIQUE_KEYS["Book Handover Row"].items():
		frappe.db.add_unique("Book Handover Row", list(fieldnames), name)
