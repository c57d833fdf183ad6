"""What each phase of a night does: the parts it is cut into, and the work of one part. Nothing here commits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from cs_retention.engine.plan_look import looks_at_everybody
from cs_retention.engine.policy import Policy
from cs_retention.engine.quarter_periods import CALENDAR, QuarterPeriod, YearStart
from cs_retention.engine.vocabulary import Phase
from cs_retention.facts.book import PAGE, CustomerRow, page_bounds, read_rows
from cs_retention.facts.cohort import is_snapshot_written
from cs_retention.facts.keys import fold
from cs_retention.facts.past import past_pages, read_past_rows
from cs_retention.facts.people import read_rows_of
from cs_retention.facts.plans_due import Since
from cs_retention.facts.selection import Selection
from cs_retention.facts.values import as_date
from cs_retention.nightly.basis import Basis, dump_basis, load_basis, load_earlier, read_basis
from cs_retention.nightly.contacts import note_contacts
from cs_retention.nightly.ledger import RUN, Chunk, Done, NightBefore, Part, in_words, name_of
from cs_retention.nightly.levels_then import LevelsThen
from cs_retention.nightly.plan import Planner
from cs_retention.nightly.rate import RateCounts, rate_page
from cs_retention.nightly.snapshot import write_snapshot
from cs_retention.nightly.states import DOCTYPE as STATE
from cs_retention.store.base import Store

PLANNED = 5_000
"""Customers looked at together: nearly all of them are planned anew, and what stands of them is held beside the plan."""

OVERLAP = timedelta(hours=2)
"""A change says when it was made, and may be kept by its transaction later, or in the hour that a clock repeats."""


def nobody_told(_customers: Sequence[str]) -> None:
	"""Tell nobody whose mirrors changed."""


def no_night_before(_as_of: date) -> str | None:
	"""Return no basis of an earlier night."""
	return None


def no_night_done_before(_as_of: date) -> NightBefore | None:
	"""Return no earlier night."""
	return None


def nothing_said(_as_of: date) -> None:
	"""Say nothing at the end of a night."""


@dataclass(frozen=True)
class Night:
	"""One night as a worker works on it.

	`stops` are errors that end the worker and are never a customer's; `mirrored` is told the customers whose mirrors a
	chunk changes, before its commit; `say` is what the last phase tells people; `chunk` is how many customers a chunk has
	as far as people can be planned apart; `begins` is the day on which the year of the quarters begins;
	`read_basis_before` gives the basis of the night before, whose figures of the book may still hold, `night_before` the
	last one that was done: what did not change since is not planned anew.
	"""

	store: Store
	policy: Policy
	as_of: date
	read_stored_basis: Callable[[], str]
	chunk: int = PAGE
	stops: tuple[type[BaseException], ...] = ()
	mirrored: Callable[[Sequence[str]], None] = nobody_told
	say: Callable[[date], None] = nothing_said
	begins: YearStart = CALENDAR
	read_basis_before: Callable[[date], str | None] = no_night_before
	night_before: Callable[[date], NightBefore | None] = no_night_done_before

	@cached_property
	def basis(self) -> Basis:
		"""The figures that every customer of this night is compared with."""
		return load_basis(self.read_stored_basis())

	@cached_property
	def planner(self) -> Planner:
		"""What the plans of this night share."""
		return Planner(self.store, self.policy, self.as_of)

	@property
	def quarter(self) -> QuarterPeriod:
		"""The quarter that the night lies in."""
		return QuarterPeriod.of(self.as_of, self.begins)

	@cached_property
	def levels_at_start(self) -> LevelsThen:
		"""What customers are compared with on the eve of the quarter."""
		return LevelsThen.on(self.store, self.policy, self.quarter.eve)

	def parts(self, phase: Phase) -> Sequence[Part]:
		"""Return the chunks of a phase."""
		return PARTS[phase](self)

	def work(self, chunk: Chunk) -> Done:
		"""Do the work of a chunk and return what was done."""
		return WORK[chunk.phase](self, chunk)

	def halves(self, chunk: Chunk) -> Sequence[Part]:
		"""Return the two halves of a chunk whose work failed; none when a single customer, or no customer, is left."""
		return HALVES[chunk.phase](self, chunk) if chunk.phase in HALVES else ()

	def sparing(self, done: Done) -> Callable[[str, Exception], bool]:
		"""Return what notes a customer that must be left out, and tells whether the chunk can go on without."""

		def spare(customer: str, error: Exception) -> bool:
			if isinstance(error, self.stops):
				return False
			done.spared.append((customer, in_words(error)))
			return True

		return spare


def _one_part(_night: Night) -> Sequence[Part]:
	return [Part("", "")]


def _pages_of_customers(night: Night) -> Sequence[Part]:
	return [Part(*bounds) for bounds in page_bounds(night.store, night.chunk)]


def _groups_of_people(night: Night) -> Sequence[Part]:
	"""Return the people in groups; note what all their plans share, and which of them are looked at if not all are."""
	planner, looked_at = night.planner, None
	if (since := _planned_since(night)) and planner.note_due(*since):
		looked_at = night.as_of
	night.store.update_rows(RUN, ("name", "plan_frame"), [(name_of(night.as_of), planner.frame.mark)])
	groups = planner.groups(min(night.chunk, PLANNED if looked_at else PAGE), looked_at)
	return [
		Part(
			f"{number:04d}", people[-1], {"people": people, "looked_at": looked_at and looked_at.isoformat()}
		)
		for number, people in enumerate(groups, 1)
	]


def _planned_since(night: Night) -> tuple[Since, Sequence[str]] | None:
	"""Return from where on changes are looked for, and whom the night before left out; None: everybody is looked at."""
	before = night.night_before(night.as_of)
	if before is None or looks_at_everybody(night.planner.frame, before.frame):
		return None
	return Since(before.began - OVERLAP, before.day), before.left_out


def _pages_of_a_snapshot(night: Night) -> Sequence[Part]:
	"""Return the customers, disabled ones too, while nobody has written the quarter's snapshot to its end."""
	if is_snapshot_written(night.store, night.quarter):
		return []
	return [Part(page[0].name, page[-1].name) for page in past_pages(night.store, min(night.chunk, PAGE))]


