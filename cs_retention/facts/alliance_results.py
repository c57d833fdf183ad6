"""What campaigns came to: invited, came, what they spent, and what the others bought meanwhile; one query per figure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache

from pypika import Case, MySQLQuery
from pypika import functions as fn
from pypika.terms import Term

from cs_retention.engine.alliance_campaign import CampaignFigures
from cs_retention.engine.alliance_evidence import CampaignFacts
from cs_retention.engine.vocabulary import (
	CampaignStatus,
	InvitationWay,
	TouchDecision,
	VoucherStatus,
)
from cs_retention.facts.invoices import is_sale
from cs_retention.facts.issues import issue
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import parameter, table
from cs_retention.facts.values import as_amount, as_count

voucher, campaign = table("Alliance Voucher"), table("Alliance Campaign")
part, touch = table("Alliance Campaign Merchant"), table("Customer Touch")
invoice = table("Sales Invoice")

REACHED = (TouchDecision.SENT.value, TouchDecision.MERGED.value)
BEGUN = (CampaignStatus.RUNNING.value, CampaignStatus.CLOSED.value)


def read_figures(
	source: Source, campaigns: Sequence[str], issue_types: Sequence[str]
) -> dict[str, CampaignFigures]:
	"""Return what campaigns came to, by name; one that invited nobody has nothing but its cost."""
	selection = Selection.of(campaigns)
	found = {
		name: CampaignFigures(cost=as_amount(cost)) for name, cost in selection.rows(source, costs_query())
	}
	for name, *figures in selection.rows(source, vouchers_query()):
		invited, came, answers, satisfaction = map(as_count, figures[:4])
		found[name] = replace(
			found[name],
			invited=invited,
			came=came,
			answers=answers,
			satisfaction=satisfaction,
			spent=as_amount(figures[4]),
		)
	for name, came, stayed in selection.rows(source, spending_query()):
		found[name] = replace(found[name], spend_came=as_amount(came), spend_stayed=as_amount(stayed))
	for name, number in _complaints(source, selection, set(map(fold, issue_types))).items():
		found[name] = replace(found[name], complaints=number)
	return found


def read_turnouts(
	source: Source, selection: Selection, first: date, last: date
) -> dict[str, list[CampaignFacts]]:
	"""Return the campaigns that ended, or run, within the days, by merchant of those selected."""
	rows = list(selection.rows(source, parts_query(), {"first_day": first, "last_day": last}))
	if not rows:
		return {}
	names = Selection.of(sorted({name for _merchant, name in rows}))
	invited = {name: as_count(figures[0]) for name, *figures in names.rows(source, vouchers_query())}
	came = {
		(name, where): tuple(map(as_count, figures))
		for name, where, *figures in names.rows(source, redeemed_query())
	}
	found: defaultdict[str, list[CampaignFacts]] = defaultdict(list)
	for merchant, name in rows:
		found[merchant].append(
			CampaignFacts(name, invited.get(name, 0), *came.get((name, merchant), (0, 0, 0)))
		)
	return found


def _complaints(source: Source, selection: Selection, issue_types: set[str]) -> dict[str, int]:
	counted: defaultdict[str, int] = defaultdict(int)
	for name, kind, number in selection.rows(source, complaints_query()):
		if fold(kind or "") in issue_types:
			counted[name] += as_count(number)
	return counted


@cache
def costs_query() -> str:
	"""Return the query of campaign and cost."""
	return str(MySQLQuery.from_(campaign).select(campaign.name, campaign.cost).where(selected(campaign.name)))


@cache
def vouchers_query() -> str:
	"""Return the query of campaign, invited, came, ratings and their sum, and what vouchers were redeemed for."""
	is_redeemed = voucher.status == VoucherStatus.REDEEMED.value
	is_rated = is_redeemed & (voucher.satisfaction > 0)
	return str(
		MySQLQuery.from_(voucher)
		.left_join(touch)
		.on(touch.message_key == voucher.message_key)
		.select(
			voucher.campaign,
			_sum(_is_invited(), 1),
			_sum(is_redeemed, 1),
			_sum(is_rated, 1),
			_sum(is_rated, voucher.satisfaction),
			_sum(is_redeemed, voucher.amount),
		)
		.where(selected(voucher.campaign))
		.groupby(voucher.campaign)
	)


@cache
def spending_query() -> str:
	"""Return the query of campaign and what the invited who came, and those who did not, bought in its days."""
	is_redeemed = voucher.status == VoucherStatus.REDEEMED.value
	within = invoice.posting_date[campaign.from_date : campaign.to_date]
	return str(
		MySQLQuery.from_(voucher)
		.join(campaign)
		.on(campaign.name == voucher.campaign)
		.join(invoice)
		.on((invoice.customer == voucher.customer) & is_sale() & within)
		.left_join(touch)
		.on(touch.message_key == voucher.message_key)
		.select(
			voucher.campaign,
			_sum(is_redeemed, invoice.base_net_total),
			_sum(voucher.status == VoucherStatus.OPEN.value, invoice.base_net_total),
		)
		.where(selected(voucher.campaign) & _is_invited())
		.groupby(voucher.campaign)
	)


@cache
def complaints_query() -> str:
	"""Return the query of campaign, type and number of the issues about its merchants in its days."""
	within = issue.opening_date[campaign.from_date : campaign.to_date]
	return str(
		MySQLQuery.from_(part)
		.join(campaign)
		.on(campaign.name == part.parent)
		.join(issue)
		.on((issue.retention_merchant == part.merchant) & within)
		.select(campaign.name, issue.issue_type, fn.Count(issue.name).distinct())
		.where(selected(campaign.name))
		.groupby(campaign.name, issue.issue_type)
	)


@cache
def parts_query() -> str:
	"""Return the query of merchant and campaign, of the campaigns whose last day lies within days."""
	return str(
		MySQLQuery.from_(part)
		.join(campaign)
		.on(campaign.name == part.parent)
		.select(part.merchant, campaign.name)
		.where(selected(part.merchant) & campaign.status.isin(BEGUN))
		.where(campaign.to_date[parameter("first_day") : parameter("last_day")])
		.orderby(campaign.name)
	)


@cache
def redeemed_query() -> str:
	"""Return the query of campaign, merchant, vouchers redeemed there, ratings and their sum."""
	is_rated = voucher.satisfaction > 0
	return str(
		MySQLQuery.from_(voucher)
		.select(
			voucher.campaign,
			voucher.redeemed_at,
			fn.Count(voucher.name),
			_sum(is_rated, 1),
			_sum(is_rated, voucher.satisfaction),
		)
		.where(selected(voucher.campaign) & (voucher.status == VoucherStatus.REDEEMED.value))
		.groupby(voucher.campaign, voucher.redeemed_at)
	)


def _is_invited() -> Term:
	"""Whoever is called, whose message went out, whether or not by itself, and who came before it did."""
	is_told = (voucher.way == InvitationWay.PHONE.value) | touch.decision.isin(REACHED)
	return is_told | (voucher.status == VoucherStatus.REDEEMED.value)


def _sum(condition: Term, value: Term | int) -> Term:
	return fn.Sum(Case().when(condition, value).else_(0))
