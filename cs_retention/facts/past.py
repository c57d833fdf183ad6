"""The book as it was on a past date, by nothing that came after it, and what came after it.

What a table holds of today only is not read: what was overdue follows from the payments on record, a complaint was open
until it was closed, an agreement in force until it was cancelled. Customers disabled since were customers then: who
left is disabled more often than who stayed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple

from pypika import MySQLQuery
from pypika import functions as fn
from pypika.terms import Term

from cs_retention.engine.backtest_signs import Afterwards, Knowledge
from cs_retention.engine.customer import CustomerFacts
from cs_retention.engine.policy import ComplaintPolicy
from cs_retention.facts.agreements import AgreementFacts, read_agreements
from cs_retention.facts.basis import histories
from cs_retention.facts.book import COLUMNS, PAGE, CustomerRow, customer, page_of, to_row
from cs_retention.facts.invoices import InvoiceFacts, invoice, purchase_day, read_invoices
from cs_retention.facts.issues import IssueFacts, has_closing_dates, read_issues
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source, has_rows
from cs_retention.facts.sql import is_outside, parameter, table
from cs_retention.facts.touches import TouchFacts, read_touches
from cs_retention.facts.values import LEAST_OWED, as_amount, as_count, as_date

BEFORE = timedelta(days=30)
"""Overdue grows against what was overdue so long before."""

payment = table("Payment Ledger Entry")


class Overdue(NamedTuple):
	"""What was overdue, in company currency, and since when the oldest of it."""

	amount: float = 0.0
	oldest: date | None = None


NOTHING_OVERDUE = Overdue()


def read_knowledge(source: Source) -> Knowledge:
	"""Look up what the tables tell of the past."""
	# A mark without a date says what kind of customer this is, not what became of it.
	(billed,) = next(iter(source.rows(_billed_query())))
	return Knowledge(_has_payments(source), has_closing_dates(source), as_count(billed))


def past_pages(source: Source, size: int = PAGE) -> Iterator[list[CustomerRow]]:
	"""Yield all customers but internal ones, disabled ones too, in the database's own order of names."""
	last = ""
	while page := [
		to_row(row) for row in source.lines(_page_query(size), len(COLUMNS), {"last": last}, in_order=True)
	]:
		yield page
		last = page[-1].name


def read_past_rows(source: Source, selection: Selection) -> list[CustomerRow]:
	"""Return the selected of these customers, in the database's own order of names."""
	is_kept = is_outside() & selected(customer.name)
	query = MySQLQuery.from_(customer).select(*COLUMNS).where(is_kept).orderby(customer.name)
	return [to_row(row) for row in selection.rows(source, str(query))]


def read_past_spans(source: Source, as_of: date) -> Iterator[tuple[date, int, int]]:
	"""Yield first purchase, days from it to the last one and purchase days after it, of everybody who had bought."""
	for page in past_pages(source):
		known = {row.key for row in page}
		for key, first, last, count, _ in histories(source, page_of(page), as_of):
			if key in known:
				yield first, (last - first).days, count - 1


def read_past_customers(
	source: Source,
	page: Sequence[CustomerRow],
	complaints: ComplaintPolicy,
	as_of: date,
	known: Knowledge,
) -> list[CustomerFacts]:
	"""Return what health is assessed on, as of a past date, in the order of the rows, with one query per fact."""
	bounds = (source, page_of(page), as_of)
	invoices, touches = read_invoices(*bounds), read_touches(*bounds)
	agreements = read_agreements(*bounds, is_past=True)
	issues = read_issues(*bounds, complaints.issue_types, complaints.serious_priorities, is_past=True)
	overdue = read_past_overdue(*bounds) if known.arrears else {}
	before = read_past_overdue(source, page_of(page), as_of - BEFORE) if known.arrears else {}
	facts = []
	for row in page:
		key = row.key
		owed = overdue.get(key, NOTHING_OVERDUE)
		bought = invoices.get(key, InvoiceFacts())
		asked = issues.get(key, IssueFacts())
		figures: dict[str, Any] = {
			**row._asdict(),
			**bought._asdict(),
			**asked._asdict(),
			**touches.get(key, TouchFacts())._asdict(),
			**agreements.get(key, AgreementFacts())._asdict(),
		}
		del figures["name"]
		figures |= {
			"overdue_amount": owed.amount,
			"oldest_overdue": owed.oldest,
			"overdue_before": before.get(key, NOTHING_OVERDUE).amount if known.arrears else None,
			"open_complaints_90d": asked.open_complaints_90d if known.closings else 0,
		}
		facts.append(CustomerFacts(customer=row.name, **figures))
	return facts


def read_past_overdue(source: Source, selection: Selection, as_of: date) -> dict[str, Overdue]:
	"""Return what was overdue by the payments on record up to the date, by folded customer."""
	found = selection.rows(source, past_overdue_query(), {"as_of": as_of})
	return {fold(name): Overdue(as_amount(amount), as_date(oldest)) for name, amount, oldest in found}


def read_afterwards(source: Source, selection: Selection, as_of: date, until: date) -> dict[str, Afterwards]:
	"""Return the last purchase day after one date up to another, by folded customer."""
	values = {"as_of": as_of, "until": until}
	found = selection.lines(source, afterwards_query(), 2, values)
	return {fold(name): Afterwards(as_date(last)) for name, last in found}


@cache
def past_overdue_query() -> str:
	"""Return the query of customer, sum still owed on invoices past due, and the oldest due date among them."""
	as_of = parameter("as_of")
	of_invoice = payment.against_voucher_no == invoice.name
	is_past_due = (invoice.due_date < as_of) & (invoice.posting_date <= as_of) & (invoice.is_return == 0)
	is_on_record = (payment.delinked == 0) & (payment.posting_date <= as_of)
	of_customer = selected(invoice.customer) & (payment.against_voucher_type == "Sales Invoice")
	owed = (
		MySQLQuery.from_(invoice)
		.join(payment)
		.on(of_invoice)
		.select(invoice.customer, invoice.due_date, fn.Sum(payment.amount).as_("amount"))
		.where((invoice.docstatus == 1) & of_customer & is_past_due & is_on_record)
		.groupby(invoice.customer, invoice.name, invoice.due_date)
		.having(fn.Sum(payment.amount) >= LEAST_OWED)
		.as_("owed")
	)
	return str(
		MySQLQuery.from_(owed)
		.select(owed.customer, fn.Sum(owed.amount), fn.Min(owed.due_date))
		.groupby(owed.customer)
	)


@cache
def afterwards_query() -> str:
	"""Return the query of customer and the last purchase day within the days after a date."""
	within = (invoice.posting_date > parameter("as_of")) & (invoice.posting_date <= parameter("until"))
	last: Term = fn.Max(purchase_day())
	return str(
		MySQLQuery.from_(invoice)
		.select(invoice.customer, last)
		.where((invoice.docstatus == 1) & within & selected(invoice.customer))
		.groupby(invoice.customer)
	)


@cache
def _page_query(size: int) -> str:
	is_kept = is_outside() & (customer.name > parameter("last"))
	return str(MySQLQuery.from_(customer).select(*COLUMNS).where(is_kept).orderby(customer.name).limit(size))


def _billed_query() -> str:
	return str(MySQLQuery.from_(customer).select(fn.Count("*")).where(customer.retention_billed == 1))


def _has_payments(source: Source) -> bool:
	return has_rows(source, str(MySQLQuery.from_(payment).select(payment.name).limit(1)))
