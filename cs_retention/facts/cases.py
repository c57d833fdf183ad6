"""Customers who were kept, and those who left and agreed to be called; one query each."""

from __future__ import annotations

from datetime import date
from functools import cache

from pypika import MySQLQuery
from pypika import functions as fn
from pypika.queries import QueryBuilder

from cs_retention.engine.obligation_sources import Occasion
from cs_retention.engine.retention_case import CaseStatus
from cs_retention.engine.retention_verification import Verification
from cs_retention.engine.vocabulary import ObligationSource
from cs_retention.facts.agreements import contract, subscription
from cs_retention.facts.invoices import is_sale
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import parameter, table
from cs_retention.facts.values import as_date

Found = dict[str, list[Occasion]]
"""Occasions by folded customer."""

NO_DAY = "1900-01-01"
"""Before every day on which a case was opened."""

case = table("Retention Case")
later = table("Retention Case").as_("later")
invoice = table("Sales Invoice")
release = table("Release File")


def read_saves(source: Source, selection: Selection, since: date) -> Found:
	"""Return the saves of a day and later, by folded customer: those that hold, of customers without a later case."""
	values = {"since": since, "saved": CaseStatus.SAVED.value, "relapsed": Verification.RELAPSED.value}
	found: Found = {}
	for customer, name, closed_on in selection.rows(source, saves_query(), values):
		if day := as_date(closed_on):
			occasion = Occasion(ObligationSource.AFTER_A_SAVE, name, day)
			found.setdefault(fold(customer), []).append(occasion)
	return found


def read_leavers(source: Source, selection: Selection, since: date) -> Found:
	"""Return who left, agreed to be called and may be won back on a day or later, by folded customer.

	A customer who is back is left out.
	"""
	values = {"since": since, "released": CaseStatus.RELEASED.value}
	found: Found = {}
	for customer, name, *days in selection.rows(source, leavers_query(), values):
		released_on, call_on, until = map(as_date, days)
		if released_on:
			occasion = Occasion(
				ObligationSource.AFTER_LEAVING, name, released_on, call_on=call_on, win_back_until=until
			)
			found.setdefault(fold(customer), []).append(occasion)
	return found


def read_released(source: Source, selection: Selection) -> frozenset[str]:
	"""Return the folded customers who were let go and are not back."""
	values = {"released": CaseStatus.RELEASED.value}
	query = str(released().where(selected(case.customer)))
	return frozenset(fold(customer) for (customer,) in selection.rows(source, query, values))


def released() -> QueryBuilder:
	"""Return the query of customers who were let go and are not back: nothing bought or agreed since, no later case."""
	bought = (invoice.customer == case.customer) & is_sale() & (invoice.is_return == 0)
	signed = (contract.party_type == "Customer") & (contract.party_name == case.customer)
	subscribed = (subscription.party_type == "Customer") & (subscription.party == case.customer)
	return (
		_newest_cases()
		.join(release)
		.on(release.name == case.release_file)
		.left_join(invoice)
		.on(bought & (invoice.posting_date > release.released_on))
		.left_join(contract)
		.on(signed & (contract.docstatus == 1) & (contract.start_date > release.released_on))
		.left_join(subscription)
		.on(subscribed & (subscription.start_date > release.released_on))
		.select(case.customer)
		.where((case.status == parameter("released")) & case.back_on.isnull() & (release.docstatus == 1))
		.where(invoice.name.isnull() & contract.name.isnull() & subscription.name.isnull())
	)


@cache
def saves_query() -> str:
	"""Return the query of customer, case and day of the saves that hold."""
	holds = case.verification.isnull() | (case.verification != parameter("relapsed"))
	is_save = (case.status == parameter("saved")) & (case.closed_on >= parameter("since")) & holds
	return str(last_cases().select(case.customer, case.name, case.closed_on).where(is_save))


@cache
def leavers_query() -> str:
	"""Return the query of customer, release file, and the days of release, call and the end of winning back."""
	is_leaver = (release.may_be_called == 1) & (release.win_back_until >= parameter("since"))
	return str(
		released()
		.select(release.name, release.released_on, release.call_on, release.win_back_until)
		.where(is_leaver & selected(case.customer))
	)


def last_cases() -> QueryBuilder:
	"""Return the query of each selected customer's last case."""
	return _newest_cases().where(selected(case.customer))


def _newest_cases() -> QueryBuilder:
	"""Return the query of every customer's last case: the one opened last, of those of a day the last by name."""
	opened, opened_later = (fn.Coalesce(each.opened_on, NO_DAY) for each in (case, later))
	is_later = (opened_later > opened) | ((opened_later == opened) & (later.name > case.name))
	return (
		MySQLQuery.from_(case)
		.left_join(later)
		.on((later.customer == case.customer) & is_later)
		.where(later.name.isnull())
	)
