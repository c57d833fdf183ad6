import frappe

from cs_retention.cs_retention.record import Record
from cs_retention.store.keys import UNIQUE_KEYS


class RetentionBulletin(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		company: DF.Link
		figures: DF.Int
		month: DF.Date
		workbook: DF.Attach | None
	# end: auto-generated types


def on_doctype_update() -> None:
	"""Make it impossible for a company to have two bulletins of a month."""
	for name, fieldnames in UNIQUE_KEYS["Retention Bulletin"].items():
		frappe.db.add_unique("Retention Bulletin", list(fieldnames), constraint_name=name)
