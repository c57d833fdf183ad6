from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, escape_html, formatdate, getdate

from cs_retention.callbacks import agreed, needs, promises, replanning
from cs_retention.callbacks.attempts import add_attempt, made_attempts, move_to_next_attempt
from cs_retention.callbacks.call_records import as_call, close_purposes, met_on, set_result
from cs_retention.callbacks.following import open_next
from cs_retention.callbacks.guards import ACTING, validate_changed, validate_inserted
from cs_retention.callbacks.moving import move_agreed_windows, note_move, validate_keepable
from cs_retention.callbacks.satisfaction import validate_satisfaction
from cs_retention.callbacks.working_days import team_of, today, validate_working_day
from cs_retention.cs_retention.inputs import read_date
from cs_retention.cs_retention.record import Record
from cs_retention.cs_retention.refusals import refuse
from cs_retention.cs_retention.settings import SETTINGS, work_policy
from cs_retention.cs_retention.states import ensure_state
from cs_retention.engine.callback_work import (
	Actor,
	WorkPolicy,
	check_attempt,
	check_call,
	check_reason,
	is_last,
	is_unreached,
	may_follow,
)
from cs_retention.engine.reasons import WorkError
from cs_retention.engine.vocabulary import CallbackStatus, Outcome
from cs_retention.store.keys import INDEXES


