from frappe.model.document import Document

from cs_retention.cs_retention.refusals import validate_policy
from cs_retention.cs_retention.settings import settings_mapping


class CSRetentionSettings(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		capacity: DF.Int
		complaint_issue_types: DF.SmallText | None
		horizon_days: DF.Int
		new_customer_level: DF.Literal["Five Star", "Four Star", "Three Star", "Two Star", "One Star"]
		reserve: DF.Int
		serious_priorities: DF.SmallText | None

	# end: auto-generated types
	def validate(self) -> None:
		validate_policy(settings_mapping(self), self)
