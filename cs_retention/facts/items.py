"""Breadth: how many item groups a customer ever bought."""

from __future__ import annotations

from datetime import date
from functools import cache

from pypika import Case, MySQLQuery
from pypika import functions as fn

from cs_retention.facts.invoices import OPENING
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import parameter, table
from cs_retention.facts.values import as_count

invoice = table("Sales Invoice")
item = table("Sales Invoice Item")


def ask_item_groups(source: Source, selection: Selection, as_of: date) -> None:
	"""Announce what `read_item_groups` asks."""
	selection.ahead(source, items_query(), 2, {"as_of": as_of})


def read_item_groups(source: Source, selection: Selection, as_of: date) -> dict[str, int]:
	"""Return the number of item groups on submitted invoices up to as_of, by folded customer.

	Returns and opening invoices are left out, and rows without a group.
	"""
	values = {"as_of": as_of}
	return {
		fold(customer): as_count(groups)
		for customer, groups in selection.lines(source, items_query(), 2, values)
	}


@cache
def items_query() -> str:
	"""Return the query of distinct item groups per customer."""
	group = Case().when(item.item_group != "", item.item_group)
	is_sale = (invoice.docstatus == 1) & (invoice.is_return == 0)
	is_opening = Case().when(invoice.is_opening == OPENING, 1).else_(0)
	return str(
		MySQLQuery.from_(invoice)
		.join(item)
		.on(item.parent == invoice.name)
		.select(invoice.customer, fn.Count(group).distinct())
		.where(selected(invoice.customer) & is_sale & (invoice.posting_date <= parameter("as_of")))
		.where(is_opening == 0)
		.groupby(invoice.customer)
	)
