from frappe.model.document import Document


class QuarterlyReportFigure(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		before_denominator: DF.Float
		before_numerator: DF.Float
		currency: DF.Data | None
		denominator: DF.Float
		has_target: DF.Check
		kpi: DF.Literal[
			"Customers Retained",
			"Snapshot Retained",
			"Revenue Retained, Gross",
			"Revenue Retained, Net",
			"Customers Lost",
			"Customers Lost: Left",
			"Customers Lost: Transferred",
			"Customers Lost: Dormant",
			"Revenue Lost",
			"Bound by an Agreement",
			"Bound by an Offer",
			"Bound at All",
			"Saves, Strict",
			"Saves, Verified",
			"Cost per Verified Save",
			"Callbacks in Time",
			"Callbacks Attempted",
			"Callbacks Reached",
			"Callbacks Late",
			"Satisfaction in Callbacks",
			"Contact Quota Met",
			"Customers Contacted",
			"Touches per Customer in 30 Days",
			"Messages Held or Merged",
			"Touches over the Cap",
			"Complaints per 10,000",
			"Escalated Complaints per 10,000",
			"Upheld Complaints per 10,000",
			"Complaints Closed in 3 Days",
			"Repeat Complaints",
			"Solved at First Contact",
			"Satisfied Customers",
			"Satisfaction Repaired",
			"Warnings That Proved Right",
			"Arrears Settled after a Reminder",
			"Absences Covered",
		]
		numerator: DF.Float
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		row_count: DF.Int
		target: DF.Float
		version: DF.Int
		year_denominator: DF.Float
		year_numerator: DF.Float
	# end: auto-generated types

	pass
