"""What stands in a book after a night, as rows: ratings, health and planned callbacks."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from cs_retention.engine.health import aged
from cs_retention.engine.reasons import Reason
from cs_retention.engine.star_policy import FACTORS
from cs_retention.engine.vocabulary import Band, CallbackStatus, Level
from cs_retention.facts.values import as_date
from cs_retention.nightly.reason_json import load_reasons
from cs_retention.store.base import Store

CENT = Decimal("0.01")

STANDINGS = f"""
	SELECT state.name, customer.name, customer.account_manager, customer.retention_backup_manager, state.star_level,
		state.is_key_account, state.score, {", ".join(f"state.{factor}_points" for factor in FACTORS)},
		state.next_level, state.next_level_gap, state.rating_reasons, state.card, state.health, state.health_band,
		state.health_parts, state.health_reasons, state.health_as_of, state.next_callback
	FROM `tabCustomer Retention State` state JOIN `tabCustomer` customer ON customer.name = state.customer
	WHERE customer.disabled = 0 AND state.star_level IS NOT NULL AND state.star_level <> ''
"""
CALLS = """
	SELECT callback.name, callback.customer, callback.responsible, callback.account_manager, callback.due_date,
		callback.window_start, callback.window_end, callback.channel, callback.is_committed, callback.reasons,
		purpose.kind
	FROM `tabCustomer Callback` callback
	LEFT JOIN `tabCustomer Callback Purpose` purpose ON purpose.parent = callback.name
	WHERE callback.status = %(planned)s
"""


@dataclass(frozen=True)
class CustomerStanding:
	"""One customer as the last night left it; `score`, `points` and the gap are None or empty where there are none.

	`state` is the name of the customer's Retention State.
	"""

	state: str
	customer: str
	account_manager: str | None
	backup_manager: str | None
	level: Level
	is_key_account: bool
	score: Decimal | None
	points: Mapping[str, Decimal]
	next_level: str | None
	next_level_gap: Decimal | None
	rating_json: str | None
	card: str
	health: int | None
	band: Band
	parts_json: str | None
	health_json: str | None
	days_since: int
	"""Days that have passed since the health was written."""
	next_call: date | None

	@cached_property
	def rating_reasons(self) -> tuple[Reason, ...]:
		"""Why the customer has its stars."""
		return load_reasons(self.rating_json)

	@cached_property
	def health_reasons(self) -> tuple[Reason, ...]:
		"""Why the customer is as healthy as it is, most weighty first."""
		return tuple(aged(reason, self.days_since) for reason in load_reasons(self.health_json))

	@cached_property
	def parts(self) -> Mapping[str, Any]:
		"""Points of the health card: `parts`, `deductions` and `deducted`, what was taken off in all."""
		return json.loads(self.parts_json or "{}")  # type: ignore[no-any-return]


@dataclass(frozen=True)
class PlannedCall:
	"""One planned callback with the kinds of obligation it meets."""

	name: str
	customer: str
	responsible: str
	account_manager: str | None
	due_date: date
	window_start: date
	window_end: date
	channel: str
	is_committed: bool
	purposes: tuple[str, ...]
	reasons: tuple[Reason, ...]

	@property
	def covered(self) -> str | None:
		"""The account manager for whom somebody else makes the call; None where nobody is covered."""
		return self.account_manager if self.account_manager != self.responsible else None


def read_standings(store: Store, as_of: date, customer: str | None = None) -> Iterator[CustomerStanding]:
	"""Yield the customers that a night has seen, as they stand on a date, by name; or the one of that name."""
	chosen = "" if customer is None else " AND customer.name = %(customer)s"
	for row in store.rows(f"{STANDINGS}{chosen} ORDER BY customer.name", {"customer": customer}):
		yield _standing(row, as_of)


def read_calls(store: Store, customer: str | None = None, on: date | None = None) -> Iterator[PlannedCall]:
	"""Yield the planned callbacks by due date, person and customer; of one customer or of one day when asked."""
	chosen = "" if customer is None else " AND callback.customer = %(customer)s"
	chosen += "" if on is None else " AND callback.due_date = %(on)s"
	order = "ORDER BY callback.due_date, callback.responsible, callback.customer, callback.name, purpose.idx"
	values = {"planned": CallbackStatus.PLANNED.value, "customer": customer, "on": on}
	call: Sequence[Any] | None = None
	kinds: list[str] = []
	for *row, kind in store.rows(f"{CALLS}{chosen} {order}", values):
		if call is not None and call[0] != row[0]:
			yield _call(call, kinds)
			kinds = []
		call = row
		kinds.append(kind)
	if call is not None:
		yield _call(call, kinds)


def _standing(row: Sequence[Any], as_of: date) -> CustomerStanding:
	state, customer, manager, backup, level, is_key, score, *rest = row
	points, (next_level, gap, rating, card, health, band, parts, reasons, written_on, next_call) = (
		rest[: len(FACTORS)],
		rest[len(FACTORS) :],
	)
	is_new = level == Level.NEW.value
	return CustomerStanding(
		state,
		customer,
		manager or None,
		backup or None,
		Level(level),
		bool(is_key),
		None if is_new else _cents(score),
		{} if is_new else dict(zip(FACTORS, map(_cents, points), strict=True)),
		next_level or None,
		_cents(gap) if next_level else None,
		rating,
		card,
		None if band == Band.PROSPECT.value else int(health),
		Band(band),
		parts,
		reasons,
		(as_of - (as_date(written_on) or as_of)).days,
		as_date(next_call),
	)


def _call(row: Sequence[Any], kinds: Sequence[str]) -> PlannedCall:
	name, customer, responsible, manager, due, start, end, channel, is_committed, reasons = row
	day = as_date(due) or date.max
	return PlannedCall(
		name,
		customer,
		responsible or "",
		manager or None,
		day,
		as_date(start) or day,
		as_date(end) or day,
		channel,
		bool(is_committed),
		tuple(kind for kind in kinds if kind),
		load_reasons(reasons),
	)


def _cents(value: Any) -> Decimal:
	return Decimal(str(value or 0)).quantize(CENT)
