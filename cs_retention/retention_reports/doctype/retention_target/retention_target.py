from hashlib import sha256

import frappe
from frappe import _
from frappe.utils import flt, getdate

from cs_retention.cs_retention.record import Record
from cs_retention.engine.target_periods import TargetSpan
from cs_retention.engine.targets import ADDED_UP
from cs_retention.engine.vocabulary import Kpi, TargetMeasure, TargetPeriod

KEY_FIELDS = ("kpi", "period", "from_date", "company", "in_territory", "person")
"""What tells targets apart. The territory has a name of its own: Frappe fills `territory` with the default of Selling Settings."""


class RetentionTarget(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		company: DF.Link
		from_date: DF.Date
		in_territory: DF.Link | None
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
		measure: DF.Literal["Figure", "Number"]
		period: DF.Literal["Year", "Quarter", "Month", "Week"]
		person: DF.Link | None
		split_from: DF.Link | None
		target_key: DF.Data | None
		to_date: DF.Date | None
		value: DF.Float
	# end: auto-generated types

	def validate(self) -> None:
		self.set_to_date()
		self.validate_measure()
		self.set_target_key()

	def set_to_date(self) -> None:
		"""Fill the last day; refuse a first day that begins no such period."""
		self.to_date = self.get_span().end

	def get_span(self) -> TargetSpan:
		"""Return the days that the target holds for."""
		try:
			return TargetSpan(TargetPeriod(self.period), getdate(self.from_date))
		except ValueError:
			remedy = (
				_("Give the Monday that the week begins on.")
				if self.period == TargetPeriod.WEEK.value
				else _("Give a day from the 1st to the 28th of a month.")
			)
			frappe.throw(
				_("From {0} begins no {1}. {2}").format(
					frappe.bold(self.get_formatted("from_date")),
					_(self.period, context=self.doctype),
					remedy,
				),
				title=_("Invalid Target"),
			)

	def validate_measure(self) -> None:
		"""Refuse a number that cannot be counted, or added up."""
		if self.measure != TargetMeasure.NUMBER.value:
			return
		if Kpi(self.kpi) not in ADDED_UP:
			frappe.throw(
				_("{0} does not add up over days and people. Set the target on the figure.").format(
					frappe.bold(_(self.kpi))
				),
				title=_("Invalid Target"),
			)
		if flt(self.value) % 1:
			frappe.throw(
				_(
					"Target {0} is no whole number. Give a whole number, or set the target on the figure."
				).format(frappe.bold(self.get_formatted("value"))),
				title=_("Invalid Target"),
			)

	def set_target_key(self) -> None:
		"""Refuse a second target of the same figure, period and holder."""
		told = "|".join(str(self.get(field) or "") for field in KEY_FIELDS)
		self.target_key = sha256(told.encode()).hexdigest()
		other = frappe.db.get_value(self.doctype, {"target_key": self.target_key, "name": ("!=", self.name)})
		if other:
			frappe.throw(
				_(
					"There is already a target of {0} for this period and holder: {1}. Change that one."
				).format(frappe.bold(_(self.kpi)), frappe.utils.get_link_to_form(self.doctype, other)),
				title=_("Invalid Target"),
			)
