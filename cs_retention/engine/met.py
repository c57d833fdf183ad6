"""What contacts that were made have met of what is owed: any contact counts, whoever made it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import date

from cs_retention.engine.horizon import Scheme
from cs_retention.engine.obligations import SOURCES, CustomerPlanInputs, MadeContact, StandingCallback
from cs_retention.engine.vocabulary import Channel, ObligationKind
from cs_retention.engine.workdays import named_span

QUOTA, VISIT = (SOURCES[kind].prefix for kind in (ObligationKind.QUOTA, ObligationKind.VISIT))

Met = Mapping[tuple[str, str], MadeContact | None]
"""The contact that met a key of a standing callback, by callback and key; None where people gave the duty up."""


def stem_of(key: str) -> str:
	"""Return the key of the period for a quota key, any other key as it is."""
	return key.rpartition("|")[0] if key.startswith(f"{QUOTA}|") else key


def ordinal_of(key: str) -> int:
	"""Return which contact of its period a quota key names."""
	return int(key.rpartition("|")[2])


def given_up_in(inputs: CustomerPlanInputs, stem: str) -> int:
	"""Return how many contacts of a period's quota people ended without one."""
	return sum(stem_of(key) == stem for key in inputs.given_up)


def quotas_met(inputs: CustomerPlanInputs, scheme: Scheme) -> Met:
	"""Return the quota keys that contacts have met: of the earliest callbacks shown, by the latest contacts.

	The quota counted is the larger of today's and of what was shown, so that a better band takes nothing back; of a
	period that is over, what was shown.
	"""
	shown: defaultdict[str, list[tuple[date, str, str]]] = defaultdict(list)
	for callback in inputs.standing:
		for key in callback.keys:
			if callback.is_committed and stem_of(key) != key:
				shown[stem_of(key)].append((callback.due_date, callback.name, key))
	owed = {period.label: period.owed for period in scheme.periods}
	found: dict[tuple[str, str], MadeContact | None] = {}
	for stem, rows in shown.items():
		label = stem.rpartition("|")[2]
		made = _one_a_day(inputs, named_span(label))
		quota = max([owed.get(label, 0), *(ordinal_of(key) for _, _, key in rows)])
		met = max(0, len(rows) - max(0, quota - len(made) - given_up_in(inputs, stem)))
		for back, (_, name, key) in zip(range(met, 0, -1), sorted(rows), strict=False):
			found[name, key] = made[-back] if back <= len(made) else None
	return found


def dated_met(inputs: CustomerPlanInputs) -> dict[str, MadeContact]:
	"""Return the dated obligations that a contact has met, by key, each with the first one that did."""
	contacts = sorted(inputs.contacts, key=lambda contact: contact.day)
	met = (
		(row.key, next((made for made in contacts if row.is_met_by(made)), None))
		for row in inputs.obligations
	)
	return {key: contact for key, contact in met if contact}


def met_by(
	callback: StandingCallback, inputs: CustomerPlanInputs, quotas: Met, dated: Mapping[str, MadeContact]
) -> MadeContact | None:
	"""Return the contact that met a callback of which nothing is owed any more.

	None when no contact did, and when a duty of the cadence that it served passed unmet.
	"""
	found = [_met_key(callback.name, key, inputs, quotas, dated) for key in callback.keys]
	unmet = any(
		contact is None and is_periodic(key) for key, contact in zip(callback.keys, found, strict=True)
	)
	contacts = [contact for contact in found if contact]
	return None if unmet else max(contacts, key=lambda contact: contact.day, default=None)


def is_periodic(key: str) -> bool:
	"""Tell whether a key is a duty of the cadence."""
	return key.partition("|")[0] in (QUOTA, VISIT)


def _met_key(
	callback: str, key: str, inputs: CustomerPlanInputs, quotas: Met, dated: Mapping[str, MadeContact]
) -> MadeContact | None:
	if key.startswith(f"{VISIT}|"):
		visits = [
			contact for contact in _within(inputs, named_span(key.rpartition("|")[2])) if _is_visit(contact)
		]
		return visits[0] if visits else None
	return quotas.get((callback, key)) or dated.get(key)


def _is_visit(contact: MadeContact) -> bool:
	return contact.channel is Channel.VISIT


def _within(inputs: CustomerPlanInputs, span: tuple[date, date]) -> list[MadeContact]:
	within = (contact for contact in inputs.contacts if span[0] <= contact.day <= span[1])
	return sorted(within, key=lambda contact: (contact.day, contact.channel.value))


def _one_a_day(inputs: CustomerPlanInputs, span: tuple[date, date]) -> list[MadeContact]:
	"""Return the contacts of a span that count for its quota: of several on one day, one."""
	return list({contact.day: contact for contact in _within(inputs, span)}.values())
