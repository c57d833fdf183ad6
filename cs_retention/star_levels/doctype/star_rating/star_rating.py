import frappe

from cs_retention.cs_retention.record import Record
from cs_retention.store.keys import INDEXES, UNIQUE_KEYS


class StarRating(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		as_of: DF.Date
		before: DF.LongText | None
		breadth_points: DF.Float
		cadence_before: DF.Literal[
			"", "Key Account", "Five Star", "Four Star", "Three Star", "Two Star", "One Star", "New"
		]
		cadence_changed_on: DF.Date | None
		customer: DF.Link
		frequency_points: DF.Float
		head_office_level: DF.Literal["", "Five Star", "Four Star", "Three Star", "Two Star", "One Star"]
		interim_below: DF.Int
		is_key_account: DF.Check
		key_account_reason: DF.SmallText | None
		kind: DF.Literal["Initial", "Interim", "Annual", "Given Level"]
		level: DF.Literal["Five Star", "Four Star", "Three Star", "Two Star", "One Star", "New"]
		move: DF.Literal["", "Up", "Down", "Same", "First Rating", "New"]
		next_level: DF.Literal["", "Five Star", "Four Star", "Three Star", "Two Star", "One Star", "New"]
		next_level_gap: DF.Float
		override: DF.Link | None
		own_level: DF.Literal["", "Five Star", "Four Star", "Three Star", "Two Star", "One Star", "New"]
		payment_points: DF.Float
		policy_version: DF.Data
		previous_level: DF.Literal["", "Five Star", "Four Star", "Three Star", "Two Star", "One Star", "New"]
		rated_on: DF.Date | None
		rating_valid_until: DF.Date | None
		reasons: DF.LongText | None
		revenue_points: DF.Float
		review: DF.Link | None
		reviewed_on: DF.Date | None
		score: DF.Float
		service_points: DF.Float
		state: DF.Link
		status: DF.Literal["Proposed", "Applied", "Reverted"]
		status_since: DF.Datetime | None
		tenure_points: DF.Float
	# end: auto-generated types

	pass


def on_doctype_update() -> None:
	"""Keep one rating per customer, date, policy version and review, and find those of a review."""
	for name, fieldnames in UNIQUE_KEYS["Star Rating"].items():
		frappe.db.add_unique("Star Rating", list(fieldnames), constraint_name=name)
	for name, fieldnames in INDEXES["Star Rating"].items():
		frappe.db.add_index("Star Rating", list(fieldnames), name)
