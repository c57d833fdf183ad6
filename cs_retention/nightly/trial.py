"""What another policy would make of the book: who moves, and how many contacts a week each person's customers ask for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from cs_retention.engine.customer import CustomerFacts
from cs_retention.engine.policy import Policy
from cs_retention.engine.star_rating import ReviewKind
from cs_retention.engine.vocabulary import LADDER, Band, Level, PeriodKind
from cs_retention.facts.book import CustomerRow, page_of, pages, read_customers
from cs_retention.facts.given_levels import NOTHING_GIVEN, read_given_levels
from cs_retention.facts.keys import fold
from cs_retention.nightly.basis import Basis, read_basis
from cs_retention.nightly.outcomes import cadence_level, key_account_fields
from cs_retention.nightly.reviews import Review, review_customer
from cs_retention.nightly.states import StoredState, read_states
from cs_retention.store.base import Store

LAST = len(LADDER) - 1
"""The place of New on the ladder that the cadence goes by; who was never rated stands there too."""

WEEKS: Mapping[PeriodKind, float] = {PeriodKind.WEEK: 1.0, PeriodKind.MONTH: 365.25 / 12 / 7}
"""Length of a period in weeks."""

STATE_FIELDS = (
	*("star_level", "own_level", "is_key_account", "key_account_reason", "health_band"),
	*("rated_on", "reviewed_on", "rating_valid_until", "interim_below"),
)


@dataclass(slots=True)
class Calls:
	"""Customers of one person, and the contacts per week they ask for before and after."""

	customers: int = 0
	before: float = 0.0
	after: float = 0.0


@dataclass(frozen=True, slots=True)
class Trial:
	"""How many customers go from one rung of the ladder to another (those who stay included), and calls by person.

	Customers without an account manager stand under the person "".
	"""

	levels: Counter[tuple[str, str]] = field(default_factory=Counter)
	people: dict[str, Calls] = field(default_factory=dict)

	@property
	def up(self) -> int:
		"""Customers who rise from one star or key account to a better place."""
		return self._count(lambda before, after: after < before < LAST)

	@property
	def down(self) -> int:
		"""Customers who fall, back to New included."""
		return self._count(lambda before, after: before < after)

	@property
	def first(self) -> int:
		"""Customers who were New and no longer are."""
		return self._count(lambda before, after: after < before == LAST)

	@property
	def new(self) -> int:
		"""Customers who stay New."""
		return self.levels[LADDER[LAST], LADDER[LAST]]

	@property
	def calls_per_person(self) -> tuple[float, float]:
		"""Contacts per week before and after, on average over the people who answer for customers."""
		named = [calls for person, calls in self.people.items() if person]
		people = max(1, len(named))
		return sum(calls.before for calls in named) / people, sum(calls.after for calls in named) / people

	def add(self, person: str, before: str, after: str, calls: tuple[float, float]) -> None:
		"""Count one customer."""
		self.levels[before, after] += 1
		own = self.people.setdefault(person, Calls())
		own.customers += 1
		own.before += calls[0]
		own.after += calls[1]

	def _count(self, is_meant: Callable[[int, int], bool]) -> int:
		places = (
			(LADDER.index(before), LADDER.index(after), count)
			for (before, after), count in self.levels.items()
		)
		return sum(count for before, after, count in places if is_meant(before, after))


def try_policy(store: Store, policy: Policy, as_of: date, tell: Callable[[int], None]) -> Trial:
	"""Rate the book as an annual review with this policy would, against the levels in force; nothing is written.

	`tell` is called after each page with the number of customers done. The annual review knows no grace, so that the
	whole effect shows. Contacts are the quota of the level at the health that is stored.
	"""
	basis, owed, trial, done = read_basis(store, policy, as_of), contacts_per_week(policy), Trial(), 0
	for page in pages(store):
		for facts, state, found in _review_page(store, page, basis, policy):
			before = rung_before(facts, state)
			after = rung(found.settlement.level.value, found.rating.is_key_account)
			band = Band(state["health_band"]) if state and state["health_band"] else Band.HEALTHY
			trial.add(facts.account_manager or "", before, after, (owed[before, band], owed[after, band]))
		done += len(page)
		tell(done)
	return trial


def _review_page(
	store: Store, page: Sequence[CustomerRow], basis: Basis, policy: Policy
) -> Iterator[tuple[CustomerFacts, StoredState | None, Review]]:
	"""Yield facts, state and the annual review of each customer of a page."""
	selection = page_of(page)
	states = read_states(store, selection, STATE_FIELDS)
	given = read_given_levels(store, selection, basis.as_of) if basis.has_given_levels else {}
	for facts in read_customers(store, page, basis.shape, policy.complaints, basis.as_of):
		key = fold(facts.customer)
		state, told = states.get(key), given.get(key, NOTHING_GIVEN)
		yield facts, state, review_customer(facts, state, ReviewKind.ANNUAL, basis, policy, told)


def rung_before(facts: CustomerFacts, state: StoredState | None) -> str:
	"""Return where a customer stands now; one without a state has the designation that people gave."""
	if state is None:
		return rung(None, facts.is_named_key_account)
	return rung(state["star_level"], bool(key_account_fields(facts, state)["is_key_account"]))


def rung(level: str | None, is_key_account: bool) -> str:
	"""Return the rung of the ladder that a level and the designation stand for."""
	return cadence_level(level or Level.NEW.value, is_key_account)


def contacts_per_week(policy: Policy) -> dict[tuple[str, Band], float]:
	"""Return the contacts owed per week by rung and health."""
	cadences = policy.planning.by_level().items()
	return {
		(place, band): cadence.quota(band) / WEEKS[cadence.period]
		for place, cadence in cadences
		for band in Band
	}
