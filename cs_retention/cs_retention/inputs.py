"""What comes from outside, read at the edge: handed on as what it says, or refused with its field, its value and a remedy."""

import json
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import isfinite
from typing import Any, NoReturn

import frappe
from frappe import _
from frappe.utils import cstr, escape_html, get_timedelta

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
"""Days that a record may name: a plan counts on and back from any of them without leaving the calendar."""

MOST, MOST_WHOLE = 10**12 - 1, 2**31 - 1
"""The largest numbers that columns of Frappe hold."""

TEXT_BYTES = {"Small Text": 65_535, "Text": 65_535}
"""What a column of the server holds of a text; Frappe itself counts the letters of a short one."""

NAME_LETTERS, SHOWN_LETTERS = 140, 60
ADDRESSES = ("/files/", "/private/files/", "https://", "http://")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""Characters that no keyboard writes and no workbook or PDF can hold."""


def refuse_value(label: str, value: object, remedy: str) -> NoReturn:
	"""Throw what cannot be used, in the words of all refusals."""
	frappe.throw(
		_("{0}: {1} cannot be used; {2}.").format(frappe.bold(label), frappe.bold(shown(value)), remedy),
		title=_("Not Possible"),
	)


def shown(value: object) -> str:
	"""Return a refused value inert and short."""
	text = CONTROL.sub(" ", cstr(value)).strip()
	if not text:
		return _("an empty value")
	return escape_html(text if len(text) <= SHOWN_LETTERS else f"{text[:SHOWN_LETTERS]}…")


def read_date(value: object, label: str) -> date:
	"""Return the day that a value names."""
	return read_datetime(value, label, "2026-11-24").date()


def read_datetime(value: object, label: str, example: str = "2026-11-24 14:30") -> datetime:
	"""Return the moment that a value names, of the site's own clock."""
	read = None
	if isinstance(value, datetime):
		read = value
	elif isinstance(value, date):
		read = datetime.combine(value, time())
	elif isinstance(value, str):
		try:
			read = datetime.fromisoformat(value.strip())
		except ValueError:
			read = None
	if read is None or read.tzinfo:
		refuse_value(label, value, _("give it such as {0}").format(example))
	if not FIRST_DAY <= read.date() <= LAST_DAY:
		refuse_value(label, value, _("give a day between {0} and {1}").format(FIRST_DAY.year, LAST_DAY.year))
	return read


def read_time(value: object, label: str) -> timedelta:
	"""Return the time of day that a value names."""
	read = value if isinstance(value, timedelta) else None
	if isinstance(value, str | time) and re.match(r"\d{1,2}:\d{2}", str(value)):
		read = get_timedelta(str(value))
	if read is None or not timedelta() <= read < timedelta(days=1):
		refuse_value(label, value, _("give it such as {0}").format("14:30"))
	return read


def read_number(value: object, label: str, most: float = MOST) -> float:
	"""Return a number that can be counted with and stored."""
	try:
		number = float(value.replace(",", "") if isinstance(value, str) else value)
	except (TypeError, ValueError, OverflowError):
		refuse_value(label, value, _("give a number"))
	if not isfinite(number) or abs(number) > most:
		refuse_value(label, value, _("give a number from {0} to {1}").format(-most, most))
	return number


def read_whole(value: object, label: str, least: int = -MOST_WHOLE, most: int = MOST_WHOLE) -> int:
	"""Return a whole number within bounds."""
	number = read_number(value, label)
	if number != int(number) or not least <= number <= most:
		refuse_value(label, value, _("give a whole number from {0} to {1}").format(least, most))
	return int(number)


def read_word(value: object, label: str, words: Iterable[str], context: str | None = None) -> str:
	"""Return a word that is one of a list."""
	known = [word for word in words if word]
	if not isinstance(value, str) or value.strip() not in known:
		choices = ", ".join(_(word, context=context) for word in known)
		refuse_value(label, value, _("choose one of: {0}").format(choices))
	return value.strip()


def read_text(value: object, label: str, most_bytes: int | None = None) -> str:
	"""Return a text that any page, workbook or mail can hold."""
	if not isinstance(value, str | int | float | Decimal):
		refuse_value(label, value, _("give one value"))
	text = cstr(value)
	if CONTROL.search(text):
		refuse_value(label, value, _("leave out its control characters"))
	if most_bytes and len(text.encode()) > most_bytes:
		refuse_value(label, value, _("shorten it to {0} letters at most").format(most_bytes // 4))
	return text


def read_address(value: object, label: str) -> str:
	"""Return the address of a file on the site, or of a page."""
	address = read_text(value, label)
	if not address.startswith(ADDRESSES):
		refuse_value(label, value, _("attach a file"))
	return address


def read_name(value: object, label: str) -> str:
	"""Return what may be the name of a record."""
	if isinstance(value, bool) or not isinstance(value, str | int):
		refuse_value(label, value, _("name one record"))
	name = cstr(value)
	if CONTROL.search(name) or "<" in name or ">" in name or len(name) > NAME_LETTERS:
		refuse_value(label, value, _("name a record that there is"))
	return name


def read_names(value: object, label: str) -> list[str]:
	"""Return the names of records, given as a list or as JSON of one."""
	return [read_name(each, label) for each in read_list(value, label)]


def read_rows(value: object, label: str) -> list[dict[str, Any]]:
	"""Return rows, given as a list or as JSON of one."""
	rows = read_list(value, label)
	for row in rows:
		if not isinstance(row, dict):
			refuse_value(label, row, _("give rows of named values"))
	return rows


def read_list(value: object, label: str) -> Sequence[Any]:
	"""Return a list, given as one or as JSON of one; of nothing none."""
	if isinstance(value, str) and value:
		value = parsed(value, label)
	if value in (None, ""):
		return []
	if not isinstance(value, list | tuple):
		refuse_value(label, value, _("give a list"))
	return value


def read_filters(value: object) -> list[Any] | dict[str, Any]:
	"""Return the filters of a list, given as such or as JSON."""
	label = _("Filters")
	if isinstance(value, str) and value:
		value = parsed(value, label)
	if not isinstance(value or [], list | dict):
		refuse_value(label, value, _("give a list"))
	for each in value if isinstance(value, list) else ():
		if not isinstance(each, list | tuple | dict) or not each:
			refuse_value(label, each, _("give field, operator and value"))
	return value or []


def read_mapping(value: object, label: str) -> dict[str, Any]:
	"""Return named values, given as such or as JSON; of nothing none."""
	if isinstance(value, str) and value:
		value = parsed(value, label)
	if not isinstance(value or {}, dict):
		refuse_value(label, value, _("give named values"))
	return dict(value or {})


def report_filters(filters: object) -> frappe._dict:
	"""Return the filters of a report: days, whole numbers, yes or no, else one short text each."""
	given = frappe._dict(read_mapping(filters, _("Filters")))
	readers = {
		"from_date": (read_date, _("Start")),
		"to_date": (read_date, _("End")),
		"year": (read_whole, _("Year")),
	}
	for name, value in given.items():
		if value is not None and value != "":
			read, label = readers.get(name, (read_text, frappe.unscrub(str(name))))
			given[name] = read(value, label)
	return given


def parsed(value: str, label: str) -> Any:
	"""Return what JSON says; NaN and infinity are no JSON."""
	try:
		return json.loads(value, parse_constant=no_constant)
	except (ValueError, RecursionError):
		refuse_value(label, value, _("write it as JSON"))


def no_constant(_word: str) -> NoReturn:
	"""Refuse what only Python takes for a number."""
	raise ValueError
