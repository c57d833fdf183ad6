"""What offers to customers are measured against, and whom none is made to; one query per fact for all customers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cache
from typing import NamedTuple

from pypika import MySQLQuery

from cs_retention.engine.retention_case import CLOSED
from cs_retention.engine.retention_offers import YEAR, OfferAnswer, Offered, OfferFacts
from cs_retention.engine.vocabulary import KEY_ACCOUNT, Level
from cs_retention.facts.agreements import AgreementFacts, read_agreements
from cs_retention.facts.book import book_query, customer, state
from cs_retention.facts.cases import case, last_cases, read_released
from cs_retention.facts.keys import fold
from cs_retention.facts.saves import read_bought, read_owed
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import parameter, table
from cs_retention.facts.values import as_amount, as_count, as_date

offered = table("Retention Case Offer")
exit_rule = table("Retention Exit Rule")

UNRATED = frozenset({Level.NEW.value})
"""The levels of a customer that nobody has rated yet."""


class InBook(NamedTuple):
	"""A customer that is neither disabled nor internal, with who answers for it and its standing."""

	name: str
	customer_name: str
	account_manager: str | None
	star_level: str
	is_key_account: bool
	health_band: str | None


def read_book(source: Source, selection: Selection) -> list[InBook]:
	"""Return the selected customers of the book, in the database's order of names."""
	return [
		InBook(name, called, manager or None, level or Level.NEW.value, as_count(is_key) == 1, band or None)
		for name, called, manager, level, is_key, band in selection.rows(source, in_book_query())
	]


@cache
def in_book_query() -> str:
	"""Return the query of customers with their standing."""
	columns = (customer["name"], customer.customer_name, customer.account_manager)
	standing = (state.star_level, state.is_key_account, state.health_band)
	return str(
		book_query(*columns, *standing)
		.left_join(state)
		.on(state.customer == customer["name"])
		.where(selected(customer["name"]))
		.orderby(customer["name"])
	)


def read_offer_facts(
	source: Source, selection: Selection, names: Iterable[str], today: date
) -> dict[str, OfferFacts]:
	"""Return what offers are measured against on a day, by folded customer; `names` are those of the selection."""
	levels = read_levels(source, selection)
	bought = read_bought(source, selection, today - YEAR, today)
	agreements = read_agreements(source, selection, today)
	owed = read_owed(source, selection)
	made = read_offers_made(source, selection, today - YEAR - timedelta(days=1))
	return {
		key: OfferFacts(
			levels.get(key, UNRATED),
			round(sum(bought.get(key, {}).values()), 2),
			agreements.get(key, AgreementFacts()).has_contract,
			max(-owed.get(key, 0.0), 0.0),
			tuple(made.get(key, ())),
		)
		for key in map(fold, names)
	}


def read_levels(source: Source, selection: Selection) -> Mapping[str, frozenset[str]]:
	"""Return star level and, for key accounts, that designation, by folded customer."""
	return {
		fold(name): frozenset({level or Level.NEW.value, *([KEY_ACCOUNT] if as_count(is_key) else [])})
		for name, level, is_key in selection.rows(source, levels_query())
	}


@cache
def levels_query() -> str:
	"""Return the query of levels."""
	columns = state.customer, state.star_level, state.is_key_account
	return str(MySQLQuery.from_(state).select(*columns).where(selected(state.customer)))


def read_offers_made(source: Source, selection: Selection, after: date) -> dict[str, list[Offered]]:
	"""Return the offers made to customers after a day, in all their cases, by folded customer."""
	found: dict[str, list[Offered]] = {}
	for name, offer, cost, made_on, answer, approved_by, until in selection.rows(
		source, offers_query(), {"after": after}
	):
		if day := as_date(made_on):
			answered = OfferAnswer(answer or OfferAnswer.OPEN.value)
			found.setdefault(fold(name), []).append(
				Offered(offer, as_amount(cost), day, answered, approved_by or None, as_date(until))
			)
	return found


@cache
def offers_query() -> str:
	"""Return the query of offers made."""
	return str(
		MySQLQuery.from_(offered)
		.join(case)
		.on(case.name == offered.parent)
		.select(case.customer, offered.offer, offered.cost, offered.made_on)
		.select(offered.answer, offered.approved_by, offered.stands_until)
		.where(selected(case.customer) & (offered.made_on > parameter("after")))
	)


def read_barred(source: Source, selection: Selection) -> frozenset[str]:
	"""Return the folded customers to whom no offer is made: let go, or leaving in a way that allows none."""
	values = {f"closed_{place}": status.value for place, status in enumerate(CLOSED)}
	leaving = frozenset(fold(name) for (name,) in selection.rows(source, leaving_query(), values))
	return leaving | read_released(source, selection)


@cache
def leaving_query() -> str:
	"""Return the query of customers with an open case whose exit type allows no offer."""
	is_open = case.status.notin([parameter(f"closed_{place}") for place in range(len(CLOSED))])
	return str(
		last_cases()
		.join(exit_rule)
		.on(exit_rule["name"] == case.exit_type)
		.select(case.customer)
		.where(is_open & (exit_rule.allows_offers == 0))
	)
