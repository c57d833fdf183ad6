"""Signals of churn: which facts of a customer warn, with their figures, and what becomes of the signals that stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from cs_retention.engine.customer import CustomerFacts
from cs_retention.engine.health import Health
from cs_retention.engine.health_free import LATEST_PURCHASES, LONGEST_MONTH_GAP, proposes_billed
from cs_retention.engine.health_policy import NIGHT_RULES, HealthPolicy
from cs_retention.engine.health_signs import speaking_against
from cs_retention.engine.reasons import Reason
from cs_retention.engine.vocabulary import Card, SignalClosing, SignalRule, SignalStatus

REASONS: Mapping[str, tuple[str, ...]] = {"looks_billed": ("purchases", "first", "last")}
"""Codes of signals that no health card has."""

RULES: Mapping[str, SignalRule] = {
	"days_against_own_gap": SignalRule.LATENESS,
	"revenue_fallen": SignalRule.REVENUE_HALVED,
	"bill_trend": SignalRule.BILL_TREND,
	"bill_missing": SignalRule.MISSING_BILL,
	"overdue_growing": SignalRule.OVERDUE_GROWING,
	"two_complaints_30d": SignalRule.COMPLAINTS,
	"serious_complaint_30d": SignalRule.COMPLAINTS,
	"complaints_90d": SignalRule.COMPLAINTS,
	"serious_complaint_90d": SignalRule.COMPLAINTS,
	"low_satisfaction": SignalRule.LOW_SATISFACTION,
	"low_satisfaction_90d": SignalRule.LOW_SATISFACTION,
	"unreached_in_a_row": SignalRule.UNREACHED,
	"callbacks_missed": SignalRule.UNREACHED,
	"contact_refused": SignalRule.UNREACHED,
	"contract_ending": SignalRule.CONTRACT_ENDING,
	"contract_days_left": SignalRule.CONTRACT_ENDING,
}
"""The rule that each reason of a health raises when it speaks against the customer.

No bills at all in six months raise none: a subscription that is new has none yet, and of an older one the bill is missing.
"""

WARNINGS: Mapping[SignalRule, str] = {
	SignalRule.CANCELLATION_ASKED: "cancellation_asked",
	SignalRule.PORT_OUT_ASKED: "port_out_asked",
	SignalRule.COMPETITOR_NAMED: "competitor_named",
	SignalRule.EXTERNAL_WARNING: "external_warning",
}
"""Rules that cap health until they are closed, by the warning that `CustomerFacts` knows them under."""

ENTERED_RULES = (SignalRule.CANCELLATION_ASKED, SignalRule.PORT_OUT_ASKED, SignalRule.COMPETITOR_NAMED)
"""Rules that people enter."""

LONGEST_RHYTHM_DAYS = 2 * LONGEST_MONTH_GAP
"""Two months by the longest gap: a monthly rhythm that is older than this is over."""

RHYTHM_DAYS = LONGEST_RHYTHM_DAYS + LONGEST_MONTH_GAP * (LATEST_PURCHASES - 1)
"""How far back the purchase days of a current monthly rhythm reach at most."""


class StandingSignal(NamedTuple):
	"""A signal whose fact stood when the last night looked: open, snoozed, or closed by a person since."""

	name: str
	rule: SignalRule
	status: SignalStatus
	snoozed_until: date | None = None


@dataclass(frozen=True, slots=True)
class SignalSettlement:
	"""What becomes of the signals of one customer.

	`raised`: new ones. `told`: open ones with the reasons that hold now. `woken`: snoozed ones whose date has come, with
	the reason that holds, None for those the night does not find. `ended`: open ones whose fact is gone. `released`:
	those that people closed, now that their fact is gone: from here on the rule may speak again.
	"""

	raised: tuple[tuple[SignalRule, Reason], ...] = ()
	told: tuple[tuple[StandingSignal, Reason], ...] = ()
	woken: tuple[tuple[StandingSignal, Reason | None], ...] = ()
	ended: tuple[tuple[StandingSignal, SignalClosing], ...] = ()
	released: tuple[StandingSignal, ...] = ()


NOTHING_SETTLED = SignalSettlement()


def find_signals(
	facts: CustomerFacts, health: Health, policy: HealthPolicy, as_of: date
) -> dict[SignalRule, Reason]:
	"""Return the facts that warn, by rule, each with its figures.

	They are what speaks against the customer on its health card, so that the back-test's precision of a rule is that of
	its signals; of a contract customer growing arrears are one more, which its card does not have. A rule that the policy
	silences warns of nothing, lateness of nobody with too few repeats, and of a customer who is lost nothing warns.
	"""
	found: dict[SignalRule, Reason] = {}
	if is_lost(facts, health, policy, as_of):
		return found
	for reason in speaking_against(health, policy):
		rule = RULES.get(reason.code)
		if rule is not None:
			found.setdefault(rule, reason)
	if facts.is_overdue_growing:
		figures = {"overdue": facts.overdue_amount, "before": facts.overdue_before}
		found.setdefault(SignalRule.OVERDUE_GROWING, Reason.of("overdue_growing", **figures))
	if facts.repeats < policy.signals.lateness_repeats:
		found.pop(SignalRule.LATENESS, None)
	return {rule: reason for rule, reason in found.items() if rule.value not in policy.signals.silent}


def is_lost(facts: CustomerFacts, health: Health, policy: HealthPolicy, as_of: date) -> bool:
	"""Tell whether a free buyer last bought so long ago that no warning helps any more."""
	if health.card is not Card.FREE_BUYER or facts.last_purchase is None:
		return False
	return (as_of - facts.last_purchase).days > policy.signals.lost_after_days


def may_have_moved(
	standing: Sequence[StandingSignal],
	facts: CustomerFacts,
	health: Health,
	policy: HealthPolicy,
	as_of: date,
) -> bool:
	"""Tell whether days that only passed may end or wake one of a customer's signals, its health being as it was.

	A snooze may be over, a customer who looks billed may buy no more, and one may be lost by time alone. The fact of a
	signal that a person closed may have gone while it was silent, or in the night in which it was closed.
	"""
	return moves_by_itself(standing, as_of) or (bool(standing) and is_lost(facts, health, policy, as_of))


def moves_by_itself(standing: Iterable[StandingSignal], as_of: date) -> bool:
	"""Tell whether one of these signals may end or wake while facts and health stay as they are."""
	return any(
		signal.rule is SignalRule.LOOKS_BILLED
		or signal.status is SignalStatus.CLOSED
		or (signal.status is SignalStatus.SNOOZED and not _is_silent(signal, as_of))
		for signal in standing
	)


def value_at_risk(facts: CustomerFacts, health: Health) -> float:
	"""Return risk times value: the share of health that is missing, of 12 months' net revenue; 0 for a prospect."""
	if health.health is None:
		return 0.0
	return round(max(0.0, facts.revenue_12m) * (100 - health.health) / 100, 2)


