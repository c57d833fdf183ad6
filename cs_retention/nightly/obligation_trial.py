"""What each source of obligations adds to the calls of the book: with it and without it, by the planner itself.

Nothing is written. What a night adds for duties known by now is counted as the night would plan it; what comes in by
documents from day to day is counted as if the last four weeks came again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction

from cs_retention.engine.customer_plan import plan_customer
from cs_retention.engine.obligation_sources import ARRIVING, source_of, switched_on
from cs_retention.engine.obligations import CustomerPlanInputs, DatedObligation
from cs_retention.engine.plan import assign
from cs_retention.engine.policy import Policy
from cs_retention.engine.vocabulary import ObligationSource
from cs_retention.facts.book import pages
from cs_retention.nightly.duties import Party
from cs_retention.nightly.outcomes import cadence_level
from cs_retention.nightly.plan import Planner
from cs_retention.store.base import Store

WEEK, WEEKS_BACK = 7, 4
Calls = Counter[str]
"""Calls by person; "" is nobody."""


@dataclass(slots=True)
class Added:
	"""What a source adds for the customers of one person.

	`duties` are owed by now, `calls` are those that the plan has for them beside the others, `coming` those of the
	four weeks in which the last ones come again (of sources whose documents arrive from day to day).
	"""

	duties: int = 0
	calls: int = 0
	coming: int = 0


@dataclass(slots=True)
class SourcesTrial:
	"""What every source that could be on adds, by source and person; `days` is how far the plan reaches."""

	days: int
	tried: tuple[ObligationSource, ...]
	added: dict[ObligationSource, dict[str, Added]] = field(default_factory=dict)

	def of(self, source: ObligationSource, person: str) -> Added:
		"""Return the figures of a source and a person, begun with nothing."""
		return self.added.setdefault(source, {}).setdefault(person, Added())

	def in_all(self, source: ObligationSource) -> Added:
		"""Return the figures of a source over all persons."""
		rows = self.added.get(source, {}).values()
		return Added(*(sum(getattr(row, name) for row in rows) for name in ("duties", "calls", "coming")))

	def per_week(self, source: ObligationSource, added: Added) -> Fraction:
		"""Return the calls a week that figures of a source come to."""
		if source in ARRIVING:
			return Fraction(added.coming, WEEKS_BACK)
		return Fraction(added.calls * WEEK, self.days)


def try_sources(
	store: Store, policy: Policy, as_of: date, tell: Callable[[int], None] = lambda done: None
) -> SourcesTrial:
	"""Return what each source adds to the calls of the book, those that are on against the plan without them.

	`tell` is called after each page with the number of customers done.
	"""
	everything = replace(policy, obligations=switched_on(policy.obligations))
	planner = Planner(store, everything, as_of)
	days = (planner.duties.frame.until - as_of).days + 1
	trial = SourcesTrial(days, everything.obligations.sources_on())
	tried, done = _Tried(planner, frozenset(policy.obligations.sources_on())), 0
	for rows in pages(store):
		customers = list(planner.inputs_of(rows))
		echoes = planner.duties.read_again(store, list(map(_party, customers)), timedelta(weeks=WEEKS_BACK))
		for inputs in customers:
			tried.add(trial, inputs, echoes.get(inputs.customer, ()))
		done += len(rows)
		tell(done)
	return trial


def _party(inputs: CustomerPlanInputs) -> Party:
	return Party(inputs.customer, inputs.state, cadence_level(inputs.level.value, inputs.is_key_account))


@dataclass(frozen=True, slots=True)
class _Tried:
	"""The planner with everything on, and which sources are on by now."""

	planner: Planner
	on: frozenset[ObligationSource]

	def add(self, trial: SourcesTrial, inputs: CustomerPlanInputs, echoes: Sequence[DatedObligation]) -> None:
		"""Count what each source adds for one customer."""
		given, again = _by_source(inputs.obligations), _by_source(echoes)
		for source in (source for source in ObligationSource if source in given or source in again):
			others = [row for kept in (None, *self.on - {source}) for row in given.get(kept, ())]
			before = self._calls(inputs, others)
			self._count(
				trial, source, "calls", before, self._calls(inputs, [*others, *given.get(source, ())])
			)
			if coming := again.get(source):
				self._count(trial, source, "coming", before, self._calls(inputs, [*others, *coming]))
			trial.of(source, inputs.owner or "").duties += sum(
				not any(map(row.is_met_by, inputs.contacts)) for row in given.get(source, ())
			)

	def _calls(self, inputs: CustomerPlanInputs, obligations: Iterable[DatedObligation]) -> Calls:
		plan = plan_customer(
			replace(inputs, obligations=tuple(obligations)), self.planner.horizon, self.planner.works
		)
		return Counter(person or "" for _, person, _ in assign(plan, self.planner.mask))

	@staticmethod
	def _count(trial: SourcesTrial, source: ObligationSource, name: str, before: Calls, after: Calls) -> None:
		for person in before | after:
			added = after[person] - before[person]
			if added:
				row = trial.of(source, person)
				setattr(row, name, getattr(row, name) + added)


def _by_source(
	obligations: Iterable[DatedObligation],
) -> Mapping[ObligationSource | None, list[DatedObligation]]:
	found: dict[ObligationSource | None, list[DatedObligation]] = {}
	for row in obligations:
		found.setdefault(source_of(row.key), []).append(row)
	return found
