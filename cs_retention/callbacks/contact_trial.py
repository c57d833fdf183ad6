"""A contact policy is tried: what it would make of a message to the whole book tomorrow; nothing is sent or held."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime, time, timedelta
from enum import Enum
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, format_date, get_datetime

from cs_retention.callbacks.automatic_touches import new_sender
from cs_retention.callbacks.messages import rows_of
from cs_retention.callbacks.reminder_words import listed
from cs_retention.cs_retention import policy_life, trials
from cs_retention.cs_retention.contact_policies import CONTACT_POLICY
from cs_retention.cs_retention.night_progress import language
from cs_retention.engine.vocabulary import MessageChannel, MessageClass, TouchDecision
from cs_retention.facts.book import pages_of_names
from cs_retention.facts.recipients import Recipient, read_recipients
from cs_retention.facts.selection import Selection
from cs_retention.nightly.contact_touches import READ, DecidedMessage, Sender, WantedMessage
from cs_retention.render import formats

NOON = time(12)
ROWS_SHOWN = 100
"""Rows kept of every decision and reason."""

CAUSES = {
	"cap_reached": "by cap",
	"places_kept": "by cap",
	"gap_too_short": "by gap",
	"quiet_hours": "by quiet hours",
	"too_late": "held too long",
	"no_address": "without address",
	"address_bounced": "to an address that bounced",
	"do_not_contact": "not to be contacted",
	"consent_withdrawn": "without consent",
	"no_consent": "without consent",
	"cannot_be_sent": "to an address that is none",
	"nothing_known": "with nothing to fill in",
}
"""Why, in a word, by the code of the first reason; what is sent or merged needs none."""


@frappe.whitelist(methods=["POST"])
def try_policy(name: str, message_class: str, channel: str) -> None:
	"""Try a policy that may still change on a message of a class to every customer, in the background."""
	doc = get_policy(name, "write")
	validate_one_of(_("Class", context="Customer Touch"), message_class, MessageClass)
	validate_one_of(_("Sent By", context="Customer Touch"), channel, MessageChannel)
	trials.start(doc, run_trial, message_class=message_class, channel=channel)


@frappe.whitelist(methods=["POST"])
def get_trial_progress(name: str) -> dict[str, Any]:
	"""Return whether a trial of the policy runs, and how far it is; a form asks that hears of no events."""
	return trials.read_progress(get_policy(name, "read"))


def get_policy(name: str, right: str) -> Document:
	"""Return the policy for somebody who has the right on it."""
	policy = frappe.get_doc(CONTACT_POLICY, name)
	policy.check_permission(right)
	return policy


def validate_one_of(label: str, value: str, words: type[Enum]) -> None:
	"""Refuse a word that is none of those that can be chosen."""
	known = [word.value for word in words]
	if value not in known:
		frappe.throw(
			_("{0}: {1} cannot be used; choose one of {2}.").format(
				frappe.bold(label), frappe.bold(escape_html(value)), ", ".join(known)
			),
			title=_("Invalid Value"),
		)


def run_trial(policy: str, as_of: str, language: str, message_class: str, channel: str) -> None:
	"""Try a policy on the day after a date and record what it showed, in a language, or why it failed."""
	wanted = MessageClass(message_class), MessageChannel(channel)
	trials.run(CONTACT_POLICY, policy, language, lambda: record(policy, as_of, *wanted))


def record(policy: str, as_of: str, class_: MessageClass, channel: MessageChannel) -> None:
	"""Decide on the whole book and keep what that showed, unless the policy was changed meanwhile."""
	begun = frappe.db.get_value(CONTACT_POLICY, policy, "modified")
	customers = max(1, frappe.db.count("Customer"))
	trial = Trial(new_sender(policy), class_, channel, get_datetime(as_of))
	trial.run(lambda done: trials.remember(CONTACT_POLICY, policy, 100 * min(1, done / customers)))
	tried = trials.held_unchanged(CONTACT_POLICY, policy, begun)
	figures = json.dumps(trial.figures(), ensure_ascii=False, default=str)
	policy_life.record_trial(tried, trial.summary(), figures)


class Trial:
	"""What a policy makes of a message to everybody tomorrow, counted by decision and cause, with some rows of each."""

	def __init__(self, sender: Sender, class_: MessageClass, channel: MessageChannel, now: datetime):
		tomorrow = datetime.combine(now.date() + timedelta(days=1), NOON)
		self.sender, self.class_, self.channel = sender, class_, channel
		self.as_of = sender.policy.open_from(tomorrow)
		self.counts: Counter[tuple[TouchDecision, str]] = Counter()
		self.rows: list[dict[str, Any]] = []

	def run(self, tell: Callable[[int], None]) -> None:
		"""Decide page by page of the book, with a set of statements for each, and tell how many are decided."""
		for names in pages_of_names(self.sender.store, READ):
			recipients = read_recipients(self.sender.store, Selection.between(names[0], names[-1]))
			wanted = [self.wanted(found) for found in recipients.values()]
			for decided in self.sender.preview(wanted, self.as_of):
				self.count(decided)
			tell(self.counts.total())

	def wanted(self, recipient: Recipient) -> WantedMessage:
		"""Return the message that is supposed."""
		return WantedMessage(
			key=recipient.customer,
			customer=recipient.customer,
			class_=self.class_,
			channel=self.channel,
			recipient=recipient.address(self.channel),
			subject="-" if self.channel is MessageChannel.EMAIL else "",
			body="-",
			language=recipient.language or "en",
			asked_at=self.as_of,
			source=CONTACT_POLICY,
		)

	def count(self, decided: DecidedMessage) -> None:
		"""Count a decision under its cause, and keep its row while there are few of them."""
		decision = decided.decision
		about = decision.outcome, CAUSES.get(decision.reasons[0].code, "")
		self.counts[about] += 1
		if self.counts[about] <= ROWS_SHOWN:
			self.rows += rows_of([decided])

	def summary(self) -> str:
		"""Return what would come of it in a sentence: "Care by Email, Fri 27 Nov: 42 sent, 3 held by cap"."""
		return _("{0} by {1} on {2}: {3}").format(
			_(self.class_.value, context="Customer Touch"),
			_(self.channel.value),
			format_date(self.as_of.date()),
			listed(map(self.words, self.in_order()), language()) or _("no customers"),
		)

	def words(self, about: tuple[TouchDecision, str]) -> str:
		"""Return how many met a decision for a cause."""
		outcome, cause = about
		decided = _("{0} sent"), _("{0} merged"), _("{0} held"), _("{0} skipped")
		text = decided[tuple(TouchDecision).index(outcome)].format(formats.amount(self.counts[about]))
		# A Chinese cause stands in brackets, which bring their own space.
		between = "" if language() == "zh" else " "
		return f"{text}{between}{_(cause)}" if cause else text

	def in_order(self) -> list[tuple[TouchDecision, str]]:
		"""Return decisions and causes in the order of decisions, the most frequent cause first."""
		places = {outcome: place for place, outcome in enumerate(TouchDecision)}
		return sorted(self.counts, key=lambda about: (places[about[0]], -self.counts[about], about[1]))

	def figures(self) -> dict[str, Any]:
		"""Return the tables: how many by decision and cause, and rows."""
		return {
			"groups": [
				[outcome.value, _(cause), self.counts[outcome, cause]] for outcome, cause in self.in_order()
			],
			"rows": self.rows,
			"rows_shown": ROWS_SHOWN,
		}
