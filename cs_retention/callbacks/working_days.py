"""Who answers for a customer, and on which days these people work."""

from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import formatdate, getdate, nowdate

from cs_retention.cs_retention.states import open_store
from cs_retention.engine.workdays import SEARCH_LIMIT, WorkCalendar, next_working_day
from cs_retention.facts.calendars import Calendars, read_calendars

BEFORE = timedelta(days=31)


def today() -> date:
	"""Return the site's date."""
	return getdate(nowdate())


def team_of(customer: str) -> tuple[str | None, str | None]:
	"""Return account manager and backup; who sees the callback sees them on it."""
	known = frappe.db.get_value("Customer", customer, ["account_manager", "retention_backup_manager"])
	manager, backup = known or (None, None)
	return manager or None, backup or None


def person_for(customer: str) -> str | None:
	"""Return who calls a customer when nothing else is said: account manager, else backup."""
	manager, backup = team_of(customer)
	return manager or backup


def calendars_around(day: date) -> Calendars:
	"""Return the working days of everybody around a day."""
	return read_calendars(open_store(), day - BEFORE, day + timedelta(days=SEARCH_LIMIT))


def calendar_of(person: str | None, day: date) -> WorkCalendar:
	"""Return the working days of a person around a day; of nobody, the company's."""
	calendars = calendars_around(day)
	return calendars.of_person(person) if person else calendars.of_company()


def validate_working_day(day: date, people: tuple[str | None, ...]) -> str | None:
	"""Return who of the people works on a day, the first of them; refuse a day that is past or that nobody works on."""
	if day < today():
		frappe.throw(
			_("{0} lies in the past. Give today or a later date.").format(frappe.bold(formatdate(day))),
			title=_("Date Not Possible"),
		)
	calendars, named = calendars_around(day), [person for person in people if person]
	worked = {person: calendars.of_person(person) for person in named} or {None: calendars.of_company()}
	for person, calendar in worked.items():
		if calendar.is_working(day):
			return person
	return frappe.throw(
		_("{0} is no working day of {1}. The next one is {2}.").format(
			frappe.bold(formatdate(day)),
			frappe.bold(", ".join(named) or _("the company")),
			frappe.bold(formatdate(min(next_working_day(day, calendar) for calendar in worked.values()))),
		),
		title=_("Date Not Possible"),
	)
