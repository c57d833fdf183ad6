"""Reasons as they are stored: JSON that gives back the very same figures, dates and decimals included."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from cs_retention.engine.reasons import Figure, Reason


def dump_reasons(reasons: Iterable[Reason]) -> str:
	"""Return the reasons as one line of JSON, figures in their order."""
	return f"[{','.join(map(_text, reasons))}]"


MOST_REMEMBERED = 4096
_remembered: dict[int, tuple[Reason, str]] = {}
"""Reasons with their texts by identity: most customers share most reasons, which the engine makes once.

Equality would not do, for 1 and 1.0 are equal and read differently; and a reason that stands here keeps its identity.
"""


def _text(reason: Reason) -> str:
	known = _remembered.get(id(reason))
	if known is not None:
		return known[1]
	figures = ",".join([f'"{name}":{_figure_text(value)}' for name, value in reason.figures])
	text = f'{{"code":"{reason.code}","figures":{{{figures}}}}}'
	if len(_remembered) >= MOST_REMEMBERED:
		_remembered.clear()
	_remembered[id(reason)] = reason, text
	return text


def _figure_text(value: Figure) -> str:
	return WRITERS.get(value.__class__, to_json)(value)


def load_reasons(text: str | None) -> tuple[Reason, ...]:
	"""Return the reasons that `dump_reasons` wrote; nothing stored is no reason."""
	return tuple(
		Reason(row["code"], tuple((name, _figure(value)) for name, value in row["figures"].items()))
		for row in json.loads(text or "[]")
	)


def _plain(value: date | Decimal) -> dict[str, str]:
	"""Return what JSON has no word for."""
	if isinstance(value, date):
		return {"date": value.isoformat()}
	return {"decimal": str(value)}


to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain).encode
"""Encode on one line; made once, because making an encoder costs more than a short text."""

WRITERS: Mapping[type, Callable[[Any], str]] = {
	float: repr,
	int: repr,
	type(None): lambda _nothing: "null",
	date: '{{"date":"{}"}}'.format,
	Decimal: '{{"decimal":"{}"}}'.format,
}
"""What is written without an encoder."""


def _figure(value: Any) -> Figure:
	if not isinstance(value, dict):
		return value  # type: ignore[no-any-return]
	if "date" in value:
		return date.fromisoformat(value["date"])
	return Decimal(value["decimal"])
