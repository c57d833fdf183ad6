"""Customers who buy of one company or of several, and what they bought, counted invoice by invoice."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple

from support_book import add

from cs_retention.facts.keys import fold
from cs_retention.facts.quarter_purchases import Counted, Purchases
from cs_retention.store.base import Store

COMPANIES = ("East", "North", "West", None)


class Sale(NamedTuple):
	"""An invoice: a return is below nothing, an opening one counts for nothing, and so does one that is no longer submitted."""

	customer: str
	company: str | None
	day: date
	amount: Decimal
	is_opening: bool
	docstatus: int


def sold_by_several(seed: int, customers: int, end: date) -> list[Sale]:
	"""Return two and a half years of invoices; a third of the customers buys of one company, some of one that is not named."""
	random, sales = Random(seed), []
	for number in range(customers):
		sellers = random.sample(COMPANIES, random.choice((1, 2, 4)))
		for _ in range(random.randint(0, 30)):
			amount = Decimal(random.choice(("100", "0.05", "1234.56", "-20.5", "0")))
			kind = random.random()
			sales.append(
				Sale(
					f"Customer {number:03d}",
					random.choice(sellers),
					end - timedelta(days=random.randrange(900)),
					amount,
					is_opening=kind < 0.1,
					docstatus=2 if kind > 0.9 else 1,
				)
			)
	return sales


def write_sales(store: Store, sales: list[Sale]) -> None:
	"""Write the invoices down."""
	add(
		store,
		"Sales Invoice",
		[
			{
				**{"customer": sale.customer, "company": sale.company, "docstatus": sale.docstatus},
				**{"posting_date": sale.day, "base_net_total": float(sale.amount)},
				**{"is_return": int(sale.amount < 0), "is_opening": "Yes" if sale.is_opening else "No"},
			}
			for sale in sales
		],
	)
	store.commit()


def purchases_of(sales: list[Sale], counted: Counted) -> dict[str, list[Purchases]]:
	"""Return what was bought up to a day of a period, by folded customer, by looking at every invoice of each."""
	of_both: defaultdict[tuple[str, str], list[Sale]] = defaultdict(list)
	for sale in sales:
		if sale.docstatus == 1 and not sale.is_opening and sale.day <= counted.until:
			of_both[sale.customer, sale.company or ""].append(sale)
	found: dict[str, list[Purchases]] = {}
	period = counted.period
	for (customer, company), ours in sorted(of_both.items()):
		days = [sale.day for sale in ours if sale.amount > 0]
		if days:
			before = [sale.amount for sale in ours if period.eve_before < sale.day <= period.eve]
			within = [sale.amount for sale in ours if sale.day > period.eve]
			last_before = max((day for day in days if day <= period.eve), default=None)
			revenues = sum(before, Decimal(0)), sum(within, Decimal(0))
			bought = Purchases(company, min(days), last_before, max(days), *revenues)
			found.setdefault(fold(customer), []).append(bought)
	return found
