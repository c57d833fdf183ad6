import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from cs_retention.cs_retention.record import Record
from cs_retention.cs_retention.refusals import refuse
from cs_retention.engine.alliance_life import sanction
from cs_retention.engine.callback_work import check_reason
from cs_retention.engine.reasons import WorkError
from cs_retention.engine.vocabulary import MerchantLeft
from cs_retention.merchant_alliance.campaigns import leave_all
from cs_retention.merchant_alliance.settings import life_policy


class AllianceSanction(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		amended_from: DF.Link | None
		breach: DF.SmallText
		decided_on: DF.Date
		ends_on: DF.Date | None
		evidence: DF.SmallText
		kind: DF.Literal[
			"Price Not as Agreed", "Benefit Refused", "Voucher Misused", "Complaint Ignored", "Other"
		]
		lift_reason: DF.SmallText | None
		lifted_on: DF.Date | None
		merchant: DF.Link
		merchant_name: DF.Data | None
		tip_from: DF.Link | None
	# end: auto-generated types

	def validate(self) -> None:
		self.validate_tip()
		try:
			made = sanction(
				getdate(self.decided_on), self.breach, self.evidence, life_policy(), getdate(nowdate())
			)
		except WorkError as error:
			refuse(error, self, title=_("Invalid Sanction"))
		self.ends_on, self.lifted_on, self.lift_reason = made.ends_on, None, None

	def on_submit(self) -> None:
		"""Let the merchant leave its campaigns the same day."""
		if getdate(self.ends_on) >= getdate(nowdate()):
			leave_all({self.merchant: MerchantLeft.SANCTIONED})

	def before_update_after_submit(self) -> None:
		"""Keep how it was lifted, whatever a request says."""
		if not self.flags.by_action:
			before = self.get_doc_before_save()
			self.lifted_on, self.lift_reason = before.lifted_on, before.lift_reason

	def validate_tip(self) -> None:
		"""Refuse a tip of the very merchant."""
		if self.tip_from == self.merchant:
			frappe.throw(
				_("{0} cannot have given the tip about itself. Name another merchant or nobody.").format(
					frappe.bold(self.merchant_name)
				),
				title=_("Invalid Sanction"),
			)


@frappe.whitelist(methods=["POST"])
def lift(name: str, reason: str) -> None:
	"""Let a sanction hold no longer, from today on."""
	doc = frappe.get_doc("Alliance Sanction", name, for_update=True)
	doc.check_permission("submit")
	if not doc.docstatus.is_submitted() or doc.lifted_on:
		frappe.throw(_("Only a sanction in force is lifted."), title=_("Not Possible"))
	try:
		check_reason("lift_reason", reason)
	except WorkError as error:
		refuse(error, doc, title=_("Not Possible"))
	doc.flags.by_action = True
	doc.update({"lifted_on": nowdate(), "lift_reason": reason})
	doc.save()
