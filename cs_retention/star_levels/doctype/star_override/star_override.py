import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from cs_retention.cs_retention.record import Record
from cs_retention.cs_retention.states import lock_state

APPROVING_ROLE = "Retention Manager"


class StarOverride(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		amended_from: DF.Link | None
		approved_on: DF.Date | None
		approver: DF.Link
		customer: DF.Link
		level: DF.Literal["Five Star", "Four Star", "Three Star", "Two Star", "One Star"]
		reason: DF.SmallText
		requested_by: DF.Link | None
		until: DF.Date

	# end: auto-generated types
	def before_insert(self) -> None:
		self.requested_by = frappe.session.user

	def validate(self) -> None:
		self.keep_requester()
		self.validate_reason()
		self.validate_until()
		self.validate_approver()

	def before_submit(self) -> None:
		self.validate_approved_by_approver()
		self.validate_only_one()
		self.approved_on = nowdate()

	def keep_requester(self) -> None:
		"""Keep who asked, and that nothing is approved before it is submitted, whatever a request says."""
		if before := self.get_doc_before_save():
			self.requested_by, self.approved_on = before.requested_by, before.approved_on
		else:
			self.approved_on = None

	def validate_reason(self) -> None:
		"""Refuse a reason of blanks."""
		if not (self.reason or "").strip():
			frappe.throw(_("Say why {0} is to have another level.").format(frappe.bold(self.customer)))

	def validate_until(self) -> None:
		"""Refuse an end that has passed."""
		if getdate(self.until) < getdate(nowdate()):
			frappe.throw(
				_("Until {0} lies in the past. Give today or a later date.").format(
					frappe.bold(self.get_formatted("until"))
				),
				title=_("Date Not Possible"),
			)

	def validate_approver(self) -> None:
		"""Refuse an approver who may not approve, or who is the one asking."""
		approver = frappe.bold(self.approver)
		if self.approver == self.requested_by:
			frappe.throw(
				_("{0} asks for this override and cannot approve it. Name another approver.").format(
					approver
				),
				title=_("Invalid Approver"),
			)
		if not has_role(self.approver, APPROVING_ROLE):
			frappe.throw(
				_("{0} has not the role {1}. Name an approver who has it.").format(
					approver, frappe.bold(_(APPROVING_ROLE))
				),
				title=_("Invalid Approver"),
			)

	def validate_approved_by_approver(self) -> None:
		"""Refuse a submission by anybody but the approver."""
		if frappe.session.user != self.approver:
			frappe.throw(
				_("Only {0} can approve this override.").format(frappe.bold(self.approver)),
				frappe.PermissionError,
				title=_("Not the Approver"),
			)

	def validate_only_one(self) -> None:
		"""Refuse a second override while one is in force; the customer's state is locked so that only one gets through."""
		lock_state(self.customer)
		in_force = {"customer": self.customer, "docstatus": 1, "until": (">=", nowdate())}
		if other := frappe.db.get_value("Star Override", in_force, for_update=True):
			frappe.throw(
				_("{0} already has override {1}. Cancel that one first.").format(
					frappe.bold(self.customer), frappe.bold(other)
				),
				title=_("Override in Force"),
			)


def has_role(user: str, role: str) -> bool:
	"""Whether an enabled user was given a role; Administrator counts only when given it."""
	given = frappe.db.exists("Has Role", {"parenttype": "User", "parent": user, "role": role})
	return bool(given and frappe.db.get_value("User", user, "enabled"))
