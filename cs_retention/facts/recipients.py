"""Where a customer is written to, and in which language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from pypika import Field, MySQLQuery, Order, Table
from pypika import functions as fn
from pypika.terms import Term

from cs_retention.engine.consent import FILLERS, plain_address
from cs_retention.engine.vocabulary import MessageChannel
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import contact, contacts_of_customers, customer, link


class Recipient(NamedTuple):
	"""A customer with its addresses; an empty text stands for one that is not known."""

	customer: str
	customer_name: str
	email: str
	mobile: str
	language: str

	def address(self, channel: MessageChannel) -> str:
		"""Return where a channel leads."""
		return self.email if channel is MessageChannel.EMAIL else self.mobile


def read_recipients(source: Source, selection: Selection) -> dict[str, Recipient]:
	"""Return the selected customers by folded name.

	Whom to write to is the primary contact, else the first one by name; an address that this contact has not is the
	customer's own.
	"""
	own = {
		fold(name): Recipient(name, called or name, email or "", mobile or "", language or "")
		for name, called, email, mobile, language in selection.rows(source, customers_query())
	}
	found = dict(own)
	for name, email, mobile in selection.rows(source, contacts_query()):
		# The last one stands: the primary contact, else the first by name.
		if known := own.get(fold(name)):
			found[fold(name)] = known._replace(email=email or known.email, mobile=mobile or known.mobile)
	return found


def read_sharing(
	source: Source, channel: MessageChannel, addresses: Iterable[str]
) -> dict[str, frozenset[str]]:
	"""Return the customers that have each of the addresses, themselves or through a contact, by the plain address.

	Addresses and numbers are compared as `plain_address` does, customers are named as they name themselves.
	"""
	found: defaultdict[str, set[str]] = defaultdict(set)
	if known := sorted({plain_address(address) for address in addresses} - {""}):
		told = Selection.of(known)
		for query in (owners_query(channel), contact_owners_query(channel)):
			for name, address in told.rows(source, query):
				found[plain_address(address)].add(name)
	return {address: frozenset(names) for address, names in found.items()}


@cache
def owners_query(channel: MessageChannel) -> str:
	"""Return the query of customers and the addresses they have themselves."""
	column = _column(customer, channel)
	is_told = selected(_plain(column, channel))
	return str(MySQLQuery.from_(customer).select(customer.name, column).where(is_told))


@cache
def contact_owners_query(channel: MessageChannel) -> str:
	"""Return the query of customers and the addresses of their contacts."""
	column = _column(contact, channel)
	query = contacts_of_customers().join(customer).on(customer.name == link.link_name)
	return str(query.select(customer.name, column).where(selected(_plain(column, channel))))


def _column(owner: Table, channel: MessageChannel) -> Field:
	return owner.email_id if channel is MessageChannel.EMAIL else owner.mobile_no


def _plain(column: Field, channel: MessageChannel) -> Term:
	"""Return a column of addresses as `plain_address` leaves them."""
	plain: Term = fn.Lower(fn.Trim(column))
	if channel is not MessageChannel.EMAIL:
		for filler in map(chr, FILLERS):
			plain = fn.Replace(plain, filler, "")
	return plain


@cache
def customers_query() -> str:
	"""Return the query of what a customer says of itself."""
	columns = (customer.customer_name, customer.email_id, customer.mobile_no, customer.language)
	return str(MySQLQuery.from_(customer).select(customer.name, *columns).where(selected(customer.name)))


@cache
def contacts_query() -> str:
	"""Return the query of the addresses of contacts, the primary ones after the others."""
	query = (
		contacts_of_customers()
		.select(link.link_name, contact.email_id, contact.mobile_no)
		.where(selected(link.link_name))
	)
	return str(query.orderby(contact.is_primary_contact).orderby(contact.name, order=Order.desc))
