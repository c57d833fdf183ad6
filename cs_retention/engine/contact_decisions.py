"""What becomes of the automatic touches that are wanted for one customer: sent, merged, held until, or skipped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from cs_retention.engine.consent import Consent, plain_address, refusal, unreachable
from cs_retention.engine.contact_policy import CAP_DAYS, EXEMPT, Cap, ContactPolicy
from cs_retention.engine.outbox import LONGEST_MAIL, LONGEST_SMS
from cs_retention.engine.reasons import Reason
from cs_retention.engine.vocabulary import MessageChannel, MessageClass, TouchDecision

REASONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
	{
		"always_sent": (),
		"within_cap": ("touches", "cap", "level", "days"),
		"same_day": (),
		"quiet_hours": ("begin", "end"),
		"gap_too_short": ("last", "gap_days"),
		"cap_reached": ("touches", "cap", "level", "days"),
		"places_kept": ("touches", "cap", "level", "kept", "class_name", "days"),
		"too_late": ("until", "hold_days"),
		"no_address": ("channel",),
		"address_bounced": ("address", "on"),
		"do_not_contact": ("on",),
		"consent_withdrawn": ("channel", "on"),
		"no_consent": ("channel",),
		"called_off": ("person",),
		"nothing_known": ("names",),
		"cannot_be_sent": ("remedy",),
	}
)
"""Reason codes of an automatic touch with the names of their figures; the last three are found when it is sent."""

PRIORITY = {class_: place for place, class_ in enumerate(MessageClass)}
ONE_DAY = timedelta(days=1)
LONGEST = {MessageChannel.EMAIL: LONGEST_MAIL, MessageChannel.SMS: LONGEST_SMS}
"""Characters of a message at most."""


@dataclass(frozen=True, slots=True)
class PastTouch:
	"""A touch that was made: by a person without a class, by the house with one."""

	day: date
	class_: MessageClass | None = None
	channel: MessageChannel | None = None

	@property
	def is_counted(self) -> bool:
		"""Whether the touch takes a place of a cap."""
		return self.class_ is not EXEMPT


@dataclass(frozen=True, slots=True)
class WantedTouch:
	"""An automatic touch that a rule or a person wants; `asked_at` is when it first was, naive in the site's zone.

	`size` is the length of its text: touches are merged as far as one message takes their texts.
	"""

	key: str
	class_: MessageClass
	channel: MessageChannel
	address: str
	asked_at: datetime
	size: int = 0

	@property
	def place(self) -> tuple[int, datetime, str]:
		"""The order in which touches are decided: the higher class first, then the one asked for earlier."""
		return PRIORITY[self.class_], self.asked_at, self.key


@dataclass(frozen=True, slots=True)
class Addressee:
	"""One customer as the policy sees it: its level, its record of consents in order, the touches of CAP_DAYS.

	`waiting` are touches that are held and not looked at in this decision: places are kept for the higher of them.
	"""

	level: str
	consents: tuple[Consent, ...] = ()
	history: tuple[PastTouch, ...] = ()
	waiting: tuple[WantedTouch, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
	"""What becomes of one wanted touch and why; `held_until` and `merged_into`, a key, where they say something."""

	key: str
	outcome: TouchDecision
	reasons: tuple[Reason, ...]
	held_until: datetime | None = None
	merged_into: str | None = None


def decide(
	policy: ContactPolicy, addressee: Addressee, wanted: Iterable[WantedTouch], as_of: datetime
) -> list[Decision]:
	"""Decide about all the touches wanted for a customer at a moment, one decision each, the higher classes first.

	A cap is never exceeded, and no touch is held because of a lower class wanted with it.
	"""
	desk = _Desk(policy, addressee, as_of)
	return [desk.decide(touch) for touch in sorted(wanted, key=lambda touch: touch.place)]


@dataclass(slots=True)
class _Desk:
	policy: ContactPolicy
	addressee: Addressee
	as_of: datetime
	made: list[PastTouch] = field(init=False)
	held: list[WantedTouch] = field(init=False)
	carriers: dict[tuple[MessageChannel, str], WantedTouch] = field(default_factory=dict)

	def __post_init__(self) -> None:
		self.made = list(self.addressee.history)
		self.held = list(self.addressee.waiting)

	def decide(self, touch: WantedTouch) -> Decision:
		consents = self.addressee.consents
		if touch.class_ is EXEMPT:
			if reason := unreachable(consents, touch.channel, touch.address):
				return Decision(touch.key, TouchDecision.SKIPPED, (reason,))
			return Decision(touch.key, TouchDecision.SENT, (Reason.of("always_sent"),))
		rule = self.policy.rule(touch.class_).consent(touch.channel)
		if reason := refusal(consents, touch.channel, touch.address, rule):
			return Decision(touch.key, TouchDecision.SKIPPED, (reason,))
		return self._merge(touch) or self._schedule(touch)

	def _merge(self, touch: WantedTouch) -> Decision | None:
		"""Let a touch travel with the one that goes to the same address now, where both have room in one message."""
		address = _address_of(touch)
		carrier = self.carriers.get(address)
		if carrier is None or carrier.size + touch.size > LONGEST[touch.channel]:
			return None
		self.carriers[address] = replace(carrier, size=carrier.size + touch.size)
		reasons = (Reason.of("same_day"),)
		return Decision(touch.key, TouchDecision.MERGED, reasons, merged_into=carrier.key)

	def _schedule(self, touch: WantedTouch) -> Decision:
		caps = list(self.policy.caps_of(self.addressee.level, touch.channel))
		waits = [wait for cap in caps if (wait := self._wait_for_cap(touch, cap))]
		waits += [wait for wait in [self._wait_for_gap(touch)] if wait]
		day = max((day for day, _ in waits), default=self.as_of.date())
		moment = datetime.combine(day, time()) if waits else self.as_of
		until = self.policy.open_from(moment)
		reasons = [reason for _, reason in waits]
		if self.policy.open_from(self.as_of) > self.as_of:
			reasons.append(self._quiet())
		if until > self.as_of:
			return self._hold(touch, until, tuple(reasons))
		return self._send(touch, caps[0])

	def _send(self, touch: WantedTouch, cap: Cap) -> Decision:
		self.made.append(PastTouch(self.as_of.date(), touch.class_, touch.channel))
		self.carriers[_address_of(touch)] = touch
		used = len(self._counted(cap))
		reason = Reason.of(
			"within_cap", touches=used, cap=cap.touches, level=self.addressee.level, days=CAP_DAYS
		)
		return Decision(touch.key, TouchDecision.SENT, (reason,))

	def _hold(self, touch: WantedTouch, until: datetime, reasons: tuple[Reason, ...]) -> Decision:
		most = self.policy.rule(touch.class_).hold_days
		if (until.date() - touch.asked_at.date()).days > most:
			late = Reason.of("too_late", until=until.date(), hold_days=most)
			return Decision(touch.key, TouchDecision.SKIPPED, (late, *reasons))
		self.held.append(touch)
		return Decision(touch.key, TouchDecision.HELD, reasons, held_until=until)

	def _quiet(self) -> Reason:
		begin, end = self.policy.quiet_hours()
		return Reason.of("quiet_hours", begin=begin, end=end)

	def _wait_for_gap(self, touch: WantedTouch) -> tuple[date, Reason] | None:
		"""Return when the gap to the last automatic touch of its own or a higher class is over."""
		days = [
			past.day
			for past in self.made
			if past.class_ not in (None, EXEMPT) and not _is_above(touch.class_, past.class_)
		]
		last = max(days, default=None)
		if last is None or last + self.policy.min_gap_days * ONE_DAY <= self.as_of.date():
			return None
		gap = self.policy.min_gap_days
		return last + gap * ONE_DAY, Reason.of("gap_too_short", last=last, gap_days=gap)

	def _wait_for_cap(self, touch: WantedTouch, cap: Cap) -> tuple[date, Reason] | None:
		"""Return the day on which a cap has room for a touch; nothing is added until then but what waits above it."""
		today, counted = self.as_of.date(), self._counted(cap)
		above = sum(_is_above(other.class_, touch.class_) for other in self.held if _is_under(other, cap))
		room = cap.touches - self.policy.rule(touch.class_).keeps_free - above
		if len(counted) < room:
			return None
		days = sorted(counted)
		# A place is free once all but room - 1 of the touches have left the window.
		leaving = days[len(days) - max(room, 1)] if days else today
		return leaving + CAP_DAYS * ONE_DAY, self._full(touch, cap, len(counted), cap.touches - room)

	def _full(self, touch: WantedTouch, cap: Cap, touches: int, kept: int) -> Reason:
		"""Return that a cap is full, or what is left of it kept for the classes above."""
		level = self.addressee.level
		if not kept:
			return Reason.of("cap_reached", touches=touches, cap=cap.touches, level=level, days=CAP_DAYS)
		figures = {"kept": kept, "class_name": touch.class_.value, "days": CAP_DAYS}
		return Reason.of("places_kept", touches=touches, cap=cap.touches, level=level, **figures)

	def _counted(self, cap: Cap) -> list[date]:
		first = self.as_of.date() - (CAP_DAYS - 1) * ONE_DAY
		return [
			past.day
			for past in self.made
			if past.is_counted and past.day >= first and cap.channel in (None, past.channel)
		]


def _is_above(one: MessageClass | None, other: MessageClass | None) -> bool:
	"""Tell whether a class has priority over another."""
	return one is not None and other is not None and PRIORITY[one] < PRIORITY[other]


def _is_under(touch: WantedTouch, cap: Cap) -> bool:
	return cap.channel in (None, touch.channel)


def _address_of(touch: WantedTouch) -> tuple[MessageChannel, str]:
	return touch.channel, plain_address(touch.address)
