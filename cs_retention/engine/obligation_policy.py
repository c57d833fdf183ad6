"""Which sources of dated obligations are on, for whom, and the figures of each (RULES sections 1 and 3)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from cs_retention.engine.reasons import PolicyError
from cs_retention.engine.vocabulary import KEY_ACCOUNT, LADDER, Channel, ObligationSource

WAYS = (Channel.PHONE, Channel.VISIT)
LONGEST = 366


@dataclass(frozen=True, slots=True)
class SourceRule:
	"""One source: whether it is on and its figures; which of them count is said by the source.

	`days`: the days of the window, or within which the work is due. `notice`: days before a date. `share`: percent
	of the customers in a month. `levels`: only these customers, none named means all. By `channel` Phone a call is
	owed, which a visit meets as well; by Visit nothing else does. A duty is given up `lapse_days` after its due date.
	"""

	is_on: bool = False
	days: int = 1
	notice: tuple[int, ...] = ()
	share: Decimal = Decimal(0)
	levels: tuple[str, ...] = ()
	channel: Channel = Channel.PHONE
	lapse_days: int = 0

	def __post_init__(self) -> None:
		for field_name, least, days in self._spans():
			if not least <= days <= LONGEST:
				raise PolicyError(field_name, days, "give {least} to {most} days", least=least, most=LONGEST)
		if not 0 <= self.share <= 100:
			raise PolicyError("share", self.share, "give a number from 0 to 100")
		if self.channel not in WAYS:
			allowed = ", ".join(way.value for way in WAYS)
			raise PolicyError("channel", self.channel.value, "give one of {allowed}", allowed=allowed)
		for level in self.levels:
			if level not in LADDER:
				raise PolicyError("levels", level, "give one of {allowed}", allowed=", ".join(LADDER))

	def _spans(self) -> Iterator[tuple[str, int, int]]:
		"""Yield field, least value and value of every number of days."""
		yield "days", 1, self.days
		yield "lapse_days", 0, self.lapse_days
		yield from (("notice", 1, days) for days in self.notice)

	def is_for(self, level: str) -> bool:
		"""Tell whether customers of a level are meant."""
		return self.is_on and (not self.levels or level in self.levels)


@dataclass(frozen=True, slots=True)
class FestivalPolicy:
	"""Whose public holidays are festivals: ISO code of the country, the names chosen, and own dates with their names.

	An own date is written "2027-02-20 Lantern Festival".
	"""

	country: str = ""
	names: tuple[str, ...] = ()
	own: tuple[str, ...] = ()

	def __post_init__(self) -> None:
		if self.names and not self.country:
			raise PolicyError("country", self.country, "name the country whose festivals they are")
		tuple(self.own_days())

	def own_days(self) -> Iterator[tuple[date, str]]:
		"""Yield the own dates with their names."""
		for line in self.own:
			day, _, name = line.strip().partition(" ")
			try:
				found = date.fromisoformat(day)
			except ValueError:
				found = None
			if found is None or not name.strip():
				raise PolicyError("own", line, "give a date and a name, such as 2027-02-20 Lantern Festival")
			yield found, name.strip()


@dataclass(frozen=True, slots=True)
class ObligationPolicy:
	"""The rows of the table of sources that a manager keeps.

	On by default is what acts on a document or a date that people entered for it; a sample of visits and festivals
	are a decision of their own.
	"""

	sampled_visit: SourceRule = SourceRule(share=Decimal(2), channel=Channel.VISIT)
	complaint_verification: SourceRule = SourceRule(is_on=True, days=3, lapse_days=14)
	after_delivery: SourceRule = SourceRule(is_on=True, days=3, lapse_days=14)
	after_maintenance_visit: SourceRule = SourceRule(is_on=True, days=3, lapse_days=14)
	maintenance_reminder: SourceRule = SourceRule(is_on=True, notice=(14, 1))
	birthday: SourceRule = SourceRule(is_on=True, levels=(KEY_ACCOUNT,))
	festival: SourceRule = SourceRule(days=5, levels=(KEY_ACCOUNT,))
	after_a_save: SourceRule = SourceRule(is_on=True, days=3, lapse_days=14)
	after_leaving: SourceRule = SourceRule(is_on=True, days=5, lapse_days=14)
	merchant_exchange: SourceRule = SourceRule(is_on=True)
	campaign_invitation: SourceRule = SourceRule(is_on=True, days=5)
	festivals: FestivalPolicy = field(default_factory=FestivalPolicy)

	def __post_init__(self) -> None:
		if self.maintenance_reminder.is_on and not self.maintenance_reminder.notice:
			raise PolicyError("maintenance_reminder.notice", (), "give the days before, such as 14 and 1")
		if self.sampled_visit.is_on and not self.sampled_visit.share:
			raise PolicyError(
				"sampled_visit.share", self.sampled_visit.share, "give more than 0, or switch it off"
			)

	def rule(self, source: ObligationSource) -> SourceRule:
		"""Return the row of a source."""
		found: SourceRule = getattr(self, source.name.lower())
		return found

	def with_on(self, source: ObligationSource) -> ObligationPolicy:
		"""Return the rows with one of them switched on; PolicyError when it could not be."""
		rows = {each.name.lower(): self.rule(each) for each in ObligationSource}
		rows[source.name.lower()] = replace(self.rule(source), is_on=True)
		return ObligationPolicy(**rows, festivals=self.festivals)

	def only(self, sources: Collection[ObligationSource]) -> ObligationPolicy:
		"""Return the rows with all others switched off."""
		rows = {
			each.name.lower(): replace(self.rule(each), is_on=self.rule(each).is_on and each in sources)
			for each in ObligationSource
		}
		return ObligationPolicy(**rows, festivals=self.festivals)

	def sources_on(self) -> tuple[ObligationSource, ...]:
		"""Return the sources that are on."""
		return tuple(source for source in ObligationSource if self.rule(source).is_on)
