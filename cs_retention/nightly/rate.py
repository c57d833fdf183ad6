"""The rate phase: facts of a page of customers to ratings and health, and only what differs is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cs_retention.engine.churn_signals import may_have_moved, value_at_risk
from cs_retention.engine.customer import CustomerFacts
from cs_retention.engine.health import Health, assess
from cs_retention.engine.policy import Policy
from cs_retention.engine.reviews_due import is_on_record
from cs_retention.engine.star_rating import ReviewKind, is_rated
from cs_retention.engine.vocabulary import Level, RatingStatus
from cs_retention.facts.book import PageFacts, ToldOfCustomer, ask_rows, read_rows
from cs_retention.facts.cases import read_released
from cs_retention.facts.given_levels import NOTHING_GIVEN, GivenLevels, read_given_levels
from cs_retention.facts.selection import Selection
from cs_retention.facts.signals import KnownSignal, ask_signals, read_signals, warnings_of
from cs_retention.nightly import outcomes
from cs_retention.nightly.basis import Basis
from cs_retention.nightly.collector import collector_paused
from cs_retention.nightly.mirrors import MIRRORS, ask_stale, copy_mirrors, read_stale
from cs_retention.nightly.reviews import (
	RECORD_FIELDS,
	STAR_RATING,
	STATE_FIELDS,
	record_row,
	review_customer,
	state_fields,
)
from cs_retention.nightly.signals import PageSignals
from cs_retention.nightly.states import DOCTYPE as STATE
from cs_retention.nightly.states import StatesOfPage, StoredState, ask_states, write_states
from cs_retention.nightly.steady import MARK, SHOWN, SteadyMarks, is_other
from cs_retention.store.base import Store

Spare = Callable[[str, Exception], bool]
WAITING = 3400
"""New or changed states that wait at most to be written together: a third of a page, about two statements of new ones."""
COMPARED = (
	MARK,
	*SHOWN,
	"health",
	"health_band",
	"main_reason",
	"rated_on",
	"rating_valid_until",
	"interim_below",
	"overdue_amount",
	"overdue_before",
	"overdue_before_on",
	"overdue_mark",
	"overdue_mark_on",
	"last_contact",
	"cadence_before",
	"cadence_changed_on",
)
"""Fields of a state that a night reads: those it decides upon, and those that show whether the row is another.

