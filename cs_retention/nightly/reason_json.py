"""Reasons as they are stored: JSON that gives back the very same figures, dates and decimals included."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from cs_retention.engine.reasons import Figure, Reason


def dump_reasons(reasons: Iterable[Reason]) -> str:
	"""Return the reasons as one line of JSON, figures in their order."""
	return to_json([{"code": reason.code, "figures": dict(reason.figures)} for reason in reasons])


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


def _figure(value: Any) -> Figure:
	if not isinstance(value, dict):
		return value  # type: ignore[no-any-return]
	if "date" in value:
		return date.fromisoformat(value["date"])
	return Decimal(value["decimal"])
