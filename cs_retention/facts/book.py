"""The book in pages of customers, and everything the engine is told about a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from sys import intern
from typing import Any, NamedTuple

from pypika import MySQLQuery
from pypika import functions as fn
from pypika.queries import QueryBuilder
from pypika.terms import Term

from cs_retention.engine.customer import CustomerFacts
from cs_retention.engine.policy import ComplaintPolicy
from cs_retention.facts.agreements import AgreementFacts, ask_agreements, read_agreements
from cs_retention.facts.invoices import (
	InvoiceFacts,
	ask_invoices,
	ask_revenue_by_company,
	invoice_facts,
	read_packed_invoices,
	read_revenue_by_company,
)
from cs_retention.facts.issues import IssueFacts, ask_issues, read_issues
from cs_retention.facts.items import ask_item_groups, read_item_groups
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source, has_rows
from cs_retention.facts.sql import is_in_book, is_outside, parameter, table
from cs_retention.facts.touches import TouchFacts, ask_touches, read_packed_touches, touch_facts
from cs_retention.facts.values import Packed, as_count, packed_text

PAGE = 10_000
"""Customers read and written together: every fact costs a statement per page, and every customer some memory."""
HALVED = 1000
"""Customers from which on the invoices of a page are read in two halves."""
BETWEEN = "\x1e"
"""What stands between the facts of a customer that are told as one text."""

customer, state = table("Customer"), table("Customer Retention State")
account = table("Account")
company = table("Company")
item = table("Sales Invoice Item")


class CustomerRow(NamedTuple):
	"""A customer as ERPNext knows it: neither disabled nor internal."""

	name: str
	account_manager: str | None
	backup_manager: str | None
	is_named_key_account: bool
	is_billed: bool

	@property
	def key(self) -> str:
		"""The key facts of this customer are found under."""
		return fold(self.name)


@dataclass(frozen=True, slots=True)
class BookShape:
	"""What decides how a book is read, looked up once per run.

	`companies` in order; `has_items`: invoices have rows of items; `has_foreign_receivables`: customers owe in
	another currency than the company's.
	"""

	companies: tuple[str, ...]
	has_items: bool
	has_foreign_receivables: bool


def read_states_of(source: Source, selection: Selection) -> Iterator[tuple[str, str | None]]:
	"""Yield the selected customers that there are, disabled ones included, with the name of their state."""
	query = (
		MySQLQuery.from_(customer)
		.left_join(state)
		.on(state.customer == customer["name"])
		.select(customer["name"], state["name"])
	)
	for name, held in selection.rows(source, str(query.where(selected(customer["name"])))):
		yield name, held or None


def pages(source: Source, size: int = PAGE) -> Iterator[list[CustomerRow]]:
	"""Yield all customers in pages, in the database's own order of names."""
	last = ""
	while page := [
		to_row(row) for row in source.lines(page_query(size), len(COLUMNS), {"last": last}, in_order=True)
	]:
		yield page
		last = page[-1].name


def pages_of_names(source: Source, size: int = PAGE, with_disabled: bool = False) -> Iterator[list[str]]:
	"""Yield the names of all customers in such pages, on demand with those of disabled ones among them."""
	query, last = names_query(size, with_disabled), ""
	while page := [row[0] for row in source.lines(query, 1, {"last": last}, in_order=True)]:
		yield page
		last = page[-1]


def page_bounds(source: Source, size: int = PAGE) -> Iterator[tuple[str, str]]:
	"""Yield the first and the last name of the same pages, found where the names are."""
	last = ""
	page = book_query(customer.name).where(customer.name > parameter("last"))
	page = page.orderby(customer.name).limit(size).as_("page")
	query = str(MySQLQuery.from_(page).select(fn.Min(page.name), fn.Max(page.name)))
	while True:
		((first, last),) = source.rows(query, {"last": last})
		if first is None:
			return
		yield first, last


def read_disabled(source: Source, selection: Selection) -> frozenset[str]:
	"""Return the selected customers that are disabled, folded."""
	is_disabled = (customer.disabled == 1) & selected(customer.name)
	query = MySQLQuery.from_(customer).select(customer.name).where(is_disabled)
	return frozenset(fold(name) for (name,) in selection.rows(source, str(query)))


