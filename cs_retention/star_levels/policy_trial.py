"""The background trial of a Star Policy: the book rated with it, nothing written but what it showed."""

import json
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from cs_retention.cs_retention import policy_life, trials
from cs_retention.cs_retention.states import open_store
from cs_retention.nightly.trial import Trial, try_policy
from cs_retention.star_levels.policies import load_policy

POLICY = "Star Policy"


def start(policy: Document) -> None:
	"""Enqueue the trial of a policy that may still change; one trial of it runs at a time."""
	trials.start(policy, run_trial)


def run_trial(policy: str, as_of: str, language: str) -> None:
	"""Try a policy as of a date and record what it showed, in a language; or tell on the policy why it failed."""
	trials.run(POLICY, policy, language, lambda: record(policy, as_of))


def record(policy: str, as_of: str) -> None:
	"""Rate the book and keep what it showed, unless the policy was changed meanwhile."""
	begun = frappe.db.get_value(POLICY, policy, "modified")
	total = max(1, frappe.db.count("Customer", {"disabled": 0, "is_internal_customer": 0}))
	trial = try_policy(
		open_store(), load_policy(policy), getdate(as_of), lambda done: remember(policy, 100 * done / total)
	)
	tried = trials.held_unchanged(POLICY, policy, begun)
	policy_life.record_trial(tried, summary(trial), json.dumps(figures(trial, as_of), ensure_ascii=False))


def summary(trial: Trial) -> str:
	"""Return what a trial showed as two sentences."""
	moves = _("{0} customers move ({1} up, {2} down, {3} rated for the first time); {4} stay New.").format(
		trial.up + trial.down + trial.first, trial.up, trial.down, trial.first, trial.new
	)
	before, after = trial.calls_per_person
	calls = _("Calls per week and person: from {0} to {1} on average.").format(
		f"{before:.1f}", f"{after:.1f}"
	)
	return f"{moves} {calls}"


def figures(trial: Trial, as_of: str) -> dict[str, Any]:
	"""Return the tables of a trial: customers from level to level, and calls per week of each person."""
	return {
		"as_of": as_of,
		"levels": [[before, after, count] for (before, after), count in trial.levels.items()],
		"people": [
			[person, calls.customers, round(calls.before, 2), round(calls.after, 2)]
			for person, calls in sorted(trial.people.items())
		],
	}


def remember(policy: str, percent: float) -> None:
	"""Keep how far the trial is."""
	trials.remember(POLICY, policy, percent)
