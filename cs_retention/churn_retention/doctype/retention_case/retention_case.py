from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, flt

from cs_retention.callbacks.guards import changed_fields, label_of
from cs_retention.callbacks.working_days import calendar_of, team_of, today
from cs_retention.churn_retention import case_alerts, case_rows, case_sources
from cs_retention.churn_retention.case_rules import (
	as_record,
	levels_of,
	revenue_of,
	rules_for,
	saved_today,
)
from cs_retention.cs_retention.record import Record
from cs_retention.cs_retention.refusals import refuse
from cs_retention.cs_retention.settings import SETTINGS, case_policy, verification_policy
from cs_retention.cs_retention.states import ensure_state, lock_state
from cs_retention.engine.reasons import WorkError
from cs_retention.engine.retention_case import (
	CLOSED,
	CaseStatus,
	check_record,
	check_single,
	first_contact_due,
	follow_to,
	is_open,
)
from cs_retention.engine.retention_exit import clock_end
from cs_retention.engine.retention_offers import OfferAnswer
from cs_retention.engine.retention_verification import Verification, next_check

STILL_FREE = frozenset({"churn_notes"})
"""Fields of a closed case that people may still write."""
WITH_RELEASE = STILL_FREE | {"release_file"}
"""Fields that change when a lost customer is released."""
OF_SAVE = ("verification", "next_check_on", "monthly_before", "usual_days", "had_contract")
"""Fields that a save is verified by, which no person writes."""
FILLED_LATER = (
	*OF_SAVE,
	"escalated_on",
	*("reached_on", "closed_on", "kept_by", "lost_words", "passed_on", "delay_reason", "release_file"),
	*("open_key", "back_on"),
)
"""Fields that no case begins with."""
FROM_OPENING = (
	*OF_SAVE,
	"escalated_on",
	*("opened_on", "first_contact_due", "levels", "account_manager", "reached_on", "closed_on"),
	*("status_since", "state", "back_on"),
)
"""Fields that the house fills, whatever a request says."""


