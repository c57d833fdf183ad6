import frappe

from cs_retention.churn_retention.signal_words import say_reasons
from cs_retention.cs_retention.record import Record
from cs_retention.store.keys import INDEXES


class CustomerHealthChange(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		as_of: DF.Date
		band: DF.Literal["Healthy", "Watch", "At Risk", "Critical", "Prospect"]
		band_before: DF.Literal["", "Healthy", "Watch", "At Risk", "Critical", "Prospect"]
		customer: DF.Link
		health: DF.Int
		health_before: DF.Int
		is_told: DF.Check
		is_worse: DF.Check
		main_reason: DF.Data | None
		main_reason_before: DF.Data | None
		reasons: DF.LongText | None
		state: DF.Link | None
	# end: auto-generated types

	pass


@frappe.whitelist(methods=["GET"])
def get_words(name: str) -> list[str]:
	"""Return the main reason of a change in the reader's language."""
	change = frappe.get_doc("Customer Health Change", name)
	change.check_permission("read")
	return say_reasons(change.reasons, change.as_of, change.as_of)


def on_doctype_update() -> None:
	"""Find the changes of a customer, and those of a night."""
	for name, fieldnames in INDEXES["Customer Health Change"].items():
		frappe.db.add_index("Customer Health Change", list(fieldnames), name)
