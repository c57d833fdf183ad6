"""What customers bought within quarters and before them, by company: one query for a row of quarters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from pypika import Case, MySQLQuery
from pypika import functions as fn
from pypika.terms import Term

from cs_retention.engine.quarter_periods import Period
from cs_retention.facts.invoices import invoice, net_total, purchase_day
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import parameter
from cs_retention.facts.values import NOTHING as NOTHING_STORED
from cs_retention.facts.values import as_amount, as_date

NOTHING = Decimal(0)
KEYS = ("customer", "company", "other company", "first purchase")
NAMES = 500
"""Customers of several companies that one query names."""


class Purchases(NamedTuple):
	"""What a customer bought in one company up to the end of a period, and in as many days or months before and within it.

	`last_before` is the last purchase up to the eve. Amounts are net, in the currency of the company.
	"""

	company: str
	first: date | None
	last_before: date | None
	last: date | None
	revenue_before: Decimal
	revenue_within: Decimal


class Counted(NamedTuple):
	"""A period that purchases are counted of, up to one of its days."""

	period: Period
	until: date


def read_purchases(
	source: Source, selection: Selection, quarter: Period, until: date
) -> dict[str, list[Purchases]]:
	"""Return the purchases of the selected customers up to a day of the quarter, by folded customer."""
	(found,) = read_purchases_of(source, selection, [Counted(quarter, until)])
	return found


def read_purchases_of(
	source: Source, selection: Selection, counted: Sequence[Counted]
) -> list[dict[str, list[Purchases]]]:
	"""Return the same for several periods, in as many queries as for one.

	They sum up between all the days at which one of them begins or ends; a period is some of these spans.
	"""
	days = sorted({day for each in counted for day in (each.period.eve_before, each.period.eve, each.until)})
	found: list[dict[str, list[Purchases]]] = [{} for _ in counted]
	places = [
		(
			rows,
			days.index(each.period.eve_before),
			days.index(each.period.eve),
			days.index(each.until),
			each.until,
		)
		for rows, each in zip(found, counted, strict=True)
	]
	for name, seller, _other, first_ever, *figures in purchase_lines(source, selection, days):
		first, key = as_date(first_ever), fold(name)
		lasts = _running(figures[: len(days)])
		amounts = [_exact(cell) if cell else NOTHING for cell in figures[len(days) :]]
		for rows, before, eve, end, until in places:
			if first is not None and first <= until:
				earlier, within = _summed(amounts, before, eve), _summed(amounts, eve, end)
				bought = Purchases(seller, first, lasts[eve], lasts[end], earlier, within)
				rows.setdefault(key, []).append(bought)
	for of_period in found:
		for bought_in in of_period.values():
			if len(bought_in) > 1:
				bought_in.sort()
	return found


def purchase_lines(source: Source, selection: Selection, days: Sequence[date]) -> Iterator[Sequence[Any]]:
	"""Yield the lines of `purchases_query` between the days, one per customer and company.

	Almost everybody buys of one company, and a group of a customer is read off the index where one of a company too is
	sorted: only who buys of several is asked for once more.
	"""
	values = {f"day_{place}": day for place, day in enumerate(days)}
	columns, scattered = len(KEYS) + 2 * len(days) - 1, []
	for line in selection.lines(source, purchases_query(len(days)), columns, values):
		if line[1] == line[2]:
			yield line
		else:
			scattered.append(line[0])
	query = purchases_query(len(days), is_by_company=True)
	for start in range(0, len(scattered), NAMES):
		yield from Selection.of(scattered[start : start + NAMES]).lines(source, query, columns, values)


def _summed(amounts: Sequence[Decimal], after: int, until: int) -> Decimal:
	"""Return the sum of some spans; most periods are one."""
	return amounts[after] if until == after + 1 else sum(amounts[after:until], NOTHING)


def _running(cells: Sequence[Any]) -> list[date | None]:
	"""Return the last purchase up to the end of each span; a later span has the later one."""
	last, found = None, list[date | None]()
	for cell in cells:
		if cell:
			last = as_date(cell)
		found.append(last)
	return found


def _exact(amount: Any) -> Decimal:
	if amount.__class__ is str and amount.endswith("000") and amount[-10:-9] == ".":
		# Nothing to round: told as a float is, without floating.
		text = amount.rstrip("0")
		return Decimal(f"{text}0" if text[-1] == "." else text) if amount != NOTHING_STORED else NOTHING
	value = as_amount(amount)
	return Decimal(str(value)) if value else NOTHING


@cache
def purchases_query(boundaries: int, is_by_company: bool = False) -> str:
	"""Return the query of customer, first and last company by name, first purchase; the last purchase and revenue in spans.

	The spans are those between so many days, and what is empty is nothing. The first of the last purchases is that up to
	the first day; there is no revenue before it. By company the two are one, and a customer has a row for each.
	"""
	days: Term = purchase_day()
	seller = fn.Coalesce(invoice.company, "")
	sellers, keys = (fn.Min(seller), fn.Max(seller)), [invoice.customer]
	if is_by_company:
		sellers, keys = (seller, seller), [invoice.customer, seller]
	ends = [parameter(f"day_{place}") for place in range(boundaries)]
	within = [
		(invoice.posting_date > after) & (invoice.posting_date <= until) for after, until in pairwise(ends)
	]
	lasts = [
		Case().when(invoice.posting_date <= ends[0], days),
		*(Case().when(span, days) for span in within),
	]
	# What stands in no span is NULL, which costs the server less than adding nothing.
	amounts = (Case().when(span, net_total()) for span in within)
	return str(
		MySQLQuery.from_(invoice)
		.select(invoice.customer, *sellers, fn.Min(days))
		.select(*map(fn.Max, lasts), *map(fn.Sum, amounts))
		.where(selected(invoice.customer) & (invoice.docstatus == 1) & (invoice.posting_date <= ends[-1]))
		.groupby(*keys)
	)
