"""Reminders tried on the settings form before they are switched on: who would be told what next; nothing is written."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

import frappe
from frappe import _
from frappe.utils import now_datetime

from cs_retention.callbacks.reminder_drafts import (
	Draft,
	day_of_the_week,
	draft_digests,
	draft_escalations,
	draft_nudges,
	draft_week,
)
from cs_retention.callbacks.reminder_words import listed
from cs_retention.callbacks.working_days import calendars_around
from cs_retention.cs_retention.permissions import sees_all
from cs_retention.cs_retention.refusals import refuse
from cs_retention.cs_retention.settings import REMINDER_FIELDS, SETTINGS, reminder_policy
from cs_retention.cs_retention.states import open_store
from cs_retention.engine import reminders
from cs_retention.engine.reasons import PolicyError
from cs_retention.engine.reminders import ReminderKind, ReminderPolicy, Way
from cs_retention.engine.workdays import next_working_day
from cs_retention.facts import reminders as facts
from cs_retention.facts.selection import Selection
from cs_retention.render import formats

ROWS_SHOWN = 100
"""Rows shown of every kind."""

FIELDS = ("send_digests", "send_weekly_digest", *REMINDER_FIELDS.values())


@frappe.whitelist(methods=["GET"])
def try_reminders(
	send_digests: int, send_weekly_digest: int, digest_hour: int, nudge_minutes: int, escalation_days: int
) -> dict[str, Any]:
	"""Return who would be told what on the next working day under the figures given, saved or not, by kind of reminder.

	A kind that is off is tried as if it were on. Whoever may change the settings and yet sees not every customer is
	shown the figures without the rows.
	"""
	doc = frappe.get_doc(SETTINGS)
	doc.check_permission("write")
	given = send_digests, send_weekly_digest, digest_hour, nudge_minutes, escalation_days
	doc.update(dict(zip(FIELDS, given, strict=True)))
	try:
		policy = reminder_policy(doc)
	except PolicyError as error:
		refuse(error, doc)
	tried, on = reminders.tried(policy), reminders.kinds_on(policy)
	now = datetime.combine(day_after(now_datetime().date()), time(tried.hour))
	drafted = Trial(tried, now).drafted()
	return {
		"day": formats.long_day(now.date(), frappe.local.lang),
		"kinds": [shown(kind, kind in on, found, now) for kind, found in drafted],
	}


def day_after(today: date) -> date:
	"""Return the company's next working day."""
	tomorrow = today + timedelta(days=1)
	return next_working_day(tomorrow, calendars_around(today).of_company())


class Tried(NamedTuple):
	"""What a kind of reminder comes to; `note` says on which day it is told instead."""

	drafts: Sequence[Draft]
	note: str = ""


class Trial:
	"""What everybody would be told on a day, under a policy with everything on."""

	def __init__(self, policy: ReminderPolicy, now: datetime):
		self.policy, self.now = policy, now
		self.people = facts.read_callers(open_store())

	def drafted(self) -> Iterator[tuple[ReminderKind, Tried]]:
		"""Yield what each kind comes to, with as many statements for many people as for few."""
		people, now, today = Selection.of(self.people), self.now, self.now.date()
		calls = facts.read_due_calls(open_store(), people, today) if self.people else []
		calendars = calendars_around(today)
		yield ReminderKind.DIGEST, Tried(draft_digests(calls, calendars, now))
		nudges = draft_nudges(people, today, time.min, time.max) if self.people else []
		yield ReminderKind.NUDGE, Tried(nudges)
		escalations, _late = draft_escalations(calls, calendars, now, self.policy)
		yield ReminderKind.ESCALATION, Tried(escalations)
		day = day_of_the_week(today, calendars)
		if day == today:
			yield ReminderKind.WEEK, Tried(draft_week(people, now) if self.people else [])
		else:
			next_one = day if day > today else day_of_the_week(today + timedelta(days=7), calendars)
			note = _("told on {0}").format(formats.short_day(next_one, frappe.local.lang))
			yield ReminderKind.WEEK, Tried([], note)


def shown(kind: ReminderKind, is_on: bool, tried: Tried, now: datetime) -> dict[str, Any]:
	"""Return what the form shows of a kind: the sentence, the figures, and rows with what each person is told."""
	ways = Counter(draft.way for draft in tried.drafts)
	rows = tried.drafts[:ROWS_SHOWN] if sees_all(None) else ()
	return {
		"kind": kind.value,
		"label": label(kind),
		"is_on": is_on,
		"told": sum(count for way, count in ways.items() if way.is_told),
		"words": tried.note or said(ways, is_on),
		"rows": [
			{
				"user": draft.reader.user,
				"name": draft.reader.name,
				"is_told": draft.way.is_told,
				"way": way_words(draft.way),
				"subject": draft.bell.subject,
				"text": draft.mail.body if draft.mail else "",
			}
			for draft in rows
		],
		"more": len(tried.drafts) - len(rows),
	}


def label(kind: ReminderKind) -> str:
	"""Return what a kind of reminder is called."""
	return {
		ReminderKind.DIGEST: _("Morning Digest"),
		ReminderKind.NUDGE: _("Nudge Before a Timed Call"),
		ReminderKind.ESCALATION: _("Late Calls to the Manager"),
		ReminderKind.WEEK: _("Weekly Digest"),
	}[kind]


def said(ways: Counter[Way], is_on: bool) -> str:
	"""Return "would send 42: 39 × in the bell and by mail, 3 × in the bell alone, no mail address"."""
	told = sum(count for way, count in ways.items() if way.is_told)
	sent = (_("will send {0}") if is_on else _("would send {0}")).format(told)
	parts = [f"{count} × {way_words(way)}" for way in Way if (count := ways[way])]
	return _("{0}: {1}").format(sent, listed(parts, frappe.local.lang)) if parts else sent


def way_words(way: Way) -> str:
	"""Return how somebody is told, or why not."""
	return {
		Way.BELL_AND_MAIL: _("in the bell and by mail"),
		Way.BELL: _("in the bell"),
		Way.NO_ADDRESS: _("in the bell alone, no mail address"),
		Way.NOT_WORKING: _("not told, day off"),
		Way.DISABLED: _("not told, user disabled"),
	}[way]
