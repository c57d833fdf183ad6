"""Who a campaign of the alliance is for: counted at once, or read page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from pypika import Case, MySQLQuery
from pypika import functions as fn
from pypika.queries import QueryBuilder
from pypika.terms import Criterion, Field, Term

from cs_retention.engine.vocabulary import KEY_ACCOUNT, Band, CampaignSegment, Level
from cs_retention.facts.invoices import is_sale
from cs_retention.facts.source import Source
from cs_retention.facts.sql import is_in_book, parameter, table
from cs_retention.facts.values import as_count

customer, state = table("Customer"), table("Customer Retention State")
merchant, change = table("Alliance Merchant"), table("Customer Health Change")
invoice, item = table("Sales Invoice"), table("Sales Invoice Item")

LOYAL_LEVELS = (KEY_ACCOUNT, Level.FIVE_STAR.value, Level.FOUR_STAR.value, Level.THREE_STAR.value)
"""Three stars and better (RULES section 2)."""


@dataclass(frozen=True, slots=True)
class Audience:
	"""Whom a campaign speaks to; what is empty limits nothing.

	`territories` and `item_groups` name all below what was chosen; a customer has an interest in a group of which it
	bought something since `bought_since`, and is lost when it has been critical since before `critical_since`.
	"""

	critical_since: date
	bought_since: date
	levels: tuple[str, ...] = ()
	segments: tuple[CampaignSegment, ...] = ()
	territories: tuple[str, ...] = ()
	item_groups: tuple[str, ...] = ()


class Member(NamedTuple):
	"""A customer that a campaign is for."""

	customer: str
	state: str
	is_key_account: bool


def count_audience(source: Source, audience: Audience) -> int:
	"""Return how many customers a campaign is for."""
	query = _book(audience).select(fn.Count(customer.name))
	((number,),) = source.rows(str(query), _values(audience))
	return as_count(number)


def read_audience(source: Source, audience: Audience, after: str, most: int) -> list[Member]:
	"""Return the next customers that a campaign is for, in the database's own order of names."""
	query = _book(audience).select(customer.name, state.name, state.is_key_account)
	query = query.where(customer.name > parameter("after")).orderby(customer.name).limit(most)
	return [
		Member(name, held, as_count(is_key) == 1)
		for name, held, is_key in source.rows(str(query), {**_values(audience), "after": after})
	]


def _book(audience: Audience) -> QueryBuilder:
	"""Return the customers that are served, are no merchants themselves, and are meant."""
	query = (
		MySQLQuery.from_(customer)
		.join(state)
		.on(state.customer == customer.name)
		.where(is_in_book())
		.where(customer.name.notin(MySQLQuery.from_(merchant).select(merchant.customer)))
	)
	for criterion in _criteria(audience):
		query = query.where(criterion)
	return query


def _criteria(audience: Audience) -> list[Criterion]:
	found: list[Criterion] = []
	if audience.levels:
		found.append(_one_of(_level(), "level", audience.levels))
	if audience.territories:
		found.append(_one_of(customer.territory, "territory", audience.territories))
	if audience.item_groups:
		found.append(customer.name.isin(_buyers(audience.item_groups)))
	if audience.segments and set(audience.segments) != set(CampaignSegment):
		found.append(Criterion.any(_segment(segment) for segment in audience.segments))
	return found


def _level() -> Term:
	return Case().when(state.is_key_account == 1, KEY_ACCOUNT).else_(fn.Coalesce(state.star_level, ""))


def _segment(segment: CampaignSegment) -> Criterion:
	is_loyal = (state.health_band == Band.HEALTHY.value) & _level().isin(LOYAL_LEVELS)
	is_lost = (state.health_band == Band.CRITICAL.value) & state.customer.notin(_newly_critical())
	if segment is CampaignSegment.LOYAL:
		return is_loyal
	if segment is CampaignSegment.LOST:
		return is_lost
	band = fn.Coalesce(state.health_band, "")
	is_else = (band != Band.CRITICAL.value) | state.customer.isin(_newly_critical())
	return is_else & ((band != Band.HEALTHY.value) | _level().notin(LOYAL_LEVELS))


def _newly_critical() -> QueryBuilder:
	"""Return the customers that became critical after the day."""
	became = (change.band == Band.CRITICAL.value) & (
		fn.Coalesce(change.band_before, "") != Band.CRITICAL.value
	)
	query = MySQLQuery.from_(change).select(change.customer)
	return query.where(became & (change.as_of > parameter("critical_since")))


def _buyers(groups: Sequence[str]) -> QueryBuilder:
	"""Return the customers that bought something of the groups."""
	return (
		MySQLQuery.from_(invoice)
		.join(item)
		.on(item.parent == invoice.name)
		.select(invoice.customer)
		.where(is_sale() & (invoice.is_return == 0))
		.where(
			(invoice.posting_date >= parameter("bought_since")) & _one_of(item.item_group, "group", groups)
		)
	)


def _one_of(field: Field | Term, name: str, values: Sequence[str]) -> Criterion:
	criterion: Criterion = field.isin([parameter(f"{name}_{place}") for place in range(len(values))])
	return criterion


def _values(audience: Audience) -> dict[str, Any]:
	"""Return the parameters of the audience."""
	chosen = {"level": audience.levels, "territory": audience.territories, "group": audience.item_groups}
	named = {
		f"{name}_{place}": value for name, values in chosen.items() for place, value in enumerate(values)
	}
	return {
		**named,
		"critical_since": audience.critical_since,
		"bought_since": audience.bought_since,
	}
