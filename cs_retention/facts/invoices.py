"""Purchase days, revenue and overdue amounts from submitted Sales Invoices.

A purchase day is a posting date with a submitted invoice that is no return, no opening invoice and has a positive
net total. Returns carry a negative net total and so lower the revenue. Opening invoices count as overdue only.
`outstanding_amount` is in the currency of the receivable account; where that is not the company's, it is converted
at the invoice's own rate. Everything stands in the index `retention_invoice_facts`, except in that last case.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from functools import cache
from typing import NamedTuple

from pypika import Case, MySQLQuery
from pypika import functions as fn
from pypika.queries import QueryBuilder
from pypika.terms import Criterion, Term

from cs_retention.engine.workdays import add_months
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import parameter, table
from cs_retention.facts.values import Packed, as_amount, as_count, as_date, pack, unpack

OPENING = "Yes"
MONTHS = {"after_3m": -3, "after_6m": -6, "after_12m": -12, "after_24m": -24}

invoice = table("Sales Invoice")
company = table("Company")


class InvoiceFacts(NamedTuple):
	"""The facts of one customer that its invoices give, named as in CustomerFacts."""

	first_purchase: date | None = None
	last_purchase: date | None = None
	purchase_days: int = 0
	purchase_days_12m: int = 0
	revenue_12m: float = 0.0
	revenue_prior_12m: float = 0.0
	revenue_3m: float = 0.0
	revenue_prior_3m: float = 0.0
	overdue_amount: float = 0.0
	oldest_overdue: date | None = None


COLUMNS = 1 + len(InvoiceFacts._fields)


def boundaries(as_of: date) -> dict[str, date]:
	"""Return the dates a query compares with: as_of, and the days after which 3 to 24 months begin."""
	return {"as_of": as_of, **{name: add_months(as_of, months) for name, months in MONTHS.items()}}


def ask_invoices(
	source: Source, selection: Selection, as_of: date, has_foreign_receivables: bool = False
) -> None:
	"""Announce what `read_invoices` asks."""
	selection.ahead(source, invoices_query(has_foreign_receivables), COLUMNS, {**boundaries(as_of)})


def read_invoices(
	source: Source, selection: Selection, as_of: date, has_foreign_receivables: bool = False
) -> dict[str, InvoiceFacts]:
	"""Return what the invoices of the selected customers say, by folded customer."""
	packed = read_packed_invoices(source, selection, as_of, has_foreign_receivables)
	return {customer: invoice_facts(cells) for customer, cells in packed.items()}


def read_packed_invoices(
	source: Source, selection: Selection, as_of: date, has_foreign_receivables: bool = False
) -> dict[str, Packed]:
	"""Return the same as it came, for `invoice_facts` to read."""
	values = {**boundaries(as_of)}
	found = selection.lines(source, invoices_query(has_foreign_receivables), COLUMNS, values, cut=1)
	return {fold(customer): pack(figures) for customer, *figures in found}


def ask_revenue_by_company(source: Source, selection: Selection, as_of: date) -> None:
	"""Announce what `read_revenue_by_company` asks."""
	selection.ahead(source, by_company_query(), 4, {**boundaries(as_of)})


def read_revenue_by_company(
	source: Source, selection: Selection, as_of: date
) -> dict[str, tuple[tuple[str, float], ...]]:
	"""Return the 12-month net revenue in every company a customer ever had a purchase day in, by folded customer."""
	values = {**boundaries(as_of)}
	revenues: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)
	for customer, company_name, purchase, revenue in selection.lines(source, by_company_query(), 4, values):
		if purchase:
			revenues[fold(customer)].append((company_name or "", as_amount(revenue)))
	return {customer: tuple(sorted(rows)) for customer, rows in revenues.items()}


@cache
def invoices_query(has_foreign_receivables: bool) -> str:
	"""Return the query of InvoiceFacts for a page of customers, columns in their order after the customer."""
	after_3m, after_6m, after_12m, after_24m = (parameter(name) for name in MONTHS)
	days = purchase_day()
	owed = overdue()
	query = _submitted().select(
		invoice.customer,
		fn.Min(days),
		fn.Max(days),
		fn.Count(days).distinct(),
		fn.Count(purchase_day(after_12m)).distinct(),
		revenue(after_12m),
		revenue(after_24m, after_12m),
		revenue(after_3m),
		revenue(after_6m, after_3m),
		fn.Sum(Case().when(owed, _outstanding(has_foreign_receivables)).else_(0)),
		fn.Min(Case().when(owed, invoice.due_date)),
	)
	if has_foreign_receivables:
		query = query.left_join(company).on(company.name == invoice.company)
	return str(query.where(selected(invoice.customer)).groupby(invoice.customer))


@cache
def by_company_query() -> str:
	"""Return the query of customer, company, a purchase day if any, and 12-month net revenue."""
	query = _submitted().select(
		invoice.customer,
		invoice.company,
		fn.Max(purchase_day()),
		revenue(parameter("after_12m")),
	)
	return str(query.where(selected(invoice.customer)).groupby(invoice.customer, invoice.company))


def purchase_day(after: Term | None = None) -> Term:
	"""Return the posting date where the invoice makes a purchase day (after a date), else NULL."""
	days = Case()
	if after is not None:
		# Comparing dates is cheap and comparing text is not: the date decides first.
		days = days.when(invoice.posting_date <= after, None)
	buys = (invoice.is_return == 0) & (invoice.base_net_total > 0)
	return days.when(_opening(), None).when(buys, invoice.posting_date)


def revenue(after: Term, until: Term | None = None) -> Term:
	"""Return the sum of net totals posted after one date and until another, opening invoices left out."""
	amounts = Case().when(invoice.posting_date <= after, 0)
	if until is not None:
		amounts = amounts.when(invoice.posting_date > until, 0)
	return fn.Sum(amounts.when(_opening(), 0).else_(invoice.base_net_total))


def net_total() -> Term:
	"""Return what an invoice adds to revenue, nothing of an opening one."""
	return Case().when(_opening(), 0).else_(invoice.base_net_total)


def is_sale() -> Criterion:
	"""Return the condition that an invoice is submitted and no opening one, which tells of no purchase; returns are."""
	return (invoice.docstatus == 1) & (fn.Coalesce(invoice.is_opening, "") != OPENING)


def overdue() -> Term:
	"""Return the condition that something of the invoice is overdue."""
	is_late = (invoice.due_date < parameter("as_of")) & (invoice.outstanding_amount > 0)
	return is_late & (invoice.is_return == 0)


def _opening() -> Term:
	return invoice.is_opening == OPENING


def _submitted() -> QueryBuilder:
	posted = (invoice.docstatus == 1) & (invoice.posting_date <= parameter("as_of"))
	return MySQLQuery.from_(invoice).where(posted)


def _outstanding(has_foreign_receivables: bool) -> Term:
	if not has_foreign_receivables:
		return invoice.outstanding_amount
	is_foreign = invoice.party_account_currency != company.default_currency
	converted = invoice.outstanding_amount * invoice.conversion_rate
	return Case().when(is_foreign, converted).else_(invoice.outstanding_amount)


def invoice_facts(packed: Packed) -> InvoiceFacts:
	"""Return what the invoices of one customer say."""
	first, last, days, days_12m, *amounts, oldest = unpack(packed)
	year, year_before, quarter, quarter_before, owed = map(as_amount, amounts)
	return InvoiceFacts(
		as_date(first),
		as_date(last),
		as_count(days),
		as_count(days_12m),
		year,
		year_before,
		quarter,
		quarter_before,
		owed,
		as_date(oldest),
	)
