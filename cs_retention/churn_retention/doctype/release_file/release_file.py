from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import escape_html

from cs_retention.callbacks.replanning import replan
from cs_retention.callbacks.working_days import today
from cs_retention.churn_retention.case_rules import CASE, as_release, owed_by
from cs_retention.cs_retention.record import Record
from cs_retention.cs_retention.refusals import refuse
from cs_retention.cs_retention.settings import SETTINGS, release_policy
from cs_retention.engine.reasons import WorkError
from cs_retention.engine.release_file import FreedKind, check_release
from cs_retention.engine.retention_case import CaseStatus

HOLDER = {"Serial No": "customer", "Subscription": "party", "Contract": "party_name"}
"""The field of what is freed that names the customer who has it."""


class ReleaseFile(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		call_on: DF.Date | None
		consent_by: DF.Data | None
		consent_on: DF.Date | None
		consent_scope: DF.Literal["Release", "Release and Second Sale"]
		customer: DF.Link
		dues: DF.Currency
		exit_type: DF.Link | None
		freed_kind: DF.Literal["Nothing", "Serial No", "Subscription", "Contract", "In Words"]
		freed_name: DF.Data | None
		identity_check: DF.Literal[
			"Not Checked", "ID Document", "Business Licence", "Service Password", "Registered Number Called"
		]
		is_for_second_sale: DF.Check
		may_be_called: DF.Check
		proof: DF.Attach | None
		reasons: DF.SmallText | None
		released_by: DF.Link | None
		released_on: DF.Date | None
		retention_case: DF.Link
		settled_how: DF.SmallText | None
		win_back_until: DF.Date | None
	# end: auto-generated types

	def before_validate(self) -> None:
		if self.docstatus.is_draft():
			case = frappe.get_doc(CASE, self.retention_case)
			case.check_permission("read")
			self.customer, self.exit_type = case.customer, case.exit_type
			self.reasons = "\n".join(
				" · ".join(filter(None, (row.reason, row.words))) for row in case.reasons
			)
			self.dues = max(owed_by(case.customer), 0.0)

	def validate(self) -> None:
		self.validate_case()
		self.validate_freed()
		self.set_calls()

	def before_submit(self) -> None:
		"""Refuse a file that lacks consent, proof, identity or settlement."""
		try:
			check_release(as_release(self), release_policy(frappe.get_cached_doc(SETTINGS)), today())
		except WorkError as error:
			refuse(error, self, _("Not Released"))
		self.released_by, self.released_on = frappe.session.user, today()

	def on_submit(self) -> None:
		"""Release the customer: the case names this file and is closed for good, calls for the quota end."""
		case = frappe.get_doc(CASE, self.retention_case)
		case.release_file, case.status = self.name, CaseStatus.RELEASED.value
		case.save()
		replan([self.customer])

	def validate_case(self) -> None:
		"""Refuse a case whose customer was not lost, or that has another file already."""
		status = frappe.db.get_value(CASE, self.retention_case, "status")
		if status != CaseStatus.LOST.value:
			frappe.throw(
				_("{0} is {1}. A release file is written for a case that is {2}.").format(
					frappe.bold(self.retention_case),
					frappe.bold(_(status, context=CASE)),
					frappe.bold(_("Lost", context=CASE)),
				),
				title=_("Not Possible"),
			)
		own = {"retention_case": self.retention_case, "name": ("!=", self.name), "docstatus": ("<", 2)}
		if other := frappe.db.get_value(self.doctype, own):
			frappe.throw(
				_("{0} has the release file {1} already. Go on with that one.").format(
					frappe.bold(self.retention_case), frappe.bold(other)
				),
				title=_("Not Possible"),
			)

	def validate_freed(self) -> None:
		"""Refuse to free what is not there, or what another customer has."""
		if self.freed_kind == FreedKind.NOTHING.value:
			self.freed_name = None
		if self.freed_kind not in HOLDER or not self.freed_name:
			return
		holder = frappe.db.get_value(self.freed_kind, self.freed_name, HOLDER[self.freed_kind])
		if holder != self.customer:
			frappe.throw(
				_("{0} {1} is not {2}'s. Name one that is, or say in words what is freed.").format(
					_(self.freed_kind),
					frappe.bold(escape_html(self.freed_name)),
					frappe.bold(escape_html(self.customer)),
				),
				title=_("Not Possible"),
			)

	def set_calls(self) -> None:
		"""Say when the leaver is called and until when it may be won back: only with its consent."""
		policy = release_policy(frappe.get_cached_doc(SETTINGS))
		agreed = bool(self.may_be_called)
		self.call_on = today() + timedelta(days=policy.leaver_days) if agreed else None
		self.win_back_until = today() + timedelta(days=policy.win_back_days) if agreed else None
