"""What was agreed with a customer in a call, as callbacks of their own: a promised date, a visit that is needed."""

from datetime import date

import frappe
from frappe.model.document import Document
from frappe.utils import getdate

from cs_retention.callbacks.guards import ACTING
from cs_retention.callbacks.working_days import calendar_of, calendars_around, person_for, team_of
from cs_retention.cs_retention.states import ensure_state
from cs_retention.engine.obligations import VISIT_NEEDED, VISIT_NEEDED_DAYS
from cs_retention.engine.vocabulary import CallbackStatus, Channel, ObligationKind
from cs_retention.engine.workdays import CalendarError, add_working_days, previous_working_day

CALLBACK = "Customer Callback"
PROMISE = ObligationKind.PROMISE.value


def promise_key(state: str, source: str) -> str:
	"""Return the key of a promised date; `source` is what promised it."""
	return f"{PROMISE.lower()}|{state}|{source}"


def add_purpose(doc: Document, kind: str, key: str, first: date, last: date) -> None:
	"""Give a callback one more purpose that people agreed, with its window."""
	window = {"period_start": first, "period_end": last, "window_start": first, "window_end": last}
	doc.append("purposes", {"kind": kind, "obligation_key": key, "open_key": key, **window})


def set_keys(doc: Document) -> None:
	"""Let a callback stand for its first purpose, once while it is open."""
	doc.occurrence_key = doc.open_key = doc.purposes[0].obligation_key


def open_agreed(
	customer: str, due: date, kind: str, key: str, first: date, last: date, **fields: object
) -> Document:
	"""Insert the callback that keeps what was agreed; it is shown at once and stays on its day."""
	manager, backup = team_of(customer)
	doc = frappe.new_doc(CALLBACK)
	doc.update(
		{
			"customer": customer,
			"state": ensure_state(customer),
			"status": CallbackStatus.PLANNED.value,
			"responsible": manager or backup,
			"account_manager": manager,
			"due_date": due,
			"window_start": first,
			"window_end": last,
			"channel": Channel.PHONE.value,
			"is_committed": 1,
			**fields,
		}
	)
	add_purpose(doc, kind, key, first, last)
	set_keys(doc)
	doc.flags.acting = ACTING
	return doc.insert()


def open_promised(source: Document, day: date, key: str, responsible: str | None) -> Document:
	"""Insert the callback on a date that was agreed in the call `source`."""
	fields = {"responsible": responsible, "planned_on": source.done_on}
	return open_agreed(source.customer, day, PROMISE, key, day, day, **fields)


def open_for_promises(source: Document) -> None:
	"""Open a callback by the date of every promise of a call; promises of one day share theirs."""
	person, opened = person_for(source.customer), {}
	for number, row in enumerate(source.promises, 1):
		key = promise_key(source.state, f"{source.name}|{number}")
		day = last_day_to_call(source.done_on, getdate(row.due_date), person)
		if day in opened:
			add_purpose(opened[day], PROMISE, key, day, day)
			opened[day].flags.acting = ACTING
			opened[day].save()
		else:
			opened[day] = open_promised(source, day, key, person)


def last_day_to_call(after: date, until: date, person: str | None) -> date:
	"""Return the last working day of a person after one day and up to another; that other where there is none."""
	try:
		day = previous_working_day(until, calendar_of(person, until))
	except CalendarError:
		return until
	return day if day > after else until


def open_visit(source: Document) -> None:
	"""Open the visit that a call found needed: within ten working days, on the day that the plan finds best."""
	calendar = calendars_around(source.done_on).of_company()
	first = add_working_days(source.done_on, 1, calendar)
	last = add_working_days(source.done_on, VISIT_NEEDED_DAYS, calendar)
	key = f"{VISIT_NEEDED}|{source.state}|{source.name}"
	fields = {"channel": Channel.VISIT.value, "is_committed": 0, "planned_on": source.done_on}
	open_agreed(source.customer, last, ObligationKind.VISIT.value, key, first, last, **fields)
