"""The look by day: on a date whose night is done, those are looked at again whose documents have changed since.

It rates, assesses and raises signals as the night does, with the night's own policy and figures of the book. It needs no
chunks: what it did not come to, for any reason, the next look finds again, and at the latest the next night.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from cs_retention.engine.vocabulary import RunStatus
from cs_retention.facts.changes import read_changed
from cs_retention.facts.selection import Selection
from cs_retention.nightly.basis import by_day
from cs_retention.nightly.ledger import Done, Ledger, Run
from cs_retention.nightly.phases import Night
from cs_retention.nightly.rate import RateCounts, rate_page
from cs_retention.nightly.states import DOCTYPE as STATE
from cs_retention.store.base import batches

TOGETHER = 500
"""Customers looked at in one transaction."""

OVERLAP = timedelta(minutes=15)
"""A change says when it was made, and may be kept by its transaction so much later. Who is looked at twice costs nothing."""


@dataclass(slots=True)
class DayLook:
	"""What a look did: customers looked at, and how many of their states it added or changed."""

	customers: int = 0
	states_written: int = 0


Moved = Callable[[Sequence[str]], None]


def nobody_moved(_customers: Sequence[str]) -> None:
	"""Do nothing about customers whose level or band is another."""


def look_by_day(
	ledger: Ledger,
	name: str,
	open_night: Callable[[Run], Night],
	moved: Moved = nobody_moved,
) -> DayLook | None:
	"""Look at those who changed since the night of that name, or since the last look; None when the day is over.

	`moved` is told, before each commit, whose level or band is another: it plans them anew.
	"""
	store, done = ledger.store, DayLook()
	run, began = ledger.read(name), ledger.now()
	since = ledger.looked_until(name) if run and _is_its_day(ledger, run) else None
	if run is None or since is None:
		store.rollback()
		return None
	changed = sorted(read_changed(store, since - OVERLAP))
	store.rollback()
	night = open_night(run) if changed else None
	for names in batches(changed, TOGETHER):
		if night is None or not _look_at(ledger, run, night, names, moved, done):
			return None
	ledger.note_look(name, began, done.customers, done.states_written)
	return done


def _is_its_day(ledger: Ledger, run: Run) -> bool:
	"""Tell whether a night is done and no later one is on record."""
	return run.status is RunStatus.DONE and ledger.newest() == run.as_of


def _look_at(
	ledger: Ledger, run: Run, night: Night, names: Sequence[str], moved: Moved, done: DayLook
) -> bool:
	"""Look at customers in one transaction; tell whether it was still the night's own day."""
	store, counts = ledger.store, RateCounts()
	# Nothing is read yet: what others did to these customers before is seen once they have let go.
	store.hold(STATE, "customer", names)
	if not _is_its_day(ledger, run):
		store.rollback()
		return False
	spare = night.sparing(Done())
	basis = by_day(store, night.basis)
	mirrored = rate_page(store, Selection.of(names), basis, night.policy, counts, spare, is_by_day=True)
	night.mirrored(mirrored)
	moved(mirrored)
	store.commit()
	done.customers += counts.customers
	done.states_written += counts.states_added + counts.states_changed
	return True
