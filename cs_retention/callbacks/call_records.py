"""A call as it is logged: what the engine is told of it, its touch, the standing of its purposes."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, getdate, nowtime

from cs_retention.callbacks.working_days import today
from cs_retention.cs_retention.inputs import read_date
from cs_retention.engine.callback_work import LoggedCall, Promised, as_outcome
from cs_retention.engine.obligations import VISIT_NEEDED
from cs_retention.engine.vocabulary import (
	COUNTED_OUTCOMES,
	CallbackStatus,
	Channel,
	NextStep,
	ObligationKind,
	Outcome,
)

TOUCH = "Customer Touch"
DESK = "Desk"
"""What the touches of logged calls say of where they come from."""


CADENCE_KINDS = (ObligationKind.QUOTA.value, ObligationKind.VISIT.value)
"""Purposes that belong to a period."""


def as_call(
	outcome: str,
	summary: str | None,
	spoken_to: str | None,
	next_date: date | str | None = None,
	no_next_reason: str | None = None,
	satisfaction: int = 0,
	promised: Sequence[Mapping[str, Any]] = (),
	done_on: date | str | None = None,
) -> LoggedCall:
	"""Return a call as the engine takes it; WorkError for an outcome that no finished call has."""
	return LoggedCall(
		made_on=read_date(done_on, _("Done On")) if done_on else today(),
		outcome=as_outcome(outcome),
		spoken_to=(spoken_to or "").strip(),
		summary=(summary or "").strip(),
		next_step=NextStep.NONE if no_next_reason and not next_date else NextStep.CALL,
		next_date=read_date(next_date, _("Next Date")) if next_date else None,
		no_next_reason=(no_next_reason or "").strip(),
		satisfaction=cint(satisfaction),
		promises=tuple(map(as_promised, promised)),
	)


def as_promised(row: Mapping[str, Any]) -> Promised:
	"""Return a promise as the engine takes it."""
	due = row.get("due_date")
	return Promised(
		str(row.get("promise") or ""),
		str(row.get("promised_by") or ""),
		read_date(due, _("Due Date", context="Customer Callback")) if due else None,
	)


def set_result(callback: Document, call: LoggedCall, channel: str | None, contact: str | None) -> None:
	"""Write down what a call was, and by whom it was made; its touch goes into the ledger."""
	is_visit = call.outcome is Outcome.VISITED
	callback.update(
		{
			"channel": Channel.VISIT.value if is_visit else channel or callback.channel,
			"done_on": call.made_on,
			"done_by": frappe.session.user,
			"outcome": call.outcome.value,
			"summary": call.summary,
			"spoken_to": call.spoken_to,
			"contact": contact or callback.contact,
			"satisfaction": call.satisfaction,
			"next_step": call.next_step.value,
			"next_date": call.next_date,
			"no_next_reason": call.no_next_reason or None,
		}
	)
	for given in call.promises:
		callback.append("promises", asdict(given))
	if call.made_on == met_on(callback):
		complete_touch(callback, call)
	else:
		callback.touch = write_touch(callback, call.outcome, callback.channel, call.summary, call.made_on)


def met_on(callback: Document) -> date | None:
	"""Return the day of the contact that met a callback; None where none did."""
	if callback.status != CallbackStatus.MET.value or not callback.touch:
		return None
	# A touch of the customer whose callback the user works on.
	return getdate(frappe.db.get_value(TOUCH, callback.touch, "touch_date"))


def complete_touch(callback: Document, call: LoggedCall) -> None:
	"""Say on the contact that met a callback what was talked about: it is this very call, and no second one."""
	touch = frappe.get_doc(TOUCH, callback.touch)
	touch.update(
		{
			"outcome": call.outcome.value,
			"summary": call.summary,
			"satisfaction": call.satisfaction,
			"contact": callback.contact,
			"spoken_to": call.spoken_to,
			"callback": callback.name,
		}
	)
	touch.save()
	callback.channel = touch.channel


def write_touch(
	callback: Document, outcome: Outcome, channel: str, summary: str, on: date | None = None
) -> str:
	"""Insert the touch of a contact or an attempt, made by whoever is at work, and return its name."""
	day = on or today()
	touch = frappe.new_doc(TOUCH)
	touch.update(
		{
			"customer": callback.customer,
			"touch_date": day,
			"touch_time": nowtime() if day == today() else None,
			"person": frappe.session.user,
			"channel": channel,
			"outcome": outcome.value,
			"summary": summary,
			"satisfaction": callback.satisfaction if outcome is not Outcome.NOT_REACHED else 0,
			"contact": callback.contact,
			"spoken_to": callback.spoken_to if outcome is not Outcome.NOT_REACHED else None,
			"callback": callback.name,
			"source": DESK,
		}
	)
	return touch.insert().name


def close_purposes(callback: Document, outcome: Outcome | None, channel: str) -> None:
	"""Free the keys of what a callback was for, and mark what the contact met.

	What a contact does not meet stays owed, and leaves the callback: a visit that was only spoken about, which opens a
	new callback where it is needed, and the quota of a period that the contact does not lie in.
	"""
	callback.open_key = None
	is_met = outcome in COUNTED_OUTCOMES
	owed = [row for row in callback.purposes if is_met and not meets(row, channel, getdate(callback.done_on))]
	if any(map(is_needed_visit, owed)):
		callback.visit_needed = 1
	for row in owed:
		callback.remove(row)
	for row in callback.purposes:
		row.open_key, row.met = None, int(is_met)


def meets(purpose: Document, channel: str, on: date) -> bool:
	"""Tell whether a contact by a channel on a day is what a purpose asks for."""
	if purpose.kind == ObligationKind.VISIT.value and channel != Channel.VISIT.value:
		return False
	is_of_cadence = purpose.kind in CADENCE_KINDS and not is_needed_visit(purpose)
	if not (is_of_cadence and purpose.period_start and purpose.period_end):
		return True
	return getdate(purpose.period_start) <= on <= getdate(purpose.period_end)


def is_needed_visit(purpose: Document) -> bool:
	"""Tell whether a purpose is a visit that somebody found needed."""
	return purpose.obligation_key.startswith(f"{VISIT_NEEDED}|")
