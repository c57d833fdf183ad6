"""Work on a callback: what a logged call closes, credits and opens, and what an attempt, a move or a skip leaves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from personas import user
from private_bench import PrivateBench
from stopped_clock import stopped_clock
from support_calls import SAID, TODAY, as_east, branch_at_work, first_call, planned

SITE = "work.localhost"
STATE, CALLBACK = "Customer Retention State", "Customer Callback"


@pytest.fixture(scope="module")
def branch(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Any]:
	"""Frappe on a site with a planned branch."""
	with branch_at_work(bench, installed_dump, SITE) as frappe:
		yield frappe


@pytest.fixture
def frappe(branch: Any) -> Iterator[Any]:
	"""Frappe as account manager east; what a test writes is rolled back."""
	with as_east(branch) as frappe:
		yield frappe


def log(callback: str, **given: Any) -> dict[str, Any]:
	from cs_retention.callbacks.work import log_done, prepare

	facts = prepare(callback)
	call = {
		"outcome": "Reached",
		"summary": SAID,
		"spoken_to": "Ms Lin",
		"next_date": facts["proposed"]["date"],
	}
	return log_done(callback, **{**call, **given})


def refused(frappe: Any, *words: str) -> Any:
	return pytest.raises(frappe.ValidationError, match=".*".join(words))


class TestDone:
	def test_a_logged_call_is_done_credited_and_counts_at_once(self, frappe) -> None:
		name = first_call(frappe, "Corner shop")
		result = log(name, satisfaction=4)
		doc = frappe.get_doc("Customer Callback", name)
		assert (doc.status, doc.done_by, str(doc.done_on), doc.satisfaction) == (
			"Done",
			user("east"),
			TODAY,
			4,
		)
		assert (doc.open_key, [(row.met, row.open_key) for row in doc.purposes]) == (None, [(1, None)])
		touch = frappe.get_doc("Customer Touch", doc.touch)
		assert (touch.outcome, touch.person, touch.callback, touch.summary) == (
			"Reached",
			user("east"),
			name,
			SAID,
		)
		state = frappe.get_doc("Customer Retention State", doc.state)
		assert state.met_in_period == 1
		assert result["next"]["due_date"] == state.next_callback

	def test_the_accepted_date_is_the_plans_own_and_stays(self, frappe) -> None:
		name = first_call(frappe, "Corner shop")
		result = log(name)
		(following, *_rest) = planned(frappe, "Corner shop")
		doc = frappe.get_doc("Customer Callback", name)
		assert following.due_date == doc.next_date == result["next"]["due_date"]
		assert following.is_committed
		assert following.open_key.startswith("quota|")

	def test_a_changed_date_becomes_a_promise_on_that_day(self, frappe) -> None:
		log(first_call(frappe, "Corner shop"), next_date=date(2026, 12, 3))
		found = [row for row in planned(frappe, "Corner shop") if str(row.due_date) == "2026-12-03"]
		assert [(row.open_key.split("|")[0], row.is_committed) for row in found] == [("promise", 1)]

	def test_no_next_call_needs_its_reason(self, frappe) -> None:
		name = first_call(frappe, "Corner shop")
		with refused(frappe, "Next Date", "say why there is none"):
			log(name, next_date=None)
		log(name, next_date=None, no_next_reason="closes the shop")
		doc = frappe.get_doc("Customer Callback", name)
		assert (doc.next_step, doc.no_next_reason) == ("None", "closes the shop")

	def test_a_backup_who_calls_gets_the_credit(self, frappe) -> None:
		frappe.set_user(user("west"))
		name = first_call(frappe, "Corner shop")
		log(name)
		assert frappe.db.get_value("Customer Callback", name, "done_by") == user("west")

	def test_a_refusal_is_done_but_meets_nothing_and_is_not_asked_for_again(self, frappe) -> None:
		name = first_call(frappe, "Corner shop")
		key = frappe.db.get_value("Customer Callback", name, "open_key")
		log(name, outcome="Refused", next_date=None, no_next_reason="wants no calls this month")
		doc = frappe.get_doc("Customer Callback", name)
		assert (doc.status, [row.met for row in doc.purposes]) == ("Done", [0])
		assert key not in {row.open_key for row in planned(frappe, "Corner shop")}

	def test_a_call_instead_of_a_visit_leaves_the_visit_owed(self, frappe) -> None:
		visit = next(row.name for row in planned(frappe, "Key shop") if row.channel == "Visit")
		log(visit, channel="Phone")
		assert any(row.channel == "Visit" for row in planned(frappe, "Key shop"))
		kinds = [row.kind for row in frappe.get_doc("Customer Callback", visit).purposes]
		assert "Visit" not in kinds

	def test_a_call_made_before_its_month_leaves_that_month_owed(self, frappe) -> None:
		december = planned(frappe, "Corner shop")[1]
		assert december.open_key.startswith("quota|") and str(december.due_date) >= "2026-12-01"
		log(december.name, next_date=None, no_next_reason="called early")
		assert frappe.get_doc("Customer Callback", december.name).purposes == []
		assert december.open_key in {row.open_key for row in planned(frappe, "Corner shop")}

	def test_a_visit_needed_is_planned_within_ten_working_days(self, frappe) -> None:
		log(first_call(frappe, "Corner shop"), visit_needed=True)
		(visit,) = [row for row in planned(frappe, "Corner shop") if row.channel == "Visit"]
		assert visit.open_key.startswith("visit_needed|")
		assert date(2026, 11, 25) <= visit.due_date <= date(2026, 12, 8)

	def test_a_need_becomes_an_opportunity_in_the_customers_words(self, frappe) -> None:
		need = "a second line for the <b>workshop</b>"
		result = log(first_call(frappe, "Corner shop"), need=need)
		made = frappe.get_doc("Opportunity", result["opportunity"])
		assert (made.party_name, made.notes[0].note) == (
			"Corner shop",
			"a second line for the &lt;b&gt;workshop&lt;/b&gt;",
		)

	def test_without_the_right_the_need_stays_and_is_said(self, frappe) -> None:
		frappe.set_user("Administrator")
		frappe.get_doc("User", user("east")).remove_roles("Sales User")
		frappe.set_user(user("east"))
		result = log(first_call(frappe, "Corner shop"), need="a second line")
		assert result["opportunity"] is None
		assert "right to create an Opportunity" in result["messages"][0]


class TestPromises:
	def test_a_promise_becomes_a_todo_a_reminder_and_the_next_callback(self, frappe) -> None:
		promise = {"promise": "send the <i>offer</i>", "promised_by": user("west"), "due_date": "2026-11-28"}
		name = first_call(frappe, "Corner shop")
		log(name, promises=[promise])
		(row,) = frappe.get_doc("Customer Callback", name).promises
		todo = frappe.get_doc("ToDo", row.todo)
		assert (todo.allocated_to, str(todo.date)) == (user("west"), "2026-11-28")
		assert "&lt;i&gt;offer" in todo.description
		reminder = frappe.get_all("Reminder", {"reminder_docname": name}, ["user", "remind_at"])
		assert [(row.user, str(row.remind_at)) for row in reminder] == [(user("west"), "2026-11-28 09:00:00")]
		keys = {str(row.due_date): row.open_key for row in planned(frappe, "Corner shop")}
		assert keys["2026-11-27"].startswith("promise|"), (
			"28 November is a Saturday: by the working day before"
		)

	def test_closing_the_todo_keeps_the_promise_and_the_other_way_round(self, frappe) -> None:
		promises = [
			{"promise": what, "promised_by": user("east"), "due_date": "2026-12-01"}
			for what in ("offer", "bill")
		]
		name = first_call(frappe, "Corner shop")
		log(name, promises=promises)
		first, second = frappe.get_doc("Customer Callback", name).promises
		todo = frappe.get_doc("ToDo", first.todo)
		todo.status = "Closed"
		todo.save()
		doc = frappe.get_doc("Customer Callback", name)
		assert (doc.promises[0].status, str(doc.promises[0].kept_on)) == ("Kept", TODAY)
		doc.promises[1].status = "Dropped"
		doc.save()
		assert frappe.db.get_value("ToDo", second.todo, "status") == "Cancelled"
		doc.reload()
		doc.promises[1].status = "Open"
		with refused(frappe, "Promises", "cannot be changed"):
			doc.save()

	def test_what_was_promised_cannot_be_rewritten(self, frappe) -> None:
		name = first_call(frappe, "Corner shop")
		log(name, promises=[{"promise": "offer", "promised_by": user("east"), "due_date": "2026-12-01"}])
		doc = frappe.get_doc("Customer Callback", name)
		doc.promises[0].promise = "nothing"
		doc.promises[0].status = "Kept"
		doc.save()
		assert doc.promises[0].promise == "offer"


class TestAttempts:
	def attempt(self, frappe: Any, name: str, on: str, **given: Any) -> dict[str, Any]:
		from cs_retention.callbacks import work

		frappe.db.set_value("Customer Callback", name, "due_date", on)
		return work.log_attempt(name, "no answer", **given)

	def test_an_attempt_moves_the_call_to_another_day_and_hour(self, frappe) -> None:
		name = first_call(frappe, "Corner shop")
		result = self.attempt(frappe, name, TODAY)
		assert (result["status"], str(result["due_date"]), result["due_time"]) == (
			"Planned",
			"2026-11-25",
			"15:00:00",
		)
		doc = frappe.get_doc("Customer Callback", name)
		assert [row.person for row in doc.attempts] == [user("east")]
		assert "Nobody was reached" in doc.reschedules[0].reason
		assert frappe.db.get_value("Customer Touch", doc.attempts[0].touch, "outcome") == "Not Reached"
		with refused(frappe, "one attempt a day counts"):
			self.attempt(frappe, name, TODAY)

	def test_after_the_limit_the_customer_is_unreached_and_not_asked_for_again(self, frappe) -> None:
		name = first_call(frappe, "Corner shop")
		key = frappe.db.get_value("Customer Callback", name, "open_key")
		for day in ("2026-11-24", "2026-11-25", "2026-11-26"):
			with stopped_clock(day):
				result = self.attempt(frappe, name, day)
		assert result["status"] == "Unreached"
		assert key not in {row.open_key for row in planned(frappe, "Corner shop")}

	def test_what_is_proposed_for_the_next_try_can_be_logged(self, frappe) -> None:
		from cs_retention.callbacks import attempts

		name = first_call(frappe, "Corner shop")
		for day in ("2026-11-24", "2026-11-25"):
			with stopped_clock(day):
				proposed = attempts.propose_attempt(frappe.get_doc("Customer Callback", name)).day
				assert str(proposed) > day
				result = self.attempt(frappe, name, day, next_date=str(proposed))
			assert str(result["due_date"]) == str(proposed)

	def test_for_a_customer_who_drifts_away_the_backup_tries_next(self, frappe) -> None:
		state = frappe.db.get_value("Customer Retention State", {"customer": "Corner shop"})
		frappe.db.set_value("Customer Retention State", state, "health_band", "At Risk")
		result = self.attempt(frappe, first_call(frappe, "Corner shop"), TODAY)
		assert result["responsible"] == user("west")


class TestMoving:
	def test_a_call_moves_with_its_reason_and_stays_there(self, frappe) -> None:
		from cs_retention.callbacks.work import reschedule

		name = first_call(frappe, "Corner shop")
		reschedule(name, date(2026, 11, 30), "asked to be called on Monday")
		doc = frappe.get_doc("Customer Callback", name)
		assert (str(doc.due_date), doc.is_committed, doc.status) == ("2026-11-30", 1, "Planned")
		assert [(str(row.due_date), row.reason) for row in doc.reschedules] == [
			("2026-11-30", "asked to be called on Monday")
		]

	@pytest.mark.parametrize(
		("day", "says"),
		[
			(date(2026, 11, 23), "lies in the past"),
			(date(2026, 11, 28), "is no working day of .*30"),
			(date(2026, 12, 2), "outside the period it serves"),
		],
	)
	def test_a_day_that_cannot_be_is_refused(self, frappe, day, says) -> None:
		from cs_retention.callbacks.work import reschedule

		with refused(frappe, says):
			reschedule(first_call(frappe, "Corner shop"), day, "holiday")

	def test_a_move_needs_a_reason(self, frappe) -> None:
		from cs_retention.callbacks.work import reschedule

		with refused(frappe, "Reason", "say why"):
			reschedule(first_call(frappe, "Corner shop"), date(2026, 11, 27), " - ")

	def test_a_skipped_call_is_not_planned_again_in_its_period(self, frappe) -> None:
		from cs_retention.callbacks.work import skip

		name = first_call(frappe, "Corner shop")
		key = frappe.db.get_value("Customer Callback", name, "open_key")
		skip(name, "on holiday abroad")
		doc = frappe.get_doc("Customer Callback", name)
		assert (doc.status, doc.skip_reason, doc.open_key) == ("Skipped", "on holiday abroad", None)
		assert key not in {row.open_key for row in planned(frappe, "Corner shop")}

	def test_only_the_team_can_be_given_the_call(self, frappe) -> None:
		from cs_retention.callbacks.work import reassign

		name = first_call(frappe, "Corner shop")
		with refused(frappe, "neither account manager nor backup"):
			reassign(name, user("team"), "knows the shop")
		assert reassign(name, user("west"), "knows the shop")["responsible"] == user("west")


class TestByHand:
	def test_a_callback_made_by_a_person_is_a_promise_and_the_night_keeps_it(self, frappe) -> None:
		made = {"doctype": "Customer Callback", "customer": "Corner shop", "due_date": "2026-12-10"}
		doc = frappe.get_doc({**made, "channel": "Phone"}).insert()
		assert (doc.responsible, doc.is_committed, doc.purposes[0].kind) == (user("east"), 1, "Promise")
		assert doc.open_key == doc.purposes[0].obligation_key == f"promise|{doc.state}|{doc.name}"
		assert str(frappe.db.get_value("Customer Callback", doc.name, "due_date")) == "2026-12-10"

	def test_a_day_off_and_a_state_are_refused(self, frappe) -> None:
		made = {"doctype": "Customer Callback", "customer": "Corner shop", "channel": "Phone"}
		with refused(frappe, "no working day"):
			frappe.get_doc({**made, "due_date": "2026-12-12"}).insert()
		with refused(frappe, "begins as"):
			frappe.get_doc({**made, "due_date": "2026-12-10", "status": "Done"}).insert()


class TestThePlan:
	def test_a_touch_meets_the_call_at_once(self, frappe) -> None:
		name = first_call(frappe, "Corner shop")
		touch = {
			"doctype": "Customer Touch",
			"customer": "Corner shop",
			"channel": "Phone",
			"outcome": "Reached",
		}
		frappe.get_doc(touch).insert()
		assert frappe.db.get_value("Customer Callback", name, "status") == "Met"

	def test_while_a_night_runs_the_plan_is_left_to_it(self, frappe) -> None:
		run = {"doctype": "Retention Run", "name": "Night:2026-11-24", "job": "Night", "site_date": TODAY}
		frappe.get_doc({**run, "status": "Running", "phase": "Rate"}).db_insert()
		result = log(first_call(frappe, "Corner shop"), next_date=date(2026, 12, 3))
		assert result["status"] == "Done"
		assert result["messages"] == ["The night is at work; the plan follows with it, or with the next one."]
		state = {"customer": "Corner shop"}
		assert frappe.db.get_value("Customer Retention State", state, "plan_valid_until") is None

	def test_a_plan_of_other_rules_than_the_nights_is_looked_at_by_the_next(self, frappe) -> None:
		from cs_retention.callbacks.replanning import new_planner

		run = {"doctype": "Retention Run", "name": "Night:2026-11-24", "job": "Night", "site_date": TODAY}
		frappe.get_doc({**run, "status": "Done", "plan_frame": new_planner().frame.mark}).db_insert()
		log(first_call(frappe, "Corner shop"), next_date=date(2026, 12, 3))
		state = {"customer": "Corner shop"}
		assert frappe.db.get_value("Customer Retention State", state, "plan_valid_until") is not None
		frappe.db.set_value("Retention Run", "Night:2026-11-24", "plan_frame", "of other rules")
		log(first_call(frappe, "Corner shop"), next_date=date(2026, 12, 4))
		assert frappe.db.get_value("Customer Retention State", state, "plan_valid_until") is None

	def test_a_plan_that_fails_loses_no_call(self, frappe, monkeypatch) -> None:
		from cs_retention.callbacks import replanning

		name = first_call(frappe, "Corner shop")

		def fail() -> None:
			frappe.db.set_value("Customer Callback", name, "summary", "half a plan")
			frappe.throw("no policy")

		monkeypatch.setattr(replanning, "load_rules", fail)
		from cs_retention.callbacks.work import log_done

		result = log_done(name, "Reached", SAID, "Ms Lin", next_date=date(2026, 12, 3))
		assert "follows with the night" in result["messages"][0]
		assert frappe.db.get_value("Customer Callback", name, ["status", "summary"]) == ("Done", SAID)
		assert frappe.local.message_log == []

	def test_a_proposal_writes_nothing(self, frappe) -> None:
		from cs_retention.callbacks.work import prepare

		before = planned(frappe, "Key shop")
		facts = prepare(first_call(frappe, "Key shop"))
		assert facts["proposed"]["date"] > date(2026, 11, 24)
		assert facts["proposed"]["why"]
		assert planned(frappe, "Key shop") == before


class TestOrderOfLocks:
	"""The night holds the states of its customers before it writes their callbacks; so does every action."""

	@pytest.fixture
	def locked(self, frappe, monkeypatch: pytest.MonkeyPatch) -> list[str]:
		"""The DocTypes of locking reads, in their order."""
		seen: list[str] = []
		database = frappe.local.db
		run = database.sql

		def sql(query: Any, *values: Any, **options: Any) -> Any:
			text = str(query)
			if text.endswith("FOR UPDATE"):
				seen.extend(doctype for doctype in (STATE, CALLBACK) if f"`tab{doctype}`" in text)
			return run(query, *values, **options)

		monkeypatch.setattr(database, "sql", sql)
		return seen

	@pytest.mark.parametrize("action", ["log_done", "log_attempt", "reschedule", "skip", "reassign"])
	def test_an_action_holds_the_customer_before_its_callback(self, frappe, locked, action: str) -> None:
		from cs_retention.callbacks import work

		given = {
			"log_done": ("Refused", SAID),
			"log_attempt": ("rang twice",),
			"reschedule": (date(2026, 11, 26), "asked for Thursday"),
			"skip": ("closed for repairs until spring",),
			"reassign": (user("west"), "knows the owner well"),
		}
		name = first_call(frappe, "Corner shop")
		# What an action says of its values comes after its locks.
		with suppress(frappe.ValidationError):
			getattr(work, action)(name, *given[action])
		assert locked[:2] == [STATE, CALLBACK]

	def test_bulk_holds_all_its_customers_at_once(self, frappe, locked) -> None:
		from cs_retention.callbacks import bulk

		names = [first_call(frappe, customer) for customer in ("Key shop", "Corner shop")]
		bulk.reassign(names, user("west"), "holiday of the owner")
		assert locked[:2] == [STATE, CALLBACK]
		assert CALLBACK in locked[2:]
