"""What follows from a logged call: promised dates, a visit that is needed, the plan made anew around them."""

from datetime import date

import frappe
from frappe.model.document import Document

from cs_retention.callbacks.agreed import CALLBACK, open_for_promises, open_promised, open_visit, promise_key
from cs_retention.callbacks.replanning import replan
from cs_retention.callbacks.working_days import team_of, validate_working_day
from cs_retention.engine.callback_work import LoggedCall
from cs_retention.engine.vocabulary import CallbackStatus


def open_next(callback: Document, call: LoggedCall) -> str | None:
	"""Open what the call leads to and plan the customer anew; return what keeps the plan from following.

	A next date that the plan has of itself is held; on any other a promised callback is opened.
	"""
	open_for_promises(callback)
	if callback.visit_needed:
		open_visit(callback)
	left = replan([callback.customer])
	if call.next_date is None or hold_planned(callback.customer, call.next_date):
		return left
	person = validate_working_day(call.next_date, team_of(callback.customer))
	open_promised(callback, call.next_date, promise_key(callback.state, callback.name), person)
	return left or replan([callback.customer])


def hold_planned(customer: str, day: date) -> bool:
	"""Hold the callback that the plan has on a day agreed with the customer; false where it has none."""
	on_day = {"customer": customer, "due_date": day, "status": CallbackStatus.PLANNED.value}
	# A callback of the very customer whose call the user was allowed to log.
	name = frappe.db.get_value(CALLBACK, on_day)
	if name:
		frappe.db.set_value(CALLBACK, name, "is_committed", 1)
	return bool(name)
