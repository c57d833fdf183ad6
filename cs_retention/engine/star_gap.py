"""What the next level lacks: the fewest things in the customer's reach that close the gap (RULES section 1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations

from cs_retention.engine.customer import CustomerFacts
from cs_retention.engine.reasons import Reason
from cs_retention.engine.star_factors import FactorPoints, Place, RevenueStanding, StarCard
from cs_retention.engine.steps import Steps, micros, of_micros
from cs_retention.engine.workdays import add_months

REASONS: Mapping[str, tuple[str, ...]] = {
	"more_revenue": ("amount", "company", "revenue"),
	"more_purchase_days": ("days", "total"),
	"longer_commitment": ("months", "until"),
	"settle_overdue": ("amount", "oldest"),
	"more_item_groups": ("groups", "total"),
	"only_time_helps": ("gap", "reachable", "tenure", "service"),
}
"""Codes of what is lacking; `amount` is additional, `revenue` and `total` are where it leads.

For `only_time_helps`: points missing, points in the customer's reach, points that years and aged complaints can bring.
"""

CENT = 10_000
"""One hundredth in millionths, in which revenue is added up here."""
NOTHING = Decimal(0)
NO_GAIN = (0, NOTHING)


@dataclass(slots=True)
class GapCase:
	"""A rated customer below the top, where it stands best, and whether its overdue amount is settled on the way."""

	facts: CustomerFacts
	card: StarCard
	standing: RevenueStanding
	place: Place | None
	points: tuple[FactorPoints, ...]
	is_settled: bool = False
	spread: bool = field(init=False)
	"""The item groups are unknown."""
	gains: list[tuple[int, Decimal]] = field(init=False)
	"""(additional revenue, payment points gained) for each lower overdue share that more revenue leads to."""

	def __post_init__(self) -> None:
		self.spread = self.facts.item_groups is None
		stays_overdue = self.facts.overdue_amount > 0 and not self.is_settled
		self.gains = [NO_GAIN, *_payment_gains(self)] if stays_overdue else [NO_GAIN]


def find_lacking(case: GapCase, gap: Decimal) -> tuple[Reason, ...]:
	"""Return what closes `gap`: the fewest levers, in the order of LEVERS; the first takes the least it needs.

	Each further lever is used in full. Revenue is the smallest additional 12-month net revenue, in the company
	where the customer stands best, that suffices; it counts against the overdue share as well.
	"""
	if _revenue_room(case) >= gap:
		return (_more_revenue(case, gap),)
	settled = GapCase(case.facts, case.card, case.standing, case.place, case.points, is_settled=True)
	rooms = {name: room(case) for name, (room, _) in LEVERS.items()}
	settled_rooms = {**rooms, "more_revenue": _revenue_room(settled)}
	for chosen, settles in CHOICES:
		within = settled_rooms if settles else rooms
		missing = gap - sum([within[name] for name in chosen[1:]], NOTHING)
		if within[chosen[0]] >= missing:
			wanted = (missing, *(within[name] for name in chosen[1:]))
			reached = settled if settles else case
			return tuple(
				LEVERS[name][1](reached, points) for name, points in zip(chosen, wanted, strict=True)
			)
	return (_only_time(case, gap, sum(settled_rooms.values(), NOTHING)),)


def _only_time(case: GapCase, gap: Decimal, reachable: Decimal) -> Reason:
	years = case.card.full("tenure", case.spread) - case.points[2].points
	complaints = case.card.full("service", case.spread) - case.points[4].points
	return Reason.of("only_time_helps", gap=gap, reachable=reachable, tenure=years, service=complaints)


def _revenue_room(case: GapCase) -> Decimal:
	if case.place is None:
		return NOTHING
	room = case.card.revenue_most[case.spread] - case.points[0].points
	return room if len(case.gains) == 1 else room + max(gain for _, gain in case.gains)


def _more_revenue(case: GapCase, missing: Decimal) -> Reason:
	place = case.place
	assert place is not None
	amount = min(_amounts(case, place, missing))
	risen = (micros(place.revenue) + amount) / 1e6
	figures = (("amount", of_micros(amount)), ("company", place.company), ("revenue", risen))
	return Reason("more_revenue", figures)


def _amounts(case: GapCase, place: Place, missing: Decimal) -> list[int]:
	"""Return the additional revenue that suffices, in millionths, for each overdue share that it may lead to."""
	wanted, most = case.points[0].points + missing, case.card.revenue_most[case.spread]
	amounts = []
	for least, gain in case.gains:
		if gain >= missing:
			amounts.append(least)
		elif wanted - gain <= most:
			amounts.append(max(least, _amount_for(case, place, wanted - gain)))
	return amounts


def _payment_gains(case: GapCase) -> list[tuple[int, Decimal]]:
	card = case.card
	overdue, revenue = micros(case.facts.overdue_amount), micros(case.facts.revenue_12m)
	most = card.most_when_overdue(case.facts.oldest_overdue)
	gains = []
	for part, whole, points in card.overdue_limits[1:]:
		gain = card.scaled("payment", min(points, most), case.spread) - case.points[3].points
		if gain > 0:
			needed = -(-overdue * whole // part) - revenue
			gains.append((-(-needed // CENT) * CENT, gain))
	return gains


def _amount_for(case: GapCase, place: Place, wanted: Decimal) -> int:
	"""Return the least additional revenue that gives `wanted` revenue points, in millionths."""
	count = case.card.least_count(wanted, place.customers, case.spread)
	revenue = case.standing.nth(place.company, place.revenue, count)
	risen = CENT if revenue is None or revenue <= 0 else micros(revenue)
	return risen - micros(place.revenue)


def _frequency_room(case: GapCase) -> Decimal:
	steps = _frequency_steps(case)
	return case.card.scaled("frequency", steps[-1][1], case.spread) - case.points[1].points


def _frequency_steps(case: GapCase) -> Steps:
	tables = case.card.policy.tables
	return tables.commitment_months if case.facts.is_contract_customer else tables.purchase_days


def _more_frequency(case: GapCase, missing: Decimal) -> Reason:
	bound = _least_bound(case, "frequency", _frequency_steps(case), case.points[1].points + missing)
	if case.facts.is_contract_customer:
		months = max(1, bound)
		return Reason.of("longer_commitment", months=months, until=add_months(case.card.as_of, months))
	return Reason.of("more_purchase_days", days=bound - case.facts.purchase_days_12m, total=bound)


def _least_bound(case: GapCase, factor: str, steps: Steps, wanted: Decimal) -> int:
	return next(
		int(bound) for bound, points in steps if case.card.scaled(factor, points, case.spread) >= wanted
	)


def _settle_room(case: GapCase) -> Decimal:
	return case.card.full("payment", case.spread) - case.points[3].points


def _settle_overdue(case: GapCase, _missing: Decimal) -> Reason:
	amount = of_micros(micros(case.facts.overdue_amount))
	return Reason.of("settle_overdue", amount=amount, oldest=case.facts.oldest_overdue)


def _groups_room(case: GapCase) -> Decimal:
	return NOTHING if case.spread else case.card.full("breadth", False) - case.points[5].points


def _more_groups(case: GapCase, missing: Decimal) -> Reason:
	steps = case.card.policy.tables.item_groups
	total = _least_bound(case, "breadth", steps, case.points[5].points + missing)
	return Reason.of("more_item_groups", groups=total - (case.facts.item_groups or 0), total=total)


Lever = tuple[Callable[[GapCase], Decimal], Callable[[GapCase, Decimal], Reason]]
"""(points within reach, the least that gains so many points)."""

SETTLE = "settle_overdue"
LEVERS: Mapping[str, Lever] = {
	"more_revenue": (_revenue_room, _more_revenue),
	"frequency": (_frequency_room, _more_frequency),
	SETTLE: (_settle_room, _settle_overdue),
	"more_item_groups": (_groups_room, _more_groups),
}
CHOICES = tuple((chosen, SETTLE in chosen) for size in range(1, 5) for chosen in combinations(LEVERS, size))[
	1:
]
"""Every set of levers but revenue alone and whether it settles; small sets first, then in the order of LEVERS."""
