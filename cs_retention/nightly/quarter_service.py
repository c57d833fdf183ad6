"""Evidence of service: complaints and first contacts out of what customers asked, their answers, reminders of money."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from cs_retention.engine.kpi_evidence import (
	BACK_DAYS,
	CURED_DAYS,
	REPEAT_DAYS,
	SLOWEST_CLOSING,
	CountedComplaint,
	FirstContact,
	RemindedCustomer,
	SatisfactionAnswer,
	close_by,
	mark_repeats,
)
from cs_retention.facts.issues import has_closing_dates
from cs_retention.facts.keys import fold
from cs_retention.facts.service_evidence import (
	FoundIssue,
	has_verifications,
	read_answers,
	read_asked,
	read_confirmations,
	read_reminders,
)
from cs_retention.nightly.cohort import Evidence
from cs_retention.nightly.quarter_evidence import EVERYBODY, Reading


def read_complaints(reading: Reading) -> Iterator[Evidence]:
	"""Yield the complaints that came or fell due, knowing those of the days before in which one may be repeated.

	One was closed by the day on which its customer confirmed that, where no day of closing is on record. Where nobody was
	to call about any, none falls due: whether customers confirm is not on record.
	"""
	store, due_since = reading.store, reading.first - timedelta(days=SLOWEST_CLOSING)
	types = set(map(fold, reading.policy.complaints.issue_types))
	asked = read_asked(store, EVERYBODY, due_since - timedelta(days=REPEAT_DAYS), reading.last)
	found = [each for each in asked if fold(each.category) in types]
	span = due_since, reading.as_of
	confirmed = read_confirmations(store, EVERYBODY, *span) if has_verifications(store, *span) else None
	# Both are in the order of days, customers and categories.
	for each, counted in zip(
		found, mark_repeats(as_complaint(reading, each, confirmed) for each in found), strict=True
	):
		if counted.has_come or counted.is_due:
			shown = {
				"issue": each.name,
				"customer": each.customer,
				"issue_type": each.category,
				"opened_on": each.opened_on,
				"closed_on": counted.closed_on,
				"confirmed_on": counted.confirmed_on,
				"is_repeat": int(counted.is_repeat),
			}
			yield Evidence(shown, counted)


def as_complaint(
	reading: Reading, found: FoundIssue, confirmed: Mapping[str, date] | None
) -> CountedComplaint:
	"""Return a complaint as the key figures see it; `confirmed` is None where that is not on record."""
	confirmed_on = confirmed.get(fold(found.name)) if confirmed else None
	return CountedComplaint(
		fold(found.customer),
		fold(found.category),
		found.opened_on,
		found.closed_on or (confirmed_on if found.is_closed else None),
		confirmed_on,
		has_come=found.opened_on >= reading.first,
		is_due=confirmed is not None and reading.first <= close_by(found.opened_on) <= reading.last,
	)


def read_first_contacts(reading: Reading) -> Iterator[Evidence]:
	"""Yield what customers asked for anew and did not ask again for some days, which ended in the period.

	Solved is what was closed on the day it came; where closing leaves no day on record, nothing can be told.
	"""
	store, back = reading.store, timedelta(days=BACK_DAYS)
	if not has_closing_dates(store):
		return
	last_asked: dict[tuple[str, str], FoundIssue] = {}
	firsts: dict[str, tuple[FoundIssue, bool]] = {}
	for each in read_asked(store, EVERYBODY, reading.first - 2 * back, reading.last):
		matter = fold(each.customer), fold(each.category)
		before = last_asked.get(matter)
		if before and each.opened_on <= before.opened_on + back:
			if before.name in firsts:
				firsts[before.name] = before, True
		else:
			firsts[each.name] = each, False
		last_asked[matter] = each
	for each, came_back in firsts.values():
		if reading.first <= each.opened_on + back <= reading.last:
			shown = {
				"issue": each.name,
				"customer": each.customer,
				"issue_type": each.category,
				"opened_on": each.opened_on,
				"closed_on": each.closed_on,
				"came_back": int(came_back),
			}
			yield Evidence(shown, FirstContact(each.closed_on == each.opened_on, came_back))


def read_satisfaction(reading: Reading) -> Iterator[Evidence]:
	"""Yield what customers answered, beside what each answered last since."""
	low = reading.policy.health.low_satisfaction_at
	found = list(read_answers(reading.store, EVERYBODY, reading.first, reading.as_of))
	latest = {fold(each.customer): each for each in found}
	for each in found:
		now = latest[fold(each.customer)]
		if each.answered_on <= reading.last:
			shown = {
				"touch": each.touch,
				"customer": each.customer,
				"responsible": each.person,
				"answered_on": each.answered_on,
				"satisfaction": each.satisfaction,
				"answered_since": now.satisfaction if now is not each else 0,
			}
			yield Evidence(
				shown, SatisfactionAnswer(each.satisfaction > low, now is not each and now.satisfaction > low)
			)


def read_reminded(reading: Reading) -> Iterator[Evidence]:
	"""Yield the company's reminders of money overdue whose days to pay ended in the period."""
	days = timedelta(days=CURED_DAYS)
	for found in read_reminders(reading.store, EVERYBODY, reading.first - days, reading.last - days):
		if fold(found.company) == fold(reading.company):
			settled_on = found.settled_on if found.settled_on and found.settled_on <= reading.as_of else None
			after = max((settled_on - found.reminded_on).days, 0) if settled_on else None
			shown = {
				"reminder": found.name,
				"customer": found.customer,
				"reminded_on": found.reminded_on,
				"settled_on": settled_on,
			}
			yield Evidence(shown, RemindedCustomer(after))
