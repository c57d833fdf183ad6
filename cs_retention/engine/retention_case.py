"""A case to keep one customer: which states may follow, what each step needs on record, and the clock of the first contact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum
from types import MappingProxyType

from cs_retention.engine.callback_work import says_something
from cs_retention.engine.reasons import PolicyError, WorkError
from cs_retention.engine.release_file import ReleaseFile, ReleasePolicy, check_release
from cs_retention.engine.retention_exit import LeaveRequest, check_not_delayed, check_request
from cs_retention.engine.retention_offers import OfferAnswer, Offered
from cs_retention.engine.vocabulary import KEY_ACCOUNT, Level
from cs_retention.engine.workdays import WorkCalendar, add_months, add_working_days


class CaseStatus(str, Enum):
	"""Stored states of a case; Saved is provisional until it is verified."""

	OPEN = "Open"
	IN_CONTACT = "In Contact"
	OFFER_PENDING = "Offer Pending"
	SAVED = "Saved"
	LOST = "Lost"
	RELEASED = "Released"


class CaseAction(str, Enum):
	"""What people do with a case."""

	REACH = "Reach Customer"
	OFFER = "Make Offer"
	WITHDRAW = "Go On Talking"
	KEEP = "Customer Stays"
	LOSE = "Customer Leaves"
	RELEASE = "Release Customer"


class CaseWorker(str, Enum):
	"""Who works on cases; the values are roles of a site."""

	AGENT = "Customer Service Agent"
	ACCOUNT_MANAGER = "Customer Account Manager"
	MANAGER = "Retention Manager"


class CaseSource(str, Enum):
	"""Where a case comes from."""

	DESK = "Desk Request"
	SIGNAL = "Signal"
	COMPLAINT = "Complaint"
	MANUAL = "Manual"
	RELAPSE = "Relapse"


ANYBODY = tuple(CaseWorker)

Step = tuple[CaseStatus, CaseAction]

TRANSITIONS: Mapping[Step, tuple[CaseStatus, tuple[CaseWorker, ...]]] = MappingProxyType(
	{
		(CaseStatus.OPEN, CaseAction.REACH): (CaseStatus.IN_CONTACT, ANYBODY),
		(CaseStatus.OPEN, CaseAction.LOSE): (CaseStatus.LOST, ANYBODY),
		(CaseStatus.IN_CONTACT, CaseAction.OFFER): (CaseStatus.OFFER_PENDING, ANYBODY),
		(CaseStatus.IN_CONTACT, CaseAction.KEEP): (CaseStatus.SAVED, ANYBODY),
		(CaseStatus.IN_CONTACT, CaseAction.LOSE): (CaseStatus.LOST, ANYBODY),
		(CaseStatus.OFFER_PENDING, CaseAction.WITHDRAW): (CaseStatus.IN_CONTACT, ANYBODY),
		(CaseStatus.OFFER_PENDING, CaseAction.KEEP): (CaseStatus.SAVED, ANYBODY),
		(CaseStatus.OFFER_PENDING, CaseAction.LOSE): (CaseStatus.LOST, ANYBODY),
		(CaseStatus.LOST, CaseAction.RELEASE): (CaseStatus.RELEASED, (CaseWorker.MANAGER,)),
	}
)
"""What may be done in a state, the state that follows, and who may do it; between two states there is one action."""

CLOSED = (CaseStatus.SAVED, CaseStatus.LOST, CaseStatus.RELEASED)
"""States in which nobody is kept any more; a customer has at most one case in another."""


@dataclass(frozen=True, slots=True)
class CasePolicy:
	"""Clocks of a case: working days to the first contact, and when a customer who was kept is called again."""

	first_contact_days_top: int = 1
	first_contact_days: int = 3
	follow_up_days: int = 7
	follow_up_months: int = 4

	def __post_init__(self) -> None:
		for name in ("first_contact_days_top", "first_contact_days"):
			if not 0 <= getattr(self, name) <= 30:
				raise PolicyError(name, getattr(self, name), "give a number from 0 to 30")
		if not 1 <= self.follow_up_days <= 28:
			raise PolicyError("follow_up_days", self.follow_up_days, "give a number from 1 to 28")
		if not 0 <= self.follow_up_months <= 24:
			raise PolicyError("follow_up_months", self.follow_up_months, "give a number from 0 to 24")


@dataclass(frozen=True, slots=True)
class CaseRecord:
	"""What a case has on record.

	`reached_on` is the first day on which somebody spoke with the customer; `kept_by` says what kept it, `lost_words`
	how it ended otherwise.
	"""

	request: LeaveRequest
	status: CaseStatus = CaseStatus.OPEN
	opened_on: date = date.min
	reached_on: date | None = None
	reasons: tuple[str, ...] = ()
	offers: tuple[Offered, ...] = ()
	kept_by: str = ""
	lost_words: str = ""
	release: ReleaseFile | None = None


@dataclass(frozen=True, slots=True)
class CaseRules:
	"""What a step is held against besides the record."""

	calendar: WorkCalendar = field(default_factory=WorkCalendar)
	release: ReleasePolicy = field(default_factory=ReleasePolicy)


def action_between(before: CaseStatus, after: CaseStatus) -> CaseAction | None:
	"""Return the action that leads from one state to another; None where none does."""
	found = (
		action
		for (status, action), (target, _who) in TRANSITIONS.items()
		if status is before and target is after
	)
	return next(found, None)


def actions_in(status: CaseStatus) -> tuple[CaseAction, ...]:
	"""Return what may be done in a state."""
	return tuple(action for before, action in TRANSITIONS if before is status)


def is_open(status: CaseStatus) -> bool:
	"""Tell whether a case is still worked on to keep the customer."""
	return status not in CLOSED


def follow(record: CaseRecord, action: CaseAction, rules: CaseRules, today: date) -> CaseStatus:
	"""Return the state after an action; WorkError where it is out of turn or its facts are not on record."""
	step = TRANSITIONS.get((record.status, action))
	if step is None:
		raise _out_of_turn(record.status, action)
	GUARDS[action](record, rules, today)
	return step[0]


def follow_to(record: CaseRecord, after: CaseStatus, rules: CaseRules, today: date) -> CaseAction:
	"""Return the action by which a case comes into a state, as a card that is dragged does; WorkError as for `follow`."""
	action = action_between(record.status, after)
	if action is None:
		actions = actions_in(record.status)
		if not actions:
			raise WorkError(
				"status", after, "a case that is {status} is closed; open a new one", status=record.status
			)
		raise WorkError(
			"status",
			after,
			"a case that is {status} allows: {allowed}",
			status=record.status,
			allowed=actions,
		)
	follow(record, action, rules, today)
	return action


def _out_of_turn(status: CaseStatus, action: CaseAction) -> WorkError:
	allowed = actions_in(status)
	if not allowed:
		return WorkError("action", action, "a case that is {status} is closed; open a new one", status=status)
	return WorkError(
		"action", action, "a case that is {status} allows: {allowed}", status=status, allowed=allowed
	)


def check_record(record: CaseRecord, today: date) -> None:
	"""Refuse a record that contradicts itself, whatever state it is in."""
	check_request(record.request, today)
	if record.request.rule.allows_offers:
		return
	if any(offer.answer is OfferAnswer.OPEN for offer in record.offers):
		raise WorkError(
			"exit_type",
			record.request.rule.exit_type,
			"this exit type allows no offer; note that the open offer is declined first",
		)
	asked_on = record.request.asked_on or date.max
	if any(offer.made_on > asked_on for offer in record.offers):
		raise WorkError(
			"exit_type",
			record.request.rule.exit_type,
			"no offer may be made after {asked_on}, the day of the request",
			asked_on=asked_on,
		)


def _check_reached(record: CaseRecord, _rules: CaseRules, _today: date) -> None:
	if record.reached_on is None:
		raise WorkError("status", CaseStatus.IN_CONTACT, "log the talk in the dialog Log Contact first")


def _check_offered(record: CaseRecord, _rules: CaseRules, _today: date) -> None:
	if not _open_offers(record):
		raise WorkError("status", CaseStatus.OFFER_PENDING, "make the offer in the dialog Make Offer first")


def _check_withdrawn(record: CaseRecord, _rules: CaseRules, _today: date) -> None:
	if _open_offers(record):
		raise WorkError("status", CaseStatus.IN_CONTACT, "note the answer in the dialog Answer Offer first")


def _check_kept(record: CaseRecord, _rules: CaseRules, _today: date) -> None:
	_check_reasons(record, CaseStatus.SAVED)
	if _open_offers(record):
		raise WorkError("status", CaseStatus.SAVED, "note the answer in the dialog Answer Offer first")
	if not says_something(record.kept_by):
		raise WorkError(
			"status", CaseStatus.SAVED, "say what kept the customer, in the dialog Customer Stays"
		)


def _check_lost(record: CaseRecord, rules: CaseRules, today: date) -> None:
	_check_reasons(record, CaseStatus.LOST)
	if not says_something(record.lost_words):
		raise WorkError("status", CaseStatus.LOST, "say how it ended, in the dialog Customer Leaves")
	if _open_offers(record):
		raise WorkError("status", CaseStatus.LOST, "note the answer in the dialog Answer Offer first")
	check_not_delayed(record.request, rules.calendar, today)


def _check_released(record: CaseRecord, rules: CaseRules, today: date) -> None:
	check_release(record.release, rules.release, today)


def _check_reasons(record: CaseRecord, after: CaseStatus) -> None:
	if not record.reasons:
		raise WorkError("status", after, "say why the customer wanted to leave, in the field Reasons")


def _open_offers(record: CaseRecord) -> list[Offered]:
	return [offer for offer in record.offers if offer.answer is OfferAnswer.OPEN]


GUARDS = MappingProxyType(
	{
		CaseAction.REACH: _check_reached,
		CaseAction.OFFER: _check_offered,
		CaseAction.WITHDRAW: _check_withdrawn,
		CaseAction.KEEP: _check_kept,
		CaseAction.LOSE: _check_lost,
		CaseAction.RELEASE: _check_released,
	}
)


def first_contact_due(
	opened_on: date, levels: frozenset[str], policy: CasePolicy, calendar: WorkCalendar
) -> date:
	"""Return the last day for the first contact: sooner for key accounts and Five Star."""
	is_top = not levels.isdisjoint((KEY_ACCOUNT, Level.FIVE_STAR.value))
	days = policy.first_contact_days_top if is_top else policy.first_contact_days
	return add_working_days(opened_on, days, calendar)


def is_escalated(record: CaseRecord, due: date, as_of: date) -> bool:
	"""Tell whether the first contact is, or was, later than its clock; the manager is told then."""
	if record.reached_on is None and not is_open(record.status):
		return False
	return (record.reached_on or as_of) > due


def must_be_called_in(levels: frozenset[str]) -> bool:
	"""Tell whether account manager and backup are called in at once: Key Account, Five and Four Star."""
	return not levels.isdisjoint((KEY_ACCOUNT, Level.FIVE_STAR.value, Level.FOUR_STAR.value))


def follow_ups(saved_on: date, policy: CasePolicy) -> tuple[date, ...]:
	"""Return the days on which a customer who was kept is called: `follow_up_days` after the save, then monthly.

	There are `follow_up_months` of the monthly ones. By default they are a week and four months.
	"""
	monthly = (add_months(saved_on, month) for month in range(1, policy.follow_up_months + 1))
	return (saved_on + timedelta(days=policy.follow_up_days), *monthly)


def check_single(customer: str, open_case: str | None) -> None:
	"""Refuse a second open case of a customer."""
	if open_case is not None:
		raise WorkError(
			"customer",
			customer,
			"the customer has the open case {open_case}; go on with that one",
			open_case=open_case,
		)


def check_contact(reached: bool, words: str, day: date, opened_on: date, today: date) -> None:
	"""Refuse a try or a talk that lies ahead or before the case, and a talk nobody says anything about."""
	if not opened_on <= day <= today:
		raise WorkError(
			"contacted_on", day, "give a date from {opened_on} to {today}", opened_on=opened_on, today=today
		)
	if reached and not says_something(words):
		raise WorkError("words", words, "say what was talked about")
