from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.utils import escape_html, formatdate, getdate, nowdate

from cs_retention.churn_retention import signal_calls, signal_evidence
from cs_retention.churn_retention.signal_words import said
from cs_retention.cs_retention.inputs import TEXT_BYTES, read_date, read_text
from cs_retention.cs_retention.record import Record
from cs_retention.cs_retention.states import STATE, ensure_state, look_anew
from cs_retention.engine.churn_signals import ENTERED_RULES
from cs_retention.engine.health_policy import NIGHT_RULES
from cs_retention.engine.vocabulary import SignalClosing, SignalRule, SignalStatus
from cs_retention.nightly.signals import open_key
from cs_retention.store.keys import INDEXES

ACTING = object()
"""What `flags.acting` holds while an action or a job changes a signal; no request can hand it over."""

PEOPLE_SAY = (SignalClosing.TRUE_WARNING, SignalClosing.KNOWN_CAUSE, SignalClosing.FALSE_ALARM)
"""What a person says a signal was when closing it."""

WRITTEN_BY_PEOPLE = ("competitor", "note")
"""Fields that stay open to people while an entered signal is open."""


class ChurnSignal(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		acted_by: DF.Link | None
		acted_on: DF.Date | None
		callback: DF.Link | None
		close_note: DF.SmallText | None
		closed_as: DF.Literal[
			"",
			"True Warning",
			"Known Cause",
			"False Alarm",
			"Proposal Accepted",
			"Fact Gone",
			"Customer Lost",
			"Merged",
		]
		closed_by: DF.Link | None
		closed_on: DF.Date | None
		competitor: DF.Link | None
		customer: DF.Link
		evidence: DF.LongText | None
		figures_on: DF.Date | None
		night_key: DF.Data | None
		note: DF.SmallText | None
		open_key: DF.Data | None
		raised_on: DF.Date | None
		reasons: DF.LongText | None
		retention_case: DF.Link | None
		rule: DF.Literal[
			"Lateness",
			"Revenue Halved",
			"Bill Trend",
			"Missing Bill",
			"Overdue Growing",
			"Complaints",
			"Low Satisfaction",
			"Unreached",
			"Contract Ending",
			"Looks Billed",
			"Cancellation Asked",
			"Port-Out Asked",
			"Competitor Named",
			"External Warning",
		]
		snooze_reason: DF.SmallText | None
		snoozed_by: DF.Link | None
		snoozed_until: DF.Date | None
		state: DF.Link | None
		status: DF.Literal["Open", "Snoozed", "Closed"]
		value_at_risk: DF.Currency
	# end: auto-generated types

	def before_validate(self) -> None:
		if self.is_new() and self.customer:
			self.state = ensure_state(self.customer)

	def validate(self) -> None:
		if self.flags.acting is ACTING:
			return
		if self.is_new():
			self.begin()
		else:
			self.keep_as_stored()
		self.validate_competitor()

	def begin(self) -> None:
		"""Make what a person enters an open signal; facts that the night finds are not entered."""
		if self.rule not in [rule.value for rule in ENTERED_RULES]:
			frappe.throw(
				_("{0} is found by the night and not entered. Choose one of: {1}.").format(
					frappe.bold(_(self.rule, context=self.doctype)),
					", ".join(_(rule.value, context=self.doctype) for rule in ENTERED_RULES),
				),
				title=_("Not Possible"),
			)
		for field in self.meta.fields:
			if field.read_only and field.fieldname != "state":
				self.set(field.fieldname, None)
		self.open_as_of(getdate(nowdate()))

	def open_as_of(self, day: date) -> None:
		"""Open the signal on a day, once per customer and rule."""
		self.status, self.raised_on, self.figures_on = SignalStatus.OPEN.value, day, day
		self.value_at_risk = frappe.db.get_value(STATE, self.state, "value_at_risk")
		self.open_key = self.night_key = open_key(self.state, SignalRule(self.rule))
		if standing := frappe.db.get_value(self.doctype, {"open_key": self.open_key}):
			frappe.throw(
				_(
					"{0} has an open signal of this rule already: {1}. Add to that one, or close it first."
				).format(
					frappe.bold(escape_html(self.customer)),
					frappe.utils.get_link_to_form(self.doctype, standing),
				),
				frappe.DuplicateEntryError,
				title=_("Signal Open Already"),
			)

	def keep_as_stored(self) -> None:
		"""Keep what only actions and the night change, and everything once the signal is closed."""
		before = self.get_doc_before_save()
		is_free = before.status != SignalStatus.CLOSED.value and before.rule not in NIGHT_RULES
		for field in self.meta.fields:
			if field.read_only or (field.fieldname in WRITTEN_BY_PEOPLE and not is_free):
				self.set(field.fieldname, before.get(field.fieldname))

	def validate_competitor(self) -> None:
		"""Ask which competitor was named."""
		if self.rule == SignalRule.COMPETITOR_NAMED.value and not self.competitor:
			frappe.throw(
				_(
					"Say which {0} was named; the list of competitors is short, add one that is missing."
				).format(frappe.bold(_("Competitor", context=self.doctype))),
				frappe.MandatoryError,
				title=_("Competitor Missing"),
			)

	def on_trash(self) -> None:
		"""Refuse to delete what people said of a signal."""
		if self.acted_on or self.closed_by or self.snoozed_by:
			frappe.throw(
				_("This signal holds what people said of it and stays. Close it instead."),
				title=_("Not Possible"),
			)

	@frappe.whitelist(methods=["POST"])
	def snooze(self, until: date | str, reason: str) -> None:
		"""Silence the rule for this customer until a date, with the reason."""
		doc = self.held()
		doc.silence(read_date(until, _("Silent Until")), reason)
		self.reload()

	def silence(self, until: date, reason: str) -> None:
		"""Snooze a signal that is held."""
		self.validate_not_closed()
		validate_snooze(until, reason)
		self.write_action(
			status=SignalStatus.SNOOZED.value,
			snoozed_until=until,
			snooze_reason=reason.strip(),
			snoozed_by=frappe.session.user,
		)

	@frappe.whitelist(methods=["POST"])
	def wake(self) -> None:
		"""Let a snoozed signal speak again."""
		doc = self.held()
		doc.validate_not_closed()
		doc.write_action(status=SignalStatus.OPEN.value, snoozed_until=None)
		# Its fact may have gone meanwhile, with a health that is long known.
		look_anew(doc.state)
		self.reload()

	@frappe.whitelist(methods=["POST"])
	def close(self, closed_as: str, note: str | None = None) -> None:
		"""Close the signal with a word on what it was; a rule of the night stays silent until its fact is gone."""
		doc = self.held()
		doc.validate_not_closed()
		validate_closing(closed_as, note)
		doc.end(SignalClosing(closed_as), (note or "").strip())
		self.reload()

	@frappe.whitelist(methods=["POST"])
	def accept(self) -> None:
		"""Mark a customer who looks billed as billed: from the next night on the contract customers' card holds."""
		doc = self.held()
		doc.validate_not_closed()
		if doc.rule != SignalRule.LOOKS_BILLED.value:
			frappe.throw(_("Only the proposal that a customer is billed can be accepted."))
		customer = frappe.get_doc("Customer", doc.customer)
		customer.check_permission("write")
		customer.retention_billed = 1
		customer.save()
		doc.end(SignalClosing.ACCEPTED, "")
		self.reload()

	@frappe.whitelist(methods=["POST"])
	def make_callback(self) -> dict[str, Any]:
		"""Have the customer called about this signal."""
		self.check_permission("write")
		made = signal_calls.make_callbacks([self.name])
		self.reload()
		return made

	def held(self) -> "ChurnSignal":
		"""Return the signal as stored now, held so that nobody else acts on it meanwhile."""
		self.check_permission("write")
		return frappe.get_doc(self.doctype, self.name, for_update=True)

	def end(self, closing: SignalClosing, note: str) -> None:
		"""Close the signal and keep the documents that were seen; what people entered frees its rule at once."""
		is_found, evidence = SignalRule(self.rule) in NIGHT_RULES, signal_evidence.dump_evidence(self)
		self.write_action(
			status=SignalStatus.CLOSED.value,
			closed_as=closing.value,
			close_note=note or None,
			closed_on=getdate(nowdate()),
			closed_by=frappe.session.user,
			night_key=None,
			open_key=self.open_key if is_found else None,
		)
		# Nobody writes the level that this field stands on: it names documents that not everybody may read.
		self.db_set("evidence", evidence, update_modified=False)

	def validate_not_closed(self) -> None:
		"""Refuse to act on a signal that has ended, as a second press of the button does."""
		if self.status == SignalStatus.CLOSED.value:
			frappe.throw(
				_("This signal is closed already, as {0}.").format(
					frappe.bold(_(self.closed_as, context=self.doctype))
				),
				title=_("Signal Closed"),
			)

	def write_action(self, **fields: object) -> None:
		"""Save what an action changed."""
		self.flags.acting = ACTING
		self.update(fields)
		self.save()
		self.flags.acting = None


@frappe.whitelist(methods=["GET"])
def get_words(name: str) -> dict[str, Any]:
	"""Return why a signal speaks, and the documents behind it that the reader may read."""
	signal = frappe.get_doc("Churn Signal", name)
	signal.check_permission("read")
	evidence = signal_evidence.get_evidence(signal)
	return {"said": said(signal), "evidence": evidence, "is_kept": bool(evidence and signal.evidence)}


def validate_snooze(until: date, reason: str | None) -> None:
	"""Refuse a silence without a reason, or until a day that is not to come."""
	if until <= getdate(nowdate()):
		frappe.throw(
			_("Silent until {0}: give a later day than today.").format(frappe.bold(formatdate(until))),
			title=_("Date Not Possible"),
		)
	if not (reason or "").strip():
		frappe.throw(
			_("Say why the signal is to be silent."), frappe.MandatoryError, title=_("Reason Missing")
		)
	read_text(reason, _("Reason"), TEXT_BYTES["Small Text"])


def validate_closing(closed_as: str, note: str | None) -> None:
	"""Refuse a closing that says nothing, and a known cause that is not named."""
	words = [closing.value for closing in PEOPLE_SAY]
	if closed_as not in words:
		frappe.throw(
			_("Say what the signal was: one of {0}.").format(
				", ".join(_(word, context="Churn Signal") for word in words)
			),
			title=_("Not Possible"),
		)
	if closed_as == SignalClosing.KNOWN_CAUSE.value and not (note or "").strip():
		frappe.throw(_("Say which cause is known."), frappe.MandatoryError, title=_("Reason Missing"))


def on_doctype_update() -> None:
	"""Find the signals of a page of customers whose key is held."""
	for name, fieldnames in INDEXES["Churn Signal"].items():
		frappe.db.add_index("Churn Signal", list(fieldnames), name)