They are read of those alone whom their marks do not hold for.
"""


@dataclass(slots=True)
class RateCounts:
	"""What a rate phase read and wrote."""

	customers: int = 0
	states_added: int = 0
	states_changed: int = 0
	ratings: int = 0
	contacts: int = 0
	signals: int = 0
	health_changes: int = 0

	@property
	def rows_written(self) -> int:
		"""Business rows added or changed."""
		rated = self.states_added + self.states_changed + self.ratings
		return rated + self.contacts + self.signals + self.health_changes


@dataclass(frozen=True, slots=True)
class PageRating:
	"""A page being rated: what it rests on, and rows that wait until they are worth a statement."""

	store: Store
	basis: Basis
	policy: Policy
	counts: RateCounts
	signals: PageSignals
	marks: SteadyMarks
	is_by_day: bool = False
	new: list[dict[str, Any]] = field(default_factory=list)
	changed: list[dict[str, Any]] = field(default_factory=list)
	records: list[tuple[Any, ...]] = field(default_factory=list)
	changes: list[tuple[Any, ...]] = field(default_factory=list)
	looked_at: list[tuple[str, str]] = field(default_factory=list)
	"""States that stay as they are, and the marks they are given anew: no rows that anybody reads."""
	unlike: list[str] = field(default_factory=list)
	"""Customers who show another level or band than what waits for them."""
	mirrored: list[str] = field(default_factory=list)
	"""Customers who were told theirs."""

	def look(
		self,
		told: ToldOfCustomer,
		states: StatesOfPage,
		given: GivenLevels,
		known: Sequence[KnownSignal],
		is_released: bool,
	) -> None:
		"""Look at a customer whose mark does not hold; who was let go or is given a level has none."""
		packed, is_given = states.packed.get(told.key), given is not NOTHING_GIVEN
		if packed is None:
			self.rate(told, None, given, known, is_released)
		elif is_given or is_released or not self.marks.hold(told, packed, known):
			state = states.read(packed)
			if not (self.is_by_day and outcomes.is_left_to_the_night(state, is_given)):
				self.rate(told, state, given, known, is_released)

	def rate(
		self,
		told: ToldOfCustomer,
		state: StoredState | None,
		given: GivenLevels,
		known: Sequence[KnownSignal] = (),
		is_released: bool = False,
	) -> None:
		"""Rate and assess a customer and keep what differs; nothing is kept of one that cannot be rated.

		Signals are looked at where the health is another, or where days that only passed may have moved one; of a
		customer who was let go none is raised.
		"""
		policy, as_of = self.policy, self.basis.as_of
		facts = told.facts(outcomes.overdue_before(state, as_of) if state else None, warnings_of(known))
		name = state.name if state is not None else self.store.new_name()
		health = assess(facts, policy.health, self.basis.gap, as_of)
		mark = outcomes.health_mark(health, facts, policy.churn_version)
		is_standing = state is not None and state["health_mark"] == mark
		decided, record = self._review(facts, state, name, given, is_standing)
		value = value_at_risk(facts, health)
		standing = [each.signal for each in known]
		if is_released:
			self.signals.end_for_one_let_go(known)
		elif not is_standing or may_have_moved(standing, facts, health, policy.health, as_of):
			self.signals.look(facts, health, name, known, value, not is_standing)
		fields = {
			"health_mark": mark,
			**outcomes.overdue_fields(facts, state, as_of),
			"last_contact": facts.last_contact,
			**decided,
		}
		is_marked = given is NOTHING_GIVEN and not is_released
		steady = self.marks.mark(told, facts, state, fields) if is_marked else None
		if state is not None and record is None and not state.differs(fields):
			if steady is not None and is_other(steady, state[MARK]):
				self.looked_at.append((name, steady))
			return
		health_told = outcomes.health_fields(health, value, policy.churn_version, as_of)
		self._keep(facts, health, state, {"name": name, **fields, MARK: steady, **health_told})
		if record is not None:
			self.records.append(record)

	def _keep(
		self, facts: CustomerFacts, health: Health, state: StoredState | None, row: dict[str, Any]
	) -> None:
		"""Keep the row of a state that is new or differs, and what a change of it leaves."""
		if state is None:
			self.unlike.append(facts.customer)
			self.new.append(
				{**row, "customer": facts.customer, "known_since": facts.first_purchase or self.basis.as_of}
			)
			return
		self.changed.append(row)
		if change := outcomes.health_change(health, facts, state, self.basis.as_of):
			self.changes.append(change)
		if any(row.get(shown, state[shown]) != state[shown] for shown in MIRRORS.values()):
			self.unlike.append(facts.customer)

	def _review(
		self,
		facts: CustomerFacts,
		state: StoredState | None,
		name: str,
		given: GivenLevels,
		is_standing: bool,
	) -> tuple[Mapping[str, Any], tuple[Any, ...] | None]:
		"""Return the fields of the review that is due and its record if it leaves one, else those of the designation.

		`is_standing`: the facts that health quotes are those of the state.
		"""
		as_of = self.basis.as_of
		kind = outcomes.review_kind(state, as_of, self.policy.stars)
		stays_new = is_standing and kind is ReviewKind.INITIAL and self._stays_new(facts, state, given)
		if kind is None and state is not None and outcomes.is_level_given_anew(given, state, as_of):
			kind = ReviewKind.GIVEN_LEVEL
		if state is not None and (kind is None or stays_new):
			fields = outcomes.key_account_fields(facts, state)
			cadence = outcomes.cadence_fields(state, fields, as_of)
			return {**fields, **cadence} if cadence else fields, None
		kind = kind or ReviewKind.INITIAL
		review = review_customer(facts, state, kind, self.basis, self.policy, given)
		leaves_record = is_on_record(kind, review.move, review.rating.level)
		record = record_row(review, name, as_of, RatingStatus.APPLIED) if leaves_record else None
		return state_fields(review, state, self.policy, as_of), record

	def _stays_new(self, facts: CustomerFacts, state: StoredState | None, given: GivenLevels) -> bool:
		"""Tell whether a customer who is New cannot be rated yet, and nobody gave a level."""
		is_new = state is not None and state["star_level"] == Level.NEW.value
		return (
			is_new
			and given is NOTHING_GIVEN
			and not is_rated(facts.first_purchase, self.policy.stars, self.basis.as_of)
		)

	@property
	def is_full(self) -> bool:
		"""Enough rows wait for a statement."""
		return len(self.new) + len(self.changed) >= WAITING

	def write(self) -> None:
		"""Write what waits: states, then ratings and mirrors, which take over what their states now hold."""
		self.signals.ask()
		added, changed = write_states(self.store, self.basis.as_of, self.new, self.changed)
		self.counts.states_added += added
		self.counts.states_changed += changed
		if self.records:
			self.counts.ratings += self.store.insert_copies(
				STAR_RATING, RECORD_FIELDS, self.records, STATE, STATE_FIELDS
			)
		if self.changes:
			self.counts.health_changes += self.store.insert_rows(
				outcomes.HEALTH_CHANGE, outcomes.CHANGE_FIELDS, self.changes
			)
		self.counts.signals += self.signals.write()
		copy_mirrors(self.store, self.unlike)
		self.mirrored.extend(self.unlike)
		if self.looked_at:
			self.store.update_rows(STATE, ("name", MARK), self.looked_at)
		for rows in (self.new, self.changed, self.records, self.changes, self.looked_at, self.unlike):
			rows.clear()


@collector_paused()
def rate_page(
	store: Store,
	selection: Selection,
	basis: Basis,
	policy: Policy,
	counts: RateCounts,
	spare: Spare | None = None,
	is_by_day: bool = False,
) -> Sequence[str]:
	"""Rate and assess a page of customers and write what differs, and what of it Customer mirrors; nothing is committed.

	By day it was done on the same date before. A date has one rating of a customer: the level that people give one who
	cannot be rated yet is left to the next night.
	Returns the customers whose mirrors were written. `spare` is told a customer that cannot be rated and why, and
	whether to go on without; without it the error goes up.
	"""
	given = read_given_levels(store, selection, basis.as_of) if basis.has_given_levels else {}
	released = read_released(store, selection) if basis.has_released else frozenset()
	signals_of_page, marks = PageSignals(store, policy.health, basis.as_of), SteadyMarks(policy, basis)
	page = PageRating(store, basis, policy, counts, signals_of_page, marks, is_by_day)
	with store.overlapping():
		# What is read of the first answers is done while the server makes the next.
		ask_rows(store, selection)
		ask_states(store, selection, COMPARED)
		ask_signals(store, selection)
		customers = read_rows(store, selection)
		found = PageFacts(store, customers, basis.shape, policy.complaints, basis.as_of, selection)
		found.ask()
		ask_stale(store, selection)
		states = StatesOfPage(store, selection, COMPARED)
		signals = read_signals(store, selection)
		for told in found.told():
			key = told.key
			held = given.get(key, NOTHING_GIVEN), signals.pop(key, ()), key in released
			try:
				page.look(told, states, *held)
			except Exception as error:
				if spare is None or not spare(told.row.name, error):
					raise
			if page.is_full:
				page.write()
		for left_over in signals.values():
			page.signals.end_all(left_over)
		page.write()
		others = sorted(set(read_stale(store, selection)).difference(page.mirrored))
		copy_mirrors(store, others)
	counts.customers += len(customers)
	return [*page.mirrored, *others]