def read_shape(source: Source) -> BookShape:
	"""Look up the shape of the book."""
	return BookShape(
		companies=tuple(sorted(name for (name,) in source.rows(_companies_query()))),
		has_items=has_rows(source, str(MySQLQuery.from_(item).select(item.name).limit(1))),
		has_foreign_receivables=has_rows(source, _foreign_receivables_query()),
	)


def page_of(rows: Sequence[CustomerRow]) -> Selection:
	"""Return the selection of a page: all customers from its first to its last."""
	return Selection.between(rows[0].name, rows[-1].name)


def read_customers(
	source: Source,
	page: Sequence[CustomerRow],
	shape: BookShape,
	complaints: ComplaintPolicy,
	as_of: date,
	overdue_before: Mapping[str, float] | None = None,
	warnings: Mapping[str, tuple[str, ...]] | None = None,
) -> Iterator[CustomerFacts]:
	"""Yield the facts of a page of customers, as `PageFacts.read` does."""
	return PageFacts(source, page, shape, complaints, as_of, page_of(page)).read(overdue_before, warnings)


class ToldOfCustomer(NamedTuple):
	"""What was read of a customer: invoices and touches as they came, None where there are none."""

	row: CustomerRow
	key: str
	invoices: Packed | None
	issues: IssueFacts
	touches: Packed | None
	item_groups: int | None
	agreements: AgreementFacts
	only_company: str | None
	revenue_by_company: tuple[tuple[str, float], ...]

	def text(self) -> str:
		"""Return a text that is another where one of the facts is that health and the days between reviews rest on."""
		_, _, _, is_named, is_billed = self.row
		bought, touched = self.invoices, self.touches
		return BETWEEN.join(
			(
				packed_text(bought) if bought is not None else "",
				packed_text(touched) if touched is not None else "",
				"" if self.issues is NO_ISSUE else repr(self.issues),
				"" if self.agreements is NO_AGREEMENT else repr(self.agreements),
				"named" if is_named else "",
				"billed" if is_billed else "",
			)
		)

	def facts(self, overdue_before: float | None, warnings: tuple[str, ...]) -> CustomerFacts:
		"""Return the facts; `overdue_before` and `warnings` as in CustomerFacts."""
		bought = invoice_facts(self.invoices) if self.invoices is not None else NOTHING_BOUGHT
		revenues = self.revenue_by_company
		if self.only_company is not None and bought.purchase_days:
			revenues = ((self.only_company, bought.revenue_12m),)
		# By place, in the order of CustomerFacts: by name it costs twice as much.
		figures: tuple[Any, ...] = (
			*self.row,
			*bought[:PURCHASES],
			revenues,
			*bought[PURCHASES:],
			overdue_before,
			*self.issues,
			*(touch_facts(self.touches) if self.touches is not None else NO_TOUCH),
			self.item_groups,
			*self.agreements,
			warnings,
		)
		return CustomerFacts(*figures)


@dataclass(frozen=True, slots=True)
class PageFacts:
	"""The facts of customers as of a date, with one query per fact; `selection` is how they are picked out."""

	source: Source
	page: Sequence[CustomerRow]
	shape: BookShape
	complaints: ComplaintPolicy
	as_of: date
	selection: Selection

	def ask(self) -> None:
		"""Announce what `read` asks, in its order."""
		bounds = (self.source, self.selection, self.as_of)
		ask_touches(*bounds)
		ask_agreements(*bounds)
		ask_issues(*bounds)
		if self._is_of_companies:
			ask_revenue_by_company(*bounds)
		if self.shape.has_items:
			ask_item_groups(*bounds)
		for _, part in self._parts():
			ask_invoices(self.source, part, self.as_of, self.shape.has_foreign_receivables)

	def read(
		self,
		overdue_before: Mapping[str, float] | None = None,
		warnings: Mapping[str, tuple[str, ...]] | None = None,
	) -> Iterator[CustomerFacts]:
		"""Yield the facts in the order of the customers' rows.

		`overdue_before` holds the overdue amounts of states read 30 days ago or more, by folded customer; `warnings` are
		those that cap health.
		"""
		before, warned = overdue_before or {}, warnings or {}
		for told in self.told():
			yield told.facts(before.get(told.key), warned.get(told.key, ()))

	def told(self) -> Iterator[ToldOfCustomer]:
		"""Yield what was read of each customer, in the order of the rows; its facts are made when they are asked for."""
		bounds, shape, complaints = (self.source, self.selection, self.as_of), self.shape, self.complaints
		touches, agreements = read_packed_touches(*bounds), read_agreements(*bounds)
		issues = read_issues(*bounds, complaints.issue_types, complaints.serious_priorities)
		revenues = read_revenue_by_company(*bounds) if self._is_of_companies else None
		groups = read_item_groups(*bounds) if shape.has_items else None
		only_company = shape.companies[0] if revenues is None else None
		for rows, part in self._parts():
			invoices = read_packed_invoices(self.source, part, self.as_of, shape.has_foreign_receivables)
			for row in rows:
				key = fold(row.name)
				# What was yielded is not kept: memory bounds the page.
				yield ToldOfCustomer(
					row,
					key,
					invoices.pop(key, None),
					issues.pop(key, NO_ISSUE),
					touches.pop(key, None),
					groups.get(key, 0) if groups is not None else None,
					agreements.get(key, NO_AGREEMENT),
					only_company,
					revenues.get(key, ()) if revenues is not None else (),
				)

	@property
	def _is_of_companies(self) -> bool:
		"""Revenues are told apart by company."""
		return len(self.shape.companies) != 1

	def _parts(self) -> Sequence[tuple[Sequence[CustomerRow], Selection]]:
		"""Return the customers as their invoices are read: a large page in halves, one while the other is worked on."""
		if len(self.page) <= HALVED:
			return [(self.page, self.selection)]
		middle = len(self.page) // 2
		return [(half, page_of(half)) for half in (self.page[:middle], self.page[middle:])]


