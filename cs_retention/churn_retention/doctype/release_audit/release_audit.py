import frappe
from frappe import _
from frappe.model.document import Document

from cs_retention.callbacks.guards import changed_fields, label_of
from cs_retention.callbacks.working_days import today
from cs_retention.cs_retention.record import Record
from cs_retention.cs_retention.refusals import refuse
from cs_retention.engine.reasons import WorkError
from cs_retention.engine.release_audit import AuditResult, check_audit

FOUND = frozenset({"result", "words", "audited_by", "audited_on"})
"""Fields of what was found; all others are the draw's."""


class ReleaseAudit(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		audited_by: DF.Link | None
		audited_on: DF.Date | None
		customer: DF.Link
		month: DF.Data
		release_file: DF.Link
		released_by: DF.Link | None
		released_on: DF.Date | None
		result: DF.Literal["", "In Order", "Not in Order"]
		words: DF.SmallText | None
	# end: auto-generated types

	def validate(self) -> None:
		before = self.get_doc_before_save()
		self.validate_drawn(before)
		if self.result and before.result != self.result:
			self.audited_by, self.audited_on = frappe.session.user, today()
			self.validate_found()

	def validate_drawn(self, before: Document | None) -> None:
		"""Refuse a row that nobody drew, another draw, and another result of what was audited."""
		if before is None:
			frappe.throw(_("The night draws the files that are audited."), title=_("Not Possible"))
		free = frozenset() if before.result else FOUND
		for fieldname in sorted(set(changed_fields(self, before)) - free):
			frappe.throw(
				_("{0} stays as recorded.").format(frappe.bold(label_of(self, fieldname))),
				title=_("Not Possible"),
			)

	def validate_found(self) -> None:
		"""Refuse an audit of one's own file, and a fault without words."""
		try:
			check_audit(AuditResult(self.result), self.words or "", self.audited_by, self.released_by or "")
		except WorkError as error:
			refuse(error, self, _("Not Possible"))
