"""Reason codes in words: one sentence per code, written with the figures that the decision used."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor
from string import Formatter
from typing import Any

from cs_retention.engine.reasons import Figure, Reason
from cs_retention.engine.vocabulary import ObligationKind
from cs_retention.render import formats
from cs_retention.render.sentences import SENTENCES, VARIANTS
from cs_retention.render.translate import translate

UNITS = {
	"days": ("{0} day", "{0} days"),
	"months": ("{0} month", "{0} months"),
	"years": ("{0} year", "{0} years"),
	"points": ("{0} point", "{0} points"),
	"complaints": ("{0} complaint", "{0} complaints"),
	"groups": ("{0} item group", "{0} item groups"),
	"purchase_days": ("{0} purchase day", "{0} purchase days"),
	"more_purchase_days": ("{0} more purchase day", "{0} more purchase days"),
	"more_groups": ("{0} more item group", "{0} more item groups"),
	"repeat_purchases": ("{0} repeat purchase", "{0} repeat purchases"),
	"reviews": ("{0} review", "{0} reviews"),
}
"""Format specs that count something: singular and plural, both translated."""

PURPOSES = {
	ObligationKind.COMPLAINT: "complaint check",
	ObligationKind.RETENTION: "retention call",
	ObligationKind.PROMISE: "promise due",
	ObligationKind.CASE: "call after a case",
	ObligationKind.AFTER_SERVICE: "after-service call",
	ObligationKind.VISIT: "visit",
	ObligationKind.QUOTA: "routine call",
	ObligationKind.CARE: "care greeting",
}
PARTS = {
	"revenue": "Revenue",
	"frequency": "Frequency",
	"tenure": "Tenure",
	"payment": "Payment",
	"service": "Service",
	"breadth": "Breadth",
	"recency": "Recency",
	"lateness": "Lateness",
	"repeats": "Repeats",
	"bill_trend": "Bill trend",
	"commitment": "Commitment",
	"arrears": "Arrears",
	"contact": "Contact",
}
"""Factors of a rating and parts of the health cards."""
SPEAKS_FOR = frozenset(
	{"no_arrears", "no_complaint_90d", "callbacks_reached", "no_callback_yet", "repeat_purchases"}
)
OVERFLOW_WORDS = {
	"period_too_short": "the period has too few days for its quota",
	"no_working_day": "no working day in the window",
	"nobody_there": "neither the account manager nor the backup is there",
	"only_its_handler": "only who handled it could call",
	"no_room": "every day in the window is full",
	"no_channel": "the customer allows no channel",
}


def sentence(reason: Reason, lang: str) -> str:
	"""Return the reason as a sentence in `lang`; a code without a sentence is a KeyError."""
	figures = reason.as_mapping()
	return SentenceFormatter(lang).vformat(translate(template_of(reason.code, figures), lang), (), figures)


def template_of(code: str, figures: Mapping[str, Figure]) -> str:
	"""Return the English sentence of a code: the first variant whose figures all have their values, else the rule."""
	for wanted, text in VARIANTS.get(code, ()):
		if all(figures[name] == value for name, value in wanted.items()):
			return text
	return SENTENCES[code]


def shortfall(level: str, gap: Decimal, lacks: Iterable[Reason], lang: str) -> str:
	"""Return how far the next level is and what it takes: "4 points short of Five Star: 18,200 more in ..."."""
	what = formats.joined((sentence(reason, lang) for reason in lacks), lang)
	missing = translate("{0} point" if gap == 1 else "{0} points", lang).format(formats.points(gap))
	return translate("{0} short of {1}: {2}", lang).format(missing, translate(level, lang), what)


def troubles(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
	"""Return the reasons of a health without those that speak for the customer."""
	return tuple(reason for reason in reasons if reason.code not in SPEAKS_FOR)


def purpose(kind: str, lang: str) -> str:
	"""Return what a contact is for, from the value of its ObligationKind."""
	return translate(PURPOSES[ObligationKind(kind)], lang)


def added_calls(per_week: Fraction, is_on: bool, lang: str) -> str:
	"""Return what a source of obligations adds to the calls of a week, to one decimal, halves away from 0."""
	text = translate("adds {0} calls a week" if is_on else "would add {0} calls a week", lang)
	tenths = floor(abs(per_week) * 10 + Fraction(1, 2))
	return text.format(f"{(tenths if per_week > 0 else -tenths) / 10:g}")


def part_name(part: str, lang: str) -> str:
	"""Return what a factor of a rating or a part of a health card is called."""
	return translate(PARTS[part], lang, "Customer Retention State")


def overflow_words(code: str, lang: str) -> str:
	"""Return why contacts found no day, from the reason code of overflow.csv."""
	return translate(OVERFLOW_WORDS[code], lang)


class SentenceFormatter(Formatter):
	"""Fills a sentence; the format spec names the kind of a figure.

	`amount`, `percent` (of a share), `change` (of a ratio, 1 for equal), `whole` (rounded), `word` (of a vocabulary,
	translated), `period` and `purpose` (of what is owed) or a unit of `UNITS`; without a spec dates and numbers are
	written as people read them and text stays as it is.
	"""

	def __init__(self, lang: str):
		self.lang = lang

	def get_field(self, field_name: str, args: Any, kwargs: Mapping[str, Figure]) -> Any:
		"""Return a figure by its bare name, so that a translation can reach nothing but figures."""
		return kwargs[field_name], field_name

	def format_field(self, value: Any, format_spec: str) -> str:
		"""Return one figure in words."""
		if value is None:
			return translate("unknown", self.lang)
		if format_spec in UNITS:
			singular, plural = UNITS[format_spec]
			return translate(singular if value == 1 else plural, self.lang).format(plain(value, self.lang))
		if format_spec in KINDS:
			return KINDS[format_spec](value, self.lang)
		return plain(value, self.lang)


def change(ratio: float, lang: str) -> str:
	"""Return a ratio of later to earlier as "down 34 %", "up 3 %" or "unchanged"."""
	if round(ratio, 2) == 1:
		return translate("unchanged", lang)
	text = translate("down {0}" if ratio < 1 else "up {0}", lang)
	return text.format(formats.percent(round(abs(ratio - 1), 6), lang))


def period_or_purpose(value: str, lang: str) -> str:
	"""Return what is owed in words: the label of a period, or the value of an ObligationKind."""
	kinds = {kind.value: text for kind, text in PURPOSES.items()}
	return translate(kinds[value], lang) if value in kinds else formats.period(value, lang)


def plain(value: Figure, lang: str) -> str:
	"""Return a figure without a unit: a date in words, a number with separators, or text."""
	if isinstance(value, date):
		return formats.full_day(value, lang)
	if isinstance(value, (int, float, Decimal)):
		return formats.points(value) if value < 1000 else formats.amount(value)
	return str(value)


KINDS: Mapping[str, Callable[[Any, str], str]] = {
	"amount": lambda value, lang: formats.amount(value),
	"percent": formats.percent,
	"change": change,
	"whole": lambda value, lang: f"{round(value):,}",
	"period": lambda value, lang: period_or_purpose(str(value), lang),
	"purpose": lambda value, lang: period_or_purpose(str(value), lang),
	"word": lambda value, lang: translate(str(value), lang),
}
"""Format specs that are no unit."""
