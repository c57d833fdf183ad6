"""A back-test in words: what each rule is called, and how its figures are written."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from cs_retention.engine.backtest import WARNED
from cs_retention.engine.ranking import Verdict
from cs_retention.render import formats
from cs_retention.render.translate import translate

RULES: Mapping[str, str] = MappingProxyType(
	{
		WARNED: "At Risk or Critical",
		"never_bought": "never bought",
		"days_since_last_purchase": "long without a purchase",
		"days_against_own_gap": "late against the own rhythm",
		"repeat_purchases": "few repeat purchases",
		"no_repeat_buyers": "no repeat buyers in the book",
		"overdue_growing": "overdue growing",
		"two_complaints_30d": "two complaints in 30 days",
		"serious_complaint_30d": "serious complaint in 30 days",
		"low_satisfaction": "low satisfaction",
		"unreached_in_a_row": "not reached in a row",
		"contract_ending": "contract ending",
		"revenue_fallen": "revenue halved",
		"bill_trend": "bills falling",
		"no_earlier_bills": "no earlier bills",
		"no_bills": "no bills in 6 months",
		"contract_days_left": "contract ending soon",
		"commitment_unknown": "contract without an end date",
		"no_contract_in_force": "no contract in force",
		"no_arrears": "nothing overdue",
		"arrears": "in arrears",
		"no_complaint_90d": "no complaint in 90 days",
		"one_closed_complaint_90d": "one complaint in 90 days, closed",
		"complaints_90d": "complaints in 90 days",
		"serious_complaint_90d": "serious complaint in 90 days",
		"low_satisfaction_90d": "low satisfaction in 90 days",
		"months_since_start": "new subscriber",
		"start_unknown": "start of the subscription not known",
		"callbacks_reached": "last callback reached",
		"no_callback_yet": "no callback on record yet",
		"callbacks_missed": "callbacks missed",
		"contact_refused": "refused contact",
		"bill_missing": "monthly bill missing",
		"warning": "open warning",
	}
)
"""Every rule of a back-test: the codes of a health, and the warning as a whole."""

VERDICTS: Mapping[Verdict, str] = MappingProxyType(
	{
		Verdict.RANKS: "tells who leaves",
		Verdict.CHANCE: "worth nothing",
		Verdict.BACKWARDS: "points the wrong way",
		Verdict.TOO_LITTLE: "too little to judge",
	}
)


def rule_name(rule: str, lang: str) -> str:
	"""Return what a rule is called."""
	return translate(RULES[rule], lang)


def verdict_words(verdict: Verdict, lang: str) -> str:
	"""Return what the warning is worth, in a few words."""
	return translate(VERDICTS[verdict], lang)


def share(value: Fraction | None, lang: str) -> str:
	"""Return a share as a percent; a dash where there is none."""
	return "–" if value is None else formats.percent(round(float(value), 6), lang)


def figure(value: Fraction | None, digits: int = 2) -> str:
	"""Return a number with so many decimals; a dash where there is none."""
	return "–" if value is None else f"{float(value):.{digits}f}"
