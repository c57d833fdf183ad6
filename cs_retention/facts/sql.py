"""Pieces queries are made of: parameters by name, tables, who is in the book, contacts of customers."""

from __future__ import annotations

from pypika import MySQLQuery, Parameter, Table
from pypika.queries import QueryBuilder
from pypika.terms import Criterion

from cs_retention.engine.vocabulary import COUNTED_OUTCOMES, VAIN_OUTCOMES

COUNTED = tuple(outcome.value for outcome in COUNTED_OUTCOMES)
VAIN = tuple(outcome.value for outcome in VAIN_OUTCOMES)

BY_PEOPLE = (*COUNTED, *VAIN)
"""Outcomes of touches that people made and that stand; an automatic touch has none, but a decision."""


def parameter(name: str) -> Parameter:
	"""Return the parameter `name`, written as MariaDB's driver and our SQLite adapter read it."""
	return Parameter(f"%({name})s")


def table(doctype: str) -> Table:
	"""Return the table of a DocType."""
	return Table(f"tab{doctype}")


customer, contact, link = table("Customer"), table("Contact"), table("Dynamic Link")


def is_in_book() -> Criterion:
	"""Return the condition that a customer is in the book: neither disabled nor internal."""
	return (customer.disabled == 0) & is_outside()


def is_outside() -> Criterion:
	"""Return the condition that a customer is none of the companies themselves, whether it is disabled or not."""
	return customer.is_internal_customer == 0


def contacts_of_customers() -> QueryBuilder:
	"""Return the query of contacts joined to `link.link_name`, the customer that each is one of."""
	is_of_customer = (link.parenttype == "Contact") & (link.link_doctype == "Customer")
	return MySQLQuery.from_(link).join(contact).on(contact.name == link.parent).where(is_of_customer)
