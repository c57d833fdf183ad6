"""Churn Signals as rows: those that stand, and what a night raises, tells anew, wakes and ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from cs_retention.engine.churn_signals import (
	RHYTHM_DAYS,
	StandingSignal,
	find_signals,
	is_lost,
	looks_billed,
	may_look_billed,
	settle,
)
from cs_retention.engine.customer import CustomerFacts
from cs_retention.engine.health import Health
from cs_retention.engine.health_policy import HealthPolicy
from cs_retention.engine.reasons import Reason
from cs_retention.engine.vocabulary import SignalClosing, SignalRule, SignalStatus
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection
from cs_retention.facts.signals import KnownSignal, ask_purchase_days, read_purchase_days
from cs_retention.nightly.reason_json import dump_reasons
from cs_retention.store.base import Store

DOCTYPE = "Churn Signal"
NEW_FIELDS = (
	*("customer", "state", "rule", "status", "raised_on", "reasons", "figures_on"),
	*("open_key", "night_key", "value_at_risk"),
)
TOLD_FIELDS = ("name", "reasons", "figures_on", "value_at_risk")
MOVED_FIELDS = ("name", "status", "closed_as", "closed_on", "open_key", "night_key")


def open_key(state: str, rule: SignalRule) -> str:
	"""Return the key that a rule of a customer holds while its fact stands."""
	return f"{state}|{rule.value}"


class Pending(NamedTuple):
	"""A customer whose signals wait for its purchase days."""

	facts: CustomerFacts
	state: str
	found: dict[SignalRule, Reason]
	known: Sequence[KnownSignal]
	is_customer_lost: bool
	value: float
	is_new_health: bool


@dataclass(frozen=True, slots=True)
class PageSignals:
	"""Signals of a page of customers: what waits until it is worth a statement. `store` is written to by `write` alone."""

	store: Store
	policy: HealthPolicy
	as_of: date
	pending: list[Pending] = field(default_factory=list)
	new: list[tuple[Any, ...]] = field(default_factory=list)
	told: list[tuple[Any, ...]] = field(default_factory=list)
	moved: list[tuple[Any, ...]] = field(default_factory=list)
	released: list[tuple[Any, ...]] = field(default_factory=list)

	def look(
		self,
		facts: CustomerFacts,
		health: Health,
		state: str,
		known: Sequence[KnownSignal],
		value: float,
		is_new_health: bool,
	) -> None:
		"""Find what warns of a customer; `value` is at risk with it.

		Figures are told anew where the health is another than the one stored: days that only pass are left to the edge.
		"""
		found = find_signals(facts, health, self.policy, self.as_of)
		lost = is_lost(facts, health, self.policy, self.as_of)
		case = Pending(facts, state, found, known, lost, value, is_new_health)
		if may_look_billed(facts, self.policy, self.as_of):
			self.pending.append(case)
		elif found or known:
			self._settle(case)

	def end_all(self, known: Sequence[KnownSignal]) -> None:
		"""End the signals of a customer who is in the book no more; those that people and systems entered stand."""
		settled = settle([each.signal for each in known], {}, self.as_of)
		self._move(settled.ended, settled.released)

	def end_for_one_let_go(self, known: Sequence[KnownSignal]) -> None:
		"""End the signals of a customer who was let go: of it nothing warns any more; what people entered stands."""
		settled = settle([each.signal for each in known], {}, self.as_of, is_customer_lost=True)
		self._move(settled.ended, settled.released)

	def _settle(self, case: Pending) -> None:
		settled = settle([each.signal for each in case.known], case.found, self.as_of, case.is_customer_lost)
		for rule, reason in settled.raised:
			key = open_key(case.state, rule)
			figures = (dump_reasons((reason,)), self.as_of)
			self.new.append(
				(
					*(case.facts.customer, case.state, rule.value, SignalStatus.OPEN.value, self.as_of),
					*(*figures, key, key, case.value),
				)
			)
		stored = {each.signal.name: each.reasons for each in case.known}
		told: Sequence[tuple[StandingSignal, Reason | None]] = settled.told if case.is_new_health else ()
		for signal, reason_now in [*told, *settled.woken]:
			text = dump_reasons((reason_now,)) if reason_now else ""
			if text and text != stored[signal.name]:
				self.told.append((signal.name, text, self.as_of, case.value))
		for signal, _reason in settled.woken:
			key = open_key(case.state, signal.rule)
			self.moved.append((signal.name, SignalStatus.OPEN.value, None, None, key, key))
		self._move(settled.ended, settled.released)

	def _move(
		self,
		ended: Sequence[tuple[StandingSignal, SignalClosing]],
		released: Sequence[StandingSignal],
	) -> None:
		closed = SignalStatus.CLOSED.value
		self.moved.extend(
			(signal.name, closed, closing.value, self.as_of, None, None) for signal, closing in ended
		)
		self.released.extend((signal.name, None) for signal in released)

	def ask(self) -> None:
		"""Announce what `write` asks."""
		if self.pending:
			ask_purchase_days(*self._rhythms())

	def write(self) -> int:
		"""Write what waits and return how many rows; what a person closed meanwhile stays as the person left it."""
		self._look_at_rhythms()
		rows = sum(map(len, (self.new, self.told, self.moved, self.released)))
		if self.new:
			self.store.insert_rows(DOCTYPE, NEW_FIELDS, self.new)
		if self.told:
			self.store.update_rows(DOCTYPE, TOLD_FIELDS, self.told, still="night_key")
		if self.moved:
			self.store.update_rows(DOCTYPE, MOVED_FIELDS, self.moved, still="night_key")
		if self.released:
			self.store.update_rows(DOCTYPE, ("name", "open_key"), self.released, still="open_key")
		for waiting in (self.new, self.told, self.moved, self.released):
			waiting.clear()
		return rows

	def _look_at_rhythms(self) -> None:
		"""Settle those whose purchase days had to be read: one query for all of them."""
		if not self.pending:
			return
		days = read_purchase_days(*self._rhythms())
		for case in self.pending:
			if reason := looks_billed(days.get(fold(case.facts.customer), ())):
				case.found[SignalRule.LOOKS_BILLED] = reason
			if case.found or case.known:
				self._settle(case)
		self.pending.clear()

	def _rhythms(self) -> tuple[Store, Selection, date, date]:
		"""Return whose purchase days have to be read, and of which days."""
		selection = Selection.of([case.facts.customer for case in self.pending])
		return self.store, selection, self.as_of - timedelta(days=RHYTHM_DAYS), self.as_of
