import frappe

from cs_retention.cs_retention.record import Record
from cs_retention.store.keys import UNIQUE_KEYS


class QuarterlyCohortCustomer(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		account_manager: DF.Link | None
		company: DF.Link
		currency: DF.Data | None
		customer: DF.Link
		customer_group: DF.Link | None
		had_agreement: DF.Check
		is_reconstructed: DF.Check
		quarter: DF.Data
		quarter_start: DF.Date
		revenue_before: DF.Float
		star_level: DF.Literal[
			"", "Key Account", "Five Star", "Four Star", "Three Star", "Two Star", "One Star", "New"
		]
		territory: DF.Link | None
		was_active: DF.Check
		written_on: DF.Date | None
	# end: auto-generated types

	pass


def on_doctype_update() -> None:
	"""A quarter begins with a customer once per company."""
	for name, fieldnames in UNIQUE_KEYS["Quarterly Cohort Customer"].items():
		frappe.db.add_unique("Quarterly Cohort Customer", list(fieldnames), name)
