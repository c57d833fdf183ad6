import frappe
from frappe import _
from frappe.utils import escape_html, getdate, nowdate

from cs_retention.churn_retention import external_warnings
from cs_retention.cs_retention.inputs import read_names
from cs_retention.cs_retention.record import Record
from cs_retention.engine.vocabulary import WarningStatus
from cs_retention.store.keys import UNIQUE_KEYS

GIVEN = ("customer_given", "source", "batch")
"""What a list says of a warning, and what makes it one."""


class ExternalWarning(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		batch: DF.Data
		customer: DF.Link | None
		customer_given: DF.Data
		note: DF.SmallText | None
		problem: DF.SmallText | None
		signal: DF.Link | None
		source: DF.Data
		status: DF.Literal["Kept Aside", "Taken"]
		warned_on: DF.Date
	# end: auto-generated types

	def before_validate(self) -> None:
		for field in GIVEN:
			self.set(field, (self.get(field) or "").strip())

	def before_insert(self) -> None:
		"""Begin kept aside, and make room: a list that is imported again takes the place of what it left aside."""
		self.update({"status": WarningStatus.KEPT_ASIDE.value, "customer": None, "signal": None})
		aside = {field: self.get(field).strip() for field in GIVEN if self.get(field)}
		aside["status"] = WarningStatus.KEPT_ASIDE.value
		for name in frappe.get_all(self.doctype, aside, pluck="name"):
			frappe.delete_doc(self.doctype, name)

	def validate(self) -> None:
		self.validate_not_taken()
		self.keep_what_follows()
		self.validate_dates()
		self.customer, self.problem = external_warnings.find_customer(self.customer_given)
		self.status = (WarningStatus.TAKEN if self.customer else WarningStatus.KEPT_ASIDE).value
		self.validate_once()

	def on_update(self) -> None:
		"""Raise the signal of a warning whose customer is found."""
		if self.customer and not self.signal:
			self.db_set("signal", external_warnings.raise_signal(self), update_modified=False)

	def validate_not_taken(self) -> None:
		"""Refuse to change a warning that became a signal."""
		before = self.get_doc_before_save()
		if before and before.status == WarningStatus.TAKEN.value:
			frappe.throw(
				_("This warning was taken as a signal and stays. Silence or close {0} instead.").format(
					frappe.utils.get_link_to_form("Churn Signal", before.signal)
				),
				title=_("Warning Taken"),
			)

	def keep_what_follows(self) -> None:
		"""Keep what follows from the customer as stored, whatever a request says."""
		before = self.get_doc_before_save()
		self.signal = before.signal if before else None

	def validate_dates(self) -> None:
		"""Refuse a warning of a day to come."""
		if getdate(self.warned_on) > getdate(nowdate()):
			frappe.throw(
				_("Warned On {0} lies in the future. Give today or an earlier date.").format(
					frappe.bold(self.get_formatted("warned_on"))
				),
				title=_("Date Not Possible"),
			)

	def validate_once(self) -> None:
		"""Refuse a customer that stands on the list already, under whatever spelling."""
		for field in ("customer_given", "customer"):
			value = self.get(field)
			same = {"source": self.source, "batch": self.batch, field: value, "name": ("!=", self.name or "")}
			if value and frappe.db.exists(self.doctype, same):
				frappe.throw(
					_(
						"{0} stands on the list {1} of {2} already. Remove the row, or give the list another batch."
					).format(*(frappe.bold(escape_html(text)) for text in (value, self.batch, self.source))),
					frappe.DuplicateEntryError,
					title=_("Warned Already"),
				)


@frappe.whitelist(methods=["POST"])
def try_again(warnings: list | str) -> dict[str, int]:
	"""Look once more for the customers of warnings that were kept aside."""
	frappe.has_permission("External Warning", "write", throw=True)
	return external_warnings.try_again(read_names(warnings, _("Warnings")))


def on_doctype_update() -> None:
	"""Keep one warning per source, batch and customer, however often a list is imported."""
	for name, fieldnames in UNIQUE_KEYS["External Warning"].items():
		frappe.db.add_unique("External Warning", list(fieldnames), constraint_name=name)
