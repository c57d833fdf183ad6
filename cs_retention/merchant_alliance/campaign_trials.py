"""The invitations of a campaign are tried in the background: what would come of them tomorrow; nothing is sent or held.

A campaign is waited for from `trial_begun` on, until the job clears it or `trial_error` says why it failed. A job whose
worker was killed says neither: it is noticed by the next look, of the form or of the hourly job.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import format_date, get_datetime, now_datetime, nowdate

from cs_retention.callbacks.automatic_touches import new_sender
from cs_retention.callbacks.contact_trial import Trial
from cs_retention.callbacks.reminder_words import listed
from cs_retention.cs_retention import trials
from cs_retention.cs_retention.lost_jobs import LOST_AFTER, enqueue_once, is_at_work
from cs_retention.cs_retention.night_progress import language
from cs_retention.cs_retention.states import ensure_states
from cs_retention.engine.vocabulary import CampaignStatus, TouchDecision
from cs_retention.facts.alliance_audience import read_audience
from cs_retention.merchant_alliance import invitations
from cs_retention.merchant_alliance.campaigns import CAMPAIGN, audience_of, template_of

SENT = (TouchDecision.SENT, TouchDecision.MERGED)


class CampaignTrial(Trial):
	"""What would become of the invitations tomorrow, counted by decision and cause, with some rows of each."""

	def __init__(self, campaign: Document, now: datetime):
		template = template_of(campaign)
		super().__init__(new_sender(), template.class_, template.channel, now)
		self.campaign, self.by_phone = campaign, 0

	def run(self, tell: Callable[[int], None]) -> None:
		"""Decide page by page of the audience, with a set of statements for each, and tell how many are decided."""
		after, audience = "", audience_of(self.campaign)
		while members := read_audience(self.sender.store, audience, after, invitations.PAGE):
			after = members[-1].customer
			self.by_phone += sum(member.is_key_account for member in members)
			codes = invitations.codes_for(members)
			wanted = invitations.wanted_messages(self.campaign, members, codes, self.as_of)
			for decided in self.sender.preview(wanted, self.as_of):
				self.count(decided)
			tell(self.members)

	@property
	def members(self) -> int:
		"""How many customers the campaign is for."""
		return self.by_phone + self.counts.total()

	def summary(self) -> str:
		"""Return what would come of it in a sentence: "1,204 invited, 311 held by cap, 57 skipped without consent"."""
		invited = sum(self.counts[about] for about in self.counts if about[0] in SENT)
		said = [_("{0} invited by message").format(f"{invited:,}")]
		if self.by_phone:
			said.append(_("{0} to be called").format(f"{self.by_phone:,}"))
		said += [self.words(about) for about in self.in_order() if about[0] not in SENT]
		return _("{0}, as of {1}").format(listed(said, language()), format_date(self.as_of.date()))


def start(campaign: Document) -> None:
	"""Enqueue the trial of a campaign, one at a time; one whose job is lost is begun again."""
	validate_at_rest(campaign)
	trials.remember(CAMPAIGN, campaign.name, 0)
	begun = {"trial_begun": now_datetime(), "trial_error": None}
	frappe.db.set_value(CAMPAIGN, campaign.name, begun, update_modified=False)
	job_id = trials.job_id(CAMPAIGN, campaign.name)
	enqueue_once(
		run_trial, job_id, trials.MINUTES, name=campaign.name, as_of=nowdate(), language=frappe.local.lang
	)


def validate_at_rest(campaign: Document) -> None:
	"""Refuse to try or send a campaign while it is being tried."""
	if trials.is_running(campaign):
		frappe.throw(
			_("{0} is being tried at this moment. Wait until that has ended.").format(
				frappe.bold(campaign.title)
			),
			title=_("Not Possible Now"),
		)


def read_progress(campaign: Document) -> dict[str, Any]:
	"""Return whether a trial of the campaign is waited for, and how far it is in percent; one that is lost is noticed."""
	notice_lost([campaign.name])
	stands = frappe.db.get_value(CAMPAIGN, campaign.name, ["trial_begun", "trial_error"], as_dict=True)
	return {
		"is_waited_for": bool(stands.trial_begun and not stands.trial_error),
		"progress": trials.read_progress(campaign)["progress"],
	}


def notice_lost(names: Sequence[str] = ()) -> None:
	"""Say on campaigns that are waited for, of some names or of all, that their trial was cut off."""
	waiting = [
		["trial_begun", "<", now_datetime() - LOST_AFTER],
		["trial_error", "is", "not set"],
		*([["name", "in", names]] if names else ()),
	]
	# Who may read a campaign may learn that nobody works on it; the hourly job asks for all of them.
	for name in frappe.get_all(CAMPAIGN, waiting, pluck="name"):
		if not is_at_work(trials.job_id(CAMPAIGN, name)):
			trials.set_error(CAMPAIGN, name, _("The trial was cut off. Try it again."))


def run_trial(name: str, as_of: str, language: str) -> None:
	"""Try a campaign on the day after a date and record what it showed, in a language, or why it failed."""
	trials.run(CAMPAIGN, name, language, lambda: record(name, as_of))


def record(name: str, as_of: str) -> None:
	"""Keep on a campaign what its invitations would come to, unless it was changed meanwhile."""
	ensure_states()
	campaign = frappe.get_doc(CAMPAIGN, name)
	begun, expected = campaign.modified, max(1, invitations.count(campaign))
	trial = CampaignTrial(campaign, get_datetime(as_of))
	trial.run(lambda done: trials.remember(CAMPAIGN, name, 100 * min(1, done / expected)))
	if not trial.members:
		frappe.throw(
			_("Nobody is meant by {0}. Choose more levels, segments, territories or interests.").format(
				frappe.bold(campaign.title)
			),
			title=_("Empty Audience"),
		)
	keep(trials.held_unchanged(CAMPAIGN, name, begun), trial)


def keep(campaign: Document, trial: CampaignTrial) -> None:
	"""Keep on a campaign what its trial showed."""
	campaign.flags.by_action = True
	figures = json.dumps(trial.figures(), ensure_ascii=False, default=str)
	campaign.update(
		{
			"status": CampaignStatus.TRIED.value,
			"tried_on": now_datetime(),
			"trial_begun": None,
			"trial_error": None,
			"trial_summary": trial.summary(),
			"trial_figures": figures,
			"members": trial.members,
		}
	)
	campaign.save()
