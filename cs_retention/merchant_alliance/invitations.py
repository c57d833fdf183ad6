"""The members of a campaign are invited in the background, page by page and each once.

A page is a transaction: customers are held, messages go through the contact policy into the outbox, and everybody who is
not refused gets a voucher. Key accounts get theirs without a message: the plan has them called. The campaign remembers
the last customer of the last page, so a job that was lost goes on there.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import cint, format_date, now_datetime, nowdate

from cs_retention.callbacks.automatic_touches import new_sender
from cs_retention.cs_retention.message_templates import compose
from cs_retention.cs_retention.states import ensure_states, open_store
from cs_retention.engine.alliance_voucher import CODES, voucher_code
from cs_retention.engine.outbox import key_of
from cs_retention.engine.vocabulary import CampaignStatus, InvitationWay, TouchDecision
from cs_retention.facts.alliance_audience import Member, count_audience, read_audience
from cs_retention.merchant_alliance.campaigns import CAMPAIGN, audience_of, template_of
from cs_retention.nightly.contact_touches import WantedMessage

VOUCHER = "Alliance Voucher"
PAGE = 1000
"""Customers that are invited in one transaction."""

COLUMNS = ("campaign", "customer", "state", "code", "way", "invited_on", "status", "message_key")


def codes_for(members: Sequence[Member]) -> dict[str, str]:
	"""Return a fresh code for each member, by customer; that no two are alike is the database's to say."""
	return {member.customer: voucher_code(secrets.randbelow(CODES)) for member in members}


def wanted_messages(
	campaign: Document, members: Sequence[Member], codes: Mapping[str, str], now: datetime
) -> list[WantedMessage]:
	"""Return the message for each of the members who are written to."""
	template = template_of(campaign)
	written = [member for member in members if not member.is_key_account]
	end = format_date(campaign.to_date)
	filled = {
		member.customer: {
			"campaign": campaign.title,
			"campaign_end": end,
			"voucher_code": codes[member.customer],
		}
		for member in written
	}
	letters = compose(template, [member.customer for member in written], filled) if written else {}
	return [
		WantedMessage(
			key=message_key(campaign.name, member),
			customer=member.customer,
			class_=template.class_,
			channel=template.channel,
			recipient=letters[member.customer].recipient,
			subject=letters[member.customer].subject,
			body=letters[member.customer].body,
			language=letters[member.customer].language,
			asked_at=now,
			source=campaign.name,
			person=frappe.session.user,
			unknown=tuple(f"{{{name}}}" for name in letters[member.customer].unknown),
		)
		for member in written
	]


def message_key(campaign: str, member: Member) -> str:
	"""Return the key of an invitation: one for each campaign and customer, ever."""
	return key_of("campaign", campaign.lower(), member.state)


def invite_all(name: str) -> None:
	"""Invite everybody a campaign is for, page by page; a run that was cut off goes on here."""
	ensure_states()
	# What waits for its turn must find the states; a page begins with a rollback.
	frappe.db.commit()  # nosemgrep: frappe-manual-commit
	while invite_page(name):
		# A page is a transaction: a job that dies is resumed after its last one.
		frappe.db.commit()  # nosemgrep: frappe-manual-commit


def invite_page(name: str) -> bool:
	"""Invite the next members of a campaign in the open transaction; false when there was none left to invite."""
	campaign = frappe.get_doc(CAMPAIGN, name)
	members = read_audience(open_store(), audience_of(campaign), campaign.invited_upto or "", PAGE)
	# What is read from here on is what stands after the wait for the campaign and its customers.
	frappe.db.rollback()
	stands = frappe.db.get_value(CAMPAIGN, name, ["status", "invited_upto"], as_dict=True, for_update=True)
	if stands.status != CampaignStatus.INVITING.value:
		return False
	if stands.invited_upto != campaign.invited_upto:
		return True
	if not members:
		frappe.db.set_value(CAMPAIGN, name, "status", CampaignStatus.RUNNING.value)
		frappe.db.commit()  # nosemgrep: frappe-manual-commit
		return False
	invite(campaign, members)
	done = {
		"invited_upto": members[-1].customer,
		"invited_so_far": cint(campaign.invited_so_far) + len(members),
	}
	frappe.db.set_value(CAMPAIGN, name, done, update_modified=False)
	return True


def invite(campaign: Document, members: Sequence[Member]) -> None:
	"""Send to members and give a voucher to each that is not refused; one that is held gets its message later."""
	sender, now, codes = new_sender(), now_datetime(), codes_for(members)
	sender.hold(member.customer for member in members)
	decided = sender.send(wanted_messages(campaign, members, codes, now), now)
	refused = {found.wanted.customer for found in decided if found.decision.outcome is TouchDecision.SKIPPED}
	invited = [member for member in members if member.customer not in refused]
	sender.store.insert_rows(
		VOUCHER, COLUMNS, (voucher_row(campaign.name, member, codes[member.customer]) for member in invited)
	)


def voucher_row(campaign: str, member: Member, code: str) -> tuple[Any, ...]:
	"""Return a voucher as COLUMNS."""
	way = InvitationWay.PHONE if member.is_key_account else InvitationWay.MESSAGE
	key = None if member.is_key_account else message_key(campaign, member)
	return campaign, member.customer, member.state, code, way.value, nowdate(), "Open", key


def count(campaign: Any) -> int:
	"""Return how many customers a campaign is for."""
	return count_audience(open_store(), audience_of(campaign))
