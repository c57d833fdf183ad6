"""Key figures of a period by person, territory or company, and the past that a target is split by; nothing is written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from cs_retention.engine.contact_policy import ContactPolicy
from cs_retention.engine.kpis import DEFINITIONS, KeyFigure, Quotient, measure
from cs_retention.engine.policy import Policy
from cs_retention.engine.target_periods import TargetSpan
from cs_retention.engine.targets import ADDED_UP
from cs_retention.engine.vocabulary import Kpi, TargetHolder
from cs_retention.facts.cohort import Described, read_described
from cs_retention.facts.keys import fold
from cs_retention.nightly.cohort import Evidence, Shown
from cs_retention.nightly.quarter import USUAL_CAPS, QuarterRows, kind_of, read_quarter
from cs_retention.nightly.quarter_evidence import EVERYBODY
from cs_retention.store.base import Store

DAYS = ("due_date", "from_date", "raised_on", "closed_on")
"""What a row of evidence calls the day that it counts on."""
NOBODY = Described()


@dataclass(frozen=True, slots=True)
class Holder:
	"""Whom a target is for: everybody of a company, or those of a territory, a person, or a person in a territory."""

	company: str
	territory: str = ""
	person: str = ""


class Counted(NamedTuple):
	"""What one row adds to a number: on which day, and whose it is."""

	day: date
	person: str
	number: Decimal


@dataclass(frozen=True, slots=True)
class People:
	"""Who looks after each customer, and where it is, by folded customer."""

	described: Mapping[str, Described]

	@classmethod
	def of(cls, store: Store) -> People:
		"""Read them for everybody."""
		return cls(read_described(store, EVERYBODY))

	def person(self, shown: Shown) -> str:
		"""Return whose a row is: a callback's who was to make it, else the customer's account manager."""
		if "responsible" in shown:
			return str(shown["responsible"])
		return self._of(shown).account_manager

	def territory(self, shown: Shown) -> str:
		"""Return where a row's customer is."""
		return self._of(shown).territory

	def managers(self, holder: Holder) -> set[str]:
		"""Return the account managers of the customers in a holder's territory, or of all."""
		return {
			found.account_manager
			for found in self.described.values()
			if found.account_manager and holder.territory in ("", found.territory)
		}

	def _of(self, shown: Shown) -> Described:
		return self.described.get(fold(str(shown["customer"])), NOBODY)


def read_figures(
	store: Store,
	policy: Policy,
	span: TargetSpan,
	as_of: date,
	company: str,
	by: TargetHolder,
	caps: ContactPolicy = USUAL_CAPS,
) -> dict[Kpi, dict[str, KeyFigure]]:
	"""Return every key figure of a period by who or what it is of; what nobody answers for is left out."""
	key = key_of(People.of(store), company, by)
	found = read_quarter(store, policy, span, as_of, company, has_levels=False, caps=caps)
	grouped: dict[int, dict[str, list[Any]]] = {}
	figures = {}
	for kpi, rows in found.by_kpi().items():
		if id(rows) not in grouped:
			grouped[id(rows)] = _grouped(rows, key)
		figures[kpi] = {each: measure(kpi, group) for each, group in grouped[id(rows)].items()}
	return figures


def key_of(people: People, company: str, by: TargetHolder) -> Callable[[Shown], str]:
	"""Return what tells whose a row is: a person's, a territory's or the company's."""
	return {
		TargetHolder.PERSON: people.person,
		TargetHolder.TERRITORY: people.territory,
		TargetHolder.COMPANY: lambda _shown: company,
	}[by]


def read_opened(
	store: Store,
	policy: Policy,
	span: TargetSpan,
	as_of: date,
	company: str,
	by: TargetHolder,
	kpi: Kpi,
	holder: str,
	caps: ContactPolicy = USUAL_CAPS,
) -> Iterator[tuple[Shown, Quotient]]:
	"""Yield the rows that a holder's key figure opens, each with what it adds; their sums are the figure's."""
	kind, key = kind_of(kpi), key_of(People.of(store), company, by)
	kinds = [kind] if kind else []
	found = read_quarter(store, policy, span, as_of, company, has_levels=False, kinds=kinds, caps=caps)
	for shown, row in found.by_kpi().get(kpi, ()):
		part = DEFINITIONS[kpi].adds(row)
		if any(part) and key(shown) == holder:
			yield shown, part


def read_counted(
	store: Store, policy: Policy, kpi: Kpi, span: TargetSpan, as_of: date, holder: Holder
) -> tuple[list[Counted], People]:
	"""Return what was counted for a holder in a period, day by day, and who looks after whom.

	Nothing is of a key figure that is no count: its parts are not added up.
	"""
	people = People.of(store)
	if kpi not in ADDED_UP or as_of < span.start:
		return [], people
	found = read_quarter(
		store,
		policy,
		span,
		as_of,
		holder.company,
		has_levels=False,
		kinds=[kind] if (kind := kind_of(kpi)) else [],
	)
	return list(_counted(found, kpi, people, holder)), people


def by_part(counted: Collection[Counted], parts: Sequence[TargetSpan]) -> dict[TargetSpan, Decimal]:
	"""Return what was counted a year before each of the parts."""
	past = {part: part.year_before for part in parts}
	return {
		part: sum((row.number for row in counted if was.start <= row.day <= was.end), Decimal(0))
		for part, was in past.items()
	}


def by_person(counted: Collection[Counted], people: Collection[str]) -> dict[str, Decimal]:
	"""Return what was counted of each of the people."""
	return {
		person: sum((row.number for row in counted if row.person == person), Decimal(0)) for person in people
	}


def _grouped(rows: Sequence[Evidence], key: Callable[[Shown], str]) -> dict[str, list[Any]]:
	groups: dict[str, list[Any]] = defaultdict(list)
	for shown, row in rows:
		if of := key(shown):
			groups[of].append(row)
	return dict(groups)


def _counted(found: QuarterRows, kpi: Kpi, people: People, holder: Holder) -> Iterator[Counted]:
	adds = DEFINITIONS[kpi].adds
	for shown, row in found.by_kpi().get(kpi, ()):
		person = people.person(shown)
		is_of_holder = holder.person in ("", person) and holder.territory in ("", people.territory(shown))
		number = Decimal(adds(row).numerator)
		if is_of_holder and number:
			yield Counted(next(shown[day] for day in DAYS if day in shown), person, number)
