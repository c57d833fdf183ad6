"""What every adapter adds to the rows it is given: names, stamps and the defaults of number columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from cs_retention.store.base import Authorship, Row
from cs_retention.store.schema import Table

ON_UPDATE = ("modified", "modified_by")


@dataclass(frozen=True, slots=True)
class Stamped:
	"""Rows ready to be written, and the fieldnames their values stand under."""

	fieldnames: tuple[str, ...]
	rows: Iterator[list[Any]]


def for_insert(
	table: Table, authorship: Authorship, fieldnames: Sequence[str], rows: Iterable[Row]
) -> Stamped:
	"""Return the rows with a name where they have none, and the four stamps of a new row."""
	moment, user = authorship.now(), authorship.user
	stamps = _missing(
		{"creation": moment, "modified": moment, "modified_by": user, "owner": user}, fieldnames
	)
	is_named = "name" in fieldnames
	added = (*stamps, *(() if is_named else ("name",)))

	def stamped() -> Iterator[list[Any]]:
		for row in _filled(table, fieldnames, rows):
			row.extend(stamps.values())
			if not is_named:
				row.append(authorship.new_name())
			yield row

	return Stamped((*fieldnames, *added), stamped())


def for_update(
	table: Table, authorship: Authorship, fieldnames: Sequence[str], rows: Iterable[Row]
) -> Stamped:
	"""Return the rows with the two stamps of a changed row; the first fieldname must be `name`."""
	if fieldnames[0] != "name":
		raise ValueError(
			f"update_rows({table.doctype!r}): the first fieldname is {fieldnames[0]!r}, not 'name'"
		)
	stamps = _missing({"modified": authorship.now(), "modified_by": authorship.user}, fieldnames)

	def stamped() -> Iterator[list[Any]]:
		for row in _filled(table, fieldnames, rows):
			row.extend(stamps.values())
			yield row

	return Stamped((*fieldnames, *stamps), stamped())


def overwritten(fieldnames: Sequence[str]) -> list[str]:
	"""Return the fields an upsert sets on a row that exists: all but the key, the name and who created it."""
	kept = {fieldnames[0], "name", "creation", "owner"}
	return [name for name in dict.fromkeys((*fieldnames, *ON_UPDATE)) if name not in kept]


def _missing(stamps: dict[str, Any], fieldnames: Sequence[str]) -> dict[str, Any]:
	return {name: value for name, value in stamps.items() if name not in fieldnames}


def _filled(table: Table, fieldnames: Sequence[str], rows: Iterable[Row]) -> Iterator[list[Any]]:
	"""Yield the rows as lists, None in a number column replaced by the column's default."""
	defaults = table.defaults()
	numbers = [(place, defaults[name]) for place, name in enumerate(fieldnames) if name in defaults]
	for row in rows:
		filled = list(row)
		for place, default in numbers:
			if filled[place] is None:
				filled[place] = default
		yield filled
