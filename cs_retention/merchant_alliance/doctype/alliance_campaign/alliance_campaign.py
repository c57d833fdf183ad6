from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint

from cs_retention.cs_retention.inputs import read_list
from cs_retention.cs_retention.record import Record, read_form
from cs_retention.engine.vocabulary import CampaignStatus, Tier
from cs_retention.merchant_alliance import campaign_trials, campaigns, invitations, results
from cs_retention.merchant_alliance.retention_alliance import close, enqueue_invitations

WRITTEN = (
	*("status", "trial_begun", "trial_error"),
	*("tried_on", "trial_summary", "trial_figures", "members"),
	*("invited_upto", "invited_so_far"),
)
"""What only trying and inviting write."""

DECIDES = ("from_date", "to_date", "territory", "interest", "template", *campaigns.SEGMENTS)
LISTED = {"levels": ("level",), "merchants": ("merchant",)}
"""What a trial was about, and what stays as it is once somebody was invited."""


class AllianceCampaign(Record):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from cs_retention.merchant_alliance.doctype.alliance_campaign_level.alliance_campaign_level import (
			AllianceCampaignLevel,
		)
		from cs_retention.merchant_alliance.doctype.alliance_campaign_merchant.alliance_campaign_merchant import (
			AllianceCampaignMerchant,
		)

		cost: DF.Currency
		from_date: DF.Date
		interest: DF.Link | None
		invited_so_far: DF.Int
		invited_upto: DF.Data | None
		is_for_lost: DF.Check
		is_for_loyal: DF.Check
		is_for_ordinary: DF.Check
		levels: DF.TableMultiSelect[AllianceCampaignLevel]
		members: DF.Int
		merchants: DF.Table[AllianceCampaignMerchant]
		status: DF.Literal["Draft", "Tried", "Inviting", "Running", "Closed"]
		template: DF.Link | None
		territory: DF.Link | None
		theme: DF.SmallText | None
		title: DF.Data
		to_date: DF.Date
		trial_begun: DF.Datetime | None
		trial_error: DF.SmallText | None
		trial_figures: DF.LongText | None
		trial_summary: DF.SmallText | None
		tried_on: DF.Datetime | None
	# end: auto-generated types

	def validate(self) -> None:
		self.keep_what_is_written()
		campaigns.validate_dates(self)
		if self.status in campaigns.OPEN:
			campaigns.validate_merchants(self)
			campaigns.validate_template(self)

	def on_trash(self) -> None:
		"""Refuse to delete a campaign that somebody was invited to."""
		if self.status not in campaigns.OPEN:
			frappe.throw(
				_("Members were invited to {0}: it stays on record. Close it instead.").format(
					frappe.bold(self.title)
				),
				title=_("Not Possible"),
			)

	def keep_what_is_written(self) -> None:
		"""Keep what trying and inviting wrote, and what they were about, whatever a request says."""
		before = self.get_doc_before_save()
		if self.flags.by_action:
			return
		for field in WRITTEN:
			self.set(field, before.get(field) if before else self.meta.get_field(field).default)
		for row in self.merchants:
			kept = next((old for old in before.merchants if old.name == row.name), None) if before else None
			row.update({field: kept.get(field) if kept else None for field in ("left_on", "left_why")})
		if before and what_decides(self) != what_decides(before):
			self.forget_trial()

	def forget_trial(self) -> None:
		"""What was tried is another campaign now; one that has invited somebody cannot become another."""
		if self.status not in campaigns.OPEN:
			frappe.throw(
				_("Members were invited to {0} as it is. Only title, theme and cost may change.").format(
					frappe.bold(self.title)
				),
				title=_("Not Possible"),
			)
		stands = ("status", "trial_begun", "invited_upto")
		cleared = dict.fromkeys(field for field in WRITTEN if field not in stands)
		self.update({**cleared, "status": CampaignStatus.DRAFT.value})


def what_decides(campaign: Document) -> tuple[Any, ...]:
	"""Return what a trial and the invitations of a campaign depend on."""
	fields = [str(campaign.get(field) or "") for field in DECIDES]
	return (
		*fields,
		*([row.get(name) for row in campaign.get(table)] for table, (name,) in LISTED.items()),
	)


