"""When a customer's plan still holds: a mark of its inputs, a date, and what it left without a day (PLANNER, "The night")."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Any

from cs_retention.engine.cadence import Cadence
from cs_retention.engine.obligations import CustomerPlanInputs, DatedObligation
from cs_retention.engine.plan import Overflow, OverflowCause
from cs_retention.engine.policy import Policy
from cs_retention.engine.vocabulary import Band
from cs_retention.engine.workdays import WorkCalendar
from cs_retention.nightly.reason_json import dump_reasons, load_reasons


@dataclass(frozen=True, slots=True)
class KnownPlan:
	"""What the last plan of a customer left on its state."""

	fingerprint: str | None
	valid_until: date | None
	shortfall: str | None

	def holds(self, mark: str, as_of: date) -> bool:
		"""Tell whether nothing the plan rests on has changed; what found no day is tried again on every date."""
		if self.valid_until is None or self.valid_until <= as_of:
			return False
		return self.fingerprint == stored_mark(mark, as_of, bool(self.shortfall))

	def overflow(self, customer: str) -> Iterable[Overflow]:
		"""Yield what found no day."""
		for row in json.loads(self.shortfall or "[]"):
			(reason,) = load_reasons(row["reason"])
			start, end = date.fromisoformat(row["from"]), date.fromisoformat(row["to"])
			cause = OverflowCause(row["cause"])
			yield Overflow(customer, row["owner"], start, end, row["missing"], cause, reason)


def shortfall_row(row: Overflow) -> dict[str, Any]:
	"""Return a row of overflow as it is stored."""
	return {
		"owner": row.owner,
		"from": row.period_start.isoformat(),
		"to": row.period_end.isoformat(),
		"missing": row.missing,
		"cause": row.cause.value,
		"reason": dump_reasons([row.reason]),
	}


def stored_mark(mark: str, as_of: date, has_shortfall: bool) -> str:
	"""Return the mark as stored: a customer with a shortfall is planned anew on the next date."""
	return f"{mark}|{as_of.isoformat()}" if has_shortfall else mark


def common_mark(policy: Policy, calendar: WorkCalendar) -> str:
	"""Return a mark of what every plan rests on: the planning policy and the company's working days."""
	days = sorted(calendar.weekly_offs), sorted(calendar.off), sorted(calendar.work)
	return _digest(repr((policy.planning, days)))


def mark_of_rules(rules: object) -> str:
	"""Return a mark of rules, equal for equal ones."""
	return _digest(repr(rules))


def mark_of(inputs: CustomerPlanInputs, common: str) -> str:
	"""Return a mark of what the plan of a customer rests on; the callbacks that stand are the plan itself."""
	figures = (
		common,
		inputs.account_manager,
		inputs.backup_manager,
		*(_mark_of_cadence(cadence, inputs.band) for cadence in (inputs.cadence, inputs.later_cadence)),
		inputs.last_contact,
		*(f"{contact.day}:{contact.channel.value}" for contact in inputs.contacts),
		*inputs.attempts,
		*(_mark_of_dated(row, inputs.state) for row in inputs.obligations),
		*sorted(inputs.given_up),
		*sorted(channel.value for channel in inputs.channels),
		*sorted(inputs.preferred_weekdays),
		inputs.pause,
	)
	return _digest("|".join(map(str, figures)))


def _mark_of_cadence(cadence: Cadence, band: Band) -> str:
	"""Return a mark of a quota; who was let go owes none and no visit, whatever the level's own is."""
	return f"{cadence.level}:{cadence.quota(band) if cadence.contacts_max else 'none'}"


def _mark_of_dated(row: DatedObligation, state: str) -> str:
	"""Return a mark of a dated obligation; whose it is goes without saying."""
	key = row.key.replace(f"|{state}|", "|", 1)
	channels, barred = sorted(channel.value for channel in row.channels), sorted(row.barred)
	return f"{key}:{row.start}:{row.end}:{','.join(channels)}:{','.join(barred)}"


def _digest(text: str) -> str:
	return blake2b(text.encode(), digest_size=8).hexdigest()
