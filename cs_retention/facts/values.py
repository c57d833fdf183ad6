"""What a database gives, as Python's own types: the border at which MariaDB and SQLite become alike."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from cs_retention.facts.source import CELL_END

MICRO = Decimal("0.000001")
DIGITS = 6
STORED_DIGITS = 9
NOTHING = "0.000000000"
LEAST_OWED = 0.005
"""Half a cent in company currency: a debt of less is settled."""


def as_date(value: Any) -> date | None:
	"""Return a date column as a date; SQLite gives ISO text, nothing is None."""
	if not value:
		return None
	if isinstance(value, str):
		return _iso_date(value)
	return value.date() if isinstance(value, datetime) else value


@lru_cache(maxsize=8192)
def _iso_date(text: str) -> date:
	"""Return the date that a text begins with; a book has few dates, and each stands in it a hundred times."""
	return date.fromisoformat(text[:10])


def as_datetime(value: Any) -> datetime | None:
	"""Return a moment; SQLite gives ISO text, nothing is None."""
	if not value:
		return None
	return datetime.fromisoformat(value) if isinstance(value, str) else value


def as_time(value: Any) -> time | None:
	"""Return a time column as a time; MariaDB gives the span since midnight, SQLite text."""
	if value is None or value == "":
		return None
	if isinstance(value, timedelta):
		return (datetime.min + value).time()
	return time.fromisoformat(value.zfill(8))


def as_hour(value: Any) -> time | None:
	"""Return the time of day of a moment without its fractions; a date has none."""
	if isinstance(value, str):
		return time.fromisoformat(value[11:19]) if len(value) > len("2026-11-24 ") else None
	return value.time().replace(microsecond=0) if isinstance(value, datetime) else None


def as_amount(value: Any) -> float:
	"""Return a sum of amounts as a float, rounded half up to 6 digits; nothing is 0."""
	if value.__class__ is str:
		return _amount_of_text(value)
	if not value:
		return 0.0
	if isinstance(value, float):
		# Amounts are stored with 9 digits, so this takes the noise of binary sums away before the rounding.
		exact, rounded = round(value, STORED_DIGITS), round(value, DIGITS)
		if exact == rounded:
			return rounded
		value = repr(exact)
	return float(Decimal(value).quantize(MICRO, ROUND_HALF_UP))


def _amount_of_text(text: str) -> float:
	if not text or text == NOTHING:
		return 0.0
	if text.endswith("000") and text[-10:-9] == ".":
		# Nine digits behind the point, of which the last three are nothing: there is nothing to round.
		return float(text)
	return float(Decimal(text).quantize(MICRO, ROUND_HALF_UP))


def as_count(value: Any) -> int:
	"""Return a count or a sum of counts as an int; MariaDB gives sums as decimals, nothing is 0."""
	return int(value or 0)


def as_text(value: Any) -> str | None:
	"""Return a text column, empty text as None."""
	return value or None


Packed = str | tuple[Any, ...]
"""Cells of a row that are read later, if at all: as one text where all of them are text, which takes least memory."""


def pack(cells: Sequence[Any]) -> Packed:
	"""Return cells, which may be one text already, as `unpack` takes them; equal ones of one database are packed alike."""
	try:
		return CELL_END.join(cells)
	except TypeError:
		return tuple(cells)


def unpack(packed: Packed) -> Sequence[Any]:
	"""Return the cells that were packed."""
	return packed.split(CELL_END) if packed.__class__ is str else packed


def packed_text(packed: Packed) -> str:
	"""Return packed cells as a text that is another where a cell is."""
	return packed if isinstance(packed, str) else CELL_END.join(map(repr, packed))
