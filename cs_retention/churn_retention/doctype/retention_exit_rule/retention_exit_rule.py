from frappe import _

from cs_retention.churn_retention.case_rules import as_exit_rule
from cs_retention.cs_retention.record import Record
from cs_retention.cs_retention.refusals import refuse
from cs_retention.engine.reasons import PolicyError


class RetentionExitRule(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		allows_offers: DF.Check
		clock_days: DF.Int
		description: DF.SmallText | None
		disabled: DF.Check
		exit_type: DF.Data
		has_clock: DF.Check
		stays_in_house: DF.Check
	# end: auto-generated types

	def validate(self) -> None:
		"""Refuse a rule that forbids offers and knows no clock, or one whose clock is none."""
		try:
			as_exit_rule(self)
		except PolicyError as error:
			refuse(error, self, _("Invalid Exit Type"))
