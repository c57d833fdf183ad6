"""A retention case: every pair of state and action tried, what each step needs on record, clocks and follow-ups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cs_retention.engine.reasons import PolicyError, WorkError
from cs_retention.engine.release_file import IdentityCheck, Proof, ReleaseFile
from cs_retention.engine.retention_case import (
	CLOSED,
	GUARDS,
	TRANSITIONS,
	CaseAction,
	CasePolicy,
	CaseRecord,
	CaseRules,
	CaseStatus,
	CaseWorker,
	action_between,
	actions_in,
	check_contact,
	check_record,
	check_single,
	first_contact_due,
	follow,
	follow_to,
	follow_ups,
	is_escalated,
	is_open,
	must_be_called_in,
)
from cs_retention.engine.retention_exit import (
	DEFAULT_EXIT_RULES,
	ExitRule,
	LeaveRequest,
	check_not_delayed,
	clock_end,
)
from cs_retention.engine.retention_offers import OfferAnswer, Offered
from cs_retention.engine.vocabulary import KEY_ACCOUNT, Level
from cs_retention.engine.workdays import WorkCalendar

TODAY = date(2026, 11, 26)
YESTERDAY = TODAY - timedelta(days=1)
CALENDAR = WorkCalendar()
RULES = CaseRules()
CANCELLATION, PORT_OUT = DEFAULT_EXIT_RULES[1], DEFAULT_EXIT_RULES[4]
OFFER = Offered("Two months free", 40.0, YESTERDAY)
RELEASE = ReleaseFile(
	TODAY,
	consent_by="Ms Lin",
	proof=Proof("consent.pdf", 1000),
	identity=IdentityCheck.ID_DOCUMENT,
)
RICH = CaseRecord(
	LeaveRequest(CANCELLATION, YESTERDAY),
	opened_on=YESTERDAY,
	reached_on=YESTERDAY,
	reasons=("Price",),
	kept_by="a smaller tariff",
	lost_words="moves abroad",
	release=RELEASE,
)
"""Everything a step can ask for, but an open offer."""


def steps() -> Iterator[tuple[CaseStatus, CaseAction]]:
	yield from ((status, action) for status in CaseStatus for action in CaseAction)


def ready(status: CaseStatus, action: CaseAction) -> CaseRecord:
	"""Return a record with all that the action needs."""
	return replace(RICH, status=status, offers=(OFFER,) if action is CaseAction.OFFER else ())


@pytest.mark.parametrize(("status", "action"), list(steps()))
def test_every_pair_of_state_and_action(status: CaseStatus, action: CaseAction) -> None:
	record = ready(status, action)
	if (status, action) in TRANSITIONS:
		after, workers = TRANSITIONS[status, action]
		assert follow(record, action, RULES, TODAY) is after
		assert action_between(status, after) is action
		assert workers
		return
	with pytest.raises(WorkError) as refused:
		follow(record, action, RULES, TODAY)
	assert (refused.value.field, refused.value.value) == ("action", action)
	assert refused.value.places["status"] is status
	if allowed := actions_in(status):
		assert refused.value.places["allowed"] == allowed
	else:
		assert "open a new one" in refused.value.remedy


@pytest.mark.parametrize(("before", "after"), [(a, b) for a in CaseStatus for b in CaseStatus if a is not b])
def test_every_pair_of_states_by_a_drag(before: CaseStatus, after: CaseStatus) -> None:
	action = action_between(before, after)
	if action is not None:
		assert follow_to(ready(before, action), after, RULES, TODAY) is action
		with pytest.raises(WorkError):
			bare = CaseRecord(LeaveRequest(CANCELLATION), before)
			follow_to(
				bare if action is not CaseAction.WITHDRAW else replace(bare, offers=(OFFER,)),
				after,
				RULES,
				TODAY,
			)
		return
	with pytest.raises(WorkError) as refused:
		follow_to(replace(RICH, status=before), after, RULES, TODAY)
	assert (refused.value.field, refused.value.value) == ("status", after)
	assert ("open a new one" in refused.value.template) == (not actions_in(before))


def test_the_table_is_whole() -> None:
	assert set(GUARDS) == set(CaseAction) == {action for _status, action in TRANSITIONS}
	assert {status for status in CaseStatus if not actions_in(status)} == {
		CaseStatus.SAVED,
		CaseStatus.RELEASED,
	}
	pairs = [(before, after) for (before, _action), (after, _who) in TRANSITIONS.items()]
	assert len(pairs) == len(set(pairs)), "between two states there is one action"
	assert {status for status in CaseStatus if is_open(status)} == set(CaseStatus) - set(CLOSED)
	for before in CaseStatus:
		for after in CaseStatus:
			assert (action_between(before, after) is None) == ((before, after) not in pairs)
	assert TRANSITIONS[CaseStatus.LOST, CaseAction.RELEASE][1] == (CaseWorker.MANAGER,)


LACKING = [
	(CaseStatus.OPEN, CaseAction.REACH, {"reached_on": None}, "status", "Log Contact"),
	(CaseStatus.IN_CONTACT, CaseAction.OFFER, {"offers": ()}, "status", "Make Offer"),
	(CaseStatus.OFFER_PENDING, CaseAction.WITHDRAW, {"offers": (OFFER,)}, "status", "Answer Offer"),
	(CaseStatus.OFFER_PENDING, CaseAction.KEEP, {"offers": (OFFER,)}, "status", "Answer Offer"),
	(CaseStatus.OFFER_PENDING, CaseAction.LOSE, {"offers": (OFFER,)}, "status", "Answer Offer"),
	(CaseStatus.IN_CONTACT, CaseAction.KEEP, {"reasons": ()}, "status", "Reasons"),
	(CaseStatus.IN_CONTACT, CaseAction.KEEP, {"kept_by": " - "}, "status", "Customer Stays"),
	(CaseStatus.OPEN, CaseAction.LOSE, {"reasons": ()}, "status", "Reasons"),
	(CaseStatus.OPEN, CaseAction.LOSE, {"lost_words": ""}, "status", "Customer Leaves"),
	(CaseStatus.LOST, CaseAction.RELEASE, {"release": None}, "release_file", "consent and proof"),
	(CaseStatus.LOST, CaseAction.RELEASE, {"release": replace(RELEASE, proof=None)}, "proof", "private file"),
]


@pytest.mark.parametrize(("status", "action", "lacks", "field", "named"), LACKING)
def test_a_step_without_its_facts_names_where_they_are_entered(status, action, lacks, field, named) -> None:
	with pytest.raises(WorkError, match=named) as refused:
		follow(replace(ready(status, action), **lacks), action, RULES, TODAY)
	assert refused.value.field == field


@given(st.lists(st.sampled_from(CaseAction), max_size=12), st.booleans())
def test_whatever_is_tried_a_case_goes_forward_and_ends_once(
	actions: list[CaseAction], is_complete: bool
) -> None:
	record = replace(RICH, status=CaseStatus.OPEN) if is_complete else CaseRecord(LeaveRequest(CANCELLATION))
	ended: CaseStatus | None = None
	for action in actions:
		offers = (OFFER,) if action is CaseAction.OFFER else ()
		try:
			after = follow(replace(record, offers=offers), action, RULES, TODAY)
		except WorkError as refused:
			assert refused.remedy
			continue
		assert ended in (None, CaseStatus.LOST), "Saved and Released are the last"
		ended = after if not is_open(after) else None
		record = replace(record, status=after)
	if not is_complete:
		assert record.status is CaseStatus.OPEN, "nothing is brought about without its facts"


def test_a_port_out_after_application_has_a_clock_and_no_offers() -> None:
	request = LeaveRequest(PORT_OUT, date(2026, 11, 20))
	assert clock_end(request, CALENDAR) == date(2026, 11, 23), "one working day over a weekend"
	assert clock_end(LeaveRequest(CANCELLATION, TODAY), CALENDAR) is None
	assert clock_end(LeaveRequest(PORT_OUT), CALENDAR) is None
	record = replace(RICH, request=request, status=CaseStatus.IN_CONTACT)
	with pytest.raises(WorkError, match="when the request was passed on") as refused:
		follow(record, CaseAction.LOSE, RULES, TODAY)
	assert refused.value.field == "passed_on"
	passed = replace(record, request=replace(request, passed_on=date(2026, 11, 23)))
	assert follow(passed, CaseAction.LOSE, RULES, TODAY) is CaseStatus.LOST


@pytest.mark.parametrize("passed_on", [date(2026, 11, 19), TODAY + timedelta(days=1)])
def test_a_request_is_passed_on_between_the_application_and_today(passed_on: date) -> None:
	request = LeaveRequest(PORT_OUT, date(2026, 11, 20), passed_on)
	with pytest.raises(WorkError, match="give a date from") as refused:
		check_not_delayed(request, CALENDAR, TODAY)
	assert (refused.value.field, refused.value.value) == ("passed_on", passed_on)


def test_a_request_passed_on_late_says_why() -> None:
	late = LeaveRequest(PORT_OUT, date(2026, 11, 20), date(2026, 11, 24))
	with pytest.raises(WorkError, match="say why") as refused:
		check_not_delayed(late, CALENDAR, TODAY)
	assert refused.value.field == "delay_reason"
	check_not_delayed(replace(late, delay_reason="the line was down"), CALENDAR, TODAY)


def test_a_clock_begins_with_a_request_that_does_not_lie_ahead() -> None:
	with pytest.raises(WorkError, match="the clock of this exit type"):
		check_record(CaseRecord(LeaveRequest(PORT_OUT)), TODAY)
	with pytest.raises(WorkError, match="give today or an earlier date"):
		check_record(CaseRecord(LeaveRequest(CANCELLATION, TODAY + timedelta(days=1))), TODAY)
	check_record(RICH, TODAY)


def test_an_exit_type_without_offers_cannot_hide_one() -> None:
	open_one = replace(RICH, request=LeaveRequest(PORT_OUT, TODAY), offers=(OFFER,))
	with pytest.raises(WorkError, match="declined first"):
		check_record(open_one, TODAY)
	declined = replace(OFFER, answer=OfferAnswer.DECLINED)
	check_record(replace(open_one, offers=(declined,)), TODAY)
	before = replace(
		open_one, request=LeaveRequest(PORT_OUT, YESTERDAY - timedelta(days=1)), offers=(declined,)
	)
	with pytest.raises(WorkError, match="no offer may be made after 2026-11-24") as refused:
		check_record(before, TODAY)
	assert refused.value.field == "exit_type"


@pytest.mark.parametrize(
	("values", "field"),
	[
		({"allows_offers": False}, "clock_days"),
		({"clock_days": -1}, "clock_days"),
		({"clock_days": 61}, "clock_days"),
	],
)
def test_an_exit_rule_that_cannot_be_is_refused(values: dict, field: str) -> None:
	with pytest.raises(PolicyError) as refused:
		ExitRule("Port-out", **values)
	assert refused.value.field == field
	ExitRule("Port-out", allows_offers=False, clock_days=0)


@pytest.mark.parametrize(
	("field", "value"),
	[
		("first_contact_days_top", -1),
		("first_contact_days", 31),
		("follow_up_days", 0),
		("follow_up_days", 29),
		("follow_up_months", -1),
		("follow_up_months", 25),
	],
)
def test_a_policy_that_cannot_be_is_refused(field: str, value: int) -> None:
	with pytest.raises(PolicyError) as refused:
		CasePolicy(**{field: value})
	assert (refused.value.field, refused.value.value) == (field, value)


@pytest.mark.parametrize("level", [*(level.value for level in Level), KEY_ACCOUNT])
def test_the_first_contact_is_sooner_for_key_accounts_and_five_star(level: str) -> None:
	friday = date(2026, 11, 27)
	due = first_contact_due(friday, frozenset({level}), CasePolicy(), CALENDAR)
	assert due == (date(2026, 11, 30) if level in (KEY_ACCOUNT, "Five Star") else date(2026, 12, 2))
	assert must_be_called_in(frozenset({level})) == (level in (KEY_ACCOUNT, "Five Star", "Four Star"))


def test_the_manager_is_told_of_a_first_contact_that_is_late() -> None:
	case = CaseRecord(LeaveRequest(CANCELLATION))
	assert not is_escalated(case, due=TODAY, as_of=TODAY)
	assert is_escalated(case, due=YESTERDAY, as_of=TODAY)
	assert not is_escalated(replace(case, reached_on=YESTERDAY), due=YESTERDAY, as_of=TODAY)
	assert is_escalated(replace(case, reached_on=TODAY), due=YESTERDAY, as_of=TODAY)
	assert not is_escalated(replace(case, status=CaseStatus.LOST), due=YESTERDAY, as_of=TODAY)


def test_a_kept_customer_is_called_after_a_week_and_monthly() -> None:
	saved_on = date(2026, 10, 31)
	assert follow_ups(saved_on, CasePolicy()) == (
		date(2026, 11, 7),
		date(2026, 11, 30),
		date(2026, 12, 31),
		date(2027, 1, 31),
		date(2027, 2, 28),
	)
	assert follow_ups(saved_on, CasePolicy(follow_up_months=0)) == (date(2026, 11, 7),)


def test_a_contact_lies_between_the_opening_and_today_and_a_talk_says_something() -> None:
	check_contact(False, "", TODAY, YESTERDAY, TODAY)
	check_contact(True, "wants to think it over", TODAY, YESTERDAY, TODAY)
	for day in (YESTERDAY - timedelta(days=1), TODAY + timedelta(days=1)):
		with pytest.raises(WorkError, match="give a date from"):
			check_contact(False, "", day, YESTERDAY, TODAY)
	with pytest.raises(WorkError, match="say what was talked about"):
		check_contact(True, " ", TODAY, YESTERDAY, TODAY)


def test_a_customer_has_one_open_case() -> None:
	check_single("Lin Trading", None)
	with pytest.raises(WorkError, match="has the open case CASE-1; go on with that one"):
		check_single("Lin Trading", "CASE-1")
