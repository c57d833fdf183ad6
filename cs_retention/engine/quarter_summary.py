"""What a quarterly report says beside its key figures: customers by group, moves between levels, what calls came to.

Counted once from the rows and kept as plain values, so that a frozen report is told without its rows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from cs_retention.engine.kpi import CallResult
from cs_retention.engine.kpi_evidence import CohortCustomer, CountedCall, star_migration
from cs_retention.engine.kpis import Quotient, cohort_retention, net_revenue_retention
from cs_retention.engine.quarter_sections import Sections, place, plain_sections, sections_of
from cs_retention.engine.vocabulary import LADDER, Loss

GROUPINGS: Mapping[str, str] = {
	"By star level": "level_before",
	"By customer group": "customer_group",
	"By person": "account_manager",
	"By territory": "territory",
}
"""Headings of the groups, and the field of a customer that each is by."""

Cells = Mapping[tuple[str, str], tuple[int, Decimal]]


@dataclass(frozen=True, slots=True)
class Group:
	"""Customers alike: of one level, customer group, person or territory."""

	name: str
	began: int
	new: int
	lost: int
	ended: int
	retained: Quotient
	revenue: Quotient


@dataclass(frozen=True, slots=True)
class QuarterSummary:
	"""Customers from the beginning to the end of a quarter, groups by heading, moves by pair of levels, calls by result.

	A move to "" is a loss; `up` and `down` are moves between stars of those who stayed. Tables that a report was frozen
	without are not among its sections.
	"""

	began: int
	new: int
	back: int
	ended: int
	up: int
	down: int
	lost: Mapping[Loss, int]
	groups: Mapping[str, tuple[Group, ...]]
	migration: Cells
	calls: Mapping[CallResult, int]
	sections: Sections = field(default_factory=dict)

	@property
	def levels(self) -> list[str]:
		"""The levels that occur, the best first."""
		found = {level for pair in self.migration for level in pair}
		return [level for level in LADDER if level in found]

	def to_mapping(self) -> dict[str, Any]:
		"""Return plain values that `from_mapping` turns into this summary; amounts are texts."""
		return {
			**{name: getattr(self, name) for name in COUNTS},
			"lost": {loss.value: count for loss, count in self.lost.items()},
			"groups": {
				heading: [_plain_group(group) for group in groups] for heading, groups in self.groups.items()
			},
			"migration": [[*pair, count, str(revenue)] for pair, (count, revenue) in self.migration.items()],
			"calls": {result.value: count for result, count in self.calls.items()},
			"sections": plain_sections(self.sections),
		}

	@classmethod
	def from_mapping(cls, mapping: Mapping[str, Any]) -> QuarterSummary:
		"""Return the summary of plain values."""
		return cls(
			**{name: mapping[name] for name in COUNTS},
			lost={Loss(loss): count for loss, count in mapping["lost"].items()},
			groups={
				heading: tuple(_group(*row) for row in rows) for heading, rows in mapping["groups"].items()
			},
			migration={
				(before, after): (count, Decimal(revenue))
				for before, after, count, revenue in mapping["migration"]
			},
			calls={CallResult(result): count for result, count in mapping["calls"].items()},
			sections=sections_of(mapping.get("sections", {})),
		)


COUNTS = ("began", "new", "back", "ended", "up", "down")


def summarise(
	customers: Sequence[CohortCustomer],
	calls: Iterable[CountedCall],
	sections: Sections = MappingProxyType({}),
) -> QuarterSummary:
	"""Count customers and calls of a quarter, beside the tables that are counted of it."""
	up, down = moves(customers)
	return QuarterSummary(
		began=sum(row.was_active for row in customers),
		new=sum(row.is_new and row.is_active for row in customers),
		back=sum(row.is_active and not row.was_active and not row.is_new for row in customers),
		ended=sum(row.is_active for row in customers),
		up=up,
		down=down,
		lost=Counter(row.loss for row in customers if row.loss),
		groups={heading: tuple(_grouped(customers, name)) for heading, name in GROUPINGS.items()},
		migration=star_migration(customers),
		calls=Counter(call.result for call in calls),
		sections=sections,
	)


def moves(customers: Iterable[CohortCustomer]) -> tuple[int, int]:
	"""Return how many customers rose and fell in level from the beginning to the end; New is no level to rise from.

	They are those of `star_migration`, active before and at the end.
	"""
	places = {level: place for place, level in enumerate(LADDER[:-1])}
	steps = [
		places[row.level_at_end] - places[row.level_before]
		for row in customers
		if row.was_active and row.is_active and row.level_before in places and row.level_at_end in places
	]
	return sum(step < 0 for step in steps), sum(step > 0 for step in steps)


def _grouped(customers: Iterable[CohortCustomer], name: str) -> Iterator[Group]:
	by_name: dict[str, list[CohortCustomer]] = {}
	for row in customers:
		if row.was_active or row.is_active:
			by_name.setdefault(getattr(row, name), []).append(row)
	for key in sorted(by_name, key=place):
		of_group = by_name[key]
		yield Group(
			key,
			sum(row.was_active for row in of_group),
			sum(row.is_new and row.is_active for row in of_group),
			sum(row.loss is not None for row in of_group),
			sum(row.is_active for row in of_group),
			_summed(map(cohort_retention, of_group)),
			_summed(map(net_revenue_retention, of_group)),
		)


def _summed(parts: Iterable[Quotient]) -> Quotient:
	added = list(parts)
	return Quotient(sum(part.numerator for part in added), sum(part.denominator for part in added))


def _plain_group(group: Group) -> list[Any]:
	counts = [group.name, group.began, group.new, group.lost, group.ended]
	return [*counts, *group.retained, *map(str, group.revenue)]


def _group(
	name: str, began: int, new: int, lost: int, ended: int, kept: int, of: int, revenue: str, then: str
) -> Group:
	return Group(name, began, new, lost, ended, Quotient(kept, of), Quotient(Decimal(revenue), Decimal(then)))
