"""Reasons as they are stored: JSON that gives back the very same figures, dates and decimals included."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from cs_retention.engine.reasons import Figure, Reason

ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def dump_reasons(reasons: Iterable[Reason]) -> str:
	"""Return the reasons as one line of JSON, figures in their order."""
	rows = [
		{"code": reason.code, "figures": {name: _plain(value) for name, value in reason.figures}}
		for reason in reasons
	]
	return ENCODER.encode(rows)


def load_reasons(text: str | None) -> tuple[Reason, ...]:
	"""Return the reasons that `dump_reasons` wrote; nothing stored is no reason."""
	return tuple(
		Reason(row["code"], tuple((name, _figure(value)) for name, value in row["figures"].items()))
		for row in json.loads(text or "[]")
	)


def _plain(value: Figure) -> Any:
	if isinstance(value, date):
		return {"date": value.isoformat()}
	if isinstance(value, Decimal):
		return {"decimal": str(value)}
	return value


def _figure(value: Any) -> Figure:
	if not isinstance(value, dict):
		return value  # type: ignore[no-any-return]
	if "date" in value:
		return date.fromisoformat(value["date"])
	return Decimal(value["decimal"])
