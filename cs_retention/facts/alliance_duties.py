"""Merchants that are to be spoken to, and members that a campaign invites by phone; one query each."""

from __future__ import annotations

from datetime import date
from functools import cache

from pypika import MySQLQuery
from pypika import functions as fn

from cs_retention.engine.alliance_life import BELONGS, exchange_months
from cs_retention.engine.obligation_sources import Occasion
from cs_retention.engine.vocabulary import CampaignStatus, InvitationWay, ObligationSource, VoucherStatus
from cs_retention.facts.cases import Found
from cs_retention.facts.keys import fold
from cs_retention.facts.selection import Selection, selected
from cs_retention.facts.source import Source
from cs_retention.facts.sql import parameter, table
from cs_retention.facts.values import as_count, as_date

merchant, tier = table("Alliance Merchant"), table("Alliance Tier")
voucher, campaign = table("Alliance Voucher"), table("Alliance Campaign")


def read_merchants(source: Source, selection: Selection) -> Found:
	"""Return the selected customers that are merchants of the alliance, with the months of their tier, by folded customer."""
	found: Found = {}
	for customer, name, admitted_on, months in selection.rows(source, merchants_query()):
		if day := as_date(admitted_on):
			occasion = Occasion(ObligationSource.MERCHANT_EXCHANGE, name, day, months=as_count(months))
			found.setdefault(fold(customer), []).append(occasion)
	return found


def read_invitations(source: Source, selection: Selection, since: date) -> Found:
	"""Return the open invitations by phone to campaigns that last until a day or longer, by folded customer."""
	values = {
		"since": since,
		"phone": InvitationWay.PHONE.value,
		"open": VoucherStatus.OPEN.value,
		"running": CampaignStatus.RUNNING.value,
	}
	found: Found = {}
	for customer, name, invited_on, to_date in selection.rows(source, invitations_query(), values):
		if day := as_date(invited_on):
			occasion = Occasion(ObligationSource.CAMPAIGN_INVITATION, name, day, until=as_date(to_date))
			found.setdefault(fold(customer), []).append(occasion)
	return found


@cache
def merchants_query() -> str:
	"""Return the query of customer, merchant, day of admission and months between two exchanges."""
	months = fn.Coalesce(fn.NullIf(tier.exchange_months, 0), exchange_months(None))
	return str(
		MySQLQuery.from_(merchant)
		.left_join(tier)
		.on(tier.name == merchant.tier)
		.select(merchant.customer, merchant.name, merchant.admitted_on, months)
		.where(selected(merchant.customer) & merchant.status.isin([status.value for status in BELONGS]))
	)


@cache
def invitations_query() -> str:
	"""Return the query of customer, voucher, day of the invitation and last day of the campaign."""
	is_open = (voucher.way == parameter("phone")) & (voucher.status == parameter("open"))
	lasts = (campaign.status == parameter("running")) & (campaign.to_date >= parameter("since"))
	return str(
		MySQLQuery.from_(voucher)
		.join(campaign)
		.on(campaign.name == voucher.campaign)
		.select(voucher.customer, voucher.name, voucher.invited_on, campaign.to_date)
		.where(selected(voucher.customer) & is_open & lasts)
	)
