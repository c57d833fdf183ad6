"""The job of the alliance: decided tiers end, ending contracts are told of, lost invitations go on, lost trials are told of, merchants leave, campaigns close."""

import frappe
from frappe.utils import getdate, nowdate

from cs_retention.callbacks.automatic_touches import TOUCH
from cs_retention.cs_retention.lost_jobs import enqueue_once
from cs_retention.cs_retention.states import open_store
from cs_retention.engine.reasons import Reason
from cs_retention.engine.vocabulary import CampaignStatus, TouchDecision
from cs_retention.merchant_alliance import campaign_trials, campaigns, invitations, notices, overrides
from cs_retention.nightly.reason_json import dump_reasons


def enqueue_invitations(name: str) -> None:
	"""Enqueue the inviting of a campaign's members, once."""
	enqueue_once(invitations.invite_all, f"alliance_campaign::{name}", name=name)


def look_after() -> None:
	"""Do what is due; the scheduler calls it every hour."""
	today = getdate(nowdate())
	overrides.end_overrides(today)
	inviting = {"status": CampaignStatus.INVITING.value}
	for name in frappe.get_all(campaigns.CAMPAIGN, inviting, pluck="name"):
		enqueue_invitations(name)
	campaign_trials.notice_lost()
	notices.warn_of_contracts(today)
	campaigns.leave_all(campaigns.who_must_leave(today))
	over = {"status": CampaignStatus.RUNNING.value, "to_date": ("<", today)}
	for name in frappe.get_all(campaigns.CAMPAIGN, over, pluck="name"):
		close(name)


def close(name: str) -> None:
	"""Close a campaign: no voucher of it is honoured any more, and what is still held of it is not sent."""
	frappe.db.set_value(campaigns.CAMPAIGN, name, "status", CampaignStatus.CLOSED.value)
	held = {"source": name, "decision": TouchDecision.HELD.value}
	# Touches of customers that whoever closes need not answer for: the campaign's own.
	names = frappe.get_all(TOUCH, held, pluck="name")
	reasons = dump_reasons([Reason.of("called_off", person=frappe.session.user)])
	ended = (TouchDecision.SKIPPED.value, reasons, None, None)
	open_store().update_rows(
		TOUCH,
		("name", "decision", "reasons", "held_until", "open_key"),
		[(touch, *ended) for touch in names],
		still="open_key",
	)
