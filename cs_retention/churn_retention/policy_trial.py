"""The background trial of a Churn Policy: who would change band, and its back-test beside that of the policy in force."""

import json
from fractions import Fraction
from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate

from cs_retention.churn_retention.policies import POLICY, get_active, load_policy
from cs_retention.cs_retention import policy_life, trials
from cs_retention.cs_retention.states import open_store
from cs_retention.engine.backtest import WARNED, CardResult
from cs_retention.nightly.backtest import Backtest
from cs_retention.nightly.churn_trial import ChurnTrial, try_churn_policy


def run_trial(policy: str, as_of: str, language: str) -> None:
	"""Try a policy as of a date and record what it showed, in a language; or tell on the policy why it failed."""
	trials.run(POLICY, policy, language, lambda: record(policy, as_of))


def record(policy: str, as_of: str) -> None:
	"""Hold the policy against the one in force and keep what that showed, unless the policy was changed meanwhile."""
	begun = frappe.db.get_value(POLICY, policy, "modified")
	customers = frappe.db.count("Customer", {"is_internal_customer": 0})
	trial = try_churn_policy(
		open_store(),
		load_policy(),
		load_policy(policy),
		getdate(as_of),
		customers,
		lambda share: trials.remember(POLICY, policy, 100 * share),
	)
	tried = trials.held_unchanged(POLICY, policy, begun)
	shown = json.dumps(figures(trial, as_of), ensure_ascii=False)
	policy_life.record_trial(tried, summary(trial), shown)


def summary(trial: ChurnTrial) -> str:
	"""Return what a trial showed as sentences."""
	everybody = sum(trial.bands.values())
	return _(
		"{0} of {1} customers change band. Back-tests: {2} better, {3} worse, {4} the same or not to be judged."
	).format(*(f"{count:,}" for count in (trial.moved, everybody, *verdicts(trial))))


def verdicts(trial: ChurnTrial) -> tuple[int, int, int]:
	"""Return for how many dates and cards the policy ranks better, worse, and the same or too little is known."""
	better = worse = same = 0
	for now, then in cards(trial):
		if now.ranking is None or then.ranking is None or now.ranking.auc == then.ranking.auc:
			same += 1
		elif then.ranking.auc > now.ranking.auc:
			better += 1
		else:
			worse += 1
	return better, worse, same


def cards(trial: ChurnTrial) -> list[tuple[CardResult, CardResult]]:
	"""Return each card of each date under both policies."""
	return [
		pair
		for now, then in zip(trial.now, trial.then, strict=True)
		for pair in zip(now.cards, then.cards, strict=True)
	]


def figures(trial: ChurnTrial, as_of: str) -> dict[str, Any]:
	"""Return the tables of a trial: bands from and to, and the figures of both back-tests by date and card."""
	return {
		"as_of": as_of,
		"in_force": get_active(),
		"bands": [[before, after, count] for (before, after), count in trial.bands.items()],
		"backtests": [
			row for now, then in zip(trial.now, trial.then, strict=True) for row in rows_of(now, then)
		],
	}


def rows_of(now: Backtest, then: Backtest) -> list[dict[str, Any]]:
	"""Return one row per card of a past date."""
	return [
		{
			"as_of": now.span.as_of.isoformat(),
			"card": before.card.value,
			"customers": before.customers,
			"before": worth(before),
			"after": worth(after),
		}
		for before, after in zip(now.cards, then.cards, strict=True)
		if before.customers
	]


def worth(card: CardResult) -> dict[str, Any]:
	"""Return what a card was worth: area under the curve, lift, and precision and lead of the warning as a whole."""
	warned = next((rule for rule in card.rules if rule.rule == WARNED), None)
	return {
		"auc": number(card.ranking.auc if card.ranking else None),
		"lift": number(card.lift),
		"warned": warned.fired if warned else 0,
		"precision": number(warned.precision if warned else None),
		"lead": number(warned.lead if warned else None),
	}


def number(value: Fraction | float | None) -> float | None:
	"""Return a figure to store; None where there is none."""
	return None if value is None else round(float(value), 4)
