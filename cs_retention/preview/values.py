"""From the cell of an export to a value of the book; what cannot be meant in one way only is refused."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache

from cs_retention.preview.sheets import Cell

NAME_LENGTH = 140
LARGEST_AMOUNT = 1e12
FIRST_YEAR, LAST_YEAR = 1900, 2199
ISO_REMEDY = "write the date as YYYY-MM-DD, for example 2026-11-23"
DATE = re.compile(r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|年(\d{1,2})月(\d{1,2})日)")
TIME = re.compile(r"(?:[ T]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?")
AMOUNT = re.compile(r"[+-]?(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?(?:[eE][+-]?\d{1,2})?")
NO_NUMBER = {"nan", "inf", "infinity", "-inf", "-infinity", "+inf", "+infinity"}


class Refused(ValueError):
	"""A cell that cannot be used; the message is the remedy, continuing the sentence after the value."""


Parser = Callable[[Cell], object]
"""Takes a cell that is not blank; returns the value or raises Refused."""


def as_text(cell: Cell) -> str:
	"""Return the cell as the person sees it in the table, without blanks around it; "" for an empty one."""
	if isinstance(cell, str):
		return cell.strip()
	if cell is None:
		return ""
	if isinstance(cell, bool):
		return "1" if cell else "0"
	if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
		return str(int(cell))
	if isinstance(cell, datetime):
		return cell.strftime("%Y-%m-%d %H:%M:%S")
	return str(cell)


def name(cell: Cell) -> str:
	"""Return the name of a document or a person: at most 140 characters, none of them a control character."""
	text = as_text(cell)
	if len(text) > NAME_LENGTH:
		raise Refused(
			f"has {len(text)} characters; shorten it to {NAME_LENGTH}, which is what ERPNext can hold"
		)
	return _without_controls(text)


def words(cell: Cell) -> str:
	"""Return free text on one line."""
	text = _without_controls(" ".join(as_text(cell).split()))
	return text[: NAME_LENGTH - 1] + "…" if len(text) > NAME_LENGTH else text


def _without_controls(text: str) -> str:
	if not text.isprintable() and any(unicodedata.category(character) == "Cc" for character in text):
		raise Refused("contains a control character or a line break; remove it")
	return text


def day(cell: Cell) -> str:
	"""Return a date as YYYY-MM-DD from a date cell, YYYY-MM-DD, YYYY/MM/DD or YYYY年MM月DD日, with or without a time."""
	if cell.__class__ is str:
		return _day_of_text(cell.strip())
	if isinstance(cell, datetime):
		return cell.date().isoformat()
	if isinstance(cell, date):
		return cell.isoformat()
	return _day_of_text(as_text(cell))


def near_day(cell: Cell) -> str:
	"""Return a date of a calendar that people keep, as `day` does; a year that must be a slip of the pen is refused."""
	text = day(cell)
	if int(text[:4]) > LAST_YEAR:
		raise Refused(f"lies after the year {LAST_YEAR}; correct the year")
	return text


@lru_cache(maxsize=20_000)
def _day_of_text(text: str) -> str:
	parts = DATE.match(text)
	if not parts or not TIME.fullmatch(text, parts.end()):
		raise Refused(f"can be read as more than one date or none; {ISO_REMEDY}")
	year, month, day_of_month = (int(part) for part in parts.groups() if part)
	try:
		found = date(year, month, day_of_month)
	except ValueError:
		raise Refused(f"is no day of the calendar; {ISO_REMEDY}") from None
	if found.year < FIRST_YEAR:
		raise Refused(f"lies before the year {FIRST_YEAR}; correct the year, or leave the cell empty")
	return found.isoformat()


def amount(cell: Cell) -> float:
	"""Return an amount in company currency; thousands separators are accepted where every group has three digits."""
	if isinstance(cell, (int, float)) and not isinstance(cell, bool):
		value = float(cell)
	else:
		text = as_text(cell)
		if not text.isascii() or not AMOUNT.fullmatch(text):
			kind = "is not a number" if text.lower() in NO_NUMBER else "is no amount"
			raise Refused(f"{kind}; write digits with a point for decimals, for example 1234.50")
		value = float(text.replace(",", ""))
	if not math.isfinite(value):
		raise Refused("is not a number; write digits with a point for decimals, for example 1234.50")
	if abs(value) >= LARGEST_AMOUNT:
		raise Refused("is larger than ERPNext can hold; give an amount below 1,000,000,000,000")
	return value


def satisfaction(cell: Cell) -> int:
	"""Return a satisfaction, a whole number from 1 to 5."""
	text = as_text(cell)
	if text not in {"1", "2", "3", "4", "5", "1.0", "2.0", "3.0", "4.0", "5.0"}:
		raise Refused("is no satisfaction; give a whole number from 1 to 5, or leave the cell empty")
	return int(text[0])


def one_of(choices: Mapping[object, tuple[str, ...]]) -> Parser:
	"""Return a parser that takes each value by any of its words, in any case, and refuses others with the list."""
	by_word = {plain(word): value for value, known in choices.items() for word in known}
	listed = ", ".join(known[0] for known in choices.values())

	@lru_cache(maxsize=1000)
	def of_text(text: str) -> object:
		value = by_word.get(plain(text))
		if value is None:
			raise Refused(f"is not known here; give one of {listed}")
		return value

	def parse(cell: Cell) -> object:
		return of_text(as_text(cell))

	return parse


def plain(word: str) -> str:
	"""Return a word as it is compared: letters, digits and characters only, whatever the case and the width."""
	return "".join(c for c in unicodedata.normalize("NFKC", word).casefold() if c.isalnum())
