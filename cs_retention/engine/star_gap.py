"""What the next level lacks: the fewest things in the customer's reach that close the gap (RULES section 1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from itertools import combinations

from cs_retention.engine.customer import CustomerFacts
from cs_retention.engine.reasons import Reason
from cs_retention.engine.star_factors import FactorPoints, RevenueStanding, StarCard, best_company
from cs_retention.engine.steps import Steps, exact
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

CENT = Decimal("0.01")
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Case:
	"""A rated customer below the top, and whether its overdue amount is settled on the way."""

	facts: CustomerFacts
	card: StarCard
	standing: RevenueStanding
	points: tuple[FactorPoints, ...]
	settled: bool = False

	@property
	def spread(self) -> bool:
		"""Tell that the item groups are unknown."""
		return self.facts.item_groups is None


def find_lacking(
	facts: CustomerFacts,
	card: StarCard,
	standing: RevenueStanding,
	points: tuple[FactorPoints, ...],
	gap: Decimal,
) -> tuple[Reason, ...]:
	"""Return what closes `gap`: the fewest levers, in the order of LEVERS; the first takes the least it needs.

	Each further lever is used in full. Revenue is the smallest additional 12-month net revenue, in the company
	where the customer stands best, that suffices; it counts against the overdue share as well.
	"""
	settled, open_ = Case(facts, card, standing, points, True), Case(facts, card, standing, points)
	for chosen in CHOICES:
		case = settled if SETTLE in chosen else open_
		first, *others = (LEVERS[name] for name in chosen)
		missing = gap - sum((room(case) for room, _ in others), NOTHING)
		if first[0](case) >= missing:
			return (first[1](case, missing), *(least(case, room(case)) for room, least in others))
	return (_only_time(settled, gap),)


def _only_time(case: Case, gap: Decimal) -> Reason:
	reachable = sum((room(case) for room, _ in LEVERS.values()), NOTHING)
	full = {factor: case.card.full(factor, case.spread) for factor in ("tenure", "service")}
	years, complaints = full["tenure"] - case.points[2].points, full["service"] - case.points[4].points
	return Reason.of("only_time_helps", gap=gap, reachable=reachable, tenure=years, service=complaints)


def _home(case: Case) -> tuple[str, float, int] | None:
	"""Return the company to buy more in, the revenue there and its number of customers."""
	best = best_company(case.facts, case.standing)
	if best is not None:
		return best[0], best[1], best[3]
	for company, own in case.facts.revenue_12m_by_company:
		_, customers = case.standing.place(company, own)
		if customers:
			return company, own, customers
	return None


def _revenue_room(case: Case) -> Decimal:
	home = _home(case)
	if home is None:
		return NOTHING
	room = case.card.revenue_points(1, 1, case.spread) - case.points[0].points
	return room + max(gain for _, gain in _payment_gains(case))


def _more_revenue(case: Case, missing: Decimal) -> Reason:
	home = _home(case)
	assert home is not None
	company, own, _ = home
	amounts = []
	for least, gain in _payment_gains(case):
		more = _amount_for(case, home, missing - gain)
		if more is not None:
			amounts.append(max(least, more))
	amount = min(amounts)
	return Reason(
		"more_revenue", (("amount", amount), ("company", company), ("revenue", exact(own) + amount))
	)


def _payment_gains(case: Case) -> list[tuple[Decimal, Decimal]]:
	"""Return (additional revenue, payment points gained) for each lower overdue share that more revenue leads to."""
	gains = [(NOTHING, NOTHING)]
	if case.settled or case.facts.overdue_amount <= 0:
		return gains
	tables = case.card.policy.tables
	overdue, revenue = exact(case.facts.overdue_amount), exact(case.facts.revenue_12m)
	most = tables.old_overdue_points if case.card.is_old(case.facts.oldest_overdue) else 100
	for limit, points in tables.overdue_share[1:]:
		gain = case.card.scaled("payment", min(points, most), case.spread) - case.points[3].points
		if gain > 0:
			gains.append(((overdue / limit - revenue).quantize(CENT, ROUND_CEILING), gain))
	return gains


def _amount_for(case: Case, home: tuple[str, float, int], missing: Decimal) -> Decimal | None:
	"""Return the least additional revenue for `missing` more revenue points; None when the first place gives less."""
	company, own, customers = home
	if missing <= 0:
		return NOTHING
	wanted = case.points[0].points + missing
	if wanted > case.card.revenue_points(1, 1, case.spread):
		return None
	count = case.card.least_count(wanted, customers, case.spread)
	revenue = case.standing.nth(company, own, count)
	risen = CENT if revenue is None or revenue <= 0 else exact(revenue)
	return risen - exact(own)


def _frequency_room(case: Case) -> Decimal:
	steps = _frequency_steps(case)
	return case.card.scaled("frequency", steps[-1][1], case.spread) - case.points[1].points


def _frequency_steps(case: Case) -> Steps:
	tables = case.card.policy.tables
	return tables.commitment_months if case.facts.is_contract_customer else tables.purchase_days


def _more_frequency(case: Case, missing: Decimal) -> Reason:
	bound = _least_bound(case, "frequency", _frequency_steps(case), case.points[1].points + missing)
	if case.facts.is_contract_customer:
		months = max(1, bound)
		return Reason.of("longer_commitment", months=months, until=add_months(case.card.as_of, months))
	return Reason.of("more_purchase_days", days=bound - case.facts.purchase_days_12m, total=bound)


def _least_bound(case: Case, factor: str, steps: Steps, wanted: Decimal) -> int:
	return next(
		int(bound) for bound, points in steps if case.card.scaled(factor, points, case.spread) >= wanted
	)


def _settle_room(case: Case) -> Decimal:
	return case.card.full("payment", case.spread) - case.points[3].points


def _settle_overdue(case: Case, _missing: Decimal) -> Reason:
	amount = exact(case.facts.overdue_amount)
	return Reason.of("settle_overdue", amount=amount, oldest=case.facts.oldest_overdue)


def _groups_room(case: Case) -> Decimal:
	return NOTHING if case.spread else case.card.full("breadth", False) - case.points[5].points


def _more_groups(case: Case, missing: Decimal) -> Reason:
	steps = case.card.policy.tables.item_groups
	total = _least_bound(case, "breadth", steps, case.points[5].points + missing)
	return Reason.of("more_item_groups", groups=total - (case.facts.item_groups or 0), total=total)


Lever = tuple[Callable[[Case], Decimal], Callable[[Case, Decimal], Reason]]
"""(points within reach, the least that gains so many points)."""

SETTLE = "settle_overdue"
LEVERS: Mapping[str, Lever] = {
	"more_revenue": (_revenue_room, _more_revenue),
	"frequency": (_frequency_room, _more_frequency),
	SETTLE: (_settle_room, _settle_overdue),
	"more_item_groups": (_groups_room, _more_groups),
}
CHOICES = tuple(chosen for size in range(1, 5) for chosen in combinations(LEVERS, size))
"""Every set of levers, small sets first, then in the order of LEVERS."""
