"""What the planner is told: states, schedules, contacts and standing callbacks of a page as CustomerPlanInputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cs_retention.engine.cadence import Cadence, without_quota
from cs_retention.engine.obligation_sources import OwedDuties
from cs_retention.engine.obligations import (
	SOURCES,
	SPOKEN,
	CustomerPlanInputs,
	DatedObligation,
	MadeContact,
	StandingCallback,
	larger_right,
)
from cs_retention.engine.policy import Policy
from cs_retention.engine.vocabulary import Band, Channel, Level, ObligationKind, PeriodKind
from cs_retention.engine.workdays import month_span, period_of
from cs_retention.facts import callbacks, schedules, touches
from cs_retention.facts.book import CustomerRow
from cs_retention.facts.selection import Selection
from cs_retention.nightly.duties import NOTHING_OWED, Duties, Party
from cs_retention.nightly.outcomes import cadence_level
from cs_retention.nightly.plan_marks import KnownPlan
from cs_retention.nightly.states import StoredState, read_states
from cs_retention.store.base import Store

STATE_FIELDS = (
	"star_level",
	"is_key_account",
	"health",
	"health_band",
	"revenue_points",
	"last_contact",
	"known_since",
	"cadence_before",
	"cadence_changed_on",
	"plan_fingerprint",
	"plan_valid_until",
	"plan_shortfall",
	"plan_standing",
	"next_callback",
	"owed_in_period",
	"met_in_period",
)
MONTHS_PER_YEAR = 12
ONE_DAY = timedelta(days=1)
VISITS = SOURCES[ObligationKind.VISIT].channels


@dataclass(frozen=True, slots=True)
class PageInputs:
	"""Customers as the planner takes them, the callbacks that stand left out, and by customer state and last plan."""

	inputs: list[CustomerPlanInputs]
	states: Mapping[str, StoredState]
	plans: Mapping[str, KnownPlan]


def read_inputs(
	store: Store, customers: Sequence[CustomerRow], policy: Policy, as_of: date, duties: Duties
) -> PageInputs:
	"""Read what the planner needs of customers, one query per fact; those whom no night has rated are left out."""
	selection = Selection.of([row.name for row in customers])
	found = read_states(store, selection, STATE_FIELDS)
	states = {key: state for key, state in found.items() if state["star_level"]}
	wishes = schedules.read_schedules(store, selection)
	since = contacts_since(policy, as_of)
	of_periods = period_before(since, as_of)
	made = _as_made(touches.read_contacts(store, selection, min(of_periods, duties.since), as_of))
	attempts = touches.read_attempts(store, selection, as_of)
	agreed = callbacks.read_agreed(store, selection)
	given_up = callbacks.read_given_up(store, selection, since)
	released = duties.read_released(store, selection)
	parties = [
		_party(row, states[row.key], made.get(row.key, ()), row.key in released)
		for row in customers
		if row.key in states
	]
	owed = duties.read(store, parties)
	inputs = [
		_inputs(
			row,
			states[row.key],
			wishes.get(row.key, schedules.Schedule()),
			_counting(made.get(row.key, ()), of_periods, owed.get(row.name, NOTHING_OWED)),
			attempts.get(row.key, ()),
			agreed.get(row.key, ()),
			given_up.get(row.key, frozenset()),
			owed.get(row.name, NOTHING_OWED),
			row.key in released,
			policy,
			as_of,
		)
		for row in customers
		if row.key in states
	]
	known = {row.name: states[row.key] for row in customers if row.key in states}
	return PageInputs(inputs, known, {name: _known_plan(state) for name, state in known.items()})


def _as_made(found: Mapping[str, Sequence[touches.Contact]]) -> dict[str, list[MadeContact]]:
	return {
		key: [MadeContact(contact.day, contact.channel) for contact in made] for key, made in found.items()
	}


def _counting(made: Sequence[MadeContact], of_periods: date, owed: OwedDuties) -> list[MadeContact]:
	"""Return the contacts of the periods in question, and earlier ones that may have met what is owed."""
	since = min([of_periods, *(row.met_from for row in owed.owed if row.met_from)])
	return [contact for contact in made if contact.day >= since]


def _party(row: CustomerRow, state: StoredState, made: Sequence[MadeContact], is_released: bool) -> Party:
	level = cadence_level(state["star_level"], state["is_key_account"])
	return Party(row.name, state.name, level, made, is_released)


def _known_plan(state: StoredState) -> KnownPlan:
	return KnownPlan(state["plan_fingerprint"], state["plan_valid_until"], state["plan_shortfall"])


def contacts_since(policy: Policy, as_of: date) -> date:
	"""Return the first day of the longest period or visit span that is open on `as_of`."""
	starts = [period_of(as_of, kind)[0] for kind in PeriodKind]
	spans = {cadence.visit_months for cadence in policy.planning.cadences if cadence.visit_months}
	return min([*starts, *(month_span(as_of, months)[0] for months in spans)])


def period_before(since: date, as_of: date) -> date:
	"""Return the earlier of a day and the first one of the periods that ended last: a late contact still counts there."""
	return min(since, *(period_of(period_of(as_of, kind)[0] - ONE_DAY, kind)[0] for kind in PeriodKind))


def _inputs(
	row: CustomerRow,
	state: StoredState,
	wish: schedules.Schedule,
	made: Sequence[MadeContact],
	attempts: Sequence[date],
	agreed: Sequence[callbacks.AgreedPurpose],
	given_up: frozenset[str],
	owed: OwedDuties,
	is_released: bool,
	policy: Policy,
	as_of: date,
) -> CustomerPlanInputs:
	band = Band(state["health_band"])
	now, later = cadences(state, policy, band, as_of)
	if is_released:
		now, later = without_quota(now), without_quota(later)
	return CustomerPlanInputs(
		customer=row.name,
		state=state.name,
		account_manager=row.account_manager,
		backup_manager=row.backup_manager,
		level=Level(state["star_level"]),
		is_key_account=bool(state["is_key_account"]),
		band=band,
		cadence=now,
		later_cadence=later,
		last_contact=state["last_contact"],
		contacts=tuple(made),
		attempts=tuple(attempts),
		given_up=given_up,
		obligations=(*agreed_obligations(agreed), *owed.owed),
		lapsed=owed.lapsed,
		channels=allowed_channels(wish.preferred_channel),
		preferred_weekdays=wish.weekdays,
		pause=(wish.pause_from, wish.pause_to or date.max) if wish.pause_from else None,
		value_at_risk=value_at_risk(state, band),
		missed_in_a_row=periods_missed(state["last_contact"] or state["known_since"], as_of, later.period),
	)


def cadences(state: StoredState, policy: Policy, band: Band, as_of: date) -> tuple[Cadence, Cadence]:
	"""Return the cadence of the current period and the later one; a change keeps the larger right till its period ends."""
	by_level = policy.planning.by_level()
	now = by_level[cadence_level(state["star_level"], state["is_key_account"])]
	before = by_level.get(state["cadence_before"] or "")
	if before is None or larger_right(before, now, band) is now:
		return now, now
	ends = period_of(state["cadence_changed_on"], before.period)[1]
	return (before, now) if as_of <= ends else (now, now)


def allowed_channels(preferred: Channel | None) -> frozenset[Channel]:
	"""Return the channels a customer may be contacted by: the own wish and a visit, else everything spoken."""
	return frozenset({preferred, Channel.VISIT}) if preferred else SPOKEN


def agreed_obligations(agreed: Sequence[callbacks.AgreedPurpose]) -> Iterator[DatedObligation]:
	"""Yield what was agreed with the customer, which stands until it is met; only a visit meets a visit.

	Any contact meets it from its window on, but none of the day on which it was agreed, which may have come before.
	"""
	for purpose, agreed_on in agreed:
		if purpose.window_start and purpose.window_end:
			after = agreed_on + ONE_DAY if agreed_on else purpose.window_start
			yield DatedObligation(
				purpose.obligation_key,
				purpose.kind,
				purpose.window_start,
				purpose.window_end,
				VISITS if purpose.kind is ObligationKind.VISIT else SPOKEN,
				met_from=max(purpose.window_start, after),
			)


def value_at_risk(state: StoredState, band: Band) -> float:
	"""Return risk times value for the rank: the share of health lost times the revenue points."""
	if band is Band.PROSPECT:
		return 0.0
	return float((100 - state["health"]) * state["revenue_points"]) / 100


def periods_missed(since: date | None, as_of: date, kind: PeriodKind) -> int:
	"""Return how many whole periods lie between the last contact (or the first knowledge) and the current period."""
	if since is None or since >= as_of:
		return 0
	start, current = period_of(since, kind)[0], period_of(as_of, kind)[0]
	if kind is PeriodKind.WEEK:
		apart = (current - start).days // 7
	else:
		apart = (current.year - start.year) * MONTHS_PER_YEAR + current.month - start.month
	return max(0, apart - 1)


def as_standing(callback: callbacks.StandingCallback) -> StandingCallback:
	"""Return a stored callback as the planner takes it."""
	return StandingCallback(
		callback.name,
		callback.due_date,
		callback.channel,
		callback.responsible,
		tuple(purpose.obligation_key for purpose in callback.purposes),
		callback.is_committed,
		callback.window_start,
		callback.window_end,
	)
