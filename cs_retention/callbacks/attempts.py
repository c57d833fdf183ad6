"""Attempts that reached nobody: what was tried, and when and by whom it is tried next."""

from datetime import date, time
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import formatdate, get_time, getdate, nowtime

from cs_retention.callbacks.call_records import write_touch
from cs_retention.callbacks.moving import note_move
from cs_retention.callbacks.replanning import able_team
from cs_retention.callbacks.working_days import calendar_of, today, validate_working_day
from cs_retention.cs_retention.inputs import read_date, read_time
from cs_retention.cs_retention.states import STATE
from cs_retention.engine.callback_work import Attempt, NextAttempt, next_attempt, who_tries_next
from cs_retention.engine.vocabulary import Band, Outcome

ALL_DAY = (0, 24)


def made_attempts(callback: Document) -> list[Attempt]:
	"""Return the attempts of a callback as the engine takes them."""
	return [
		Attempt(
			getdate(row.attempted_on),
			get_time(row.attempted_at).hour if row.attempted_at else None,
			row.person,
		)
		for row in callback.attempts
	]


def add_attempt(callback: Document, note: str, channel: str) -> None:
	"""Add a try that reached nobody, made now, with its touch."""
	callback.append(
		"attempts",
		{
			"attempted_on": today(),
			"attempted_at": nowtime(),
			"person": frappe.session.user,
			"channel": channel,
			"note": note,
			"touch": write_touch(callback, Outcome.NOT_REACHED, channel, note),
		},
	)


def propose_attempt(callback: Document) -> NextAttempt:
	"""Return the next try after those made; where none was made today, after one made now."""
	tried = made_attempts(callback)
	if not any(attempt.day == today() for attempt in tried):
		tried = [*tried, Attempt(today(), get_time(nowtime()).hour, frappe.session.user)]
	band = Band(frappe.db.get_value(STATE, callback.state, "health_band") or Band.HEALTHY.value)
	team = able_team(callback)
	person = who_tries_next(
		band, *team, tried[-1].person, callback.responsible or next(filter(None, team), None)
	)
	return next_attempt(tried, person, calendar_of(person, today()), wished_hours(callback.customer))


def wished_hours(customer: str) -> tuple[int, int]:
	"""Return the hours within which a customer wishes to be called."""
	fields = ("hours_from", "hours_to")
	wished: Any = frappe.db.get_value("Callback Schedule", {"customer": customer}, fields) or (None, None)
	first, last = (get_time(str(hour)) if hour else None for hour in wished)
	return (first.hour if first else ALL_DAY[0], last.hour if last else ALL_DAY[1])


def move_to_next_attempt(
	callback: Document, next_date: date | str | None = None, next_time: str | None = None
) -> None:
	"""Move a callback to its next try: on the day that was chosen, else on the one proposed."""
	proposed = propose_attempt(callback)
	day, person = proposed.day, proposed.person
	if next_date:
		day = read_date(next_date, _("Next Date"))
		validate_later(day)
		person = validate_working_day(day, (person, *able_team(callback)))
	note_move(callback, day, _("Nobody was reached on {0}.").format(formatdate(today())))
	callback.due_date, callback.responsible, callback.is_committed = day, person, 1
	callback.due_time = get_time(read_time(next_time, _("Time"))) if next_time else time(proposed.hour)


def validate_later(day: date) -> None:
	"""Refuse a second attempt on the day of the first."""
	if day <= today():
		frappe.throw(
			_("One attempt a day counts. Give a date after {0}.").format(frappe.bold(formatdate(today()))),
			title=_("Date Not Possible"),
		)
