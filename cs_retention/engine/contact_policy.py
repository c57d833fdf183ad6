"""The contact policy: how often, when and with whose consent the house may write to a customer (R12)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from cs_retention.engine.reasons import PolicyError
from cs_retention.engine.steps import whole
from cs_retention.engine.vocabulary import KEY_ACCOUNT, ConsentRule, Level, MessageChannel, MessageClass

EXEMPT = MessageClass.SERVICE
"""The class that no cap, gap, quiet hour or refusal holds back."""

RULED = tuple(class_ for class_ in MessageClass if class_ is not EXEMPT)
"""The classes a policy has rules for, the one that gives way to none first."""

CAP_DAYS = 30
"""A cap counts the touches of so many days, the day of the decision included."""

LEAST_OPEN = timedelta(hours=1)
"""The least time a day that quiet hours leave: held touches are looked at every hour."""


@dataclass(frozen=True, slots=True)
class Cap:
	"""Touches within CAP_DAYS at most: of customers of a level and by a channel; nothing named is all others."""

	touches: int
	level: str | None = None
	channel: MessageChannel | None = None

	def __post_init__(self) -> None:
		whole("caps.touches", self.touches, 1, 366)

	@property
	def about(self) -> tuple[str | None, MessageChannel | None]:
		"""What the cap is of."""
		return self.level, self.channel


@dataclass(frozen=True, slots=True)
class ClassRule:
	"""What holds for a class of messages.

	`email` and `sms` are its consent rules; `keeps_free` places of every cap are left to the classes above it; a
	message is held for at most `hold_days` days, then it is skipped.
	"""

	class_: MessageClass
	email: ConsentRule
	sms: ConsentRule
	keeps_free: int = 0
	hold_days: int = 14

	def __post_init__(self) -> None:
		whole(f"classes.{self.class_.value}.keeps_free", self.keeps_free, 0, 366)
		whole(f"classes.{self.class_.value}.hold_days", self.hold_days, 0, 90)

	def consent(self, channel: MessageChannel) -> ConsentRule:
		"""Return the consent rule of a channel."""
		return self.email if channel is MessageChannel.EMAIL else self.sms


def default_caps() -> tuple[Cap, ...]:
	"""Return the caps of RULES section 3: Key 8, Five Star 6, others 4."""
	return Cap(8, KEY_ACCOUNT), Cap(6, Level.FIVE_STAR.value), Cap(4)


def default_classes() -> tuple[ClassRule, ...]:
	"""Return the rules of the four classes: what is commercial needs consent, and leaves a place to what is not."""
	unless, needed = ConsentRule.UNLESS_WITHDRAWN, ConsentRule.NEEDED
	return (
		ClassRule(MessageClass.COMPLAINT, unless, unless, hold_days=30),
		ClassRule(MessageClass.RETENTION, unless, unless),
		ClassRule(MessageClass.CARE, unless, unless, keeps_free=1, hold_days=3),
		ClassRule(MessageClass.MARKETING, needed, needed, keeps_free=1),
	)


@dataclass(frozen=True, slots=True)
class ContactPolicy:
	"""Every rule on automatic touches; quiet hours are of the site's time zone, both ends empty for none.

	`min_gap_days` is the least number of calendar days from one automatic touch to the next.
	"""

	caps: tuple[Cap, ...] = field(default_factory=default_caps)
	classes: tuple[ClassRule, ...] = field(default_factory=default_classes)
	min_gap_days: int = 2
	quiet_from: time | None = time(20)
	quiet_to: time | None = time(9)
	version: str = "default-1"

	def __post_init__(self) -> None:
		whole("min_gap_days", self.min_gap_days, 0, CAP_DAYS)
		self._check_caps()
		self._check_classes()
		self._check_quiet_hours()

	def _check_caps(self) -> None:
		named = [cap.about for cap in self.caps]
		for cap in self.caps:
			if named.count(cap.about) > 1:
				raise PolicyError("caps", cap.level or "", "keep one row for each level and channel")
		if (None, None) not in named:
			raise PolicyError("caps", (), "give a row without level and channel: the cap of all others")

	def _check_classes(self) -> None:
		named = [rule.class_ for rule in self.classes]
		least, above = min(cap.touches for cap in self.caps), 0
		for class_ in RULED:
			if named.count(class_) != 1:
				raise PolicyError("classes", class_.value, "give every class exactly one row")
			kept, name = self.rule(class_).keeps_free, f"classes.{class_.value}.keeps_free"
			if kept >= least:
				raise PolicyError(name, kept, "give less than {least}, the smallest cap", least=least)
			if kept < above:
				raise PolicyError(name, kept, "give {least} or more, as the class above", least=above)
			above = kept
		if EXEMPT in named:
			raise PolicyError("classes", EXEMPT.value, "leave it out: it is always sent")

	def _check_quiet_hours(self) -> None:
		ends = self.quiet_from, self.quiet_to
		if ends == (None, None):
			return
		for name, end in zip(("quiet_from", "quiet_to"), ends, strict=True):
			if end is None:
				raise PolicyError(name, end, "give both ends of the quiet hours, or none")
		if self._open_time() < LEAST_OPEN:
			begins, ends_at = self.quiet_hours()
			raise PolicyError(
				"quiet_to",
				ends_at,
				"leave at least an hour of the day between the end and {begin}, when they begin",
				begin=begins,
			)

	def _open_time(self) -> timedelta:
		begin, end = (each or time() for each in (self.quiet_from, self.quiet_to))
		day = datetime(2000, 1, 1)
		open_for = datetime.combine(day, begin) - datetime.combine(day, end)
		return open_for if open_for >= timedelta() else open_for + timedelta(days=1)

	def quiet_hours(self) -> tuple[str, str]:
		"""Return both ends of the quiet hours as they are written; empty texts for none."""
		begin, end = (each.strftime("%H:%M") if each else "" for each in (self.quiet_from, self.quiet_to))
		return begin, end

	def rule(self, class_: MessageClass) -> ClassRule:
		"""Return the rule of a class."""
		return next(rule for rule in self.classes if rule.class_ is class_)

	def caps_of(self, level: str, channel: MessageChannel) -> Iterator[Cap]:
		"""Yield the caps on a touch: the one over all channels, then that of its channel if there is one.

		A level without a row of its own has the row of all others.
		"""
		known = {cap.about: cap for cap in self.caps}
		yield known.get((level, None)) or known[None, None]
		if of_channel := known.get((level, channel)) or known.get((None, channel)):
			yield of_channel

	def exceeded(self, level: str, touches: int, by_channel: Mapping[MessageChannel, int]) -> Cap | None:
		"""Return the first cap that the counted touches of a customer of a level exceed."""
		caps = {cap.about: cap for channel in MessageChannel for cap in self.caps_of(level, channel)}
		for cap in caps.values():
			made = touches if cap.channel is None else by_channel.get(cap.channel, 0)
			if made > cap.touches:
				return cap
		return None

	def over_cap(self, level: str, touches: Sequence[tuple[date, MessageChannel | None]], since: date) -> int:
		"""Return how many of a customer's touches, in the order of their days, went beyond a cap from a day on.

		Each is looked at with those of the CAP_DAYS that end with its day, itself included.
		"""
		over, first = 0, 0
		for place, (day, _channel) in enumerate(touches):
			while touches[first][0] <= day - timedelta(days=CAP_DAYS):
				first += 1
			counted = touches[first : place + 1]
			by_channel = Counter(channel for _day, channel in counted if channel)
			over += day >= since and self._takes_too_many(level, touches[place][1], len(counted), by_channel)
		return over

	def _takes_too_many(
		self, level: str, channel: MessageChannel | None, touches: int, by_channel: Counter[MessageChannel]
	) -> bool:
		"""Tell whether a touch is one too many of all, or of its own channel."""
		of_all, *of_channel = self.caps_of(level, channel or MessageChannel.EMAIL)
		is_over_own = channel is not None and any(by_channel[channel] > cap.touches for cap in of_channel)
		return touches > of_all.touches or is_over_own

	def open_from(self, moment: datetime) -> datetime:
		"""Return the moment itself outside the quiet hours, else their end."""
		begin, end = self.quiet_from, self.quiet_to
		if begin is None or end is None:
			return moment
		hour = moment.time()
		if begin < end:
			return datetime.combine(moment, end) if begin <= hour < end else moment
		if hour >= begin:
			return datetime.combine(moment + timedelta(days=1), end)
		return datetime.combine(moment, end) if hour < end else moment
