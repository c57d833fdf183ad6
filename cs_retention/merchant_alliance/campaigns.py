"""A campaign between the form and the engine: who takes part, whom it is for, who has to leave."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, getdate, nowdate

from cs_retention.cs_retention.inputs import refuse_value
from cs_retention.cs_retention.message_templates import read_template
from cs_retention.cs_retention.refusals import refuse
from cs_retention.engine.alliance_campaign import (
	CampaignMerchant,
	check_dates,
	check_merchant,
	lost_since,
	why_it_leaves,
)
from cs_retention.engine.messages import MessageTemplate, used_in
from cs_retention.engine.reasons import WorkError
from cs_retention.engine.vocabulary import (
	CampaignSegment,
	CampaignStatus,
	MerchantLeft,
	MerchantStatus,
	MessageClass,
	Tier,
)
from cs_retention.engine.workdays import add_months, month_span
from cs_retention.facts.alliance_audience import Audience
from cs_retention.merchant_alliance.merchants import MERCHANT
from cs_retention.merchant_alliance.sanctions import in_force
from cs_retention.store.base import batches

CAMPAIGN, PART = "Alliance Campaign", "Alliance Campaign Merchant"
OPEN = (CampaignStatus.DRAFT.value, CampaignStatus.TRIED.value)
"""A campaign may be changed until the first member is invited."""

AT_WORK = (CampaignStatus.INVITING.value, CampaignStatus.RUNNING.value)
SEGMENTS = {
	"is_for_loyal": CampaignSegment.LOYAL,
	"is_for_ordinary": CampaignSegment.ORDINARY,
	"is_for_lost": CampaignSegment.LOST,
}
CODE = "voucher_code"
QUARTER = 3


def validate_dates(campaign: Document) -> None:
	"""Refuse dates that are reversed, too far apart, or over before anybody was invited."""
	today = getdate(nowdate()) if campaign.status in OPEN else None
	try:
		check_dates(getdate(campaign.from_date), getdate(campaign.to_date), today)
	except WorkError as error:
		refuse(error, campaign, title=_("Invalid Dates"))


def validate_merchants(campaign: Document) -> None:
	"""Refuse a merchant that stands there twice, or that may not take part."""
	names = [row.merchant for row in campaign.merchants]
	for row in campaign.merchants:
		if names.count(row.merchant) > 1:
			frappe.throw(
				_("Row {0}: {1} stands there already. Keep one row of it.").format(
					row.idx, frappe.bold(row.merchant_name or row.merchant)
				),
				title=_("Merchant Twice"),
			)
	for merchant in standings(campaign, names):
		try:
			check_merchant(merchant, getdate(campaign.from_date))
		except WorkError as error:
			refuse(error, campaign, title=_("May Not Take Part"))


def standings(campaign: Document, names: Iterable[str]) -> list[CampaignMerchant]:
	"""Return how merchants stand for a campaign, in their order."""
	wanted = list(names)
	fields = ["name", "merchant_name", "status", "tier"]
	rows = {row.name: row for row in frappe.get_all(MERCHANT, {"name": ("in", wanted)}, fields)}
	slots = dict(frappe.get_all("Alliance Tier", fields=["name", "campaign_slots"], as_list=True))
	taken, kept_out = campaigns_of_quarter(campaign), in_force(wanted, campaign.from_date)
	found = []
	for name in wanted:
		row = rows.get(name)
		if not row:
			refuse_value(_("Merchant"), name, _("name a record that there is"))
		tier = Tier(row.tier) if row.tier else Tier.STANDARD
		found.append(
			CampaignMerchant(
				name,
				row.merchant_name,
				MerchantStatus(row.status),
				tier,
				kept_out.get(name),
				cint(slots.get(tier.value)),
				taken.get(name, 0),
			)
		)
	return found


def campaigns_of_quarter(campaign: Document) -> Mapping[str, int]:
	"""Return in how many other campaigns that begin in the same quarter each merchant takes part."""
	first, last = month_span(getdate(campaign.from_date), QUARTER)
	part, other = frappe.qb.DocType(PART), frappe.qb.DocType(CAMPAIGN)
	rows = (
		frappe.qb.from_(part)
		.join(other)
		.on(other.name == part.parent)
		.select(part.merchant, other.name)
		.where(other.from_date[first:last] & (other.name != (campaign.name or "")) & part.left_on.isnull())
		.run()
	)
	counted: dict[str, int] = {}
	for merchant, _name in rows:
		counted[merchant] = counted.get(merchant, 0) + 1
	return counted


def merchants_of_tiers(campaign: Document, tiers: Iterable[str]) -> list[dict[str, str]]:
	"""Return the merchants of tiers that may take part, in the order of their names, of those the user may read."""
	wanted = {"status": MerchantStatus.ADMITTED.value, "tier": ("in", list(tiers))}
	fields = ["name", "merchant_name", "tier"]
	rows = frappe.get_list(MERCHANT, wanted, fields, order_by="merchant_name, name", limit=0)
	able = {
		standing.name
		for standing in standings(campaign, [row.name for row in rows])
		if may_join(campaign, standing)
	}
	return [
		{"merchant": row.name, "merchant_name": row.merchant_name, "tier": row.tier}
		for row in rows
		if row.name in able
	]


def may_join(campaign: Document, merchant: CampaignMerchant) -> bool:
	"""Tell whether a merchant may take part."""
	try:
		check_merchant(merchant, getdate(campaign.from_date))
	except WorkError:
		return False
	return True


def validate_template(campaign: Document) -> None:
	"""Refuse a template that is no marketing, or that tells members no code."""
	if not campaign.template:
		return
	template = template_of(campaign)
	if template.class_ is not MessageClass.MARKETING:
		frappe.throw(
			_("{0} is of the class {1}. Choose a template of the class {2}.").format(
				frappe.bold(campaign.template),
				frappe.bold(_(template.class_.value, context="Customer Touch")),
				frappe.bold(_(MessageClass.MARKETING.value, context="Customer Touch")),
			),
			title=_("Template Not Possible"),
		)
	for wording in template.wordings:
		if CODE not in used_in(wording.body):
			frappe.throw(
				_("{0} has no {1} in {2}. Put it in.").format(
					frappe.bold(campaign.template), frappe.bold(f"{{{CODE}}}"), frappe.bold(wording.language)
				),
				title=_("Template Not Possible"),
			)


def template_of(campaign: Document) -> MessageTemplate:
	"""Return the template of a campaign."""
	return read_template(campaign.template)


def audience_of(campaign: Any) -> Audience:
	"""Return whom a campaign is for, as of today."""
	today = getdate(nowdate())
	return Audience(
		critical_since=lost_since(today),
		bought_since=add_months(today, -12),
		levels=tuple(row.get("level") for row in campaign.get("levels") or () if row.get("level")),
		segments=tuple(segment for field, segment in SEGMENTS.items() if cint(campaign.get(field))),
		territories=below("Territory", campaign.get("territory")),
		item_groups=below("Item Group", campaign.get("interest")),
	)


def below(tree: str, node: str | None) -> tuple[str, ...]:
	"""Return a node of a tree with all below it; nothing for none, and for the root of a tree, which limits nothing."""
	if not node:
		return ()
	bounds = frappe.db.get_value(tree, node, ["lft", "rgt", f"parent_{frappe.scrub(tree)}"])
	if not bounds or not bounds[2]:
		return ()
	return tuple(frappe.get_all(tree, {"lft": (">=", bounds[0]), "rgt": ("<=", bounds[1])}, pluck="name"))


def leave_all(leaving: Mapping[str, MerchantLeft]) -> None:
	"""Take merchants out of the campaigns that are planned or at work, as of today, in sets."""
	part, campaign = frappe.qb.DocType(PART), frappe.qb.DocType(CAMPAIGN)
	for why in dict.fromkeys(leaving.values()):
		names = [name for name, each in leaving.items() if each is why]
		rows = (
			frappe.qb.from_(part)
			.join(campaign)
			.on(campaign.name == part.parent)
			.select(part.name)
			.where(part.merchant.isin(names) & part.left_on.isnull())
			.where(campaign.status != CampaignStatus.CLOSED.value)
			.run(pluck=True)
		)
		for batch in batches(rows):
			frappe.db.set_value(PART, {"name": ("in", batch)}, {"left_on": nowdate(), "left_why": why.value})


def who_must_leave(day: date) -> dict[str, MerchantLeft]:
	"""Return the merchants of open campaigns that may not stay, whoever suspended, disabled or sanctioned them."""
	part, campaign = frappe.qb.DocType(PART), frappe.qb.DocType(CAMPAIGN)
	merchant, customer = frappe.qb.DocType(MERCHANT), frappe.qb.DocType("Customer")
	rows = (
		frappe.qb.from_(part)
		.join(campaign)
		.on(campaign.name == part.parent)
		.join(merchant)
		.on(merchant.name == part.merchant)
		.join(customer)
		.on(customer.name == merchant.customer)
		.select(merchant.name, merchant.status, customer.disabled)
		.distinct()
		.where(part.left_on.isnull() & (campaign.status != CampaignStatus.CLOSED.value))
		.run()
	)
	kept_out = in_force([row[0] for row in rows], day)
	found = {
		name: why_it_leaves(MerchantStatus(status), kept_out.get(name), bool(disabled), day)
		for name, status, disabled in rows
	}
	return {name: why for name, why in found.items() if why}
