"""What a case is measured by: what customers bought day by day, and what they owe or have paid in advance."""

from __future__ import annotations

from datetime import date
from functools import cache

from pypika import MySQLQuery
from pypika import functions as fn

from cs_retention.facts.invoices import is_sale
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import parameter, table
from cs_retention.facts.values import as_amount, as_date

invoice = table("Sales Invoice")
payment = table("Payment Ledger Entry")


def read_bought(
	source: Source, selection: Selection, after: date, until: date
) -> dict[str, dict[date, float]]:
	"""Return net amounts by posting date after one day up to another, by folded customer; returns are negative."""
	found: dict[str, dict[date, float]] = {}
	values = {"after": after, "until": until}
	for customer, posted_on, amount in selection.lines(source, bought_query(), 3, values):
		if day := as_date(posted_on):
			found.setdefault(fold(customer), {})[day] = as_amount(amount)
	return found


@cache
def bought_query() -> str:
	"""Return one query of the submitted invoices, opening ones left out, summed up per customer and day."""
	between = (invoice.posting_date > parameter("after")) & (invoice.posting_date <= parameter("until"))
	return str(
		MySQLQuery.from_(invoice)
		.select(invoice.customer, invoice.posting_date, fn.Sum(invoice.base_net_total))
		.where(selected(invoice.customer) & is_sale() & between)
		.groupby(invoice.customer, invoice.posting_date)
	)


def read_owed(source: Source, selection: Selection) -> dict[str, float]:
	"""Return what customers owe in company currency, by folded customer; less than zero is paid in advance."""
	rows = selection.lines(source, owed_query(), 2)
	return {fold(customer): as_amount(amount) for customer, amount in rows}


@cache
def owed_query() -> str:
	"""Return one query of the payment ledger, summed up per customer."""
	stands = (payment.party_type == "Customer") & (payment.delinked == 0)
	return str(
		MySQLQuery.from_(payment)
		.select(payment.party, fn.Sum(payment.amount))
		.where(selected(payment.party) & stands)
		.groupby(payment.party)
	)