def may_look_billed(facts: CustomerFacts, policy: HealthPolicy, as_of: date) -> bool:
	"""Tell whether the purchase days of a customer are worth looking at: enough of them, and none too long ago."""
	if facts.is_contract_customer or facts.last_purchase is None:
		return False
	if SignalRule.LOOKS_BILLED.value in policy.signals.silent:
		return False
	is_current = (as_of - facts.last_purchase).days <= LONGEST_RHYTHM_DAYS
	return is_current and facts.purchase_days_12m >= LATEST_PURCHASES


def looks_billed(purchase_days: Iterable[date]) -> Reason | None:
	"""Return why a customer without a contract looks billed: the last six purchase days a month apart; None if not."""
	days = sorted(set(purchase_days))[-LATEST_PURCHASES:]
	if not proposes_billed(days):
		return None
	return Reason.of("looks_billed", purchases=len(days), first=days[0], last=days[-1])


@dataclass(slots=True)
class _Lists:
	"""The settlement while it is made."""

	told: list[tuple[StandingSignal, Reason]] = field(default_factory=list)
	woken: list[tuple[StandingSignal, Reason | None]] = field(default_factory=list)
	ended: list[tuple[StandingSignal, SignalClosing]] = field(default_factory=list)
	released: list[StandingSignal] = field(default_factory=list)


def settle(
	standing: Sequence[StandingSignal],
	found: Mapping[SignalRule, Reason],
	as_of: date,
	is_customer_lost: bool = False,
) -> SignalSettlement:
	"""Return what becomes of a customer's signals by the facts found.

	A snoozed signal stays silent until its date, whatever its fact does meanwhile. One that a person closed does not
	come back as long as its fact stands. What people and other systems entered ends by people alone.
	"""
	lists = _Lists()
	for signal in standing:
		_settle_one(lists, signal, found.get(signal.rule), as_of, is_customer_lost)
	taken = {signal.rule for signal in standing}
	raised = tuple((rule, reason) for rule, reason in found.items() if rule not in taken)
	if not (standing or raised):
		return NOTHING_SETTLED
	return SignalSettlement(
		raised, tuple(lists.told), tuple(lists.woken), tuple(lists.ended), tuple(lists.released)
	)


def _settle_one(
	lists: _Lists, signal: StandingSignal, reason: Reason | None, as_of: date, is_customer_lost: bool
) -> None:
	if signal.status is SignalStatus.SNOOZED and _is_silent(signal, as_of):
		return
	if signal.rule not in NIGHT_RULES:
		if signal.status is SignalStatus.SNOOZED:
			lists.woken.append((signal, None))
	elif reason is None:
		if signal.status is SignalStatus.CLOSED:
			lists.released.append(signal)
		else:
			closing = SignalClosing.CUSTOMER_LOST if is_customer_lost else SignalClosing.FACT_GONE
			lists.ended.append((signal, closing))
	elif signal.status is SignalStatus.SNOOZED:
		lists.woken.append((signal, reason))
	elif signal.status is SignalStatus.OPEN:
		lists.told.append((signal, reason))


def _is_silent(signal: StandingSignal, as_of: date) -> bool:
	return signal.snoozed_until is not None and signal.snoozed_until > as_of
