from collections.abc import Iterator
from contextlib import contextmanager

import frappe
from frappe import _
from frappe.utils import getdate

from cs_retention.callbacks.guards import changed_fields, label_of
from cs_retention.callbacks.working_days import today
from cs_retention.cs_retention.record import Record
from cs_retention.cs_retention.refusals import refuse
from cs_retention.engine.reasons import WorkError
from cs_retention.engine.recommendation import RecommendationStatus, check_end, check_recommendation

ENDING = frozenset({"status", "used_by", "used_on", "used_words"})
"""Fields that change when a recommendation ends; nothing else changes then, or afterwards."""


class RetentionRecommendation(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		branch: DF.Link | None
		customer: DF.Link
		made_by: DF.Link | None
		offer: DF.Link | None
		reason: DF.SmallText
		recommendation: DF.SmallText
		status: DF.Literal["Open", "Used", "Withdrawn"]
		until: DF.Date
		used_by: DF.Link | None
		used_on: DF.Date | None
		used_words: DF.SmallText | None
	# end: auto-generated types

	def before_insert(self) -> None:
		self.status, self.made_by = RecommendationStatus.OPEN.value, frappe.session.user
		self.used_by = self.used_on = self.used_words = None

	def validate(self) -> None:
		with self.refusing():
			before = self.get_doc_before_save()
			if before is None:
				until = getdate(self.until) if self.until else None
				check_recommendation(self.recommendation or "", self.reason or "", until, today())
				return
			changed = set(changed_fields(self, before))
			if before.status != self.status:
				statuses = RecommendationStatus(before.status), RecommendationStatus(self.status)
				check_end(*statuses, self.used_words or "")
				self.used_by, self.used_on = frappe.session.user, today()
			self.validate_unchanged(changed - (ENDING if before.status != self.status else set()))

	def validate_unchanged(self, changed: set[str]) -> None:
		"""Refuse to change what was recommended: somebody may have acted on it."""
		for fieldname in sorted(changed):
			frappe.throw(
				_("{0} stays as it was recommended. Withdraw this one and make a new one.").format(
					frappe.bold(label_of(self, fieldname))
				),
				title=_("Not Possible"),
			)

	@contextmanager
	def refusing(self) -> Iterator[None]:
		"""Throw what the engine refuses in the words of the form."""
		try:
			yield
		except WorkError as error:
			refuse(error, self, _("Not Possible"))