@frappe.whitelist(methods=["GET"])
def count_members(campaign: str) -> int:
	"""Return how many customers a campaign would be for, as it stands on the form."""
	frappe.has_permission("Alliance Campaign", "create", throw=True)
	return invitations.count(read_form("Alliance Campaign", campaign))


@frappe.whitelist(methods=["GET"])
def get_merchants(campaign: str, tiers: str) -> list[dict[str, str]]:
	"""Return the merchants of tiers that may take part in a campaign as it stands on the form."""
	frappe.has_permission("Alliance Campaign", "create", throw=True)
	named = [tier.value for tier in Tier]
	chosen = [tier for tier in read_list(tiers, _("Tiers")) if tier in named]
	form = read_form("Alliance Campaign", campaign)
	if not form.from_date:
		frappe.throw(_("Say first when the campaign begins."), title=_("Date Missing"))
	return campaigns.merchants_of_tiers(form, chosen)


@frappe.whitelist(methods=["POST"])
def try_campaign(name: str) -> None:
	"""Show what the invitations of a campaign would come to, in the background; nothing is sent."""
	doc = opened(name, "write")
	validate_open(doc)
	validate_whole(doc)
	campaign_trials.start(doc)


@frappe.whitelist(methods=["POST"])
def get_trial_progress(name: str) -> dict[str, Any]:
	"""Return whether a trial of the campaign is waited for, and how far it is; a form asks that hears of no events."""
	return campaign_trials.read_progress(opened(name, "read"))


@frappe.whitelist(methods=["POST"])
def send_invitations(name: str) -> None:
	"""Invite the members of a campaign that was tried, in the background."""
	doc = opened(name, "write")
	if doc.status != CampaignStatus.TRIED.value:
		frappe.throw(
			_("{0} was not tried as it is. Try it first.").format(frappe.bold(doc.title)),
			title=_("Not Possible"),
		)
	campaign_trials.validate_at_rest(doc)
	validate_whole(doc)
	doc.flags.by_action = True
	doc.status = CampaignStatus.INVITING.value
	doc.save()
	enqueue_invitations(name)


@frappe.whitelist(methods=["POST"])
def close_campaign(name: str) -> None:
	"""Close a campaign before its last day."""
	doc = opened(name, "write")
	if doc.status not in campaigns.AT_WORK:
		frappe.throw(_("Only a campaign that is running is closed."), title=_("Not Possible"))
	close(name)


@frappe.whitelist(methods=["GET"])
def get_progress(name: str) -> dict[str, Any]:
	"""Return how far the invitations of a campaign are."""
	doc = opened(name, "read")
	return {"status": doc.status, "invited": cint(doc.invited_so_far), "members": cint(doc.members)}


@frappe.whitelist(methods=["GET"])
def get_result(name: str) -> dict[str, Any]:
	"""Return what a campaign came to."""
	doc = opened(name, "read")
	return results.told(doc)


def opened(name: str, right: str) -> Document:
	"""Return a campaign to somebody who has the right."""
	doc = frappe.get_doc("Alliance Campaign", name)
	doc.check_permission(right)
	return doc


def validate_open(campaign: Document) -> None:
	"""Refuse to try a campaign that has invited somebody."""
	if campaign.status not in campaigns.OPEN:
		frappe.throw(
			_("{0} has invited its members. Copy it for another campaign.").format(
				frappe.bold(campaign.title)
			),
			title=_("Not Possible"),
		)


def validate_whole(campaign: Document) -> None:
	"""Refuse a campaign without merchants or without a template, and one that ends before anybody could come."""
	missing = [
		_(campaign.meta.get_label(field), context=campaign.doctype)
		for field in ("merchants", "template")
		if not campaign.get(field)
	]
	if missing:
		frappe.throw(
			_("{0}: choose before members are invited.").format(frappe.bold(", ".join(missing))),
			title=_("Campaign Not Complete"),
		)
	campaigns.validate_dates(campaign)
	campaigns.validate_merchants(campaign)
