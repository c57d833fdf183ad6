"""A call that was made, written into the book as a person would log it on the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from cs_retention.engine.vocabulary import (
	COUNTED_OUTCOMES,
	CallbackStatus,
	Channel,
	ObligationKind,
	Outcome,
	PromiseStatus,
)
from cs_retention.preview.listings import CustomerStanding, PlannedCall, read_calls
from cs_retention.preview.problems import BadInput, quoted
from cs_retention.store.base import Store


@dataclass(frozen=True, slots=True)
class MadeCall:
	"""One call to log: with whom, when, how it went, and the date agreed for the next one if there is one."""

	customer: str
	day: date
	channel: Channel
	outcome: Outcome
	summary: str
	satisfaction: int | None = None
	agreed_next: date | None = None
	promise: str | None = None
	promised_by: date | None = None
	"""By when the promise is kept."""


def log_call(store: Store, call: MadeCall, standing: CustomerStanding) -> PlannedCall | None:
	"""Write the touch, close the planned callback it was, and put the agreed date into the plan.

	Returns the callback that was closed. A contact that reached nobody closes none: it is one more attempt. Nothing
	is committed here.
	"""
	_check(call)
	due = due_call(list(read_calls(store, call.customer)), call)
	touch = _write_touch(store, call, due)
	closed = due if due and call.outcome in COUNTED_OUTCOMES else None
	if closed:
		_close(store, closed, call, touch)
	if call.agreed_next:
		_open_on(call.agreed_next, store, call, f"{touch}-next", standing)
	if call.promise and call.promised_by:
		following = _open_on(call.promised_by, store, call, f"{touch}-promise", standing)
		person = due.responsible if due else standing.account_manager or standing.backup_manager
		_note_promise(store, call, closed.name if closed else following, person)
	return closed


def due_call(planned: list[PlannedCall], call: MadeCall) -> PlannedCall | None:
	"""Return the planned callback that a call on that day was: the first whose window is open, a visit for a visit."""
	is_visit = call.outcome is Outcome.VISITED or call.channel is Channel.VISIT
	open_ones = (row for row in planned if min(row.window_start, row.due_date) <= call.day)
	return next((row for row in open_ones if is_visit or row.channel != Channel.VISIT.value), None)


def _check(call: MadeCall) -> None:
	if call.agreed_next and call.agreed_next <= call.day:
		remedy = f"--next {quoted(call.agreed_next.isoformat())} is not after the call on {call.day}; give a later date"
		raise BadInput([remedy])
	if bool(call.promise) != bool(call.promised_by):
		raise BadInput(["--promise and --by go together: say what was promised and by when it is kept"])
	if call.promised_by and call.promised_by <= call.day:
		raise BadInput([f"--by {call.promised_by} is not after the call on {call.day}; give a later date"])
	if not call.summary.strip():
		raise BadInput(['--summary "" is empty; say in a few words what the customer told'])


def _write_touch(store: Store, call: MadeCall, due: PlannedCall | None) -> str:
	((known,),) = store.rows("SELECT COUNT(*) FROM `tabCustomer Touch`")
	name = f"LOG-{known + 1:08d}"
	fields = {
		"name": name,
		"customer": call.customer,
		"touch_date": call.day,
		"channel": call.channel.value,
		"outcome": call.outcome.value,
		"satisfaction": call.satisfaction,
		"summary": call.summary,
		"callback": due.name if due else None,
		"person": due.responsible if due else None,
		"source": "Log",
	}
	store.insert_rows("Customer Touch", list(fields), [list(fields.values())])
	return name


def _close(store: Store, due: PlannedCall, call: MadeCall, touch: str) -> None:
	fields = {
		"name": due.name,
		"status": CallbackStatus.DONE.value,
		"done_on": call.day,
		"outcome": call.outcome.value,
		"satisfaction": call.satisfaction,
		"summary": call.summary,
		"touch": touch,
		"open_key": None,
	}
	store.update_rows("Customer Callback", list(fields), [list(fields.values())])
	purposes = "SELECT name FROM `tabCustomer Callback Purpose` WHERE parent = %(callback)s"
	met = [(name, 1, None) for (name,) in store.rows(purposes, {"callback": due.name})]
	store.update_rows("Customer Callback Purpose", ["name", "met", "open_key"], met)


def _note_promise(store: Store, call: MadeCall, callback: str, person: str | None) -> None:
	"""Write down what was promised, by whom and by when."""
	fields = {
		"parent": callback,
		"parenttype": "Customer Callback",
		"parentfield": "promises",
		"idx": 1,
		"promise": call.promise,
		"promised_by": person,
		"due_date": call.promised_by,
		"status": PromiseStatus.OPEN.value,
	}
	store.insert_rows("Customer Callback Promise", list(fields), [list(fields.values())])


def _open_on(day: date, store: Store, call: MadeCall, name: str, standing: CustomerStanding) -> str:
	"""Plan a committed callback on a day that was agreed; the night keeps it and fills the quota around it."""
	key = f"{ObligationKind.PROMISE.value.lower()}|{standing.state}|{name}"
	person = standing.account_manager or standing.backup_manager
	callback = {
		"name": name,
		"customer": call.customer,
		"state": standing.state,
		"status": CallbackStatus.PLANNED.value,
		"responsible": person,
		"account_manager": person,
		"due_date": day,
		"window_start": day,
		"window_end": day,
		"channel": Channel.PHONE.value,
		"is_committed": 1,
		"planned_on": call.day,
		"occurrence_key": key,
		"open_key": key,
	}
	purpose = {
		"name": f"{name}-purpose",
		"parent": name,
		"parenttype": "Customer Callback",
		"parentfield": "purposes",
		"idx": 1,
		"kind": ObligationKind.PROMISE.value,
		"obligation_key": key,
		"open_key": key,
		"window_start": day,
		"window_end": day,
	}
	store.insert_rows("Customer Callback", list(callback), [list(callback.values())])
	store.insert_rows("Customer Callback Purpose", list(purpose), [list(purpose.values())])
	return name