PARTS: Mapping[Phase, Callable[[Night], Sequence[Part]]] = {
	Phase.BASIS: _one_part,
	Phase.RATE: _pages_of_customers,
	Phase.PLAN: _groups_of_people,
	Phase.SNAPSHOT: _pages_of_a_snapshot,
	Phase.SAY: _one_part,
}


def _read_basis(night: Night, chunk: Chunk) -> Done:
	before = load_earlier(night.read_basis_before(night.as_of))
	basis = dump_basis(read_basis(night.store, night.policy, night.as_of, before))
	night.store.update_rows(RUN, ("name", "basis"), [(chunk.run, basis)])
	return Done()


def _rate(night: Night, chunk: Chunk) -> Done:
	selection, counts, done = Selection.between(chunk.first, chunk.last), RateCounts(), Done()
	note_contacts(night.store, selection, night.basis.gathering, night.policy.contacts)
	night.mirrored(rate_page(night.store, selection, night.basis, night.policy, counts, night.sparing(done)))
	done.figures = {
		"customers": counts.customers,
		"states_written": counts.states_added + counts.states_changed,
		"ratings_written": counts.ratings,
	}
	return done


def _plan(night: Night, chunk: Chunk) -> Done:
	done, rows = Done(), _rows_held(night, chunk)
	night.planner.spare = night.sparing(done)
	outcome = night.planner.plan(rows, chunk.scope["people"])
	counts = outcome.counts
	done.figures = {
		"states_written": counts.states_changed,
		"callbacks_written": counts.rows_written - counts.states_changed,
		"overflow": sum(row.missing for row in outcome.overflow),
	}
	return done


def _write_snapshot(night: Night, chunk: Chunk) -> Done:
	if rows := _rows_then(night, chunk):
		write_snapshot(night.store, rows, night.quarter, night.levels_at_start, night.as_of)
	return Done()


