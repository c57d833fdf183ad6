"""The alliance over a quarter: merchants with their tiers at both ends, sanctions, campaigns that end in it; one query each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache

from pypika import MySQLQuery
from pypika import functions as fn

from cs_retention.engine.quarter_alliance import QuarterCampaign, QuarterMerchant, quarter_ended
from cs_retention.engine.vocabulary import MerchantStatus, Quarter, Tier
from cs_retention.facts.alliance_results import BEGUN, read_figures
from cs_retention.facts.source import Source
from cs_retention.facts.sql import parameter, table
from cs_retention.facts.values import as_count, as_date

merchant, tier = table("Alliance Merchant"), table("Alliance Tier")
review, sanction = table("Alliance Review"), table("Alliance Sanction")
campaign = table("Alliance Campaign")

NUMBERS = {quarter.value: number for number, quarter in enumerate(Quarter, 1)}


def read_quarter_merchants(source: Source, eve: date, until: date) -> list[QuarterMerchant]:
	"""Return all merchants with their tier by the reviews of the quarters that ended by the one day and by the other."""
	before, after = _read_tiers(source, eve), _read_tiers(source, until)
	months = {name: as_count(number) for name, number in source.rows(tiers_query())}
	return [
		QuarterMerchant(
			customer,
			MerchantStatus(status),
			as_date(admitted_on),
			as_date(suspended_on),
			as_date(eliminated_on),
			before.get(name),
			after.get(name),
			months.get(before[name].value, 0) if name in before else 0,
		)
		for name, customer, status, admitted_on, suspended_on, eliminated_on in source.rows(merchants_query())
	]


def count_sanctioned(source: Source, day: date) -> int:
	"""Return how many merchants a sanction keeps out of campaigns on a day."""
	((number,),) = source.rows(sanctions_query(), {"day": day})
	return as_count(number)


def read_quarter_campaigns(
	source: Source, first: date, last: date, issue_types: Sequence[str]
) -> list[QuarterCampaign]:
	"""Return what the campaigns came to that end within the days and have begun to invite, the one that ends first in front."""
	rows = list(source.rows(campaigns_query(), {"first_day": first, "last_day": last}))
	figures = read_figures(source, [name for name, *_rest in rows], issue_types) if rows else {}
	return [
		QuarterCampaign.of(title, ends, figures[name])
		for name, title, to_date in rows
		if (ends := as_date(to_date))
	]


def _read_tiers(source: Source, day: date) -> dict[str, Tier]:
	"""Return the tiers by the last reviews of the quarters that ended by a day; a tier by decision counts up to its day."""
	bound, found = quarter_ended(day), {}
	for name, year, quarter, in_force, earned, until in source.rows(reviews_query()):
		ends = as_date(until)
		if (as_count(year), NUMBERS[quarter]) <= bound:
			found[name] = Tier(earned if ends and ends < day else in_force)
	return found


@cache
def merchants_query() -> str:
	"""Return the query of merchant, customer, status, and the days of admission, suspension and elimination."""
	days = (merchant.admitted_on, merchant.suspended_on, merchant.eliminated_on)
	return str(
		MySQLQuery.from_(merchant)
		.select(merchant.name, merchant.customer, merchant.status, *days)
		.orderby(merchant.name)
	)


@cache
def tiers_query() -> str:
	"""Return the query of tier and months between two exchanges."""
	return str(MySQLQuery.from_(tier).select(tier.name, fn.Coalesce(tier.exchange_months, 0)))


@cache
def reviews_query() -> str:
	"""Return the query of merchant, quarter, tier, tier earned and the last day of a decision; the last quarter last."""
	columns = (review.merchant, review.year, review.quarter, review.tier, review.earned_tier)
	return str(
		MySQLQuery.from_(review)
		.select(*columns, review.override_until)
		.where(review.docstatus == 1)
		.orderby(review.year, review.quarter)
	)


@cache
def sanctions_query() -> str:
	"""Return the query of the number of merchants under a sanction."""
	day = parameter("day")
	holds = (sanction.decided_on <= day) & (sanction.ends_on >= day)
	is_lifted = sanction.lifted_on.notnull() & (sanction.lifted_on <= day)
	return str(
		MySQLQuery.from_(sanction)
		.select(fn.Count(sanction.merchant).distinct())
		.where((sanction.docstatus == 1) & holds & is_lifted.negate())
	)


@cache
def campaigns_query() -> str:
	"""Return the query of campaign, title and last day."""
	return str(
		MySQLQuery.from_(campaign)
		.select(campaign.name, campaign.title, campaign.to_date)
		.where(campaign.status.isin(BEGUN))
		.where(campaign.to_date[parameter("first_day") : parameter("last_day")])
		.orderby(campaign.to_date, campaign.name)
	)
