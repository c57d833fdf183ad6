"""Contracts and subscriptions: since when a customer is bound to us, and until when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import NamedTuple

from pypika import Case, MySQLQuery
from pypika import functions as fn
from pypika.queries import QueryBuilder
from pypika.terms import Criterion, Field

from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import parameter, table
from cs_retention.facts.values import as_count, as_date

ENDED = ("Cancelled", "Completed")

contract = table("Contract")
subscription = table("Subscription")


class AgreementFacts(NamedTuple):
	"""The facts of one customer that its contracts and subscriptions give, named as in CustomerFacts."""

	has_contract: bool = False
	contract_start: date | None = None
	contract_end: date | None = None
	is_open_ended: bool = False


class _Agreements(NamedTuple):
	"""Contracts, or subscriptions, of one customer: what runs on the date and what ended before it."""

	start: date | None
	is_running: bool
	is_open_ended: bool
	running_end: date | None
	ended: date | None


COLUMNS = 6
"""Columns of the query of agreements."""


def ask_agreements(source: Source, selection: Selection, as_of: date) -> None:
	"""Announce what `read_agreements` asks."""
	selection.ahead(source, agreements_query(), COLUMNS, {"as_of": as_of})


def read_agreements(
	source: Source, selection: Selection, as_of: date, is_past: bool = False
) -> dict[str, AgreementFacts]:
	"""Return what binds the selected customers on the date, by folded customer; those that begin later do not.

	Of a past date, what was cancelled since did bind then.
	"""
	values = {"as_of": as_of}
	agreements: dict[str, list[_Agreements]] = {}
	for customer, start, running, open_ended, running_end, ended in selection.lines(
		source, agreements_query(is_past), COLUMNS, values
	):
		row = _Agreements(
			as_date(start),
			as_count(running) == 1,
			as_count(open_ended) == 1,
			as_date(running_end),
			as_date(ended),
		)
		agreements.setdefault(fold(customer), []).append(row)
	return {customer: _facts(rows) for customer, rows in agreements.items()}


@cache
def agreements_query(is_past: bool = False) -> str:
	"""Return one query of submitted contracts and of subscriptions, each summed up per customer."""
	# A contract cancelled by now was in force on a past date, and the date of its cancelling is nowhere on record.
	was_submitted = contract.docstatus.isin((1, 2)) if is_past else contract.docstatus == 1
	of_customer = (contract.party_type == "Customer") & was_submitted
	contracts = _summed_up(contract.party_name, contract.start_date, contract.end_date)
	is_alive = _was_alive() if is_past else _is_alive()
	subscriptions = _summed_up(
		subscription.party, subscription.start_date, subscription.end_date, is_alive
	).where(subscription.party_type == "Customer")
	return str(contracts.where(of_customer) * subscriptions)


def _is_alive() -> Criterion:
	# A subscription without a status yet is no ended one.
	return subscription.status.isnull() | subscription.status.notin(ENDED)


def _was_alive() -> Criterion:
	# Its status is that of today; on a past date it had not been cancelled yet.
	cancelled = subscription.cancelation_date
	return cancelled.isnull() | (cancelled > parameter("as_of"))


def _summed_up(party: Field, start: Field, end: Field, is_alive: Criterion | None = None) -> QueryBuilder:
	as_of = parameter("as_of")
	runs = end.isnull() | (end >= as_of)
	if is_alive is not None:
		runs = is_alive & runs
	return (
		MySQLQuery.from_(party.table)
		.select(
			party,
			fn.Min(start),
			fn.Max(Case().when(runs, 1).else_(0)),
			fn.Max(Case().when(runs & end.isnull(), 1).else_(0)),
			fn.Max(Case().when(runs, end)),
			fn.Max(Case().when(end < as_of, end)),
		)
		.where(selected(party) & (start.isnull() | (start <= as_of)))
		.groupby(party)
	)


def _facts(rows: Iterable[_Agreements]) -> AgreementFacts:
	rows = list(rows)
	is_running = any(row.is_running for row in rows)
	is_open_ended = any(row.is_open_ended for row in rows)
	ends = (row.running_end if is_running else row.ended for row in rows)
	return AgreementFacts(
		has_contract=is_running,
		contract_start=min((row.start for row in rows if row.start), default=None),
		contract_end=None if is_open_ended else max((end for end in ends if end), default=None),
		is_open_ended=is_open_ended,
	)
