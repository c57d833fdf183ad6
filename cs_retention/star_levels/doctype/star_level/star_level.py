import frappe
from frappe import _

from cs_retention.cs_retention.record import Record
from cs_retention.cs_retention.refusals import validate_policy
from cs_retention.star_levels.policies import cadence_mapping


class StarLevel(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		channel: DF.Literal["Phone", "Visit", "Video", "WeChat", "Message"]
		contacts_max: DF.Int
		contacts_min: DF.Int
		level: DF.Literal["Key Account", "Five Star", "Four Star", "Three Star", "Two Star", "One Star"]
		min_gap_days: DF.Int
		period: DF.Literal["Week", "Month"]
		position: DF.Int
		visit_months: DF.Int

	# end: auto-generated types
	def validate(self) -> None:
		validate_policy({"cadence": {self.level: cadence_mapping(self)}}, self)

	def on_trash(self) -> None:
		"""Refuse to delete a level: every customer of it would be without a cadence."""
		frappe.throw(
			_("Star Level {0} cannot be deleted. Change its cadence instead.").format(
				frappe.bold(_(self.name))
			),
			title=_("Level in Use"),
		)
