"""The sentence of every reason code; `{figure:kind}` is filled and formatted by `wording`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cs_retention.engine.reasons import Figure

STARS = {
	"revenue_share": "12-month net revenue {revenue:amount}, rank {rank} of {customers}",
	"no_revenue": "12-month net revenue {revenue:amount}",
	"purchase_days": "{days:purchase_days} in 12 months",
	"commitment_left": "contract runs until {contract_end}",
	"commitment_open_ended": "contract without an end date",
	"no_commitment": "contract ended on {contract_end}",
	"years_since_first_purchase": "customer for {years:years}, since {first_purchase}",
	"nothing_overdue": "nothing overdue",
	"overdue_share": "{overdue:amount} overdue, {share:percent} of 12-month net revenue",
	"overdue_without_revenue": "{overdue:amount} overdue and no net revenue in 12 months",
	"overdue_too_old": "{overdue:amount} overdue, the oldest for {days:days}, longer than {limit:days}",
	"service_12m": "{complaints:complaints} in 12 months, {serious} of them serious",
	"item_groups": "{groups:groups} bought",
	"item_groups_unknown": "items bought are not known",
	"never_bought": "never bought",
	"history_too_short": "first purchase on {first_purchase}, rated from {rated_from}",
	"items_unknown": "items bought are not known; the {weight:points} of breadth lie on the other factors",
	"key_account_named": "named a key account",
	"key_account_by_rule": "key account by rule: score {score}, 12-month net revenue {revenue:amount}",
}
LACKING = {
	"more_revenue": "{amount:amount} more in 12-month net revenue",
	"more_purchase_days": "{days:more_purchase_days}",
	"longer_commitment": "a contract until {until} or later",
	"settle_overdue": "{amount:amount} overdue settled",
	"more_item_groups": "{groups:more_groups}",
	"only_time_helps": "only time helps: up to {tenure:points} for tenure, {service:points} as complaints age",
}
SETTLEMENT = {
	"not_rated_yet": "not rated yet",
	"first_rating": "first rating: {level:word}",
	"promoted": "raised from {before:word} to {level:word}",
	"confirmed": "{level:word} confirmed, valid until {valid_until}",
	"demoted_at_annual_review": "lowered from {before:word} to {level:word} at the annual review",
	"demoted_after_expiry": "lowered from {before:word} to {level:word}: the rating expired on {expired_on}",
	"demoted_after_interim_ratings": (
		"lowered from {before:word} to {level:word} after {times} interim ratings below"
	),
	"demotion_in_grace": (
		"stays {level:word} although rated {rated:word}: {times} of {limit} interim ratings below, "
		"valid until {valid_until}"
	),
	"overridden": "set to {level:word} until {until} by {approver}: {reason} (our rating: {ours:word})",
	"override_ended": "the override to {level:word} ended on {until}",
	"imported_level": "{level:word} handed down by {source} on {imported_on}",
	"imported_level_differs": "handed down as {level:word}, our rating is {ours:word}",
}

SENTENCES: Mapping[str, str] = MappingProxyType({**STARS, **LACKING, **SETTLEMENT})
"""By reason code."""

VARIANTS: Mapping[str, tuple[tuple[Mapping[str, Figure], str], ...]] = MappingProxyType(
	{
		"no_revenue": (({"revenue": 0}, "no net revenue in 12 months"),),
		"no_commitment": (({"contract_end": None}, "no contract on file"),),
		"years_since_first_purchase": (({"years": 0}, "customer since {first_purchase}"),),
		"service_12m": (
			({"complaints": 0, "satisfaction": None}, "no complaint in 12 months"),
			({"complaints": 0}, "no complaint in 12 months, last satisfaction {satisfaction} of 5"),
			({"serious": 0, "satisfaction": None}, "{complaints:complaints} in 12 months"),
			({"serious": 0}, "{complaints:complaints} in 12 months, last satisfaction {satisfaction} of 5"),
		),
		"key_account_by_rule": (
			({"minimum_revenue": None}, "key account by rule: score {score}, at least {minimum_score}"),
			(
				{"minimum_score": None},
				"key account by rule: 12-month net revenue {revenue:amount}, at least {minimum_revenue:amount}",
			),
		),
	}
)
"""Sentences that replace the one above while all the figures named have the values given; the first one wins."""
