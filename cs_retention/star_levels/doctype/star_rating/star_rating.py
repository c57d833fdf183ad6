import frappe
from frappe.model.document import Document

from cs_retention.store.keys import INDEXES, UNIQUE_KEYS


class StarRating(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		as_of: DF.Date
		breadth_points: DF.Float
		customer: DF.Link
		frequency_points: DF.Float
		is_key_account: DF.Check
		kind: DF.Literal["Initial", "Interim", "Annual"]
		level: DF.Literal["Five Star", "Four Star", "Three Star", "Two Star", "One Star", "New"]
		payment_points: DF.Float
		policy_version: DF.Data
		previous_level: DF.Literal["", "Five Star", "Four Star", "Three Star", "Two Star", "One Star", "New"]
		reasons: DF.LongText | None
		revenue_points: DF.Float
		score: DF.Float
		service_points: DF.Float
		state: DF.Link
		status: DF.Literal["Proposed", "Applied", "Reverted"]
		tenure_points: DF.Float
	# end: auto-generated types

	pass


def on_doctype_update() -> None:
	"""Keep one rating per customer, date, policy version and review, and find those of a review."""
	for name, fieldnames in UNIQUE_KEYS["Star Rating"].items():
		frappe.db.add_unique("Star Rating", list(fieldnames), constraint_name=name)
	for name, fieldnames in INDEXES["Star Rating"].items():
		frappe.db.add_index("Star Rating", list(fieldnames), name)
