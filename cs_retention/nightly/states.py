"""Customer Retention State as rows: what stands, and which rows a run has to write."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from pypika import MySQLQuery

from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.sql import table
from cs_retention.facts.values import Packed, as_amount, as_count, as_date, as_text, pack, unpack
from cs_retention.store.base import Store

DOCTYPE = "Customer Retention State"
Fields = Mapping[str, Any]
"""Fieldname to value, as stored: what a number column holds for nothing is 0."""

READERS: Mapping[str, Callable[[Any], Any]] = {
	"star_level": as_text,
	"own_level": as_text,
	"is_key_account": as_count,
	"key_account_reason": as_text,
	"score": as_amount,
	"rating_reasons": as_text,
	"rated_on": as_date,
	"reviewed_on": as_date,
	"rating_valid_until": as_date,
	"interim_below": as_count,
	"next_level": as_text,
	"next_level_gap": as_amount,
	"star_policy": as_text,
	"revenue_points": as_amount,
	"frequency_points": as_amount,
	"tenure_points": as_amount,
	"payment_points": as_amount,
	"service_points": as_amount,
	"breadth_points": as_amount,
	"card": as_text,
	"health": as_count,
	"health_band": as_text,
	"main_reason": as_text,
	"health_mark": as_text,
	"steady_mark": as_text,
	"health_parts": as_text,
	"churn_policy": as_text,
	"overdue_amount": as_amount,
	"overdue_before": as_amount,
	"overdue_before_on": as_date,
	"overdue_mark": as_amount,
	"overdue_mark_on": as_date,
	"last_contact": as_date,
	"known_since": as_date,
	"cadence_before": as_text,
	"cadence_changed_on": as_date,
	"next_callback": as_date,
	"owed_in_period": as_count,
	"met_in_period": as_count,
	"plan_fingerprint": as_text,
	"plan_valid_until": as_date,
	"plan_shortfall": as_text,
	"plan_standing": as_text,
}
"""How each field of a state that is ever read is read.

Those of them that were read decide whether a row differs. The reasons of a health are none: their figures age.
"""

state = table(DOCTYPE)


class StoredState(dict[str, Any]):
	"""One stored row: its fields, read as Python's own types, and its name."""

	__slots__ = ("name",)

	def __init__(self, name: str, fields: Fields | Iterable[tuple[str, Any]]) -> None:
		super().__init__(fields)
		self.name = name

	def having(self, fieldnames: Sequence[str]) -> StoredState:
		"""Return the row with these fields only."""
		return StoredState(self.name, {name: self[name] for name in fieldnames})

	def differs(self, fields: Fields) -> bool:
		"""Tell whether storing the fields would change one of those that were read."""
		# A plain loop: asked for every customer of the book. What is equal as it stands needs no reading.
		for name, value in fields.items():
			if name in self and value != self[name] and READERS[name](value) != self[name]:
				return True
		return False


class Read(dict[Any, Any]):
	"""What a field's values read as, each read once: most fields of a page hold a handful of them."""

	__slots__ = ("_read",)

	def __init__(self, read: Callable[[Any], Any]) -> None:
		super().__init__()
		self._read = read

	def __missing__(self, value: Any) -> Any:
		self[value] = found = self._read(value)
		return found


def ask_states(store: Store, selection: Selection, fieldnames: Sequence[str]) -> None:
	"""Announce what `read_states` asks."""
	selection.ahead(store, states_query(tuple(fieldnames)), len(fieldnames) + 2)


@cache
def states_query(fieldnames: tuple[str, ...]) -> str:
	"""Return the query of customer, name and these fields of the states of selected customers."""
	query = MySQLQuery.from_(state).select(state.customer, state.name, *(state[name] for name in fieldnames))
	return str(query.where(selected(state.customer)))


def read_states(store: Store, selection: Selection, fieldnames: Sequence[str]) -> dict[str, StoredState]:
	"""Return the states of the selected customers by folded customer, with the named fields."""
	states = StatesOfPage(store, selection, fieldnames)
	return {key: states.read(cells) for key, cells in states.packed.items()}


class StatesOfPage:
	"""The states of the selected customers as they came, by folded customer; each is read when it is asked for."""

	def __init__(self, store: Store, selection: Selection, fieldnames: Sequence[str]) -> None:
		"""Take over what `ask_states` announced."""
		self.fieldnames = tuple(fieldnames)
		self._readers = [Read(READERS[name]).__getitem__ for name in self.fieldnames]
		lines = selection.lines(store, states_query(self.fieldnames), len(self.fieldnames) + 2, cut=1)
		self.packed: dict[str, Packed] = {fold(customer): pack(cells) for customer, *cells in lines}

	def read(self, packed: Packed) -> StoredState:
		"""Return a state that was packed."""
		name, *cells = unpack(packed)
		values = [read(value) for read, value in zip(self._readers, cells, strict=True)]
		return StoredState(name, zip(self.fieldnames, values, strict=True))


def write_states(
	store: Store, as_of: date, new: Iterable[Fields], changed: Iterable[Fields]
) -> tuple[int, int]:
	"""Insert the new states and update those that differ, which carry their `name`; return how many of each."""
	return (
		sum(store.insert_rows(DOCTYPE, *group) for group in _grouped(new, as_of)),
		sum(store.update_rows(DOCTYPE, *group) for group in _grouped(changed, as_of)),
	)


def _grouped(rows: Iterable[Fields], as_of: date) -> Iterator[tuple[tuple[str, ...], list[list[Any]]]]:
	"""Yield fieldnames and rows for each set of fieldnames that occurs, `name` first where it is there."""
	groups: dict[tuple[str, ...], list[list[Any]]] = {}
	for row in rows:
		groups.setdefault((*row, "as_of"), []).append([*row.values(), as_of])
	yield from groups.items()
