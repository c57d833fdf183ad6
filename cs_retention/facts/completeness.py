"""What is on file of customers: people who answer, contacts with numbers and birthdays, consents; one query each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from pypika import MySQLQuery

from cs_retention.engine.completeness import CustomerFile
from cs_retention.engine.vocabulary import Level
from cs_retention.facts.compliance import customer, level_of, state
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import contact, contacts_of_customers, is_in_book, link, table

consent = table("Customer Consent")


class FiledCustomer(NamedTuple):
	"""A customer with what is on file."""

	customer: str
	customer_name: str
	account_manager: str
	level: str
	file: CustomerFile


class FiledContacts(NamedTuple):
	"""What the contacts of one customer say."""

	contacts: int
	phones: tuple[str, ...]
	has_birthday: bool
	has_decision_maker: bool


NO_CONTACTS = FiledContacts(0, (), False, False)


def read_files(source: Source, selection: Selection) -> Iterator[FiledCustomer]:
	"""Yield the selected customers that are in the book, in order of their names."""
	contacts, consents = read_filed_contacts(source, selection), read_consenting(source, selection)
	rows = selection.rows(source, customers_query(), {"new": Level.NEW.value})
	for name, called, manager, backup, mobile, level in rows:
		known = contacts.get(fold(name), NO_CONTACTS)
		yield FiledCustomer(
			name,
			called or name,
			manager or "",
			level,
			CustomerFile(
				level,
				known.contacts,
				(*known.phones, *([mobile] if mobile else [])),
				fold(name) in consents,
				known.has_birthday,
				bool(manager),
				bool(backup),
				known.has_decision_maker,
			),
		)


def read_filed_contacts(source: Source, selection: Selection) -> dict[str, FiledContacts]:
	"""Return what the contacts of the selected customers say, by folded customer."""
	found: defaultdict[str, list[tuple[str, str, bool, bool]]] = defaultdict(list)
	for name, mobile, phone, born, decides in selection.rows(source, contacts_query()):
		found[fold(name)].append((mobile or "", phone or "", born is not None, bool(decides)))
	return {
		name: FiledContacts(
			len(rows),
			tuple(number for mobile, phone, *_rest in rows for number in (mobile, phone) if number),
			any(has_birthday for *_numbers, has_birthday, _decides in rows),
			any(decides for *_rest, decides in rows),
		)
		for name, rows in found.items()
	}


def read_consenting(source: Source, selection: Selection) -> frozenset[str]:
	"""Return the selected customers of whom it is on record what they allow, by folded customer."""
	query = MySQLQuery.from_(consent).select(consent.customer).distinct().where(selected(consent.customer))
	return frozenset(fold(name) for (name,) in selection.rows(source, str(query)))


@cache
def customers_query() -> str:
	"""Return the query of customers with who answers for them, their own number and their level."""
	return str(
		MySQLQuery.from_(state)
		.join(customer)
		.on(customer.name == state.customer)
		.select(customer.name, customer.customer_name, customer.account_manager)
		.select(customer.retention_backup_manager, customer.mobile_no, level_of())
		.where(selected(state.customer) & is_in_book())
		.orderby(customer.name)
	)


@cache
def contacts_query() -> str:
	"""Return the query of customer and what each of its contacts has."""
	return str(
		contacts_of_customers()
		.select(link.link_name, contact.mobile_no, contact.phone)
		.select(contact.retention_date_of_birth, contact.retention_decision_maker)
		.where(selected(link.link_name))
	)
