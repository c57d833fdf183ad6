"""Reminders of a site: the morning digest, a nudge before timed calls, late calls and the week to managers.

A job looks every five minutes. Whatever it writes has a key of kind, person and date, in the bell and in the outbox:
written again, with another hour or after a crash, nothing is sent twice.
"""

from collections.abc import Iterable
from datetime import date, datetime

import frappe
from frappe.utils import getdate, now_datetime

from cs_retention.callbacks.customer import CALLBACK
from cs_retention.callbacks.reminder_drafts import (
	Draft,
	day_of_the_week,
	draft_digests,
	draft_escalations,
	draft_nudges,
	draft_week,
)
from cs_retention.callbacks.working_days import calendars_around
from cs_retention.cs_retention.bells import ring
from cs_retention.cs_retention.outbox import put
from cs_retention.cs_retention.retention_outbox import PULSE
from cs_retention.cs_retention.settings import SETTINGS, reminder_policy
from cs_retention.cs_retention.states import open_store
from cs_retention.engine import reminders
from cs_retention.engine.reminders import ReminderPolicy
from cs_retention.facts import reminders as facts
from cs_retention.facts.selection import Selection


def remind() -> None:
	"""Write the reminders that are due; the scheduler calls it every five minutes."""
	policy, now = reminder_policy(frappe.get_cached_doc(SETTINGS)), now_datetime()
	people = facts.read_callers(open_store())
	if people and policy.nudge_minutes:
		write(draft_nudges(Selection.of(people), now.date(), *reminders.nudge_span(now, policy)))
	if reminders.are_due(now, written_for(), policy):
		if people:
			write_day(Selection.of(people), now, policy)
		frappe.db.set_single_value(PULSE, "reminded_for", now.date())


def written_for() -> date | None:
	"""Return the last day whose reminders were written."""
	found = frappe.db.get_singles_dict(PULSE).get("reminded_for")
	return getdate(found) if found else None


def write_day(people: Selection, now: datetime, policy: ReminderPolicy) -> None:
	"""Write what is told once a day, and note on late calls that managers were told."""
	today = now.date()
	calls = facts.read_due_calls(open_store(), people, today)
	calendars = calendars_around(today)
	if policy.has_digest:
		write(draft_digests(calls, calendars, now))
	escalations, late = draft_escalations(calls, calendars, now, policy)
	if write(escalations):
		names = [call.name for call in late]
		frappe.db.set_value(CALLBACK, {"name": ("in", names)}, "escalated_on", today, update_modified=False)
	if policy.has_week and day_of_the_week(today, calendars) <= today:
		write(draft_week(people, now))


def write(drafts: Iterable[Draft]) -> int:
	"""Ring and write to those who are told, and return how many they are."""
	told = [draft for draft in drafts if draft.way.is_told]
	ring(draft.bell for draft in told)
	put(draft.mail for draft in told if draft.mail)
	return len(told)
