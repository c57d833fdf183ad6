from frappe import _

from cs_retention.churn_retention.case_rules import as_offer
from cs_retention.cs_retention.record import Record
from cs_retention.cs_retention.refusals import refuse
from cs_retention.engine.reasons import PolicyError


class RetentionOffer(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from cs_retention.churn_retention.doctype.retention_offer_condition.retention_offer_condition import (
			RetentionOfferCondition,
		)

		binds_months: DF.Int
		conditions: DF.Table[RetentionOfferCondition]
		cost: DF.Currency
		description: DF.SmallText | None
		disabled: DF.Check
		from_date: DF.Date | None
		offer_name: DF.Data
		to_date: DF.Date | None
		valid_days: DF.Int
	# end: auto-generated types

	def validate(self) -> None:
		"""Refuse an offer that ends before it begins, or whose cost is less than nothing."""
		try:
			as_offer(self)
		except PolicyError as error:
			refuse(error, self, _("Invalid Offer"))
