"""Where a customer stands before it is planned: contacts made, visits made, the pause, what is met (PLANNER)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from cs_retention.engine.duties import cadence_key
from cs_retention.engine.horizon import Horizon, QuotaPeriod, Scheme
from cs_retention.engine.met import dated_met, given_up_in
from cs_retention.engine.obligations import CustomerPlanInputs, DatedObligation, MadeContact, current_window
from cs_retention.engine.vocabulary import Channel, ObligationKind
from cs_retention.engine.windows import between

NO_VISITS: frozenset[str] = frozenset()


class ContactsSoFar(NamedTuple):
	"""Contacts made in the current period, the day of the last one on the axis, labels of the spans that had their visit.

	The day is None where no contact was made whose gap reaches into the axis.
	"""

	made: int
	last: int | None
	visited: frozenset[str]


@dataclass(frozen=True, slots=True)
class Situation:
	"""Where a customer stands: the scheme, contacts made in the current period, day of the last one, visits made."""

	inputs: CustomerPlanInputs
	horizon: Horizon
	scheme: Scheme
	made: int
	last: int | None
	visited: frozenset[str]
	blocked: int = 0
	"""Days of the pause."""
	today: int = 0
	"""First day that can still be planned: as_of, or the day after when an attempt was made on it."""
	met: Mapping[str, MadeContact] = field(default_factory=dict)
	"""The dated obligations that contacts have met, by key."""

	def made_in(self, period: QuotaPeriod) -> int:
		"""Return the contacts made in a period, which only the current one can have, and those given up in it."""
		made = self.made if period.start <= self.horizon.as_of else 0
		return made + given_up_in(
			self.inputs, cadence_key(ObligationKind.QUOTA, self.inputs.state, period.label)
		)

	def owed(self) -> Iterator[DatedObligation]:
		"""Yield the dated obligations that no contact has met."""
		return (row for row in self.inputs.obligations if row.key not in self.met)

	def window_of(self, obligation: DatedObligation) -> tuple[int, int, bool]:
		"""Return first and last day of a dated obligation's window as of today, and whether it is overdue."""
		start, end, is_overdue = current_window(
			obligation.start, obligation.end, self.horizon.as_of, self.horizon.calendar
		)
		index = self.horizon.index
		return index(start), min(index(end), self.horizon.length - 1), is_overdue or obligation.is_overdue


def situation_of(
	inputs: CustomerPlanInputs, horizon: Horizon, scheme: Scheme, past: ContactsSoFar
) -> Situation:
	"""Return where a customer stands as of the horizon's date; who was tried in vain today is not called again today."""
	today = horizon.today + (horizon.as_of in inputs.attempts)
	pause = _pause(inputs, horizon)
	return Situation(inputs, horizon, scheme, *past, pause, today, dated_met(inputs))


def contacts_so_far(inputs: CustomerPlanInputs, horizon: Horizon, scheme: Scheme) -> ContactsSoFar:
	"""Return what of a customer's contacts the plan goes by."""
	latest, made, visited = inputs.last_contact, 0, NO_VISITS
	if inputs.contacts:
		current = scheme.periods[0]
		days = {contact.day for contact in inputs.contacts}
		latest = max(days) if latest is None else max(latest, *days)
		made = sum(current.start <= day <= current.end for day in days)
		visited = _visited(inputs, scheme)
	if inputs.given_up:
		visited |= _visits_given_up(inputs, scheme)
	if latest is None:
		return ContactsSoFar(made, None, visited)
	last = horizon.index(latest)
	# A contact whose gap reaches no day of the axis is the same as none.
	is_felt = last + max(scheme.gaps) > scheme.periods[0].first
	return ContactsSoFar(made, last if is_felt else None, visited)


def _visited(inputs: CustomerPlanInputs, scheme: Scheme) -> frozenset[str]:
	visits = [contact.day for contact in inputs.contacts if contact.channel is Channel.VISIT]
	return frozenset(s.label for s in scheme.spans if any(s.start <= day <= s.end for day in visits))


def _visits_given_up(inputs: CustomerPlanInputs, scheme: Scheme) -> frozenset[str]:
	keys = {span.label: cadence_key(ObligationKind.VISIT, inputs.state, span.label) for span in scheme.spans}
	return frozenset(label for label, key in keys.items() if key in inputs.given_up)


def _pause(inputs: CustomerPlanInputs, horizon: Horizon) -> int:
	"""Return the days of the customer's pause."""
	if inputs.pause is None:
		return 0
	first, last = map(horizon.index, inputs.pause)
	return between(first, min(last, horizon.length - 1))
