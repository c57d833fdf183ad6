"""What every customer is compared with: purchase rhythm and revenues over the whole book."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from pypika import MySQLQuery
from pypika import functions as fn

from cs_retention.engine.workdays import add_months
from cs_retention.facts.book import BookShape, book_query, pages_of_names, read_disabled
from cs_retention.facts.invoices import boundaries, purchase_day, read_revenue_by_company, revenue
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import parameter, table
from cs_retention.facts.values import as_amount, as_count, as_date

PAGE = 20_000
"""Customers read together: five figures each."""

HISTORY = 5
"""Columns of a customer's history."""

invoice = table("Sales Invoice")


@dataclass(frozen=True, slots=True)
class BookFigures:
	"""Figures over all customers, held in arrays: two machine numbers per repeat buyer, one per rated customer.

	`revenues`: per company, ascending, the 12-month net revenues of the rated customers that ever had a purchase
	day in it.
	"""

	days: Sequence[int]
	repeats: Sequence[int]
	revenues: Mapping[str, Sequence[float]]

	def spans(self) -> Iterator[tuple[int, int]]:
		"""Yield (days from first to last purchase, purchase days after the first) of every repeat buyer."""
		return zip(self.days, self.repeats, strict=True)


def read_book_figures(
	source: Source, shape: BookShape, as_of: date, months_before_rating: int, is_past: bool = False
) -> BookFigures:
	"""Read the figures page by page; a customer is rated `months_before_rating` after the first purchase.

	On a past date somebody who is disabled today counts who had bought within twelve months: since when others are
	disabled is nowhere on record, and mostly they left long before.
	"""
	days, repeats = array("l"), array("l")
	revenues: dict[str, array[float]] = {}
	rated_from = cache(lambda start: add_months(start, months_before_rating))
	after_12m = boundaries(as_of)["after_12m"]
	for page in _asked_ahead(source, pages_of_names(source, PAGE, with_disabled=is_past), as_of):
		known = set(map(fold, page))
		selection = Selection.between(page[0], page[-1])
		disabled = read_disabled(source, selection) if is_past else frozenset()
		rated: dict[str, float] = {}
		for key, start, end, count, amount in histories(source, selection, as_of):
			if key not in known or (key in disabled and end <= after_12m):
				continue
			if count > 1:
				days.append((end - start).days)
				repeats.append(count - 1)
			if rated_from(start) <= as_of:
				rated[key] = amount
		for name, amount in _by_company(source, selection, as_of, shape, rated):
			revenues.setdefault(name, array("d")).append(amount)
	return BookFigures(days, repeats, {name: array("d", sorted(found)) for name, found in revenues.items()})


def count_customers(source: Source) -> int:
	"""Return how many customers the book has."""
	((count,),) = source.rows(str(book_query(fn.Count("*"))))
	return as_count(count)


def _asked_ahead(source: Source, pages: Iterable[list[str]], as_of: date) -> Iterator[list[str]]:
	"""Yield pages whose histories are asked for, each when those of the next are too."""
	before: list[str] = []
	for page in pages:
		Selection.between(page[0], page[-1]).ahead(source, history_query(), HISTORY, {**boundaries(as_of)})
		if before:
			yield before
		before = page
	if before:
		yield before


@cache
def history_query() -> str:
	"""Return the query of first and last purchase, purchase days and 12-month net revenue per customer."""
	day = purchase_day()
	return str(
		MySQLQuery.from_(invoice)
		.select(
			invoice.customer,
			fn.Min(day),
			fn.Max(day),
			fn.Count(day).distinct(),
			revenue(parameter("after_12m")),
		)
		.where((invoice.docstatus == 1) & (invoice.posting_date <= parameter("as_of")))
		.where(selected(invoice.customer))
		.groupby(invoice.customer)
	)


def histories(
	source: Source, selection: Selection, as_of: date
) -> Iterator[tuple[str, date, date, int, float]]:
	"""Yield key, first and last purchase, purchase days and 12-month revenue of those who ever bought."""
	values = {**boundaries(as_of)}
	for customer, start, end, count, amount in selection.lines(source, history_query(), HISTORY, values):
		bought_first, bought_last = as_date(start), as_date(end)
		if bought_first and bought_last:
			yield fold(customer), bought_first, bought_last, as_count(count), as_amount(amount)


def _by_company(
	source: Source, selection: Selection, as_of: date, shape: BookShape, rated: Mapping[str, float]
) -> Iterator[tuple[str, float]]:
	if len(shape.companies) == 1:
		yield from ((shape.companies[0], amount) for amount in rated.values())
		return
	for key, amounts in read_revenue_by_company(source, selection, as_of).items():
		if key in rated:
			yield from amounts
