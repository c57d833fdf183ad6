"""What a book says on the terminal: stars, health, calls and why, line by line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from cs_retention.engine.reasons import Reason
from cs_retention.engine.star_policy import FACTORS
from cs_retention.engine.vocabulary import DRIFTING_BANDS, Band, Level
from cs_retention.preview.calls import MadeCall
from cs_retention.preview.files import PARTS
from cs_retention.preview.listings import CustomerStanding, PlannedCall
from cs_retention.render import formats
from cs_retention.render.translate import translate
from cs_retention.render.wording import part_name, purpose, sentence

INDENT = "    "
BEST_FIRST = tuple(Level)


@dataclass(frozen=True, slots=True)
class Speech:
	"""Says things in one language; every line can be printed as it is."""

	lang: str

	def say(self, text: str, *figures: object) -> str:
		"""Return a sentence in the language, its places filled."""
		return translate(text, self.lang).format(*figures)

	def because(self, reasons: Iterable[Reason], most: int = 3) -> Iterator[str]:
		"""Yield the weightiest reasons as one line; nothing when there are none."""
		told = [sentence(reason, self.lang) for reason in reasons][:most]
		if told:
			yield INDENT + self.say("because {0}", formats.in_turn(told, self.lang))

	def name(self, standing: CustomerStanding) -> str:
		"""Return a customer with stars and designation."""
		stars = formats.stars(standing.level.value, self.lang)
		key = f" · {self.say('Key Account')}" if standing.is_key_account else ""
		return f"{standing.customer}  {stars}{key}"

	def stars(self, standings: Iterable[CustomerStanding], as_of: date, most: int) -> Iterator[str]:
		"""Say how many customers each level has, then the best ones and why."""
		rows = sorted(
			standings,
			key=lambda row: (
				not row.is_key_account,
				BEST_FIRST.index(row.level),
				-(row.score or 0),
				row.customer,
			),
		)
		levels = Counter(row.level for row in rows)
		key_accounts = sum(row.is_key_account for row in rows)
		yield self.say(
			"Stars as of {0}: {1} customers, {2} key accounts", self.day(as_of), len(rows), key_accounts
		)
		for level in BEST_FIRST:
			yield f"{INDENT}{self.say(level.value)}: {levels[level]}"
		for row in rows[:most]:
			score = "" if row.score is None else f"  {row.score}"
			yield self.name(row) + score
			yield from self.because(row.rating_reasons, most=8)
		yield from self._rest(len(rows) - most)

	def health(self, standings: Iterable[CustomerStanding], as_of: date, most: int) -> Iterator[str]:
		"""Say how many customers each band has, then who drifts away and why, the worst first."""
		rows = list(standings)
		bands = Counter(row.band for row in rows)
		yield self.say("Health as of {0}: {1} customers", self.day(as_of), len(rows))
		for band in Band:
			yield f"{INDENT}{self.say(band.value)}: {bands[band]}"
		drifting = sorted(
			(row for row in rows if row.band in DRIFTING_BANDS),
			key=lambda row: (row.health or 0, row.customer),
		)
		for row in drifting[:most]:
			yield f"{self.name(row)}  {self.say(row.card)} · {row.health} {self.say(row.band.value)}"
			yield from self.because(row.health_reasons)
		yield from self._rest(len(drifting) - most)

	def calls(self, calls: Iterable[PlannedCall], on: date, most: int) -> Iterator[str]:
		"""Say who calls whom on a day, and why."""
		rows = sorted(calls, key=lambda call: (call.responsible, call.customer))
		yield self.say("Calls on {0}: {1}", self.long_day(on), len(rows))
		for person, group in groupby(rows, key=lambda call: call.responsible):
			of_person = list(group)
			yield self.say("{0}: {1} calls", person or self.say("nobody"), len(of_person))
			for call in of_person[:most]:
				yield INDENT + self.call(call)
				yield from (INDENT + line for line in self.because(call.reasons, most=2))
			yield from (INDENT + line for line in self._rest(len(of_person) - most))

	def call(self, call: PlannedCall) -> str:
		"""Return one planned call: whom, how, what for and until when."""
		aims = formats.joined((purpose(kind, self.lang) for kind in call.purposes), self.lang)
		cover = " · " + self.say("for {0}", call.covered) if call.covered else ""
		until = self.day(call.due_date)
		if call.window_start < call.window_end:
			until = self.say(
				"{0}, any day from {1} to {2}", until, self.day(call.window_start), self.day(call.window_end)
			)
		return f"{call.customer} · {self.say(call.channel)} · {aims} · {until}{cover}"

	def why(self, standing: CustomerStanding, calls: Sequence[PlannedCall]) -> Iterator[str]:
		"""Say everything behind one customer's stars, health and planned calls."""
		yield self.name(standing)
		if standing.score is not None:
			yield self.say("Score {0}, of which {1}", standing.score, self._points(standing))
		yield from self._listed(standing.rating_reasons)
		health = "" if standing.health is None else f"{standing.health} "
		yield self.say("Health {0}", f"{health}{self.say(standing.band.value)} · {self.say(standing.card)}")
		if standing.health is not None:
			yield INDENT + self._parts(standing)
		yield from self._listed(standing.health_reasons)
		yield self.say("Planned calls: {0}", len(calls))
		for call in calls:
			yield INDENT + f"{call.responsible}: {self.call(call)}"
			yield from (INDENT + line for line in self.because(call.reasons))

	def moved(
		self,
		call: MadeCall,
		closed: PlannedCall | None,
		before: Sequence[PlannedCall],
		after: Sequence[PlannedCall],
	) -> Iterator[str]:
		"""Say that a call was logged, what it was, and how the customer's plan moved."""
		yield self.say("{0}: {1} on {2}", call.customer, self.say(call.outcome.value), self.day(call.day))
		if closed:
			yield INDENT + self.say("the call planned for {0} is done", self.day(closed.due_date))
		stood = {row.name: row for row in before if closed is None or row.name != closed.name}
		now = {row.name: row for row in after}
		for name, row in stood.items():
			if name not in now:
				yield INDENT + self.say("no longer planned: {0}", self.call(row))
		for name, row in now.items():
			yield from self._row_moved(row, stood.get(name))

	def _row_moved(self, row: PlannedCall, before: PlannedCall | None) -> Iterator[str]:
		if before is None:
			yield INDENT + self.say("newly planned: {0}", self.call(row))
		elif before.due_date != row.due_date:
			yield INDENT + self.say("moved from {0}: {1}", self.day(before.due_date), self.call(row))
		else:
			yield INDENT + self.say("stays: {0}", self.call(row))
		yield from (INDENT + line for line in self.because(row.reasons, most=2))

	def day(self, day: date) -> str:
		"""Return a date with its weekday, short."""
		return formats.short_day(day, self.lang)

	def long_day(self, day: date) -> str:
		"""Return a date with its weekday and year."""
		return formats.long_day(day, self.lang)

	def _points(self, standing: CustomerStanding) -> str:
		named = (f"{part_name(factor, self.lang)} {standing.points[factor]}" for factor in FACTORS)
		return formats.joined(named, self.lang)

	def _parts(self, standing: CustomerStanding) -> str:
		points = standing.parts.get("parts", {})
		named = [f"{part_name(part, self.lang)} {points.get(part, 0)}" for part in PARTS[standing.card]]
		if deducted := standing.parts.get("deducted"):
			named.append(f"{self.say('Deductions')} -{deducted}")
		return formats.joined(named, self.lang)

	def _listed(self, reasons: Iterable[Reason]) -> Iterator[str]:
		for reason in reasons:
			yield f"{INDENT}- {sentence(reason, self.lang)}"

	def _rest(self, more: int) -> Iterator[str]:
		if more > 0:
			yield self.say("and {0} more; --most shows them", more)
