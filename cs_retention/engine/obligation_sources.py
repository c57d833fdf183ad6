"""Dated obligations from what happened and what is ahead: one row of a table per source, all through the planner."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import blake2b
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple

from cs_retention.engine.obligation_policy import ObligationPolicy, SourceRule
from cs_retention.engine.obligations import SPOKEN, DatedObligation, MadeContact
from cs_retention.engine.reasons import PolicyError, Reason
from cs_retention.engine.retention_case import CasePolicy, follow_ups
from cs_retention.engine.vocabulary import Channel, ObligationKind, ObligationSource
from cs_retention.engine.workdays import (
	WorkCalendar,
	add_months,
	add_working_days,
	month_span,
	next_working_day,
	previous_working_day,
	span_label,
)

ONE_DAY = timedelta(days=1)
LAPSED_SEEN = timedelta(days=30)
"""How long after it lapsed a duty is still told apart from one that was withdrawn; no holidays last longer."""

LONGEST_KEY = 140
"""Letters that the column of a key holds."""

CALLS = SPOKEN | {Channel.MESSAGE}
"""What meets a duty to call; a message does where the customer wishes nothing else."""

VISITS = frozenset({Channel.VISIT})
SHARES = 10_000
"""Parts of a hundred percent in which a share is drawn."""


class Occasion(NamedTuple):
	"""What facts know of one occasion: the document's name, opaque to the engine, and its day.

	The day is that on which a complaint was opened, goods were delivered, maintenance is planned, a person was born.
	A complaint has the day it was resolved (None: unknown) and who handled it. Of a leaver it is the day of leaving, with
	those on which it agreed to be called and until which it may be won back. Of a merchant it is that of its admission: it
	is met once in every span of so many months. Of an invitation it is that on which it was made, to a campaign that lasts
	`until` its last day.
	"""

	source: ObligationSource
	document: str
	day: date
	resolved: date | None = None
	handlers: frozenset[str] = frozenset()
	call_on: date | None = None
	win_back_until: date | None = None
	months: int = 3
	until: date | None = None


@dataclass(frozen=True, slots=True)
class Frame:
	"""What all customers of a night share: its date, the last day that is planned, working days, festivals with names.

	`cases` says when a customer who was kept is called.
	"""

	as_of: date
	until: date
	calendar: WorkCalendar
	festivals: tuple[tuple[date, str], ...] = ()
	cases: CasePolicy = field(default_factory=CasePolicy)


class Window(NamedTuple):
	"""One duty that an occasion makes: the end of its key, first and last day, until when it is owed, and why.

	Any contact from `counts_from` on meets it; None: only the callback that was made for it does.
	"""

	label: str
	start: date
	end: date
	lapses: date
	why: Reason
	counts_from: date | None = None


DOCUMENT = attrgetter("document")


@dataclass(frozen=True, slots=True)
class OwedDuties:
	"""What is owed to a customer beside cadence and agreements, and the keys of what time has taken away unmet."""

	owed: tuple[DatedObligation, ...] = ()
	lapsed: frozenset[str] = frozenset()


def duties_of(
	state: str,
	level: str,
	occasions: Iterable[Occasion],
	policy: ObligationPolicy,
	frame: Frame,
	contacts: Sequence[MadeContact] = (),
	settled: Collection[str] = (),
) -> OwedDuties:
	"""Return what a customer is owed, in order of keys.

	`state` and `level` are those of the customer, `settled` the keys that people have ended. What a contact met in time
	is still told, so that the callback made for it can name the contact.
	"""
	owed: dict[str, DatedObligation] = {}
	lapsed: set[str] = set()
	# Two festivals of one day are one call: of whose name does not depend on the order in which they are told.
	for occasion in sorted((*occasions, *_without_documents(state, policy, frame)), key=DOCUMENT):
		row, rule = TABLE[occasion.source], policy.rule(occasion.source)
		if not rule.is_for(level):
			continue
		for window in row.windows(occasion, rule, frame):
			obligation = _obligation(state, occasion, row, rule, window)
			if obligation.key in settled or window.lapses < frame.as_of - LAPSED_SEEN:
				continue
			if window.lapses < frame.as_of and not _was_met(obligation, window, contacts):
				lapsed.add(obligation.key)
			elif window.start <= frame.until:
				owed[obligation.key] = obligation
	return OwedDuties(tuple(owed[key] for key in sorted(owed)), frozenset(lapsed))


def days_back(policy: ObligationPolicy) -> int:
	"""Return how many days before a night the day lies, at the earliest, that a duty counts from and is still told.

	For a duty that comes later than its document, as the last call after a save, the document may be older.
	"""
	rules = (policy.rule(source) for source in ObligationSource)
	return max(2 * rule.days + rule.lapse_days for rule in rules) + LAPSED_SEEN.days


def days_ahead(policy: ObligationPolicy) -> int:
	"""Return how many days after the last planned day there is something that is owed before it."""
	rules = (policy.rule(source) for source in ObligationSource)
	return max(max(rule.notice, default=0) + 2 * rule.days for rule in rules) + LAPSED_SEEN.days


def switched_on(policy: ObligationPolicy) -> ObligationPolicy:
	"""Return the rows with everything on that could be."""
	for source in ObligationSource:
		try:
			policy = policy.with_on(source)
		except PolicyError:
			continue
	return policy


def source_of(key: str) -> ObligationSource | None:
	"""Return the source that an obligation key is of; None for one of the cadence, or of what people agreed."""
	return BY_PREFIX.get(key.partition("|")[0])


def come_again(occasions: Iterable[Occasion], as_of: date, span: timedelta) -> list[Occasion]:
	"""Return the occasions of the days of a span up to a date as if they came again in the days after it."""
	return [
		occasion._replace(day=occasion.day + span, resolved=occasion.resolved and occasion.resolved + span)
		for occasion in occasions
		if as_of - span < (occasion.resolved or occasion.day) <= as_of
	]


def is_sampled(state: str, month: str, rule: SourceRule) -> bool:
	"""Tell whether a customer stands in the sample of a month: the same answer whenever it is asked."""
	drawn = int.from_bytes(blake2b(f"{month}|{state}".encode(), digest_size=8).digest(), "big")
	return drawn % SHARES < rule.share * (SHARES // 100)


def _without_documents(state: str, policy: ObligationPolicy, frame: Frame) -> Iterator[Occasion]:
	"""Yield the occasions that every customer has: months to be sampled in, and festivals."""
	month = month_span(frame.as_of - LAPSED_SEEN, 1)[0]
	while policy.sampled_visit.is_on and month <= frame.until:
		if is_sampled(state, span_label(month, 1), policy.sampled_visit):
			yield Occasion(ObligationSource.SAMPLED_VISIT, span_label(month, 1), month)
		month = add_months(month, 1)
	if policy.festival.is_on:
		for day, name in frame.festivals:
			yield Occasion(ObligationSource.FESTIVAL, name, day)


def _obligation(
	state: str, occasion: Occasion, row: SourceRow, rule: SourceRule, window: Window
) -> DatedObligation:
	return DatedObligation(
		key=_key(row.prefix, state, window.label),
		kind=row.kind,
		start=window.start,
		end=window.end,
		channels=VISITS if rule.channel is Channel.VISIT else CALLS,
		is_urgent=row.is_urgent,
		barred=occasion.handlers,
		met_from=window.counts_from,
		why=window.why,
	)


def _key(prefix: str, state: str, label: str) -> str:
	"""Return the key: prefix, state and source; a source too long for the column by its digest."""
	key = f"{prefix}|{state}|{label}"
	if len(key) <= LONGEST_KEY:
		return key
	return f"{prefix}|{state}|{blake2b(label.encode(), digest_size=16).hexdigest()}"


def _was_met(obligation: DatedObligation, window: Window, contacts: Sequence[MadeContact]) -> bool:
	"""Tell whether a contact met the duty in time, whatever it was made for."""
	return any(obligation.is_met_by(contact) and contact.day <= window.lapses for contact in contacts)


def _sampled_visit(occasion: Occasion, rule: SourceRule, frame: Frame) -> Iterator[Window]:
	"""A visit in the month in which the customer stands in the sample."""
	first, last = month_span(occasion.day, 1)
	end = previous_working_day(last, frame.calendar)
	why = Reason.of("sampled_visit", period=occasion.document, until=end)
	yield Window(occasion.document, first, end, last, why, first)


def _complaint(occasion: Occasion, rule: SourceRule, frame: Frame) -> Iterator[Window]:
	"""A call after the complaint is resolved, in time for it to close within `days` of its opening.

	One resolved later than that is verified on the next working day. Resolved again, it is verified again.
	"""
	start = next_working_day(occasion.resolved or occasion.day, frame.calendar)
	closes = occasion.day + timedelta(days=rule.days)
	end = max(start, previous_working_day(closes, frame.calendar))
	label = f"{occasion.document}|{occasion.resolved}" if occasion.resolved else occasion.document
	why = Reason.of("complaint_to_verify", of=occasion.day, until=end)
	yield Window(label, start, end, end + timedelta(days=rule.lapse_days), why)


def _after_service(occasion: Occasion, rule: SourceRule, frame: Frame) -> Iterator[Window]:
	"""A call within `days` working days after the service."""
	day_after = occasion.day + ONE_DAY
	start = next_working_day(day_after, frame.calendar)
	end = add_working_days(occasion.day, rule.days, frame.calendar)
	code = SERVICE_CODES[occasion.source]
	why = Reason.of(code, of=occasion.day, until=end)
	yield Window(occasion.document, start, end, end + timedelta(days=rule.lapse_days), why, day_after)


SERVICE_CODES = MappingProxyType(
	{
		ObligationSource.AFTER_DELIVERY: "after_delivery",
		ObligationSource.AFTER_MAINTENANCE_VISIT: "after_maintenance_visit",
	}
)


def _maintenance(occasion: Occasion, rule: SourceRule, frame: Frame) -> Iterator[Window]:
	"""A call each number of days before the maintenance, at the latest; it lapses when the next one is due."""
	ends = [
		(days, previous_working_day(occasion.day - timedelta(days=days), frame.calendar))
		for days in sorted(set(rule.notice), reverse=True)
	]
	later = [*(end for _, end in ends[1:]), occasion.day]
	for (days, end), after in zip(ends, later, strict=True):
		why = Reason.of("maintenance_ahead", on=occasion.day, until=end)
		start = _days_before(end, rule, frame)
		yield Window(f"{occasion.document}|{days}", start, end, max(end, after - ONE_DAY), why)


def _birthday(occasion: Occasion, rule: SourceRule, frame: Frame) -> Iterator[Window]:
	"""A call on the birthday of the years in question, or before it when nobody works on it."""
	for year in range((frame.as_of - LAPSED_SEEN).year, frame.until.year + 2):
		day = add_months(occasion.day, 12 * (year - occasion.day.year))
		end = previous_working_day(day, frame.calendar)
		start = _days_before(end, rule, frame)
		why = Reason.of("birthday", on=day, until=end)
		yield Window(f"{occasion.document}|{year}", start, end, end, why, start)


def _festival(occasion: Occasion, rule: SourceRule, frame: Frame) -> Iterator[Window]:
	"""A call in the working days before the festival, or on it where it is worked."""
	end = previous_working_day(occasion.day, frame.calendar)
	start = _days_before(end, rule, frame)
	why = Reason.of("festival", name=occasion.document, on=occasion.day, until=end)
	yield Window(f"{occasion.day}", start, end, end, why, start)


def _after_save(occasion: Occasion, rule: SourceRule, frame: Frame) -> Iterator[Window]:
	"""A call on each of the `follow_ups` of the save, within the `days` working days that begin with it."""
	for number, day in enumerate(follow_ups(occasion.day, frame.cases)):
		start = next_working_day(day, frame.calendar)
		end = add_working_days(start, rule.days - 1, frame.calendar)
		why = Reason.of("after_save", of=occasion.day, until=end)
		lapses = end + timedelta(days=rule.lapse_days)
		yield Window(f"{occasion.document}|{number}", start, end, lapses, why, start)


def _after_leaving(occasion: Occasion, rule: SourceRule, frame: Frame) -> Iterator[Window]:
	"""The call a leaver agreed to, and another to win it back, `lapse_days` before it may not be called any more."""
	if occasion.call_on:
		start = next_working_day(occasion.call_on, frame.calendar)
		end = add_working_days(start, rule.days - 1, frame.calendar)
		why = Reason.of("after_leaving", of=occasion.day, until=end)
		yield Window(occasion.document, start, end, end + timedelta(days=rule.lapse_days), why, start)
	if occasion.win_back_until:
		last = occasion.win_back_until
		end = previous_working_day(last - timedelta(days=rule.lapse_days), frame.calendar)
		start = _days_before(end, rule, frame)
		why = Reason.of("win_back", of=occasion.day, until=last)
		yield Window(f"{occasion.document}|win_back", start, end, last, why, start)


def _exchange(occasion: Occasion, rule: SourceRule, frame: Frame) -> Iterator[Window]:
	"""A talk with the merchant in every span of its months, from the day of its admission on."""
	first, last = month_span(frame.as_of - LAPSED_SEEN, occasion.months)
	while first <= frame.until:
		begins = max(first, occasion.day)
		start, end = next_working_day(begins, frame.calendar), previous_working_day(last, frame.calendar)
		if start <= end:
			label = span_label(first, occasion.months)
			why = Reason.of("merchant_exchange", period=label, until=end)
			yield Window(f"{occasion.document}|{label}", start, end, last, why, begins)
		first, last = month_span(last + ONE_DAY, occasion.months)


def _invitation(occasion: Occasion, rule: SourceRule, frame: Frame) -> Iterator[Window]:
	"""A call within `days` working days after somebody was invited, while the campaign lasts."""
	last = occasion.until or occasion.day
	start = next_working_day(occasion.day, frame.calendar)
	end = min(
		add_working_days(start, rule.days - 1, frame.calendar), previous_working_day(last, frame.calendar)
	)
	if start <= end:
		why = Reason.of("campaign_invitation", on=last, until=end)
		yield Window(occasion.document, start, end, last, why)


def _days_before(end: date, rule: SourceRule, frame: Frame) -> date:
	"""Return the first of the `days` working days that end with a day."""
	return add_working_days(end, 1 - rule.days, frame.calendar)


@dataclass(frozen=True, slots=True)
class SourceRow:
	"""One row of the table of sources: how its obligations are named and ranked, and the windows an occasion makes.

	An urgent one may displace a committed callback.
	"""

	prefix: str
	kind: ObligationKind
	windows: Callable[[Occasion, SourceRule, Frame], Iterator[Window]]
	is_urgent: bool = False


TABLE: Mapping[ObligationSource, SourceRow] = MappingProxyType(
	{
		ObligationSource.SAMPLED_VISIT: SourceRow("sampled_visit", ObligationKind.VISIT, _sampled_visit),
		ObligationSource.COMPLAINT_VERIFICATION: SourceRow(
			"complaint", ObligationKind.COMPLAINT, _complaint, is_urgent=True
		),
		ObligationSource.AFTER_DELIVERY: SourceRow("delivery", ObligationKind.AFTER_SERVICE, _after_service),
		ObligationSource.AFTER_MAINTENANCE_VISIT: SourceRow(
			"maintenance_visit", ObligationKind.AFTER_SERVICE, _after_service
		),
		ObligationSource.MAINTENANCE_REMINDER: SourceRow(
			"maintenance", ObligationKind.AFTER_SERVICE, _maintenance
		),
		ObligationSource.BIRTHDAY: SourceRow("birthday", ObligationKind.CARE, _birthday),
		ObligationSource.FESTIVAL: SourceRow("festival", ObligationKind.CARE, _festival),
		ObligationSource.AFTER_A_SAVE: SourceRow("save", ObligationKind.CASE, _after_save),
		ObligationSource.AFTER_LEAVING: SourceRow("leaving", ObligationKind.CASE, _after_leaving),
		ObligationSource.MERCHANT_EXCHANGE: SourceRow("exchange", ObligationKind.CARE, _exchange),
		ObligationSource.CAMPAIGN_INVITATION: SourceRow("invitation", ObligationKind.CARE, _invitation),
	}
)

WITHOUT_DOCUMENTS = tuple(
	TABLE[source].prefix for source in (ObligationSource.SAMPLED_VISIT, ObligationSource.FESTIVAL)
)
"""How the keys begin of what the calendar alone asks for."""

BY_PREFIX = MappingProxyType({row.prefix: source for source, row in TABLE.items()})

ARRIVING = frozenset(
	{
		ObligationSource.COMPLAINT_VERIFICATION,
		ObligationSource.AFTER_DELIVERY,
		ObligationSource.AFTER_MAINTENANCE_VISIT,
	}
)
"""Sources whose documents come in from day to day; what the others ask for is known ahead."""

AFTER_RELEASE = ARRIVING | {ObligationSource.AFTER_LEAVING, ObligationSource.MERCHANT_EXCHANGE}
"""What is still owed to a customer who was let go: an answer to what came in, the calls that it agreed to, and the
exchange with a merchant, which is a partner all the same."""