def _rows_then(night: Night, chunk: Chunk) -> list[CustomerRow]:
	return read_past_rows(night.store, Selection.between(chunk.first, chunk.last))


def _say(night: Night, _chunk: Chunk) -> Done:
	night.say(night.as_of)
	return Done()


WORK: Mapping[Phase, Callable[[Night, Chunk], Done]] = {
	Phase.BASIS: _read_basis,
	Phase.RATE: _rate,
	Phase.PLAN: _plan,
	Phase.SNAPSHOT: _write_snapshot,
	Phase.SAY: _say,
}


def _rows_held(night: Night, chunk: Chunk) -> list[CustomerRow]:
	"""Return the customers to plan, each held by its state: a call being logged is waited for, a later one waits.

	One that came to these people while they were waited for is left to the next night.
	"""
	names = [row.name for row in _rows_to_plan(night, chunk)]
	# Nothing is written yet. What was read so far may show callbacks as they stood before the wait.
	night.store.rollback()
	held = set(map(fold, night.store.hold(STATE, "customer", names)))
	return [row for row in _rows_to_plan(night, chunk) if row.key in held]


def _rows_to_plan(night: Night, chunk: Chunk) -> list[CustomerRow]:
	"""Return the customers of a chunk's people who are looked at; of one cut between customers, its share of them."""
	first, last = chunk.scope.get("customers", (None, None))
	looked_at = as_date(chunk.scope.get("looked_at"))
	rows = read_rows_of(night.store, chunk.scope["people"], looked_at)
	return [row for row in rows if first is None or first <= row.name <= last]


def _halves_of_customers(night: Night, chunk: Chunk) -> Sequence[Part]:
	return _halved(chunk, read_rows(night.store, Selection.between(chunk.first, chunk.last)))


def _halves_of_a_snapshot(night: Night, chunk: Chunk) -> Sequence[Part]:
	return _halved(chunk, _rows_then(night, chunk))


def _halved(chunk: Chunk, rows: Sequence[CustomerRow]) -> Sequence[Part]:
	if len(rows) < 2:
		return ()
	middle = len(rows) // 2
	return [Part(chunk.first, rows[middle - 1].name), Part(rows[middle].name, chunk.last)]


def _halves_of_people(night: Night, chunk: Chunk) -> Sequence[Part]:
	"""Cut between people who need not be planned together; else between customers, the load of the others standing."""
	people = set(chunk.scope["people"])
	tied = [group for group in night.planner.groups(1) if people & set(group)]
	if len(tied) > 1:
		middle = len(tied) // 2
		shares = [
			{"people": sorted(people & set().union(*share))} for share in (tied[:middle], tied[middle:])
		]
	else:
		rows = _rows_to_plan(night, chunk)
		if len(rows) < 2:
			return ()
		middle = len(rows) // 2
		shares = [
			{"people": sorted(people), "customers": [share[0].name, share[-1].name]}
			for share in (rows[:middle], rows[middle:])
		]
	scopes = [{**chunk.scope, **share} for share in shares]
	return [Part(f"{chunk.first}.{number}", chunk.last, scope) for number, scope in enumerate(scopes, 1)]


HALVES: Mapping[Phase, Callable[[Night, Chunk], Sequence[Part]]] = {
	Phase.RATE: _halves_of_customers,
	Phase.PLAN: _halves_of_people,
	Phase.SNAPSHOT: _halves_of_a_snapshot,
}


ROWS: Mapping[Phase, Callable[[Night, Chunk], Sequence[CustomerRow]]] = {
	Phase.RATE: lambda night, chunk: read_rows(night.store, Selection.between(chunk.first, chunk.last)),
	Phase.PLAN: _rows_to_plan,
	Phase.SNAPSHOT: _rows_then,
}


def customers_of(night: Night, chunk: Chunk) -> list[str]:
	"""Return the names of the customers a chunk is about; none for a chunk that is about no customers."""
	return [row.name for row in ROWS[chunk.phase](night, chunk)] if chunk.phase in ROWS else []