class CustomerCallback(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from cs_retention.callbacks.doctype.customer_callback_attempt.customer_callback_attempt import (
			CustomerCallbackAttempt,
		)
		from cs_retention.callbacks.doctype.customer_callback_promise.customer_callback_promise import (
			CustomerCallbackPromise,
		)
		from cs_retention.callbacks.doctype.customer_callback_purpose.customer_callback_purpose import (
			CustomerCallbackPurpose,
		)
		from cs_retention.callbacks.doctype.customer_callback_reschedule.customer_callback_reschedule import (
			CustomerCallbackReschedule,
		)

		account_manager: DF.Link | None
		attempts: DF.Table[CustomerCallbackAttempt]
		channel: DF.Literal["Phone", "Visit", "Video", "WeChat", "Message"]
		contact: DF.Link | None
		customer: DF.Link
		done_by: DF.Link | None
		done_on: DF.Date | None
		due_date: DF.Date
		due_time: DF.Time | None
		escalated_on: DF.Date | None
		is_committed: DF.Check
		need: DF.SmallText | None
		next_date: DF.Date | None
		next_step: DF.Literal["", "Call", "None"]
		no_next_reason: DF.SmallText | None
		occurrence_key: DF.Data | None
		open_key: DF.Data | None
		opportunity: DF.Link | None
		outcome: DF.Literal["", "Reached", "Visited", "Not Reached", "Refused"]
		planned_on: DF.Date | None
		promises: DF.Table[CustomerCallbackPromise]
		purposes: DF.Table[CustomerCallbackPurpose]
		reasons: DF.LongText | None
		reschedules: DF.Table[CustomerCallbackReschedule]
		responsible: DF.Link | None
		satisfaction: DF.Int
		skip_reason: DF.SmallText | None
		spoken_to: DF.Data | None
		state: DF.Link
		status: DF.Literal["Planned", "Done", "Met", "Skipped", "Missed", "Unreached", "Merged"]
		summary: DF.SmallText | None
		touch: DF.Link | None
		visit_needed: DF.Check
		window_end: DF.Date | None
		window_start: DF.Date | None
	# end: auto-generated types

	def before_validate(self) -> None:
		if self.is_new() and self.customer:
			if not self.is_acting:
				validate_inserted(self)
			self.state = ensure_state(self.customer)

	def validate(self) -> None:
		if self.is_acting:
			self.validate_transition()
			validate_satisfaction(self)
		elif self.is_new():
			self.set_as_promised()
		else:
			validate_changed(self)

	def after_insert(self) -> None:
		if not self.is_acting:
			replanning.replan([self.customer])

	def on_update(self) -> None:
		if self.is_acting:
			self.flags.acting = None
		elif not self.flags.in_insert:
			promises.close_todos(self)

	def on_trash(self) -> None:
		"""Refuse to delete what people recorded."""
		if self.attempts or self.done_on or self.skip_reason:
			frappe.throw(
				_(
					"This callback holds what people recorded and stays. Skip a callback that is not to be made."
				),
				title=_("Not Possible"),
			)

	@property
	def is_acting(self) -> bool:
		"""Whether an action writes the document; a request cannot claim it."""
		return self.flags.acting is ACTING

	def validate_transition(self) -> None:
		"""Refuse a state that people may not bring a callback into, whatever an action asks for."""
		before = self.get_doc_before_save()
		if before and before.status != self.status:
			statuses = CallbackStatus(before.status), CallbackStatus(self.status)
			if not may_follow(*statuses, Actor.PERSON):
				frappe.throw(
					_("A callback that is {0} cannot become {1}.").format(
						*(frappe.bold(_(status.value, context=self.doctype)) for status in statuses)
					),
					title=_("Not Possible"),
				)

	def set_as_promised(self) -> None:
		"""Make what a person enters a promised date: with its purpose, its key, and somebody who works on the day."""
		self.account_manager, backup = team_of(self.customer)
		team = (self.responsible,) if self.responsible else (self.account_manager, backup)
		day = getdate(self.due_date)
		self.responsible = validate_working_day(day, team)
		self.planned_on, self.is_committed = today(), 1
		self.window_start = self.window_end = day
		agreed.add_purpose(self, agreed.PROMISE, agreed.promise_key(self.state, self.name), day, day)
		agreed.set_keys(self)

	def complete(
		self,
		outcome: str,
		summary: str,
		spoken_to: str | None = None,
		*,
		channel: str | None = None,
		next_date: date | str | None = None,
		no_next_reason: str | None = None,
		satisfaction: int = 0,
		contact: str | None = None,
		need: str | None = None,
		visit_needed: bool = False,
		promised: Sequence[Mapping[str, Any]] = (),
		done_on: date | str | None = None,
	) -> list[str]:
		"""Log the call as made and open what follows from it; return what there is to say beside."""
		self.validate_open(CallbackStatus.DONE)
		made_on = done_on or met_on(self)
		with self.refusing(_("Call Not Logged")):
			call = as_call(
				outcome, summary, spoken_to, next_date, no_next_reason, satisfaction, promised, made_on
			)
			check_call(call, self.work_policy(), today())
		if call.next_date:
			validate_working_day(call.next_date, team_of(self.customer))
		set_result(self, call, channel, contact)
		self.need, self.visit_needed = (need or "").strip() or None, cint(visit_needed)
		said = [needs.make_opportunity(self)] if self.need else []
		self.close(CallbackStatus.DONE, call.outcome)
		promises.make_todos(self)
		return [text for text in (*said, open_next(self, call)) if text]

	def add_attempt(
		self,
		note: str | None,
		channel: str | None = None,
		next_date: date | str | None = None,
		next_time: str | None = None,
	) -> list[str]:
		"""Record that nobody was reached; move the callback to the next try, or close it once all were made."""
		self.validate_open()
		with self.refusing(_("Attempt Not Logged")):
			check_attempt(made_attempts(self), today())
		add_attempt(self, (note or "").strip(), channel or self.channel)
		if is_unreached(made_attempts(self), self.work_policy()):
			self.close(CallbackStatus.UNREACHED)
		else:
			move_to_next_attempt(self, next_date, next_time)
			self.save_as_action()
		return self.replanned()

	def reschedule(self, due_date: date | str, reason: str) -> list[str]:
		"""Move the call to another working day that the plan can keep, with its reason."""
		self.validate_open()
		day = read_date(due_date, _("Due Date", context="Customer Callback"))
		self.validate_reason("reschedules.reason", reason)
		responsible = validate_working_day(day, (self.responsible, *replanning.able_team(self)))
		if day == getdate(self.due_date):
			frappe.throw(_("The callback is due on {0} already.").format(frappe.bold(formatdate(day))))
		move_agreed_windows(self, day)
		validate_keepable(self, day)
		note_move(self, day, reason)
		self.due_date, self.due_time, self.responsible, self.is_committed = day, None, responsible, 1
		self.save_as_action()
		return self.replanned()

	def skip(self, reason: str) -> list[str]:
		"""Give this call up, with its reason; what it was for is not asked for again in its period."""
		self.validate_open()
		self.validate_reason("skip_reason", reason)
		self.skip_reason = reason.strip()
		self.close(CallbackStatus.SKIPPED)
		return self.replanned()

	def reassign(self, person: str, reason: str) -> list[str]:
		"""Give the call to account manager or backup, with the reason as a comment."""
		self.validate_open()
		self.validate_reason("reschedules.reason", reason)
		if person not in team_of(self.customer):
			frappe.throw(
				_("{0} is neither account manager nor backup of {1}. Hand the customer over first.").format(
					frappe.bold(escape_html(person)), frappe.bold(escape_html(self.customer))
				),
				title=_("Not Possible"),
			)
		if person in replanning.barred_from(self):
			frappe.throw(
				_("{0} handled the complaint that this call verifies. Give it to somebody else.").format(
					frappe.bold(escape_html(person))
				),
				title=_("Not Possible"),
			)
		validate_working_day(max(getdate(self.due_date), today()), (person,))
		self.responsible = person
		self.save_as_action()
		self.add_comment(
			"Info", _("given to {0}: {1}").format(escape_html(person), escape_html(reason.strip()))
		)
		return self.replanned()

	def close(self, status: CallbackStatus, outcome: Outcome | None = None) -> None:
		"""Bring the callback into its last state and free its keys."""
		self.status = status.value
		close_purposes(self, outcome, self.channel)
		self.save_as_action()

	def save_as_action(self) -> None:
		"""Save what an action changed."""
		self.flags.acting = ACTING
		self.save()

	def validate_open(self, after: CallbackStatus | None = None) -> None:
		"""Refuse an action on a callback that has ended, as a second press of the button does.

		One that a contact met can still become `after` if people may bring that about.
		"""
		status = CallbackStatus(self.status)
		if is_last(status) and not (after and may_follow(status, after, Actor.PERSON)):
			frappe.throw(
				_("This callback is {0} already. Open the customer's next one.").format(
					frappe.bold(_(self.status, context=self.doctype))
				),
				title=_("Callback Closed"),
			)

	def validate_reason(self, field: str, reason: str) -> None:
		"""Refuse a reason that says nothing."""
		with self.refusing(_("Reason Missing")):
			check_reason(field, reason or "")

	@contextmanager
	def refusing(self, title: str) -> Iterator[None]:
		"""Throw what the engine refuses in the words of the form."""
		try:
			yield
		except WorkError as error:
			refuse(error, self, title)

	def work_policy(self) -> WorkPolicy:
		"""Return what the site asks of logged calls."""
		return work_policy(frappe.get_cached_doc(SETTINGS))

	def replanned(self) -> list[str]:
		"""Plan the customer anew and return what keeps the plan from following."""
		return list(filter(None, [replanning.replan([self.customer])]))


def on_doctype_update() -> None:
	"""Index a person's open callbacks by date, and a customer's by status."""
	for name, fieldnames in INDEXES["Customer Callback"].items():
		frappe.db.add_index("Customer Callback", list(fieldnames), name)