class RetentionCase(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from cs_retention.churn_retention.doctype.retention_case_check.retention_case_check import (
			RetentionCaseCheck,
		)
		from cs_retention.churn_retention.doctype.retention_case_contact.retention_case_contact import (
			RetentionCaseContact,
		)
		from cs_retention.churn_retention.doctype.retention_case_offer.retention_case_offer import (
			RetentionCaseOffer,
		)
		from cs_retention.churn_retention.doctype.retention_case_reason.retention_case_reason import (
			RetentionCaseReason,
		)

		account_manager: DF.Link | None
		asked_by: DF.Data | None
		asked_on: DF.Date | None
		back_on: DF.Date | None
		checks: DF.Table[RetentionCaseCheck]
		churn_notes: DF.SmallText | None
		churn_signal: DF.Link | None
		closed_on: DF.Date | None
		competitor: DF.Link | None
		contacts: DF.Table[RetentionCaseContact]
		customer: DF.Link
		delay_reason: DF.SmallText | None
		escalated_on: DF.Date | None
		exit_type: DF.Link
		first_contact_due: DF.Date | None
		had_contract: DF.Check
		identity_check: DF.Literal[
			"Not Checked", "ID Document", "Business Licence", "Service Password", "Registered Number Called"
		]
		issue: DF.Link | None
		kept_by: DF.SmallText | None
		let_go_by: DF.Date | None
		levels: DF.Data | None
		lost_words: DF.SmallText | None
		monthly_before: DF.Currency
		next_action_on: DF.Date | None
		next_check_on: DF.Date | None
		offers: DF.Table[RetentionCaseOffer]
		open_key: DF.Data | None
		opened_on: DF.Date | None
		passed_on: DF.Date | None
		previous_case: DF.Link | None
		reached_on: DF.Date | None
		reasons: DF.Table[RetentionCaseReason]
		release_file: DF.Link | None
		source: DF.Literal["Desk Request", "Signal", "Complaint", "Manual", "Relapse"]
		state: DF.Link
		status: DF.Literal["Open", "In Contact", "Offer Pending", "Saved", "Lost", "Released"]
		status_since: DF.Date | None
		usual_days: DF.Int
		value_at_stake: DF.Currency
		verification: DF.Literal["", "Pending", "Verified", "Downgraded", "Relapsed"]
	# end: auto-generated types

	def before_insert(self) -> None:
		self.set_opening()
		self.validate_customer()
		self.validate_single()
		self.validate_previous()
		case_sources.validate_source(self)

	def validate(self) -> None:
		with self.refusing():
			if before := self.get_doc_before_save():
				self.keep_as_opened(before)
				self.validate_closed(before)
				case_rows.keep_contacts(self, before)
				case_rows.keep_offers(self, before)
				self.set_status_by_rows(before)
			check_record(as_record(self), today())
			self.let_go_by = clock_end(as_record(self).request, rules_for(self).calendar)
			if before:
				self.validate_step(before)
		self.open_key = self.state if is_open(CaseStatus(self.status)) else None

	def after_insert(self) -> None:
		case_alerts.call_in(self)
		case_sources.note_on_signal(self)

	def on_trash(self) -> None:
		"""Refuse to delete what people recorded."""
		if self.contacts or self.offers or self.closed_on:
			frappe.throw(
				_("This case holds what people recorded and stays. Close it with its result."),
				title=_("Not Possible"),
			)

	def set_opening(self) -> None:
		"""Begin a case: open, today, with the people and the clock of the customer."""
		if self.status and self.status != CaseStatus.OPEN.value:
			frappe.throw(
				_("A case begins as {0}, not as {1}. Save it, then go on with it.").format(
					frappe.bold(_("Open", context=self.doctype)), frappe.bold(escape_html(self.status))
				),
				title=_("Not Possible"),
			)
		for fieldname in FILLED_LATER:
			self.set(fieldname, None)
		self.contacts, self.offers, self.checks = [], [], []
		self.status, self.opened_on, self.status_since = CaseStatus.OPEN.value, today(), today()
		self.state = ensure_state(self.customer)
		self.account_manager, backup = team_of(self.customer)
		levels = levels_of(self.customer)
		self.levels = ", ".join(sorted(levels))
		policy = case_policy(frappe.get_cached_doc(SETTINGS))
		calendar = calendar_of(self.account_manager or backup, today())
		self.first_contact_due = first_contact_due(today(), levels, policy, calendar)
		self.value_at_stake = flt(self.value_at_stake) or revenue_of(self.customer)

	def validate_customer(self) -> None:
		"""Refuse a customer who is disabled."""
		if frappe.db.get_value("Customer", self.customer, "disabled"):
			frappe.throw(
				_("{0} is disabled. Enable the customer first.").format(
					frappe.bold(escape_html(self.customer))
				),
				title=_("Customer Disabled"),
			)

	def validate_single(self) -> None:
		"""Refuse a second open case; the customer's state is locked so that only one gets through."""
		lock_state(self.customer)
		open_case = frappe.db.get_value(self.doctype, {"open_key": self.state})
		with self.refusing():
			check_single(self.customer, open_case)

	def validate_previous(self) -> None:
		"""Refuse to take up a case of another customer, or one that is not closed."""
		if not self.previous_case:
			return
		customer, status = frappe.db.get_value(self.doctype, self.previous_case, ["customer", "status"])
		if customer != self.customer or is_open(CaseStatus(status)):
			frappe.throw(
				_("{0} is no closed case of {1}. Name one that is, or none.").format(
					frappe.bold(self.previous_case), frappe.bold(escape_html(self.customer))
				),
				title=_("Not Possible"),
			)

	def keep_as_opened(self, before: Document) -> None:
		"""Put back what the house fills, whatever a request says."""
		for fieldname in FROM_OPENING:
			self.set(fieldname, before.get(fieldname))
		self.checks = before.checks

	def validate_closed(self, before: Document) -> None:
		"""Refuse any change of a closed case but its notes, and its release once."""
		if CaseStatus(before.status) not in CLOSED:
			return
		free = WITH_RELEASE if before.status != self.status else STILL_FREE
		for fieldname in changed_fields(self, before):
			if fieldname not in free | {"status"}:
				frappe.throw(
					_(
						"This case is {0} and stays as recorded: {1} cannot be changed. Open a new case instead."
					).format(
						frappe.bold(_(before.status, context=self.doctype)),
						frappe.bold(label_of(self, fieldname)),
					),
					title=_("Case Closed"),
				)

	def set_status_by_rows(self, before: Document) -> None:
		"""Let the state follow what was logged: a talk, an offer, an answer."""
		if self.status != before.status:
			return
		is_pending = any(row.answer == OfferAnswer.OPEN.value for row in self.offers)
		if self.status == CaseStatus.OPEN.value and self.reached_on:
			self.status = CaseStatus.IN_CONTACT.value
		elif self.status == CaseStatus.IN_CONTACT.value and is_pending:
			self.status = CaseStatus.OFFER_PENDING.value
		elif (
			self.status == CaseStatus.OFFER_PENDING.value
			and not is_pending
			and self.offers[-1].answer == OfferAnswer.DECLINED.value
		):
			self.status = CaseStatus.IN_CONTACT.value

	def validate_step(self, before: Document) -> None:
		"""Refuse a state that does not follow, or whose facts are not on record."""
		after = CaseStatus(self.status)
		if before.status == after.value:
			return
		record = replace(as_record(self), status=CaseStatus(before.status))
		follow_to(record, after, rules_for(self), today())
		self.status_since = today()
		if is_open(CaseStatus(before.status)) and not is_open(after):
			self.closed_on = today()
		if after is CaseStatus.SAVED:
			self.note_save()

	def note_save(self) -> None:
		"""Note what the save is measured by: what the customer was worth, how often it bought, whether a contract ran."""
		saved = saved_today(self.customer)
		self.monthly_before, self.usual_days = saved.monthly_before, saved.usual_days
		self.had_contract, self.verification = int(saved.had_contract), Verification.PENDING.value
		policy = verification_policy(frappe.get_cached_doc(SETTINGS))
		self.next_check_on = next_check(saved, (), policy)

	@contextmanager
	def refusing(self) -> Iterator[None]:
		"""Throw what the engine refuses in the words of the form."""
		try:
			yield
		except WorkError as error:
			refuse(error, self, _("Not Possible"))
