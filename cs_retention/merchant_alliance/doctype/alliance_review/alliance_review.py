from typing import Any

import frappe
from frappe import _
from frappe.utils import escape_html

from cs_retention.cs_retention.record import Record
from cs_retention.merchant_alliance import evidence, reviews, words


class AllianceReview(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from cs_retention.merchant_alliance.doctype.alliance_review_score.alliance_review_score import (
			AllianceReviewScore,
		)

		amended_from: DF.Link | None
		cooperation: DF.Float
		decided_by: DF.Link | None
		earned_tier: DF.Literal["", "Strategic", "Preferred", "Standard", "Probation"]
		is_elimination_proposed: DF.Check
		lacks: DF.SmallText | None
		merchant: DF.Link
		merchant_name: DF.Data | None
		next_tier: DF.Literal["", "Strategic", "Preferred", "Standard", "Probation"]
		override_reason: DF.SmallText | None
		override_tier: DF.Literal["", "Strategic", "Preferred", "Standard", "Probation"]
		override_until: DF.Date | None
		price: DF.Float
		probation_before: DF.Int
		quality: DF.Float
		quarter: DF.Literal["", "Q1", "Q2", "Q3", "Q4"]
		quarter_key: DF.Data | None
		reasons: DF.LongText | None
		reviews_in_probation: DF.Int
		satisfaction: DF.Float
		scores: DF.Table[AllianceReviewScore]
		tier: DF.Literal["", "Strategic", "Preferred", "Standard", "Probation"]
		tier_before: DF.Literal["", "Strategic", "Preferred", "Standard", "Probation"]
		year: DF.Int
	# end: auto-generated types

	def validate(self) -> None:
		reviews.validate_quarter(self)
		self.validate_override()
		self.quarter_key = None
		reviews.assess(self)

	def before_submit(self) -> None:
		reviews.lock_merchant(self)
		self.refuse_after(_("{0} was submitted for a later quarter. Cancel that one first."))
		self.refuse_second()
		# Read once more: another quarter may have been judged while this one waited.
		reviews.assess(self)
		self.quarter_key = reviews.key_of(self)

	def on_submit(self) -> None:
		reviews.apply(self, self.tier, self.reviews_in_probation)

	def before_cancel(self) -> None:
		reviews.lock_merchant(self)
		self.refuse_after(_("{0} was submitted for a later quarter. Cancel that one first."))
		self.quarter_key = None

	def on_cancel(self) -> None:
		reviews.apply(self, self.tier_before, self.probation_before)

	def told(self) -> dict[str, Any]:
		"""Return why the merchant has its tier, and what lacks, in the reader's words; the appraisal prints it."""
		return words.told(self)

	def refuse_after(self, sentence: str) -> None:
		"""Refuse to change a tier under a review of a later quarter."""
		if later := reviews.later_review(self):
			frappe.throw(sentence.format(frappe.bold(later)), title=_("Later Review"))

	def refuse_second(self) -> None:
		"""Refuse a second review of the quarter."""
		held = {"quarter_key": reviews.key_of(self), "name": ("!=", self.name)}
		if other := frappe.db.get_value("Alliance Review", held, for_update=True):
			frappe.throw(
				_("{0} is submitted for {1} {2} already. Amend that one.").format(
					frappe.bold(other), self.quarter, self.year
				),
				title=_("Second Review"),
			)

	def validate_override(self) -> None:
		"""Refuse a tier by decision without its end or its reason, and keep who decided."""
		self.decided_by = frappe.session.user if self.override_tier else None
		if not self.override_tier:
			self.override_until = self.override_reason = None
		elif not self.override_until or not (self.override_reason or "").strip():
			frappe.throw(
				_("Say until when and why {0} is to be {1}.").format(
					frappe.bold(self.merchant_name or self.merchant), frappe.bold(_(self.override_tier))
				),
				title=_("Override"),
			)


@frappe.whitelist(methods=["GET"])
def tell(name: str) -> dict[str, Any]:
	"""Return why a merchant has its tier, and what the nearest better one lacks, in the reader's words."""
	review = frappe.get_doc("Alliance Review", name)
	review.check_permission("read")
	return review.told()


@frappe.whitelist(methods=["GET"])
def gather(merchant: str, year: int, quarter: str) -> list[dict[str, Any]]:
	"""Return the rows that records of a quarter give for a review of a merchant."""
	frappe.has_permission("Alliance Review", "create", throw=True)
	asked = frappe._dict(year=year, quarter=quarter)
	if quarter not in reviews.QUARTERS:
		frappe.throw(_("{0} is no quarter. Give Q1, Q2, Q3 or Q4.").format(frappe.bold(escape_html(quarter))))
	reviews.validate_quarter(asked)
	return [evidence.row_of(found) for found in evidence.found_in(merchant, reviews.quarter_span(asked))]
