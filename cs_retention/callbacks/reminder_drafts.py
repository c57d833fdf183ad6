"""Reminders composed and not yet written: who would be told what on a day, in which way; the trial shows the same."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from typing import NamedTuple

from frappe.utils import get_url

from cs_retention.callbacks import reminder_words as words
from cs_retention.callbacks.cover import absent_people
from cs_retention.callbacks.customer import CALLBACK
from cs_retention.callbacks.reminder_people import (
	Reader,
	mail_to,
	read_manager_of,
	read_managers,
	read_readers,
)
from cs_retention.cs_retention.bells import Bell
from cs_retention.cs_retention.people import full_names
from cs_retention.cs_retention.states import open_store
from cs_retention.engine import reminders
from cs_retention.engine.outbox import Message, key_of
from cs_retention.engine.reminders import DueCall, ReminderKind, ReminderPolicy, Way
from cs_retention.engine.vocabulary import PeriodKind
from cs_retention.engine.workdays import next_working_day, period_label, period_of
from cs_retention.facts import reminders as facts
from cs_retention.facts.calendars import Calendars
from cs_retention.facts.selection import Selection

DESK = "/app/callback-desk"
LATE = "/app/customer-callback?status=Planned&escalated_on=%5B%22is%22%2C%22set%22%5D"

Said = tuple[str, str]
"""Subject and text."""


class Draft(NamedTuple):
	"""What one person would be told, and in which way, or why not."""

	kind: ReminderKind
	reader: Reader
	way: Way
	bell: Bell
	mail: Message | None = None


def draft_nudges(people: Selection, day: date, first: time, last: time) -> list[Draft]:
	"""Return who is told of calls that are to be made between two times of a day."""
	calls = facts.read_timed_calls(open_store(), people, day, first, last)
	away = absent_people(day) if calls else set()
	made_by = {call: reminders.whose_call(call, day, away)[0] for call in calls}
	readers = read_readers({person for person in made_by.values() if person})
	return [
		Draft(
			ReminderKind.NUDGE,
			readers[person],
			reminders.way_of(readers[person].is_enabled, True, False, is_mailed=False),
			Bell(
				key_of(ReminderKind.NUDGE.value, call.name, call.due_date, call.due_time),
				person,
				words.nudge_subject(call, readers[person].language),
				DESK,
				CALLBACK,
				call.name,
			),
		)
		for call, person in made_by.items()
		if person in readers
	]


def draft_digests(calls: Iterable[DueCall], calendars: Calendars, now: datetime) -> list[Draft]:
	"""Return what everybody who has something to do on a day is told in its morning."""
	today = now.date()
	promises = facts.read_due_promises(open_store(), today)
	found = reminders.digests(today, calls, promises, absent_people(today))
	called = full_names({call.account_manager for call in calls})
	readers = read_readers(found.keys())

	def said(reader: Reader) -> Said:
		digest, lang = found[reader.user], reader.language
		text = words.digest_text(digest, reader.user, called, today, get_url(DESK), lang)
		return words.digest_subject(digest, lang), text

	def is_working(person: str) -> bool:
		return calendars.of_person(person).is_working(today)

	return drafts(ReminderKind.DIGEST, today, readers, said, now, DESK, is_working)


def draft_escalations(
	calls: Iterable[DueCall], calendars: Calendars, now: datetime, policy: ReminderPolicy
) -> tuple[list[Draft], list[DueCall]]:
	"""Return what managers are told of calls that are late, and these calls."""
	late = reminders.late_calls(now.date(), calls, calendars.of_person, policy)
	people = {call.responsible for call in late}
	parts = reminders.by_manager(late, read_manager_of(people), read_managers()) if late else {}
	called = full_names(people)

	def said(reader: Reader) -> Said:
		part, lang = parts[reader.user], reader.language
		text = words.escalation_text(part, called, policy.escalation_days, get_url(LATE), lang)
		return words.escalation_subject(part, lang), text

	found = drafts(ReminderKind.ESCALATION, now.date(), read_readers(parts.keys()), said, now, LATE)
	return found, late


def draft_week(people: Selection, now: datetime) -> list[Draft]:
	"""Return what managers are told of the last whole week; nothing when nothing happened in it."""
	first, last = reminders.week_before(now.date())
	store = open_store()
	promises: dict[str, int] = {}
	for promise in facts.read_due_promises(store, last):
		promises[promise.promised_by] = promises.get(promise.promised_by, 0) + 1
	weeks = reminders.weeks(
		facts.read_week(store, people, first, last), facts.read_overdue(store, people, now.date()), promises
	)
	readers = read_readers(read_managers()) if weeks else {}
	called = full_names({week.person for week in weeks})
	label = period_label(first, PeriodKind.WEEK)

	def said(reader: Reader) -> Said:
		text = words.week_text(weeks, called, get_url(DESK), reader.language)
		return words.week_subject(label, reader.language), text

	return drafts(ReminderKind.WEEK, label.lower(), readers, said, now, DESK)


def day_of_the_week(today: date, calendars: Calendars) -> date:
	"""Return the day of the current week on which the last one is told: the first working day."""
	monday, _sunday = period_of(today, PeriodKind.WEEK)
	return next_working_day(monday, calendars.of_company())


def drafts(
	kind: ReminderKind,
	about: date | str,
	readers: Mapping[str, Reader],
	said: Callable[[Reader], Said],
	now: datetime,
	link: str,
	is_working: Callable[[str], bool] = lambda _person: True,
) -> list[Draft]:
	"""Return what readers are told in the bell and by mail; `about` is the date in the key."""
	return [
		draft_of(kind, about, reader, said(reader), now, link, is_working(reader.user))
		for reader in readers.values()
	]


def draft_of(
	kind: ReminderKind,
	about: date | str,
	reader: Reader,
	said: Said,
	now: datetime,
	link: str,
	is_working: bool,
) -> Draft:
	"""Return what one reader is told; whose address is none is told in the bell."""
	subject, text = said
	key = key_of(kind.value, reader.user, about)
	mail = mail_to(reader, key, subject, text, now)
	way = reminders.way_of(reader.is_enabled, is_working, has_address=mail is not None)
	return Draft(kind, reader, way, Bell(key, reader.user, subject, link), mail)
