"""Churn Signals on a site: entered, silenced, acted on, closed, accepted; many at once; on the desk; merged and deleted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from personas import make_customer, user
from private_bench import PrivateBench
from support_calls import SAID, TODAY, branch_at_work, first_call

SITE = "signals.localhost"
SIGNAL, CALLBACK, STATE = "Churn Signal", "Customer Callback", "Customer Retention State"


@pytest.fixture(scope="module")
def branch(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Any]:
	"""Frappe on a site with a planned branch."""
	with branch_at_work(bench, installed_dump, SITE) as frappe:
		yield frappe


@pytest.fixture
def frappe(branch: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
	"""Frappe as account manager east; what a test writes, nights included, is rolled back."""
	monkeypatch.setattr(branch.local.db, "commit", lambda *given, **named: None)
	branch.set_user(user("east"))
	yield branch
	branch.set_user("Administrator")
	branch.db.rollback()
	branch.local.message_log = []
	branch.local.lang = "en"


def enter(frappe: Any, customer: str = "Corner shop", rule: str = "Cancellation Asked", **fields: Any) -> Any:
	document = {"doctype": SIGNAL, "customer": customer, "rule": rule, "note": "found a cheaper tariff"}
	return frappe.get_doc({**document, **fields}).insert()


def found(frappe: Any, customer: str = "Corner shop", rule: str = "Unreached", **fields: Any) -> Any:
	"""Return a signal as the night writes it."""
	from cs_retention.engine.reasons import Reason
	from cs_retention.engine.vocabulary import SignalRule
	from cs_retention.nightly.reason_json import dump_reasons
	from cs_retention.nightly.signals import NEW_FIELDS, open_key

	state = frappe.db.get_value(STATE, {"customer": customer})
	key = open_key(state, SignalRule(rule))
	reasons = dump_reasons([Reason.of("unreached_in_a_row", times=2)])
	row = (customer, state, rule, "Open", TODAY, reasons, TODAY, key, key, 120)
	store(frappe).insert_rows(SIGNAL, NEW_FIELDS, [row])
	name = frappe.db.get_value(SIGNAL, {"open_key": key})
	if fields:
		frappe.db.set_value(SIGNAL, name, fields)
	return frappe.get_doc(SIGNAL, name)


def store(frappe: Any) -> Any:
	from cs_retention.cs_retention.states import open_store

	return open_store()


def words(doc: Any) -> Any:
	"""Return what a form asks of a signal or of a change of health."""
	import frappe

	folder = frappe.scrub(doc.doctype)
	path = f"cs_retention.churn_retention.doctype.{folder}.{folder}.get_words"
	return frappe.get_attr(path)(doc.name)


def night(frappe: Any, day: str) -> Any:
	from cs_retention.nightly.run import rate_book
	from cs_retention.star_levels.policies import load_policy

	return rate_book(store(frappe), load_policy(), frappe.utils.getdate(day), lambda *told: None)


def refused(frappe: Any, words: str, kind: str = "ValidationError") -> Any:
	return pytest.raises(getattr(frappe, kind), match=words)


class TestEntered:
	def test_what_a_person_heard_is_open_at_once_and_once(self, frappe) -> None:
		signal = enter(frappe)
		assert (signal.status, str(signal.raised_on), signal.closed_as) == ("Open", TODAY, None)
		with refused(frappe, "has an open signal of this rule already", "DuplicateEntryError"):
			enter(frappe)
		enter(frappe, rule="Port-Out Asked")

	def test_a_request_cannot_fill_what_only_actions_and_the_night_write(self, frappe) -> None:
		forged = {
			"status": "Closed",
			"closed_as": "True Warning",
			"value_at_risk": 9,
			"acted_by": user("west"),
		}
		signal = enter(frappe, **forged)
		assert (signal.status, signal.closed_as, signal.acted_by) == ("Open", None, None)
		signal.update({**forged, "note": "also the signal is weak"})
		signal.save()
		signal.reload()
		assert (signal.status, signal.closed_as, signal.note) == ("Open", None, "also the signal is weak")

	def test_facts_of_the_night_are_not_entered(self, frappe) -> None:
		with refused(frappe, "is found by the night and not entered"):
			enter(frappe, rule="Lateness")

	def test_a_competitor_is_named_from_the_list(self, frappe) -> None:
		with refused(frappe, "Say which .*Competitor.* was named", "MandatoryError"):
			enter(frappe, rule="Competitor Named")
		frappe.set_user("Administrator")
		frappe.get_doc({"doctype": "Competitor", "competitor_name": "Northern Line"}).insert()
		frappe.set_user(user("east"))
		signal = enter(frappe, rule="Competitor Named", competitor="Northern Line")
		assert words(signal)["said"] == "Competitor Named · Northern Line · found a cheaper tariff"
		frappe.local.lang = "zh"
		assert words(signal)["said"].startswith("提到竞争对手")

	def test_only_who_answers_for_a_customer_enters_and_sees_its_signals(self, frappe) -> None:
		signal = enter(frappe)
		for persona in ("alliance", "clerk", "auditor"):
			frappe.set_user(user(persona))
			with pytest.raises(frappe.PermissionError):
				enter(frappe, rule="Port-Out Asked")
			with pytest.raises(frappe.PermissionError):
				frappe.get_doc(SIGNAL, signal.name).close("False Alarm")
		frappe.set_user(user("west"))
		assert frappe.get_list(SIGNAL, pluck="name") == [signal.name]
		frappe.set_user(user("team"))
		assert frappe.get_list(SIGNAL, pluck="name") == []
		with pytest.raises(frappe.PermissionError):
			words(frappe.get_doc(SIGNAL, signal.name))


class TestSilenced:
	def test_a_silence_has_a_later_date_and_a_reason_and_ends_by_hand(self, frappe) -> None:
		signal = found(frappe)
		with refused(frappe, "give a later day than today"):
			signal.snooze(TODAY, "away")
		with refused(frappe, "Say why", "MandatoryError"):
			signal.snooze("2026-12-10", " ")
		signal.snooze("2026-12-10", "on holiday abroad")
		assert (signal.status, str(signal.snoozed_until), signal.snoozed_by) == (
			*("Snoozed", "2026-12-10"),
			user("east"),
		)
		signal.wake()
		assert (signal.status, signal.snoozed_until) == ("Open", None)

	def test_the_night_of_the_date_lets_it_speak_again(self, frappe) -> None:
		signal = enter(frappe)
		signal.snooze("2026-12-10", "talks go on")
		frappe.set_user("Administrator")
		night(frappe, "2026-12-09")
		assert frappe.db.get_value(SIGNAL, signal.name, "status") == "Snoozed"
		night(frappe, "2026-12-10")
		assert frappe.db.get_value(SIGNAL, signal.name, "status") == "Open"

	def test_one_that_speaks_again_ends_with_the_next_night_when_its_fact_went_meanwhile(
		self, frappe
	) -> None:
		signal = found(frappe)
		signal.snooze("2027-01-10", "on holiday abroad")
		frappe.set_user("Administrator")
		night(frappe, "2026-11-25")
		assert frappe.db.get_value(SIGNAL, signal.name, "status") == "Snoozed"
		signal.reload()
		signal.wake()
		night(frappe, "2026-11-26")
		assert frappe.db.get_value(SIGNAL, signal.name, ["status", "closed_as"]) == ("Closed", "Fact Gone")

	def test_many_are_silenced_at_once_but_those_of_others_and_closed_ones(self, frappe) -> None:
		from cs_retention.churn_retention.signal_bulk import snooze

		names = [enter(frappe).name, found(frappe, "Key shop").name]
		closed = enter(frappe, rule="Port-Out Asked")
		closed.close("False Alarm")
		frappe.set_user("Administrator")
		foreign = enter(frappe, "Lone shop").name
		frappe.set_user(user("east"))
		done = snooze(frappe.as_json([*names, closed.name, foreign]), "2026-12-10", "new price list")
		assert done == {"signals": 2, "left": 2}
		assert frappe.get_all(SIGNAL, {"snooze_reason": "new price list"}, pluck="status") == ["Snoozed"] * 2
		with refused(frappe, "0 signals were chosen"):
			snooze("[]", "2026-12-10", "nothing")
		frappe.set_user(user("auditor"))
		with pytest.raises(frappe.PermissionError):
			snooze(frappe.as_json(names), "2026-12-10", "not mine")


class TestClosed:
	def test_closing_says_what_it_was_and_keeps_what_was_seen(self, frappe) -> None:
		signal = found(frappe)
		touch = {"doctype": "Customer Touch", "customer": "Corner shop", "touch_date": "2026-11-20"}
		frappe.get_doc({**touch, "channel": "Phone", "outcome": "Not Reached"}).insert()
		assert [row["figure"] for row in words(signal)["evidence"]] == ["Not Reached"]
		with refused(frappe, "Say what the signal was"):
			signal.close("Fact Gone")
		with refused(frappe, "Say which cause is known", "MandatoryError"):
			signal.close("Known Cause")
		signal.close("Known Cause", "shop is being rebuilt")
		assert (signal.status, signal.closed_as, signal.closed_by) == ("Closed", "Known Cause", user("east"))
		assert len(frappe.parse_json(signal.evidence)) == 1
		assert len(words(signal)["evidence"]) == 1
		with refused(frappe, "closed already, as .*Known Cause"):
			signal.close("False Alarm")
		with refused(frappe, "holds what people said"):
			signal.check_permission("read")
			signal.on_trash()

	def test_a_rule_of_the_night_stays_silent_until_the_fact_is_gone(self, frappe) -> None:
		signal = found(frappe)
		signal.close("False Alarm")
		assert signal.open_key and signal.night_key is None
		frappe.set_user("Administrator")
		night(frappe, "2026-11-25")
		assert frappe.db.get_value(SIGNAL, signal.name, ["open_key", "closed_as"]) == (None, "False Alarm")

	def test_what_was_entered_may_be_entered_again_once_closed(self, frappe) -> None:
		enter(frappe).close("True Warning")
		assert enter(frappe).status == "Open"

	def test_evidence_is_shown_to_who_may_read_it(self, frappe) -> None:
		from cs_retention.churn_retention.signal_evidence import get_evidence

		frappe.set_user("Administrator")
		signal = found(frappe, rule="Overdue Growing")
		invoice = {"customer": "Corner shop", "docstatus": 1, "is_return": 0, "is_opening": "No"}
		invoice |= {"due_date": "2026-10-01", "posting_date": "2026-09-01", "outstanding_amount": 70}
		frappe.get_doc(
			{"doctype": "Sales Invoice", "name": "SI-1", "company": "Wind Power LLC", **invoice}
		).db_insert()
		assert [(row["name"], row["figure"]) for row in get_evidence(signal)] == [("SI-1", 70)]
		signal.close("True Warning")
		assert [row["name"] for row in get_evidence(signal)] == ["SI-1"]
		frappe.set_user(user("east"))
		assert get_evidence(signal) == []


class TestEvidence:
	def owed(self, frappe: Any, name: str, amount: int, customer: str = "Corner shop") -> None:
		invoice = {
			"doctype": "Sales Invoice",
			"name": name,
			"company": "Wind Power LLC",
			"customer": customer,
		}
		invoice |= {"docstatus": 1, "is_return": 0, "is_opening": "No", "due_date": "2026-10-01"}
		frappe.get_doc({**invoice, "posting_date": "2026-09-01", "outstanding_amount": amount}).db_insert()

	def kept(self, frappe: Any) -> int:
		from cs_retention.churn_retention.signal_evidence import keep_evidence

		return keep_evidence(TODAY)

	def shown(self, signal: Any) -> list[Any]:
		return [(row["name"], row["figure"], row.get("is_gone", 0)) for row in words(signal)["evidence"]]

	@pytest.fixture
	def signal(self, frappe: Any) -> Any:
		frappe.set_user("Administrator")
		self.owed(frappe, "SI-1", 70)
		self.owed(frappe, "SI-2", 30)
		self.owed(frappe, "SI-9", 10, "Key shop")
		return found(frappe, rule="Overdue Growing")

	def test_what_a_signal_was_raised_on_stays_whatever_becomes_of_the_documents(
		self, frappe, signal
	) -> None:
		assert words(signal)["is_kept"] is False
		assert self.kept(frappe) == 1
		signal.reload()
		frappe.db.set_value("Sales Invoice", "SI-1", "outstanding_amount", 0)
		frappe.db.delete("Sales Invoice", {"name": "SI-2"})
		self.owed(frappe, "SI-3", 5)
		assert self.shown(signal) == [("SI-1", 70, 0), ("SI-2", 30, 1), ("SI-3", 5, 0)]
		assert words(signal)["is_kept"] is True
		signal.close("True Warning")
		frappe.db.set_value("Sales Invoice", "SI-3", "outstanding_amount", 4)
		assert self.shown(signal) == [("SI-1", 70, 0), ("SI-2", 30, 1), ("SI-3", 5, 0)]

	def test_what_is_owed_in_another_currency_is_shown_in_that_of_the_company(self, frappe, signal) -> None:
		in_yuan = {"party_account_currency": "CNY", "conversion_rate": 0.125}
		frappe.db.set_value("Sales Invoice", "SI-1", in_yuan)
		frappe.db.set_value("Sales Invoice", "SI-2", {**in_yuan, "party_account_currency": "USD"})
		assert self.shown(signal) == [("SI-1", 8.75, 0), ("SI-2", 30, 0)]

	def test_documents_are_kept_once_and_in_sets(self, frappe, signal) -> None:
		other = found(frappe, "Key shop", rule="Overdue Growing")
		unreached = found(frappe)
		with_none = enter(frappe)
		assert self.kept(frappe) == 3
		other.reload()
		assert self.shown(other) == [("SI-9", 10, 0)]
		assert frappe.db.get_value(SIGNAL, unreached.name, "evidence") == "[]"
		assert frappe.db.get_value(SIGNAL, with_none.name, "evidence") is None
		assert self.kept(frappe) == 0
		assert "cs_retention.churn_retention.signal_evidence.keep_evidence" in frappe.get_hooks(
			"retention_say"
		)

	def reads_of(self, frappe: Any, monkeypatch: pytest.MonkeyPatch) -> int:
		"""Return how often invoices are read while documents are kept."""
		run, ran = frappe.db.sql, []

		def noted(query: Any, *given: Any, **named: Any) -> Any:
			ran.append(str(query))
			return run(query, *given, **named)

		with monkeypatch.context() as patched:
			patched.setattr(frappe.db, "sql", noted)
			self.kept(frappe)
		return sum("tabSales Invoice" in query for query in ran)

	def test_statements_do_not_grow_with_the_signals(self, frappe, signal, monkeypatch) -> None:
		from cs_retention.cs_retention.states import ensure_state

		assert self.reads_of(frappe, monkeypatch) == 1
		for number in range(4):
			name = make_customer(f"Owing shop {number}").name
			ensure_state(name)
			found(frappe, name, rule="Overdue Growing")
		assert self.reads_of(frappe, monkeypatch) == 1
		assert frappe.db.count(SIGNAL, {"evidence": "[]"}) == 4

	def test_a_request_reads_no_documents_that_the_reader_may_not_read(self, frappe, signal) -> None:
		self.kept(frappe)
		frappe.set_user(user("east"))
		signal = frappe.get_doc(SIGNAL, signal.name)
		assert self.shown(signal) == []
		signal.apply_fieldlevel_read_permissions()
		assert signal.get("evidence") is None
		frappe.get_doc(SIGNAL, signal.name).close("True Warning")
		assert len(json.loads(frappe.db.get_value(SIGNAL, signal.name, "evidence"))) == 2


class TestActedOn:
	def test_a_callback_is_made_soon_and_linked(self, frappe) -> None:
		signal = enter(frappe)
		made = signal.make_callback()
		assert (made["made"], signal.acted_by, str(signal.acted_on)) == (1, user("east"), TODAY)
		callback = frappe.get_doc(CALLBACK, signal.callback)
		assert (callback.customer, callback.status, callback.responsible) == (
			*("Corner shop", "Planned"),
			user("east"),
		)
		assert TODAY < str(callback.due_date) <= "2026-11-27"
		assert [row.kind for row in callback.purposes if signal.name in row.obligation_key] == ["Retention"]
		assert signal.make_callback()["made"] == 0

	def test_it_stands_through_the_nights_that_follow(self, frappe) -> None:
		from cs_retention.nightly.run import run_night
		from cs_retention.star_levels.policies import load_policy

		signal = enter(frappe)
		signal.make_callback()
		frappe.set_user("Administrator")
		for day in ("2026-11-24", "2026-11-25"):
			run_night(store(frappe), load_policy(), frappe.utils.getdate(day))
		callback = frappe.db.get_value(CALLBACK, signal.callback, ["status", "due_date"], as_dict=True)
		assert callback.status == "Planned"
		assert str(callback.due_date) <= "2026-11-27"

	def test_callbacks_for_many_signals_are_one_per_customer(self, frappe) -> None:
		from cs_retention.churn_retention.signal_bulk import make_callbacks

		names = [
			enter(frappe).name,
			found(frappe).name,
			found(frappe, "Key shop").name,
		]
		came = make_callbacks(frappe.as_json(names))
		assert (came["made"], came["signals"], came["left"]) == (2, 3, 0)
		callbacks = frappe.get_all(SIGNAL, {"name": ("in", names)}, pluck="callback")
		assert len(set(callbacks)) == 2 and all(callbacks)
		again = make_callbacks(frappe.as_json(names))
		assert (again["made"], again["left"]) == (0, 3)
		frappe.set_user(user("auditor"))
		with pytest.raises(frappe.PermissionError):
			make_callbacks(frappe.as_json(names))


class TestBilled:
	def test_a_customer_who_looks_billed_is_marked_only_when_somebody_accepts(self, frappe) -> None:
		frappe.set_user("Administrator")
		signal = found(frappe, rule="Looks Billed")
		assert frappe.db.get_value("Customer", "Corner shop", "retention_billed") == 0
		frappe.set_user(user("east"))
		signal.accept()
		assert frappe.db.get_value("Customer", "Corner shop", "retention_billed") == 1
		assert (signal.status, signal.closed_as) == ("Closed", "Proposal Accepted")
		with refused(frappe, "Only the proposal"):
			enter(frappe).accept()


def test_the_desk_talks_about_what_is_open(frappe) -> None:
	from cs_retention.churn_retention.talking_points import open_signals

	found(frappe)
	enter(frappe)
	enter(frappe, rule="Port-Out Asked").snooze("2026-12-10", "talks go on")
	points = open_signals(["Corner shop", "Key shop"], "en")
	assert [point["text"] for point in points["Corner shop"]] == [
		"Cancellation Asked · found a cheaper tariff",
		"2 callbacks in a row not reached",
	]
	frappe.set_user(user("clerk"))
	assert open_signals(["Corner shop"], "en") == {}


def test_signals_go_over_at_a_merge_and_the_winners_stands(frappe) -> None:
	frappe.set_user("Administrator")
	for name in ("Shop to drop", "Shop to keep"):
		make_customer(name)
		enter(frappe, name)
	enter(frappe, "Shop to drop", rule="Port-Out Asked")
	change = {"doctype": "Customer Health Change", "customer": "Shop to drop", "band": "Watch"}
	frappe.get_doc({**change, "as_of": TODAY, "state": "x"}).insert(ignore_links=True)
	frappe.rename_doc("Customer", "Shop to drop", "Shop to keep", merge=True, force=True)
	state = frappe.db.get_value(STATE, {"customer": "Shop to keep"})
	rows = frappe.get_all(
		SIGNAL,
		{"customer": "Shop to keep"},
		["rule", "state", "status", "closed_as", "open_key"],
		order_by="rule, status desc",
	)
	assert [tuple(row.values()) for row in rows] == [
		("Cancellation Asked", state, "Open", None, f"{state}|Cancellation Asked"),
		("Cancellation Asked", state, "Closed", "Merged", None),
		("Port-Out Asked", state, "Open", None, f"{state}|Port-Out Asked"),
	]


def test_a_customer_is_deleted_with_what_the_night_found_but_not_with_what_people_entered(frappe) -> None:
	frappe.set_user("Administrator")
	make_customer("Passing shop")
	from cs_retention.cs_retention.states import ensure_state

	ensure_state("Passing shop")
	found(frappe, "Passing shop")
	entered = enter(frappe, "Passing shop")
	with pytest.raises(frappe.LinkExistsError):
		frappe.delete_doc("Customer", "Passing shop")
	frappe.delete_doc(SIGNAL, entered.name)
	frappe.delete_doc("Customer", "Passing shop")
	assert not frappe.db.exists(SIGNAL, {"customer": "Passing shop"})


def test_a_health_change_says_its_reason_in_the_readers_language(frappe) -> None:
	from cs_retention.engine.reasons import Reason
	from cs_retention.nightly.outcomes import CHANGE_FIELDS, HEALTH_CHANGE
	from cs_retention.nightly.reason_json import dump_reasons

	reasons = dump_reasons([Reason.of("days_against_own_gap", days=97, usual=31.0)])
	row = (
		"Corner shop",
		"x",
		TODAY,
		"Healthy",
		70,
		"a",
		"At Risk",
		30,
		"days_against_own_gap",
		reasons,
		1,
		0,
	)
	store(frappe).insert_rows(HEALTH_CHANGE, CHANGE_FIELDS, [row])
	(change,) = frappe.get_all(HEALTH_CHANGE, {"customer": "Corner shop"}, pluck="name")
	assert words(frappe.get_doc(HEALTH_CHANGE, change)) == ["last purchase 97 days ago, usually every 31"]
	frappe.local.lang = "zh"
	assert "97" in words(frappe.get_doc(HEALTH_CHANGE, change))[0]


def warn(
	frappe: Any, given: str, batch: str = "November", source: str = "Billing watch", **fields: Any
) -> Any:
	document = {"doctype": "External Warning", "customer_given": given, "batch": batch, "source": source}
	return frappe.get_doc({**document, "warned_on": TODAY, **fields}).insert()


class TestExternal:
	@pytest.fixture(autouse=True)
	def as_manager(self, frappe: Any) -> None:
		frappe.set_user(user("manager"))

	def test_a_warning_of_a_known_customer_becomes_a_signal(self, frappe) -> None:
		warning = warn(frappe, " Corner shop ", note="pays by another bank now")
		assert (warning.status, warning.customer) == ("Taken", "Corner shop")
		signal = frappe.get_doc(SIGNAL, warning.signal)
		assert (signal.rule, signal.status, signal.customer) == ("External Warning", "Open", "Corner shop")
		assert words(signal)["said"] == "External Warning · Billing watch November: pays by another bank now"
		assert [row["name"] for row in words(signal)["evidence"]] == [warning.name]
		with refused(frappe, "was taken as a signal and stays"):
			warning.update({"note": "another"}).save()

	def test_a_second_warning_joins_the_open_signal(self, frappe) -> None:
		first, second = (
			warn(frappe, "Corner shop"),
			warn(frappe, "Corner shop", source="Survey", note="unhappy"),
		)
		assert first.signal == second.signal
		assert (
			frappe.db.get_value(SIGNAL, first.signal, "note")
			== "Billing watch November\nSurvey November: unhappy"
		)

	def test_a_customer_stands_on_a_list_once_under_whatever_spelling(self, frappe) -> None:
		warn(frappe, "Corner shop")
		for given in ("Corner shop", "CORNER SHOP "):
			with refused(
				frappe, "stands on the list .*November.* of .*Billing watch.* already", "DuplicateEntryError"
			):
				warn(frappe, given)
		warn(frappe, "Corner shop", batch="December")

	def test_an_unknown_customer_is_kept_aside_and_taken_after_mending(self, frappe) -> None:
		from cs_retention.churn_retention.doctype.external_warning.external_warning import try_again

		aside = warn(frappe, "Harbour bakery", note="second reminder")
		assert (aside.status, aside.signal) == ("Kept Aside", None)
		assert aside.problem.startswith("Harbour bakery is no customer here.")
		assert try_again([aside.name]) == {"taken": 0, "left": 1}
		with refused(frappe, "501 warnings were chosen. Choose 1 to 500."):
			try_again([aside.name, *map(str, range(500))])
		frappe.set_user("Administrator")
		make_customer("Harbour bakery")
		frappe.set_user(user("manager"))
		assert try_again(frappe.as_json([aside.name])) == {"taken": 1, "left": 0}
		assert frappe.db.get_value(SIGNAL, {"customer": "Harbour bakery"}, "rule") == "External Warning"

	def test_a_list_imported_again_takes_the_place_of_what_it_left_aside(self, frappe) -> None:
		aside = warn(frappe, "Harbour bakery")
		again = warn(frappe, "Harbour bakery")
		assert not frappe.db.exists("External Warning", aside.name)
		again.update({"customer_given": "Corner shop"}).save()
		assert again.status == "Taken"

	def test_a_name_of_two_customers_is_kept_aside(self, frappe) -> None:
		frappe.set_user("Administrator")
		for name in ("Left twin", "Right twin"):
			make_customer(name)
			frappe.db.set_value("Customer", name, "customer_name", "Twin shop")
		frappe.set_user(user("manager"))
		assert "the name of several customers" in warn(frappe, "Twin shop").problem

	def test_a_warning_of_a_day_to_come_is_refused(self, frappe) -> None:
		with refused(frappe, "lies in the future"):
			warn(frappe, "Corner shop", warned_on="2099-01-01")

	def test_what_is_kept_aside_is_seen_by_those_who_see_all(self, frappe) -> None:
		aside, taken = warn(frappe, "Harbour bakery"), warn(frappe, "Corner shop")
		frappe.set_user(user("east"))
		assert frappe.get_list("External Warning", pluck="name") == [taken.name]
		assert not frappe.get_doc("External Warning", aside.name).has_permission("read")
		with pytest.raises(frappe.PermissionError):
			warn(frappe, "Key shop")
		with pytest.raises(frappe.PermissionError):
			from cs_retention.churn_retention.doctype.external_warning.external_warning import try_again

			try_again([aside.name])


class TestHeardInACall:
	def log(self, frappe: Any, **given: Any) -> Any:
		from cs_retention.callbacks.work import log_done

		call = {"outcome": "Reached", "summary": SAID, "spoken_to": "Ms Lin", "no_next_reason": "calls back"}
		return log_done(first_call(frappe, "Corner shop"), **{**call, **given})

	def test_what_a_call_brought_up_becomes_a_signal_or_joins_the_open_one(self, frappe) -> None:
		self.log(frappe, heard="Cancellation Asked")
		(signal,) = frappe.get_all(SIGNAL, {"rule": "Cancellation Asked"}, ["name", "note", "status"])
		assert (signal.note, signal.status) == (SAID, "Open")
		frappe.set_user("Administrator")
		frappe.get_doc({"doctype": "Competitor", "competitor_name": "Northern Line"}).insert()
		frappe.set_user(user("east"))
		with refused(frappe, "Say which .*Competitor.* was named", "MandatoryError"):
			self.log(frappe, heard="Competitor Named")
		enter(frappe, rule="Competitor Named", competitor="Northern Line")
		self.log(frappe, heard="Competitor Named", competitor="Northern Line")
		note = frappe.db.get_value(SIGNAL, {"rule": "Competitor Named"}, "note")
		assert note == f"found a cheaper tariff\n{SAID}"

	def test_a_call_that_brought_up_nothing_enters_nothing_and_no_fact_of_the_night_is_heard(
		self, frappe
	) -> None:
		self.log(frappe)
		assert frappe.db.count(SIGNAL) == 0
		with refused(frappe, "is found by the night and not entered"):
			self.log(frappe, heard="Lateness")


class TestPanel:
	def panel(self, frappe: Any, customer: str = "Corner shop") -> Any:
		from cs_retention.churn_retention.health_panel import get_health_panel

		return get_health_panel(customer)

	def assessed(self, frappe: Any) -> None:
		"""Give the customer a health as the night writes it, and a change before it."""
		from cs_retention.nightly.outcomes import CHANGE_FIELDS, HEALTH_CHANGE

		parts = {"parts": {"recency": 40, "lateness": 10, "repeats": 18}, "deductions": {}, "deducted": 8}
		state = frappe.db.get_value(STATE, {"customer": "Corner shop"})
		fields = {"card": "Free Buyer", "health": 60, "health_band": "Healthy", "known_since": "2026-01-05"}
		frappe.db.set_value(STATE, state, {**fields, "health_parts": json.dumps(parts)})
		told = ("Corner shop", state, "2026-11-02", "At Risk", 35, "a", "Healthy", 60, "b", "[]", 0, 0)
		store(frappe).insert_rows(HEALTH_CHANGE, CHANGE_FIELDS, [told])

	def test_the_form_draws_parts_trend_and_signals(self, frappe) -> None:
		self.assessed(frappe)
		found(frappe)
		enter(frappe).snooze("2026-12-10", "talks go on")
		shown = self.panel(frappe)
		assert (shown["health"], shown["band_words"], shown["bounds"]) == (60, "Healthy", [20, 40, 60])
		assert [tuple(part.values()) for part in shown["parts"]] == [
			*(("Recency", 40, 40), ("Lateness", 10, 30), ("Repeats", 18, 30)),
			("Deductions", -8, 0),
		]
		assert [(row["day"], row["health"], row["band"]) for row in shown["trend"]] == [
			*(("2026-01-05", 35, "At Risk"), ("2026-11-02", 60, "Healthy")),
		]
		assert [(row["said"], row["status"]) for row in shown["signals"]] == [
			*(
				("2 callbacks in a row not reached", "Open"),
				("Cancellation Asked · found a cheaper tariff", "Snoozed"),
			),
		]
		frappe.local.lang = "zh"
		assert self.panel(frappe)["band_words"] == "健康"

	def test_who_does_not_see_the_state_gets_nothing(self, frappe) -> None:
		self.assessed(frappe)
		frappe.set_user(user("clerk"))
		assert self.panel(frappe) is None
		frappe.set_user(user("manager"))
		assert self.panel(frappe, "Corner shop")["parts"]
		frappe.set_user("Administrator")
		make_customer("Shop of tomorrow")
		assert self.panel(frappe, "Shop of tomorrow") is None