NOTHING_BOUGHT, NO_ISSUE, NO_TOUCH, NO_AGREEMENT = (
	InvoiceFacts(),
	IssueFacts(),
	TouchFacts(),
	AgreementFacts(),
)
PURCHASES = InvoiceFacts._fields.index("overdue_amount")
"""How many facts of the invoices stand before the revenues by company."""


def ask_rows(source: Source, selection: Selection) -> None:
	"""Announce what `read_rows` asks."""
	selection.ahead(source, rows_query(), len(COLUMNS), in_order=True)


def read_rows(source: Source, selection: Selection) -> list[CustomerRow]:
	"""Return the selected customers of the book, in the database's own order of names."""
	return [to_row(row) for row in selection.lines(source, rows_query(), len(COLUMNS), in_order=True)]


@cache
def rows_query() -> str:
	"""Return the query of CustomerRow's columns of the selected customers."""
	return str(book_query().where(selected(customer.name)).orderby(customer.name))


@cache
def page_query(size: int) -> str:
	"""Return the query of CustomerRow's columns of the next `size` customers after the last one read."""
	return _next_of(book_query(), size)


@cache
def names_query(size: int, with_disabled: bool) -> str:
	"""Return the query of the names of the next `size` customers after the last one read."""
	everybody = MySQLQuery.from_(customer).select(customer.name).where(is_outside())
	return _next_of(everybody if with_disabled else book_query(customer.name), size)


def _next_of(query: QueryBuilder, size: int) -> str:
	return str(query.where(customer.name > parameter("last")).orderby(customer.name).limit(size))


COLUMNS = (
	customer.name,
	customer.account_manager,
	customer.retention_backup_manager,
	customer.retention_key_account,
	customer.retention_billed,
)
"""Columns in CustomerRow's order."""


def book_query(*columns: Term) -> QueryBuilder:
	"""Return the query of the customers in the book: of some columns, else of those of CustomerRow."""
	return MySQLQuery.from_(customer).select(*(columns or COLUMNS)).where(is_in_book())


def to_row(figures: Sequence[Any]) -> CustomerRow:
	"""Return a row of `book_query` as what it says."""
	name, manager, backup, key_account, billed = figures
	# A few people answer for a whole book: one copy of each name is enough.
	return CustomerRow(
		name,
		intern(manager) if manager else None,
		intern(backup) if backup else None,
		as_count(key_account) == 1,
		as_count(billed) == 1,
	)


def _companies_query() -> str:
	return str(MySQLQuery.from_(company).select(company.name))


def _foreign_receivables_query() -> str:
	"""Return a query that has a row when a receivable account is kept in a currency not its company's."""
	is_foreign = account.account_currency != company.default_currency
	return str(
		MySQLQuery.from_(account)
		.join(company)
		.on(company.name == account.company)
		.select(account.name)
		.where((account.account_type == "Receivable") & is_foreign)
		.limit(1)
	)
