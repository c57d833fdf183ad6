from frappe.utils.nestedset import NestedSet

from cs_retention.cs_retention.record import Record


class ChurnReason(Record, NestedSet):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		disabled: DF.Check
		is_group: DF.Check
		lft: DF.Int
		old_parent: DF.Link | None
		parent_churn_reason: DF.Link | None
		reason: DF.Data
		rgt: DF.Int
	# end: auto-generated types

	nsm_parent_field = "parent_churn_reason"
