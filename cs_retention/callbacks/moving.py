"""A callback moved to another day by a person: whether the plan can keep it there, and what is noted of it."""

from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import formatdate

from cs_retention.callbacks.agreed import PROMISE
from cs_retention.callbacks.replanning import why_not_on
from cs_retention.cs_retention.reader import language
from cs_retention.render.wording import sentence


def move_agreed_windows(callback: Document, day: date) -> None:
	"""Let a promised date follow to the new day: it is agreed with the customer anew."""
	for row in callback.purposes:
		if row.kind == PROMISE:
			row.window_start = row.window_end = row.period_start = row.period_end = day
	if is_promise(callback):
		callback.window_start = callback.window_end = day


def is_promise(callback: Document) -> bool:
	"""Tell whether a callback keeps promised dates and nothing else."""
	return all(row.kind == PROMISE for row in callback.purposes)


def validate_keepable(callback: Document, day: date) -> None:
	"""Refuse a day from which the plan would move the call away again, saying why."""
	reasons = () if is_promise(callback) else why_not_on(callback.customer, callback.name, day)
	if reasons:
		frappe.throw(
			_("The plan cannot keep {0}: {1}. Any working day from {2} to {3} will do.").format(
				frappe.bold(formatdate(day)),
				"; ".join(sentence(reason, language()) for reason in reasons),
				frappe.bold(formatdate(callback.window_start)),
				frappe.bold(formatdate(callback.window_end)),
			),
			title=_("Date Not Possible"),
		)


def note_move(callback: Document, day: date, reason: str) -> None:
	"""Add a row to the history of dates."""
	callback.append(
		"reschedules",
		{
			"was": callback.due_date,
			"due_date": day,
			"reason": reason.strip(),
			"person": frappe.session.user,
		},
	)
