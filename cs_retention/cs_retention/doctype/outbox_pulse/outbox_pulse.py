from cs_retention.cs_retention.record import Record


class OutboxPulse(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		hold_until: DF.Datetime | None
		last_sweep: DF.Datetime | None
		noticed_on: DF.Datetime | None
		reminded_for: DF.Date | None
	# end: auto-generated types

	pass
