"""Figures as people read them: dates, amounts, percents and lists, in English and Chinese."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from cs_retention.render.translate import translate

Number = int | float | Decimal

NO_BREAK = "\u00a0"
"""Between a number and its sign, so that no line breaks there."""
MONTHS = (
	"January",
	"February",
	"March",
	"April",
	"May",
	"June",
	"July",
	"August",
	"September",
	"October",
	"November",
	"December",
)
PARTS_OF_YEAR = {
	"W": "week {0} of {1}",
	"Q": "quarter {0} of {1}",
	"H": "half-year {0} of {1}",
	"T": "third {0} of {1}",
	"B": "two months {0} of {1}",
}
"""Words of a period by the letter of its label: week, quarter, half-year, four months, two months."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKDAYS_ZH = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def long_day(day: date, lang: str) -> str:
	"""Return "Monday 21 September 2026" or "2026年9月21日 周一"."""
	if lang == "zh":
		return f"{day.year}年{day.month}月{day.day}日 {WEEKDAYS_ZH[day.weekday()]}"
	return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]} {day.year}"


def full_day(day: date, lang: str) -> str:
	"""Return "21 Sep 2026" or "2026年9月21日"."""
	if lang == "zh":
		return f"{day.year}年{day.month}月{day.day}日"
	return f"{day.day} {MONTHS[day.month - 1][:3]} {day.year}"


def short_day(day: date, lang: str) -> str:
	"""Return "Mon 21 Sep" or "9月21日 周一"."""
	if lang == "zh":
		return f"{day.month}月{day.day}日 {WEEKDAYS_ZH[day.weekday()]}"
	return f"{WEEKDAYS[day.weekday()][:3]} {day.day} {MONTHS[day.month - 1][:3]}"


def short_days(days: Sequence[date], lang: str) -> str:
	"""Return "Mon 21 Sep, Tue 22 Sep" or "9月21日 周一、9月22日 周二"."""
	return ("、" if lang == "zh" else ", ").join(short_day(day, lang) for day in days)


def day_of_month(day: date, lang: str) -> str:
	"""Return "21 Sep" or "9月21日", for the head of a column."""
	return f"{day.month}月{day.day}日" if lang == "zh" else f"{day.day} {MONTHS[day.month - 1][:3]}"


def period(label: str, lang: str) -> str:
	"""Return a period's label in words: "2026-W39" is "week 39 of 2026", "2026-09" is "September 2026"."""
	year, _, part = label.partition("-")
	if part.isdigit():
		return f"{year}年{int(part)}月" if lang == "zh" else f"{MONTHS[int(part) - 1]} {year}"
	text = PARTS_OF_YEAR.get(part[:1])
	return translate(text, lang).format(int(part[1:]), year) if text else label


def amount(value: Number) -> str:
	"""Return an amount with thousands separators, and its cents only where it has any: "18,200", "18,200.50"."""
	cents = round(Decimal(str(value)), 2)
	return f"{cents:,.0f}" if cents == cents.to_integral_value() else f"{cents:,.2f}"


def points(value: Number) -> str:
	"""Return points without trailing zeros: "4", "3.5", "17.04"."""
	text = f"{round(Decimal(str(value)), 2):f}"
	return text.rstrip("0").rstrip(".") if "." in text else text


def percent(share: Number, lang: str) -> str:
	"""Return a share as a whole percent: 0.336 is "34 %" or "34%"; what is not nothing never reads as 0 %."""
	whole = round(Decimal(str(share)) * 100)
	text = "< 1" if whole == 0 and share > 0 else f"{whole}"
	return f"{text}%" if lang == "zh" else f"{text}{NO_BREAK}%"


def in_turn(sentences: Iterable[str], lang: str) -> str:
	"""Return sentences one after the other: "a; b" or "a;b" with the wide semicolon."""
	return ("\uff1b" if lang == "zh" else "; ").join(sentences)


def joined(words: Iterable[str], lang: str) -> str:
	"""Return the words as a list: "a, b and c" or "a、b和c"."""
	parts = list(words)
	if len(parts) < 2:
		return "".join(parts)
	comma, last = ("、", "和") if lang == "zh" else (", ", " and ")
	return f"{comma.join(parts[:-1])}{last}{parts[-1]}"


def stars(level: str, lang: str) -> str:
	"""Return a level as stars for a headline, "★★★★☆", or its word for New."""
	filled = {"Five Star": 5, "Four Star": 4, "Three Star": 3, "Two Star": 2, "One Star": 1}.get(level)
	return "★" * filled + "☆" * (5 - filled) if filled else translate(level, lang)
