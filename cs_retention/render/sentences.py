"""The sentence of every reason code; `{figure:kind}` is filled and formatted by `wording`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from cs_retention.engine.reasons import Figure

STARS = {
	"revenue_share": "12-month net revenue {revenue:whole}, rank {rank} of {customers}",
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
	"key_account_by_rule": "key account by rule: score {score}, 12-month net revenue {revenue:whole}",
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
	"own_level_kept": "{level:word} stands by our own rating since the last review",
	"overridden": "set to {level:word} until {until} by {approver}: {reason} (our rating: {ours:word})",
	"override_ended": "the override to {level:word} ended on {until}",
	"imported_level": "{level:word} handed down by {source} on {imported_on}",
	"imported_level_differs": "handed down as {level:word}, our rating is {ours:word}",
}
FREE_BUYERS = {
	"days_since_last_purchase": "{days:days} without a purchase, usual in the book are {usual:whole}",
	"days_against_own_gap": "last purchase {days:days} ago, usually every {usual:whole}",
	"repeat_purchases": "{repeats:repeat_purchases}",
	"no_repeat_buyers": "no repeat buyers in the book; a usual gap of {usual:days} is assumed",
	"overdue_growing": "overdue grew from {before:amount} to {overdue:amount}",
	"two_complaints_30d": "{complaints:complaints} in 30 days",
	"serious_complaint_30d": "{complaints:complaints} in 30 days, {serious} of them serious",
	"low_satisfaction": "last satisfaction {satisfaction} of 5, on {on}",
	"unreached_in_a_row": "{times} callbacks in a row not reached",
	"contract_ending": "contract ends in {days:days}, on {contract_end}",
	"revenue_fallen": "12-month net revenue {revenue:whole}, half or less of the {before:whole} before",
}
CONTRACT_CUSTOMERS = {
	"bill_trend": "bill {trend:change}: {bills:whole} in 3 months, {before:whole} in the 3 before",
	"no_earlier_bills": "bills of {bills:whole} in 3 months, none earlier to compare with",
	"no_bills": "no bills in 6 months",
	"contract_days_left": "contract ends in {days:days}, on {contract_end}",
	"commitment_unknown": "contract without an end date",
	"no_contract_in_force": "contract ended on {contract_end}",
	"no_arrears": "nothing overdue",
	"arrears": "{overdue:amount} overdue, the oldest for {days:days}",
	"no_complaint_90d": "no complaint in 90 days",
	"one_closed_complaint_90d": "one complaint in 90 days, closed",
	"complaints_90d": "{complaints:complaints} in 90 days, {open} of them open",
	"serious_complaint_90d": "{complaints:complaints} in 90 days, {serious} of them serious",
	"low_satisfaction_90d": "last satisfaction {satisfaction} of 5, on {on}",
	"months_since_start": "subscriber for {months:months}, since {start}",
	"start_unknown": "start of the subscription not known",
	"callbacks_reached": "last callback reached",
	"no_callback_yet": "no callback on record yet",
	"callbacks_missed": "last {times} callbacks missed",
	"contact_refused": "refused contact",
	"bill_missing": "monthly bill of {usual_date} missing for {days:days}: health at most {cap}",
	"warning": "warning {warning}: health at most {cap}",
}
PLAN = {
	"quota": "call {ordinal} of {owed} owed in {period:period}",
	"visit": "a visit owed in {period:period}",
	"due_by": "{kind:purpose} due by {until}",
	"overdue_since": "{kind:purpose} overdue since {since}",
	"sampled_visit": "in the visit sample of {period:period}, by {until}",
	"complaint_to_verify": "complaint of {of} to be verified by {until}",
	"after_delivery": "delivered on {of}, to be asked about by {until}",
	"after_maintenance_visit": "maintenance of {of}, to be asked about by {until}",
	"maintenance_ahead": "maintenance planned for {on}, to be announced by {until}",
	"birthday": "birthday on {on}",
	"festival": "{name:word} on {on}, to be greeted by {until}",
	"after_save": "kept on {of}, to be asked by {until} whether it holds",
	"after_leaving": "left on {of} and agreed to a call, by {until}",
	"win_back": "left on {of} and may be won back until {until}",
	"merchant_exchange": "exchange with the merchant in {period:period}, by {until}",
	"campaign_invitation": "invited to a campaign that lasts until {on}, to be told by {until}",
	"covered": "{absent} works on no day from {start} to {end}",
	"no_account_manager": "no account manager, {responsible} is the backup",
	"not_by_its_handler": "{handler} handled the complaint and does not verify it",
	"handed_over": "taken over from {before}",
	"moved": "moved from {was}",
	"displaced_by": "moved from {was} to {date} for the urgent call to {customer}",
	"gap_waived": "no plan keeps {gap:days} between {before} and {date}",
	"period_over": "its period is over; it was due on {was}",
	"no_longer_owed": "nothing it serves is owed any more; it was due on {was}",
	"met_by": "met by the contact of {date} ({channel:word}); it was due on {was}",
	"contact_withdrawn": "the contact of {date} ({channel:word}) that had met it was withdrawn",
	"period_too_short": "{what:period}: too few days for what is owed",
	"no_working_day": "{what:period}: no working day left",
	"nobody_there": "{what:period}: neither the account manager nor the backup is there",
	"only_its_handler": "{what:period}: only who handled it could call",
	"no_room": "{what:period}: every day is full",
	"no_channel": "{what:period}: the customer allows no channel",
}

SIGNALS = {
	"looks_billed": "{purchases} purchases a month apart, from {first} to {last}, without a contract",
}

NIGHT = {
	"older_than_window": "missed more than {days:days} ago",
	"superseded": "the night of {by} computed everything anew",
}

BACKTEST = {
	"ranks": (
		"the warning tells who leaves: area under the curve {auc}, between {low} and {high}, where 0.5 is chance"
	),
	"ranks_by_chance": (
		"the warning is worth nothing here: area under the curve {auc}, between {low} and {high}, "
		"not to be told from 0.5, which is chance"
	),
	"ranks_backwards": (
		"the warning points the wrong way: area under the curve {auc}, between {low} and {high}, below 0.5, which is chance"
	),
	"too_few_customers": "too little to judge: {customers} customers in all, at least {least} are needed",
	"too_few_stayed": "too little to judge: {customers} stayed, at least {least} are needed",
	"too_few_left": "too little to judge: {customers} left, at least {least} are needed",
	"window_too_short": "too early to judge: {days:days} have passed, at least {least} are needed",
	"too_little_history": "too little history: {days:days} of purchases before the date, at least {least} are needed",
	"bands_out_of_order": "the bands are out of order: customers of a worse band stayed more often than those of a better",
	"bought_again": (
		"of {customers} customers who looked like this {days:days} ago, {share:percent} have bought again"
	),
	"bought_again_of_a_year": (
		"of {customers} customers who looked like this a year ago, {share:percent} bought again"
	),
	"still_billed": "of {customers} customers who looked like this {days:days} ago, {share:percent} are still billed",
	"still_billed_of_a_year": (
		"of {customers} customers who looked like this a year ago, {share:percent} are still billed"
	),
	"too_few_alike": "only {customers} customers looked like this at that time, at least {least} are needed to say what became of them",
	"arrears_unknown": "payments are not on record: what was overdue then is unknown and counts as nothing overdue",
	"closing_dates_unknown": "when complaints were closed is not on record: none counts as open then",
	"billed_as_of_today": "judged as billed because they are marked so today: {customers:whole}",
}

SAVES = {
	"save_too_early": "too early to tell: the usual time between two purchases is {usual_days:days}",
	"save_contract_ended": "the contract ran out and nothing was bought from {since} to {day}",
	"save_nothing_bought": "nothing bought from {since} to {day}",
	"save_worth_less": "worth {monthly:amount} a month since, {before:amount} before",
	"save_bought": "{amount:amount} bought from {since} to {day}",
	"save_contract_runs": "a contract runs on {day}",
}

CONTACT_POLICY = {
	"always_sent": "legal and service messages are always sent",
	"within_cap": "touch {touches} of {cap} in {days:days}",
	"same_day": "goes with another message of the day to the same address",
	"quiet_hours": "quiet hours from {begin} to {end}",
	"gap_too_short": "the last automatic touch was on {last}, the next is {gap_days:days} later at the earliest",
	"cap_reached": "{touches} touches in {days:days}, {cap} at most: {level:word}",
	"places_kept": (
		"{touches} touches in {days:days}, {cap} at most ({level:word}), "
		"{kept} of them kept for what goes before {class_name:word}"
	),
	"too_late": "could be sent on {until} at the earliest, and is held for {hold_days:days} at most",
	"no_address": "no address for {channel:word}",
	"address_bounced": "what was sent to {address} came back on {on}",
	"do_not_contact": "wants no messages since {on}",
	"consent_withdrawn": "consent to {channel:word} withdrawn on {on}",
	"no_consent": "no consent to {channel:word}",
	"called_off": "called off by {person}",
	"nothing_known": "nothing is known for {names}",
	"cannot_be_sent": "cannot be sent as it is: {remedy:word}",
}

ALLIANCE = {
	"alliance_axis_earned": "{axis:word} with {first} and {second}, {bar} asked of each",
	"alliance_axis_missed": "no {axis:word} with {first} and {second}, {bar} asked of each",
	"alliance_too_low": "{criterion:word} {score} is below {bar}",
	"alliance_grace": "spared probation until {until}, admitted on {admitted_on}",
	"alliance_no_promotion": "not above {tier:word}: a sanction holds until {until}",
	"alliance_overridden": "set to {tier:word} until {until} by {approver}: {reason}",
	"alliance_elimination_proposed": "{times:reviews} in probation without a break",
	"alliance_inspected": "inspections: {inspections}, {score} on average",
	"alliance_complaints": "complaints about the merchant: {complaints}",
	"alliance_no_complaint": "no complaint about the merchant",
	"alliance_returned": "{share:percent} of what was delivered went back, receipts: {receipts}",
	"alliance_delivered_late": "{late} of {receipts} deliveries were late",
	"alliance_turnout": "{came} of {invited} invited members came, campaigns: {campaigns}",
	"alliance_members_say": "members who rated it: {answers}, {score} on average",
}

SENTENCES: Mapping[str, str] = MappingProxyType(
	{
		**STARS,
		**LACKING,
		**SETTLEMENT,
		**FREE_BUYERS,
		**CONTRACT_CUSTOMERS,
		**SIGNALS,
		**PLAN,
		**NIGHT,
		**BACKTEST,
		**SAVES,
		**ALLIANCE,
		**CONTACT_POLICY,
	}
)
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
		"no_contract_in_force": (({"contract_end": None}, "no contract on file"),),
		"low_satisfaction": (({"on": None}, "last satisfaction {satisfaction} of 5"),),
		"complaints_90d": (
			({"open": 0}, "{complaints:complaints} in 90 days"),
			({"complaints": 1}, "one complaint in 90 days, open"),
		),
		"callbacks_missed": (({"times": 1}, "last callback missed"),),
		"warning": (
			({"warning": "cancellation_asked"}, "asked to cancel: health at most {cap}"),
			({"warning": "port_out_asked"}, "asked to port out: health at most {cap}"),
			({"warning": "competitor_named"}, "named a competitor: health at most {cap}"),
			({"warning": "external_warning"}, "warned of by another system: health at most {cap}"),
		),
		"quota": (({"owed": 1}, "the call owed in {period:period}"),),
		"handed_over": (({"before": None}, "taken over"),),
		"moved": (
			({"because": "date_passed"}, "moved from {was}, which has passed"),
			({"because": "not_reached"}, "nobody was reached on {was}"),
			({"because": "outside_period"}, "moved from {was}: outside the period it serves"),
			({"because": "too_near"}, "moved from {was}: too near to the last contact"),
			({"because": "no_consent"}, "moved from {was}: no consent for its channel"),
			({"because": "paused"}, "moved from {was}: contact is paused"),
			({"because": "person_away"}, "moved from {was}: the person is away"),
		),
		"key_account_by_rule": (
			({"minimum_revenue": None}, "key account by rule: score {score}, at least {minimum_score}"),
			(
				{"minimum_score": None},
				"key account by rule: 12-month net revenue {revenue:whole}, at least {minimum_revenue:amount}",
			),
		),
	}
)
"""Sentences that replace the one above while all the figures named have the values given; the first one wins."""
