"""Dated obligations of customers: what is switched on is read, one statement per source, and turned into duties."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType
from typing import NamedTuple

from cs_retention.engine.obligation_policy import ObligationPolicy
from cs_retention.engine.obligation_sources import (
	AFTER_RELEASE,
	ARRIVING,
	Frame,
	Occasion,
	OwedDuties,
	come_again,
	days_ahead,
	days_back,
	duties_of,
)
from cs_retention.engine.obligations import DatedObligation, MadeContact
from cs_retention.engine.policy import Policy
from cs_retention.engine.vocabulary import ObligationSource, PeriodKind
from cs_retention.engine.workdays import WorkCalendar, add_months, period_of
from cs_retention.facts import alliance_duties, cases, occasions
from cs_retention.facts.callbacks import read_ended
from cs_retention.facts.cases import Found
from cs_retention.facts.festivals import festival_days
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection
from cs_retention.facts.source import kept
from cs_retention.store.base import Store

NOTHING_OWED = OwedDuties()
RELEASES = "Release File"


class Party(NamedTuple):
	"""A customer as the sources know it: its name, its state's name, whose cadence it has, contacts made, and whether
	it was let go."""

	customer: str
	state: str
	level: str
	contacts: Sequence[MadeContact] = ()
	is_released: bool = False


class Reach(NamedTuple):
	"""What a source is read with: customers, and the days that its documents may have."""

	store: Store
	selection: Selection
	since: date
	as_of: date
	until: date
	policy: Policy


class Reader(NamedTuple):
	"""How the documents of a source are read; where the site keeps none of the DocType, nothing is."""

	doctype: str
	read: Callable[[Reach], Found]


READERS: Mapping[ObligationSource, Reader] = MappingProxyType(
	{
		ObligationSource.COMPLAINT_VERIFICATION: Reader(
			"Issue",
			lambda reach: occasions.read_resolved_complaints(
				reach.store, reach.selection, reach.since, reach.as_of, reach.policy.complaints.issue_types
			),
		),
		ObligationSource.AFTER_DELIVERY: Reader(
			"Delivery Note",
			lambda reach: occasions.read_deliveries(reach.store, reach.selection, reach.since, reach.as_of),
		),
		ObligationSource.AFTER_MAINTENANCE_VISIT: Reader(
			"Maintenance Visit",
			lambda reach: occasions.read_maintenance_visits(
				reach.store, reach.selection, reach.since, reach.as_of
			),
		),
		ObligationSource.MAINTENANCE_REMINDER: Reader(
			"Maintenance Schedule",
			lambda reach: occasions.read_maintenance_ahead(
				reach.store, reach.selection, reach.since, reach.until
			),
		),
		ObligationSource.BIRTHDAY: Reader(
			"Contact",
			lambda reach: occasions.read_birthdays(reach.store, reach.selection),
		),
		ObligationSource.AFTER_A_SAVE: Reader(
			"Retention Case",
			lambda reach: cases.read_saves(
				reach.store, reach.selection, add_months(reach.since, -reach.policy.cases.follow_up_months)
			),
		),
		ObligationSource.AFTER_LEAVING: Reader(
			"Retention Case",
			lambda reach: cases.read_leavers(reach.store, reach.selection, reach.since),
		),
		ObligationSource.MERCHANT_EXCHANGE: Reader(
			"Alliance Merchant",
			lambda reach: alliance_duties.read_merchants(reach.store, reach.selection),
		),
		ObligationSource.CAMPAIGN_INVITATION: Reader(
			"Alliance Voucher",
			lambda reach: alliance_duties.read_invitations(reach.store, reach.selection, reach.since),
		),
	}
)
"""How the documents of a source are read; the other sources need none."""


@dataclass(frozen=True, slots=True)
class Duties:
	"""The sources as a night keeps them; documents and contacts of `since` and later count."""

	policy: Policy
	frame: Frame
	since: date
	found: list[frozenset[str]] = field(default_factory=list)
	"""The DocTypes of which there is any document, once they were asked for."""

	@classmethod
	def of(cls, policy: Policy, as_of: date, calendar: WorkCalendar) -> Duties:
		"""Return the sources of a date under a policy."""
		rules = policy.obligations
		since = as_of - timedelta(days=days_back(rules))
		until = planned_until(policy, as_of)
		last = until + timedelta(days=days_ahead(rules))
		festivals = festival_days(rules.festivals, since, last) if rules.festival.is_on else ()
		return cls(policy, Frame(as_of, until, calendar, festivals, policy.cases), since)

	def read(self, store: Store, parties: Sequence[Party]) -> Mapping[str, OwedDuties]:
		"""Return what customers are owed, by name; those who are owed nothing are left out.

		Nothing is read of a source that is switched off, or for customers of whose level no source speaks.
		"""
		sources = self.policy.obligations.sources_on()
		found = self._occasions(store, sources, parties)
		needs_none = any(source not in READERS for source in sources)
		concerned = [party for party in parties if needs_none or fold(party.customer) in found]
		if not concerned:
			return {}
		ended = read_ended(store, Selection.of([party.customer for party in concerned]), self.since)
		return {
			party.customer: duties_of(
				party.state,
				party.level,
				found.get(fold(party.customer), ()),
				self._rules_for(party),
				self.frame,
				party.contacts,
				ended.get(fold(party.customer), frozenset()),
			)
			for party in concerned
		}

	def read_again(
		self, store: Store, parties: Sequence[Party], span: timedelta
	) -> Mapping[str, tuple[DatedObligation, ...]]:
		"""Return what customers would be owed, by name, if the documents that came in within a span came again after it."""
		only = self.policy.obligations.only(ARRIVING)
		found = self._occasions(store, only.sources_on(), parties)
		return {
			party.customer: duties_of(party.state, party.level, again, only, self.frame).owed
			for party in parties
			if (again := come_again(found.get(fold(party.customer), ()), self.frame.as_of, span))
		}

	def read_released(self, store: Store, selection: Selection) -> frozenset[str]:
		"""Return the folded customers who were let go and have not come back."""
		return cases.read_released(store, selection) if self._keeps(store, RELEASES) else frozenset()

	def _rules_for(self, party: Party) -> ObligationPolicy:
		rules = self.policy.obligations
		return rules.only(AFTER_RELEASE) if party.is_released else rules

	def _occasions(
		self, store: Store, sources: Iterable[ObligationSource], parties: Sequence[Party]
	) -> Mapping[str, list[Occasion]]:
		found: defaultdict[str, list[Occasion]] = defaultdict(list)
		for source in sources:
			for customer, rows in self._read_source(store, source, parties).items():
				found[customer].extend(rows)
		return found

	def _read_source(self, store: Store, source: ObligationSource, parties: Sequence[Party]) -> Found:
		rule = self.policy.obligations.rule(source)
		meant = [party.customer for party in parties if rule.is_for(party.level)]
		reader = READERS.get(source)
		if reader is None or not meant or not self._keeps(store, reader.doctype):
			return {}
		until = self.frame.until + timedelta(days=days_ahead(self.policy.obligations))
		reach = Reach(store, Selection.of(meant), self.since, self.frame.as_of, until, self.policy)
		return reader.read(reach)

	def _keeps(self, store: Store, doctype: str) -> bool:
		if not self.found:
			on = (READERS[source] for source in self.policy.obligations.sources_on() if source in READERS)
			self.found.append(kept(store, sorted({RELEASES, *(reader.doctype for reader in on)})))
		return doctype in self.found[0]


def planned_until(policy: Policy, as_of: date) -> date:
	"""Return the last day of the periods that the horizon touches."""
	shown = as_of + timedelta(days=policy.planning.horizon_days - 1)
	return max(period_of(shown, kind)[1] for kind in PeriodKind)
