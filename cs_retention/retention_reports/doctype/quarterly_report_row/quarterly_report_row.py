import frappe

from cs_retention.cs_retention.record import Record
from cs_retention.store.keys import INDEXES


class QuarterlyReportRow(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		account_manager: DF.Link | None
		answered_since: DF.Int
		competitor: DF.Link | None
		complaints: DF.Int
		confirmed_on: DF.Date | None
		contacts: DF.Int
		cost: DF.Float
		counted_in: DF.SmallText | None
		currency: DF.Data | None
		customer: DF.Link | None
		customer_group: DF.Link | None
		day: DF.Date | None
		detail: DF.Data | None
		document: DF.DynamicLink | None
		document_type: DF.Link | None
		done_by: DF.Link | None
		escalated: DF.Int
		has_agreement: DF.Check
		has_soft_tie: DF.Check
		held: DF.Int
		is_active: DF.Check
		is_repeat: DF.Check
		kind: DF.Literal[
			"Customer",
			"Due Callback",
			"Quota",
			"Contacts",
			"Signal",
			"Case",
			"Complaint",
			"Absence",
			"First Contact",
			"Answer",
			"Payment Reminder",
		]
		last_day: DF.Date | None
		level_at_end: DF.Literal[
			"", "Key Account", "Five Star", "Four Star", "Three Star", "Two Star", "One Star", "New"
		]
		merged: DF.Int
		minimum: DF.Int
		new_customer: DF.Check
		over_cap: DF.Int
		reached_in: DF.SmallText | None
		reasons: DF.SmallText | None
		report: DF.Link
		result: DF.Data | None
		revenue_before: DF.Float
		revenue_within: DF.Float
		satisfaction: DF.Int
		star_level: DF.Literal[
			"", "Key Account", "Five Star", "Four Star", "Three Star", "Two Star", "One Star", "New"
		]
		territory: DF.Link | None
		touches: DF.Int
		verification: DF.Data | None
		was_active: DF.Check
	# end: auto-generated types

	pass


def on_doctype_update() -> None:
	"""The rows of a report are found by it, kind by kind."""
	for name, fieldnames in INDEXES["Quarterly Report Row"].items():
		frappe.db.add_index("Quarterly Report Row", list(fieldnames), name)
