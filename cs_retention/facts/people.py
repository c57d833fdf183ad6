"""Who answers for how many customers, and whose customers are whose."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from pypika import Case, MySQLQuery
from pypika import functions as fn
from pypika.terms import Criterion, Field

from cs_retention.engine.vocabulary import CallbackStatus
from cs_retention.facts.book import CustomerRow, book_query, customer, to_row
from cs_retention.facts.keys import fold
from cs_retention.facts.plans_due import is_looked_at
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import parameter, table
from cs_retention.facts.values import as_count

callback, state = table("Customer Callback"), table("Customer Retention State")


class Bond(NamedTuple):
	"""How many customers have this account manager and this backup; "" stands for none."""

	account_manager: str
	backup_manager: str
	customers: int


def read_bonds(source: Source, looked_at: date | None = None) -> list[Bond]:
	"""Return every pair of account manager and backup in the book.

	Where it is asked for a date, the customers counted are those alone whose plans are looked at then.
	"""
	managers = customer.account_manager, customer.retention_backup_manager
	count = fn.Count("*") if looked_at is None else fn.Sum(Case().when(is_looked_at(), 1).else_(0))
	query = book_query(*managers, count).groupby(*managers)
	if looked_at is not None:
		query = query.left_join(state).on(state.customer == customer.name)
	return [
		Bond(manager or "", backup or "", as_count(customers))
		for manager, backup, customers in source.rows(str(query), {"as_of": looked_at})
	]


def read_lent_calls(source: Source) -> list[tuple[str, str, str]]:
	"""Return account manager, backup and responsible wherever a callback stands at somebody else than the first two.

	So it is after a change of managers, until the callbacks are planned anew; a backup with calls counts as well.
	"""
	columns = customer.account_manager, customer.retention_backup_manager, callback.responsible
	query = (
		book_query(*columns)
		.join(callback)
		.on(callback.customer == customer.name)
		.where((callback.status == parameter("planned")) & (callback.responsible > ""))
		.where(customer.account_manager.isnull() | (callback.responsible != customer.account_manager))
		.groupby(*columns)
	)
	values = {"planned": CallbackStatus.PLANNED.value}
	return [
		(manager or "", backup or "", person) for manager, backup, person in source.rows(str(query), values)
	]


def read_customers(source: Source, selection: Selection) -> frozenset[str]:
	"""Return the selected customers that the app looks after, folded."""
	query = str(MySQLQuery.from_(state).select(state.customer).where(selected(state.customer)))
	return frozenset(fold(name) for (name,) in selection.rows(source, query))


def read_rows_of(source: Source, people: Sequence[str], looked_at: date | None = None) -> list[CustomerRow]:
	"""Return the customers of account managers, and of backups where there is no account manager, in order of names.

	"" among the people stands for the customers that have neither. Where it is asked for a date, they are those alone
	whose plans are looked at then.
	"""
	is_theirs = _of_nobody() if "" in people else None
	if names := [person for person in people if person]:
		unmanaged = _is_empty(customer.account_manager)
		named = selected(customer.account_manager) | (unmanaged & selected(customer.retention_backup_manager))
		is_theirs = named if is_theirs is None else named | is_theirs
	if is_theirs is None:
		return []
	query = book_query().where(is_theirs)
	if looked_at is not None:
		query = query.join(state).on(state.customer == customer.name).where(is_looked_at())
	found = Selection.of(names).rows(source, str(query), {"as_of": looked_at})
	return sorted(map(to_row, found), key=lambda row: row.name)


def _of_nobody() -> Criterion:
	return _is_empty(customer.account_manager) & _is_empty(customer.retention_backup_manager)


def _is_empty(person: Field) -> Criterion:
	return person.isnull() | (person == "")
