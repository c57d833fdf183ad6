"""A call as it is logged: what the engine is told of it, its touch, the standing of its purposes."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import cint, getdate, nowtime

from cs_retention.callbacks.working_days import today
from cs_retention.engine.callback_work import LoggedCall, Promised, as_outcome
from cs_retention.engine.obligations import VISIT_NEEDED
from cs_retention.engine.vocabulary import COUNTED_OUTCOMES, Channel, NextStep, ObligationKind, Outcome

DESK = "Desk"
"""What the touches of logged calls say of where they come from."""


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
		made_on=getdate(done_on) if done_on else today(),
		outcome=as_outcome(outcome),
		spoken_to=(spoken_to or "").strip(),
		summary=(summary or "").strip(),
		next_step=NextStep.NONE if no_next_reason and not next_date else NextStep.CALLBACK,
		next_date=getdate(next_date) if next_date else None,
		no_next_reason=(no_next_reason or "").strip(),
		satisfaction=cint(satisfaction),
		promises=tuple(map(as_promised, promised)),
	)


def as_promised(row: Mapping[str, Any]) -> Promised:
	"""Return a promise as the engine takes it."""
	due = row.get("due_date")
	return Promised(
		str(row.get("promise") or ""), str(row.get("promised_by") or ""), getdate(due) if due else None
	)


def write_touch(
	callback: Document, outcome: Outcome, channel: str, summary: str, on: date | None = None
) -> str:
	"""Insert the touch of a contact or an attempt, made by whoever is at work, and return its name."""
	day = on or today()
	touch = frappe.new_doc("Customer Touch")
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

	A visit that was only spoken about stays owed: its purpose leaves the callback, a needed one for a new callback.
	"""
	callback.open_key = None
	is_met = outcome in COUNTED_OUTCOMES
	owed = [row for row in callback.purposes if is_met and is_visit(row) and channel != Channel.VISIT.value]
	if any(row.obligation_key.startswith(f"{VISIT_NEEDED}|") for row in owed):
		callback.visit_needed = 1
	for row in owed:
		callback.remove(row)
	for row in callback.purposes:
		row.open_key, row.met = None, int(is_met)


def is_visit(purpose: Document) -> bool:
	"""Tell whether only a visit meets a purpose."""
	return purpose.kind == ObligationKind.VISIT.value
