"""What becomes of wanted touches: no cap is exceeded and no class gives way to a lower one, in any order of arrivals."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_retention.engine.consent import Consent, plain_address
from cs_retention.engine.contact_decisions import PRIORITY, Addressee, PastTouch, WantedTouch, decide
from cs_retention.engine.contact_policy import Cap, ClassRule, ContactPolicy
from cs_retention.engine.vocabulary import (
	ConsentRule,
	ConsentScope,
	ConsentStatus,
	MessageChannel,
	MessageClass,
	TouchDecision,
)

EMAIL, SMS = MessageChannel
SERVICE, COMPLAINT, RETENTION, CARE, MARKETING = MessageClass
SENT, MERGED, HELD, SKIPPED = TouchDecision
NOON = datetime(2026, 11, 26, 12)
TODAY = NOON.date()
FREE = ContactPolicy(
	caps=(Cap(4),),
	classes=tuple(
		ClassRule(class_, ConsentRule.NOT_NEEDED, ConsentRule.NOT_NEEDED, hold_days=90)
		for class_ in (COMPLAINT, RETENTION, CARE, MARKETING)
	),
)
"""Caps, gap and quiet hours of the rules; consent asked of nothing, no place kept free."""


def want(class_=CARE, channel=EMAIL, address="a@x.example", at=NOON, key=None) -> WantedTouch:
	return WantedTouch(key or f"{class_.value}|{channel.value}|{at}", class_, channel, address, at)


def said(status, scope=ConsentScope.EMAIL, address="", on=date(2026, 11, 1)) -> Consent:
	return Consent(scope, status, on, address)


def days_ago(*days: int, class_=None, channel=None) -> tuple[PastTouch, ...]:
	return tuple(PastTouch(TODAY - timedelta(days=number), class_, channel) for number in days)


def one(touch, addressee=None, policy=ContactPolicy(), as_of=NOON):  # noqa: B008
	(decision,) = decide(policy, addressee or Addressee("Two Star"), [touch], as_of)
	return decision


def codes(decision) -> list[str]:
	return [reason.code for reason in decision.reasons]


GIVEN, WITHDRAWN, BOUNCED, REACHABLE = ConsentStatus


class TestConsent:
	@pytest.mark.parametrize(
		("class_", "entries", "code"),
		[
			(MARKETING, (), "no_consent"),
			(MARKETING, (said(GIVEN),), None),
			(MARKETING, (said(GIVEN, ConsentScope.SMS),), "no_consent"),
			(MARKETING, (said(GIVEN, ConsentScope.ALL),), None),
			(MARKETING, (said(GIVEN), said(WITHDRAWN)), "consent_withdrawn"),
			(MARKETING, (said(WITHDRAWN), said(GIVEN)), None),
			(MARKETING, (said(GIVEN), said(WITHDRAWN, ConsentScope.ALL)), "do_not_contact"),
			(MARKETING, (said(WITHDRAWN, ConsentScope.ALL), said(GIVEN)), None),
			(MARKETING, (said(GIVEN, address="other@x.example"),), "no_consent"),
			(MARKETING, (said(GIVEN, address=" A@X.example"),), None),
			(CARE, (), None),
			(CARE, (said(WITHDRAWN),), "consent_withdrawn"),
			(CARE, (said(WITHDRAWN, address="other@x.example"),), None),
			(CARE, (said(BOUNCED, address="a@x.example"),), "address_bounced"),
			(CARE, (said(BOUNCED, address="a@x.example"), said(GIVEN, address="a@x.example")), None),
			(CARE, (said(BOUNCED, address="a@x.example"), said(GIVEN)), "address_bounced"),
			(CARE, (said(BOUNCED, address="a@x.example"), said(REACHABLE, address="a@x.example")), None),
			(
				MARKETING,
				(said(BOUNCED, address="a@x.example"), said(REACHABLE, address="a@x.example")),
				"no_consent",
			),
			(CARE, (said(WITHDRAWN), said(REACHABLE, address="a@x.example")), "consent_withdrawn"),
			(SERVICE, (said(BOUNCED, address="a@x.example"),), "address_bounced"),
			(SERVICE, (said(WITHDRAWN, ConsentScope.ALL),), None),
		],
	)
	def test_the_last_word_about_an_address_decides(self, class_, entries, code) -> None:
		decision = one(want(class_), Addressee("Two Star", entries))
		assert (decision.outcome, codes(decision)[0]) == (
			(SKIPPED, code) if code else (SENT, "always_sent" if class_ is SERVICE else "within_cap")
		)

	def test_do_not_contact_holds_where_no_consent_is_asked_for(self) -> None:
		for scope, outcome in ((ConsentScope.ALL, SKIPPED), (ConsentScope.EMAIL, SENT)):
			assert one(want(), Addressee("New", (said(WITHDRAWN, scope),)), FREE).outcome is outcome

	@pytest.mark.parametrize("class_", MessageClass)
	def test_without_an_address_nothing_is_sent(self, class_) -> None:
		decision = one(want(class_, address=" "))
		assert (decision.outcome, codes(decision)) == (SKIPPED, ["no_address"])

	def test_numbers_are_compared_without_their_signs(self) -> None:
		assert plain_address(" +49 (30) 12-34/5.6") == "+4930123456"
		assert plain_address("A.b-c@X.example ") == "a.b-c@x.example"


class TestHolding:
	def test_legal_and_service_is_sent_at_night_past_every_cap(self) -> None:
		history = days_ago(0, 0, 0, 1, 2, class_=MARKETING)
		midnight = datetime(2026, 11, 26)
		assert one(want(SERVICE), Addressee("New", history=history), as_of=midnight).outcome is SENT

	def test_quiet_hours_hold_until_they_end(self) -> None:
		decision = one(want(), as_of=datetime(2026, 11, 26, 21))
		assert (decision.outcome, decision.held_until) == (HELD, datetime(2026, 11, 27, 9))
		assert decision.reasons[0].as_mapping() == {"begin": "20:00", "end": "09:00"}

	def test_a_gap_holds_until_the_quiet_hours_of_its_last_day_end(self) -> None:
		addressee = Addressee("New", history=days_ago(1, class_=CARE, channel=SMS))
		decision = one(want(), addressee)
		assert (decision.outcome, decision.held_until) == (HELD, datetime(2026, 11, 27, 9))
		assert decision.reasons[0].as_mapping() == {"last": TODAY - timedelta(days=1), "gap_days": 2}

	@pytest.mark.parametrize(
		"history", [days_ago(1), days_ago(1, class_=SERVICE), days_ago(1, class_=MARKETING)]
	)
	def test_no_gap_is_kept_to_people_to_what_is_exempt_and_to_a_lower_class(self, history) -> None:
		assert one(want(), Addressee("New", history=history)).outcome is SENT

	def test_a_cap_holds_until_a_place_is_free(self) -> None:
		decision = one(want(COMPLAINT), Addressee("Two Star", history=days_ago(29, 12, 9, 5)))
		assert (decision.outcome, decision.held_until) == (HELD, datetime(2026, 11, 27, 9))
		assert decision.reasons[0].as_mapping() == {
			**{"touches": 4, "cap": 4, "level": "Two Star", "days": 30}
		}

	def test_touches_of_people_over_the_cap_hold_until_enough_have_left(self) -> None:
		decision = one(want(COMPLAINT), Addressee("Two Star", history=days_ago(29, 28, 20, 10, 9, 8)))
		assert decision.held_until == datetime(2026, 12, 6, 9)

	def test_what_is_exempt_takes_no_place(self) -> None:
		assert one(want(), Addressee("New", history=days_ago(5, 6, 7, 8, class_=SERVICE))).outcome is SENT

	def test_places_are_kept_for_higher_classes(self) -> None:
		addressee = Addressee("New", history=days_ago(20, 10, 5))
		assert one(want(RETENTION), addressee).outcome is SENT
		decision = one(want(CARE, at=NOON), addressee, replace(ContactPolicy(), classes=_patient()))
		assert (decision.outcome, codes(decision)) == (HELD, ["places_kept"])
		assert dict(decision.reasons[0].figures)["kept"] == 1

	def test_a_cap_of_a_channel_holds_that_channel_alone(self) -> None:
		policy = replace(FREE, caps=(Cap(4), Cap(1, channel=SMS)), min_gap_days=0)
		addressee = Addressee("New", history=days_ago(5, class_=CARE, channel=SMS))
		assert one(want(channel=SMS, address="123456"), addressee, policy).outcome is HELD
		assert one(want(), addressee, policy).outcome is SENT

	def test_what_would_be_held_too_long_is_skipped(self) -> None:
		addressee = Addressee("Two Star", history=days_ago(9, 8, 7, 6))
		decision = one(want(CARE), addressee)
		assert (decision.outcome, codes(decision)) == (SKIPPED, ["too_late", "places_kept"])
		assert decision.reasons[0].as_mapping() == {"until": date(2026, 12, 18), "hold_days": 3}

	def test_the_days_are_counted_from_when_it_was_first_asked_for(self) -> None:
		touch = want(CARE, at=NOON - timedelta(days=3))
		assert one(touch, as_of=datetime(2026, 11, 26, 21)).outcome is SKIPPED

	def test_a_place_is_kept_for_a_higher_class_that_waits(self) -> None:
		addressee = Addressee("New", history=days_ago(20, 10, 5), waiting=(want(COMPLAINT),))
		assert one(want(MARKETING), addressee, FREE).outcome is HELD
		assert (
			one(want(MARKETING), replace(addressee, waiting=(want(MARKETING, key="b"),)), FREE).outcome
			is SENT
		)

	def test_with_every_place_kept_it_waits_a_whole_window(self) -> None:
		policy = replace(FREE, caps=(Cap(1),))
		decision = one(want(MARKETING), Addressee("New", waiting=(want(COMPLAINT),)), policy)
		assert decision.held_until == datetime(2026, 12, 26, 9)


def _patient():
	return tuple(replace(rule, hold_days=90) for rule in ContactPolicy().classes)


class TestMerging:
	def test_touches_of_a_day_to_one_address_become_one_under_the_higher_class(self) -> None:
		decisions = decide(FREE, Addressee("New"), [want(MARKETING, key="m"), want(CARE, key="c")], NOON)
		assert [(found.key, found.outcome, found.merged_into) for found in decisions] == [
			("c", SENT, None),
			("m", MERGED, "c"),
		]

	def test_other_channels_and_legal_letters_are_not_merged(self) -> None:
		wanted = [want(SERVICE), want(CARE), want(MARKETING, SMS, "123456")]
		assert [found.outcome for found in decide(FREE, Addressee("New"), wanted, NOON)] == [SENT, SENT, HELD]

	def test_texts_that_are_too_long_for_one_message_are_not_merged(self) -> None:
		wanted = [want(channel=SMS, address="123456", key=key) for key in "abc"]
		wanted = [replace(touch, size=size) for touch, size in zip(wanted, (600, 300, 200), strict=True)]
		assert [found.outcome for found in decide(FREE, Addressee("New"), wanted, NOON)] == [
			SENT,
			MERGED,
			HELD,
		]

	def test_what_has_no_consent_is_not_carried_along(self) -> None:
		decisions = decide(ContactPolicy(), Addressee("New"), [want(CARE), want(MARKETING)], NOON)
		assert [found.outcome for found in decisions] == [SENT, SKIPPED]


POLICIES = st.builds(
	lambda cap, sms, gap, kept, quiet: replace(
		FREE,
		caps=(Cap(cap), Cap(sms, channel=SMS)),
		min_gap_days=gap,
		classes=tuple(
			replace(rule, keeps_free=min(places, cap - 1, sms - 1))
			for rule, places in zip(FREE.classes, sorted(kept), strict=True)
		),
		quiet_from=time(20) if quiet else None,
		quiet_to=time(9) if quiet else None,
	),
	st.integers(1, 5),
	st.integers(1, 3),
	st.integers(0, 4),
	st.lists(st.integers(0, 3), min_size=4, max_size=4),
	st.booleans(),
)
ARRIVALS = st.lists(
	st.tuples(
		st.integers(0, 24 * 60),
		st.sampled_from(MessageClass),
		st.sampled_from(MessageChannel),
		st.sampled_from(("a", "b")),
	),
	max_size=25,
)
CALLS = st.lists(st.integers(0, 60), max_size=4)


def run(policy, arrivals, calls=()):
	"""Let touches arrive in their hours, release what is due every few hours, and yield every touch with its end."""
	start = datetime(2026, 9, 1)
	history = [PastTouch((start + timedelta(days=day)).date()) for day in calls]
	waiting: dict[str, tuple[WantedTouch, datetime]] = {}
	wanted = [
		WantedTouch(f"{number}", class_, channel, address, start + timedelta(hours=hour))
		for number, (hour, class_, channel, address) in enumerate(arrivals)
	]
	events = sorted(
		{touch.asked_at for touch in wanted} | {start + timedelta(hours=6 * n) for n in range(700)}
	)
	for now in events:
		due = [touch for touch, until in waiting.values() if until <= now]
		due += [touch for touch in wanted if touch.asked_at == now]
		if not due:
			continue
		held = tuple(touch for touch, until in waiting.values() if until > now)
		# What people did until today, the ledger as it stands.
		known = tuple(past for past in history if past.day <= now.date())
		by_key = {touch.key: touch for touch in due}
		for decision in decide(policy, Addressee("New", history=known, waiting=held), due, now):
			touch = by_key[decision.key]
			waiting.pop(touch.key, None)
			if decision.outcome is HELD:
				waiting[touch.key] = touch, decision.held_until
				assert decision.held_until > now
				continue
			if decision.outcome is SENT:
				history.append(PastTouch(now.date(), touch.class_, touch.channel))
			yield now, touch, decision


@settings(max_examples=150)
@given(POLICIES, ARRIVALS)
def test_no_cap_is_exceeded_in_any_order_of_arrivals(policy, arrivals) -> None:
	made = [
		(now.date(), touch.channel)
		for now, touch, decision in run(policy, arrivals)
		if decision.outcome is SENT and touch.class_ is not SERVICE
	]
	for last, _ in made:
		window = [channel for day, channel in made if last - timedelta(days=30) < day <= last]
		assert len(window) <= policy.caps[0].touches
		assert window.count(SMS) <= policy.caps[1].touches


@settings(max_examples=100)
@given(POLICIES, ARRIVALS, CALLS)
def test_calls_of_people_leave_less_room_and_every_touch_has_one_end(policy, arrivals, calls) -> None:
	ended = Counter()
	made = [(date(2026, 9, 1) + timedelta(days=day), None) for day in calls]
	for now, touch, decision in run(policy, arrivals, calls):
		ended[touch.key] += 1
		if decision.outcome is SENT and touch.class_ is not SERVICE:
			made.append((now.date(), touch.class_))
			window = [day for day, _ in made if now.date() - timedelta(days=30) < day <= now.date()]
			assert len(window) <= policy.caps[0].touches
			assert policy.open_from(now) == now
	assert all(count == 1 for count in ended.values())


@settings(max_examples=200)
@given(POLICIES, st.lists(st.sampled_from(MessageClass), max_size=6), CALLS, st.data())
def test_no_touch_is_held_for_a_lower_class_wanted_with_it(policy, classes, calls, data) -> None:
	wanted = [
		want(class_, data.draw(st.sampled_from(MessageChannel)), "a@x.example", key=str(number))
		for number, class_ in enumerate(classes)
	]
	addressee = Addressee("New", history=days_ago(*(day % 30 for day in calls)))
	decisions = {found.key: found for found in decide(policy, addressee, wanted, NOON)}
	shuffled = data.draw(st.permutations(wanted))
	assert {found.key: found for found in decide(policy, addressee, shuffled, NOON)} == decisions
	for touch in wanted:
		above = [other for other in wanted if PRIORITY[other.class_] <= PRIORITY[touch.class_]]
		alone = {found.key: found for found in decide(policy, addressee, above, NOON)}
		assert alone[touch.key] == decisions[touch.key]


@settings(max_examples=150)
@given(ARRIVALS, st.integers(2, 5), st.integers(0, 4))
def test_lower_classes_alone_never_hold_a_higher_one(arrivals, cap, gap) -> None:
	"""Where a class keeps more places free than the one above it, what came before never stands in that one's way."""
	classes = tuple(
		replace(rule, keeps_free=kept) for rule, kept in zip(FREE.classes, (0, 0, 1, 1), strict=True)
	)
	policy = replace(FREE, caps=(Cap(cap),), classes=classes, min_gap_days=gap)
	low = [arrival for arrival in arrivals if arrival[1] in (CARE, MARKETING)]
	sent = [(now, touch) for now, touch, decision in run(policy, low) if decision.outcome is SENT]
	for now, _touch in sent:
		history = tuple(
			PastTouch(then.date(), past.class_, past.channel) for then, past in sent if then <= now
		)
		assert one(want(COMPLAINT, at=now), Addressee("New", history=history), policy, now).outcome is SENT


@settings(max_examples=200)
@given(POLICIES, st.sampled_from(MessageClass), CALLS, st.integers(0, 23))
def test_a_touch_held_is_sent_when_its_time_has_come(policy, class_, calls, hour) -> None:
	addressee = Addressee("New", history=days_ago(*(day % 30 for day in calls), class_=COMPLAINT))
	now = datetime.combine(TODAY, time(hour))
	decision = one(want(class_, at=now), addressee, policy, now)
	if decision.outcome is HELD:
		assert one(want(class_, at=now), addressee, policy, decision.held_until).outcome is SENT
