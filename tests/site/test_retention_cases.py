"""A retention case on a site: opened at the desk, worked on, kept or lost, released; and everything that is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from personas import user
from private_bench import PrivateBench
from support_calls import TODAY, as_east, branch_at_work, refused
from support_cases import (
	answer,
	attach,
	in_contact,
	lost,
	make_invoice,
	make_offer_of,
	open_at_desk,
	release_file,
)

SITE = "cases.localhost"
CASE = "Retention Case"
SHOP = "Corner shop"


@pytest.fixture(scope="module")
def branch(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Any]:
	"""Frappe on a site with a planned branch and offers."""
	with branch_at_work(bench, installed_dump, SITE) as frappe:
		for shop in (SHOP, "Key shop"):
			make_invoice(frappe, shop, 1200)
		for name, cost in (("Free month", 40), ("New router", 200)):
			make_offer_of(frappe, name, cost)
		make_offer_of(frappe, "For key accounts", 10, [{"condition": "Level", "level": "Key Account"}])
		prepaid = [{"condition": "No Commitment"}, {"condition": "Balance At Least", "amount": 30}]
		make_offer_of(frappe, "Prepaid plan", 5, prepaid)
		frappe.get_doc({"doctype": "Competitor", "competitor_name": "Other Telecom"}).insert()
		frappe.db.commit()
		yield frappe


@pytest.fixture
def frappe(branch: Any) -> Iterator[Any]:
	"""Frappe as account manager east; what a test writes is rolled back."""
	with as_east(branch) as frappe:
		yield frappe


class TestTheRoad:
	def test_an_offer_over_the_limit_is_approved_accepted_and_the_customer_kept(self, frappe) -> None:
		from cs_retention.churn_retention import case_actions

		case = in_contact(frappe, SHOP)
		assert (case.status, str(case.reached_on), str(case.first_contact_due)) == (
			"In Contact",
			TODAY,
			"2026-11-27",
		)
		assert case.open_key == case.state
		ladder = case_actions.get_ladder(case.name)
		assert ladder["limit"] == 60
		assert [(row["offer"], row["needs_approval"]) for row in ladder["offers"]] == [
			("Free month", False),
			("New router", True),
		]
		frappe.db.set_value("Retention Offer", "New router", "binds_months", 12)
		assert case_actions.make_offer(case.name, "New router")["status"] == "Offer Pending"
		with refused(frappe, "Answer", "Accepted", "have a manager approve it first"):
			answer(case.name, "Accepted")
		frappe.set_user(user("manager"))
		case_actions.approve_offer(case.name)
		frappe.set_user(user("east"))
		answer(case.name, "Accepted")
		result = case_actions.customer_stays(case.name, "a new router, installed today")
		case.reload()
		assert (result["status"], str(case.closed_on), case.open_key) == ("Saved", TODAY, None)
		(offer,) = case.offers
		assert (offer.answer, offer.cost, offer.made_by, offer.approved_by) == (
			*("Accepted", 200, user("east")),
			user("manager"),
		)
		assert str(offer.bound_until) == frappe.utils.add_months(TODAY, 12)

	def test_at_the_desk_one_dialog_opens_talks_offers_and_closes(self, frappe) -> None:
		frappe.set_user(user("desk"))
		result = open_at_desk(frappe, SHOP, offer="Free month")
		assert result["status"] == "Offer Pending"
		case = frappe.get_doc(CASE, result["name"])
		assert (case.source, case.asked_by, case.identity_check) == ("Desk Request", "Ms Lin", "ID Document")
		assert [(row.reason, row.words) for row in case.reasons] == [("Too Expensive", "pays less elsewhere")]
		assert case.value_at_stake == 1200
		assert frappe.get_list(CASE, pluck="name") == [case.name], "who opened a case goes on seeing it"

	def test_nothing_is_left_of_a_talk_that_is_refused(self, frappe) -> None:
		before = frappe.db.count(CASE)
		frappe.db.savepoint("talk")
		with refused(frappe, "say how it ended"):
			open_at_desk(frappe, SHOP, result="Lost", result_words=" ")
		frappe.db.rollback(save_point="talk")
		assert frappe.db.count(CASE) == before

	def test_both_managers_of_a_key_account_are_told_at_once(self, frappe) -> None:
		frappe.set_user(user("desk"))
		open_at_desk(frappe, "Key shop")
		frappe.set_user("Administrator")
		about = {"document_type": CASE, "type": "Alert"}
		assert sorted(frappe.get_all("Notification Log", about, pluck="for_user")) == [
			user("east"),
			user("west"),
		]
		assert "Key shop" in frappe.get_all("Notification Log", about, pluck="subject")[0]


class TestPortOut:
	def test_no_offer_is_possible_and_nothing_may_be_delayed(self, frappe) -> None:
		from cs_retention.churn_retention import case_actions

		case = in_contact(frappe, SHOP, exit_type="Port-out Applied", asked_on=TODAY)
		assert str(case.let_go_by) == "2026-11-25"
		assert case_actions.get_ladder(case.name)["offers"] == []
		with refused(frappe, "Port-out Applied allows no offer; let the customer go without delay"):
			case_actions.make_offer(case.name, "Free month")
		with refused(frappe, "say when the request was passed on"):
			case_actions.customer_leaves(case.name, "number ported")
		assert case_actions.customer_leaves(case.name, "number ported", passed_on=TODAY)["status"] == "Lost"

	def test_the_application_needs_its_day(self, frappe) -> None:
		with refused(frappe, "the clock of this exit type starts there"):
			in_contact(frappe, SHOP, exit_type="Port-out Applied", asked_on=None)


class TestRefusals:
	def test_a_second_open_case(self, frappe) -> None:
		case = in_contact(frappe, SHOP)
		with refused(frappe, f"open case {case.name}; go on with that one"):
			in_contact(frappe, SHOP)

	@pytest.mark.parametrize(
		("status", "words"),
		[
			("Saved", "dialog Customer Stays"),
			("Lost", "dialog Customer Leaves"),
			("Offer Pending", "dialog Make Offer"),
			("Released", "a case that is In Contact allows"),
			("Open", "a case that is In Contact allows"),
		],
	)
	def test_a_card_that_is_dragged_without_its_facts(self, frappe, status: str, words: str) -> None:
		case = in_contact(frappe, SHOP)
		case.status = status
		with refused(frappe, words):
			case.save()

	def test_what_stands_in_a_table_stays(self, frappe) -> None:
		case = in_contact(frappe, SHOP)
		case.contacts[0].words = "never said"
		with refused(frappe, "Contacts", "stays as recorded"):
			case.save()
		case.reload()
		case.contacts = []
		with refused(frappe, "Contacts", "stays as recorded"):
			case.save()

	def test_an_offer_is_approved_by_another_manager_in_their_own_name(self, frappe) -> None:
		from cs_retention.churn_retention import case_actions

		case = in_contact(frappe, SHOP)
		case_actions.make_offer(case.name, "New router")
		with pytest.raises(frappe.PermissionError, match="Retention Manager"):
			case_actions.approve_offer(case.name)
		frappe.set_user(user("manager"))
		doc = frappe.get_doc(CASE, case.name)
		doc.offers[0].approved_by = user("second-manager")
		with pytest.raises(frappe.PermissionError, match="in their own name"):
			doc.save()

	def test_two_offers_a_year(self, frappe) -> None:
		from cs_retention.churn_retention import case_actions

		case = in_contact(frappe, SHOP)
		for _time in range(2):
			case_actions.make_offer(case.name, "Free month")
			assert answer(case.name, "Declined")["status"] == "In Contact"
		with refused(frappe, "has had 2 offers within a year"):
			case_actions.make_offer(case.name, "Free month")

	def test_an_offer_that_is_not_for_this_customer(self, frappe) -> None:
		from cs_retention.churn_retention import case_actions

		case = in_contact(frappe, SHOP)
		with refused(frappe, "it is for Key Account"):
			case_actions.make_offer(case.name, "For key accounts")
		with refused(frappe, "a balance of at least"):
			case_actions.make_offer(case.name, "Prepaid plan")

	def test_a_closed_case_stays_but_for_its_notes(self, frappe) -> None:
		case = lost(frappe, SHOP)
		case.churn_notes = "call the daughter in spring"
		case.save()
		case.competitor = "Other Telecom"
		with refused(frappe, "stays as recorded", "Competitor"):
			case.save()

	def test_a_case_of_a_disabled_customer_and_a_customer_with_a_case(self, frappe) -> None:
		frappe.set_user("Administrator")
		frappe.db.set_value("Customer", "Lone shop", "disabled", 1)
		with refused(frappe, "Lone shop", "is disabled"):
			in_contact(frappe, "Lone shop")
		frappe.db.set_value("Customer", "Lone shop", "disabled", 0)
		case = in_contact(frappe, "Lone shop")
		customer = frappe.get_doc("Customer", "Lone shop")
		customer.disabled = 1
		with refused(frappe, case.name, "then disable the customer"):
			customer.save()

	def test_what_people_recorded_is_not_deleted(self, frappe) -> None:
		case = in_contact(frappe, SHOP)
		frappe.set_user(user("manager"))
		with refused(frappe, "holds what people recorded"):
			frappe.delete_doc(CASE, case.name)

	def test_reopening_is_a_new_case_that_names_the_old(self, frappe) -> None:
		old = lost(frappe, SHOP)
		new = in_contact(frappe, SHOP, previous_case=old.name)
		assert new.previous_case == old.name
		from cs_retention.churn_retention import case_actions

		case_actions.customer_leaves(new.name, "gone for good")
		frappe.set_user("Administrator")
		with refused(frappe, "is no closed case of"):
			in_contact(frappe, "Lone shop", previous_case=old.name)


class TestRelease:
	def test_a_release_without_consent_or_proof_is_refused(self, frappe) -> None:
		case = lost(frappe, SHOP)
		frappe.set_user(user("manager"))
		file = release_file(frappe, case, with_proof=False)
		with refused(frappe, "Proof", "attach the signed consent as a private file"):
			file.submit()
		file.reload()
		file.consent_on = None
		file.save()
		with refused(frappe, "Consent On"):
			file.submit()
		assert frappe.db.get_value(CASE, case.name, "status") == "Lost"

	def test_a_public_or_wrong_file_is_no_proof(self, frappe) -> None:
		case = lost(frappe, SHOP)
		frappe.set_user(user("manager"))
		file = release_file(frappe, case, with_proof=False)
		for name, is_private, words in (("consent.txt", 1, "kinds of file"), ("consent.png", 0, "is public")):
			file.proof = attach(frappe, file, name, is_private)
			file.save()
			with refused(frappe, words):
				file.submit()
			file.reload()

	def test_a_submitted_file_releases_and_cannot_be_changed(self, frappe) -> None:
		case = lost(frappe, SHOP)
		frappe.set_user(user("manager"))
		file = release_file(frappe, case, may_be_called=1)
		file.submit()
		case.reload()
		assert (case.status, case.release_file) == ("Released", file.name)
		assert (str(file.call_on), str(file.win_back_until)) == ("2026-12-24", "2027-05-23")
		assert file.dues == 1200 and "Too Expensive" in file.reasons
		file.consent_by = "somebody else"
		with pytest.raises(frappe.UpdateAfterSubmitError):
			file.save()
		file.reload()
		with pytest.raises(frappe.PermissionError):
			file.cancel()

	def test_only_a_manager_submits(self, frappe) -> None:
		case = lost(frappe, SHOP)
		file = release_file(frappe, case)
		with pytest.raises(frappe.PermissionError):
			file.submit()

	def test_a_file_belongs_to_a_lost_case_and_there_is_one(self, frappe) -> None:
		case = in_contact(frappe, SHOP)
		with refused(frappe, "A release file is written for a case that is"):
			release_file(frappe, case)
		from cs_retention.churn_retention import case_actions

		case_actions.customer_leaves(case.name, "moves abroad")
		release_file(frappe, case)
		with refused(frappe, "has the release file"):
			release_file(frappe, case)

	def test_only_what_the_customer_has_is_freed(self, frappe) -> None:
		case = lost(frappe, SHOP)
		with refused(frappe, "Serial No", "is not"):
			release_file(frappe, case, freed_kind="Serial No", freed_name="SIM-1")

	def test_a_case_dragged_to_released_is_refused(self, frappe) -> None:
		case = lost(frappe, SHOP)
		frappe.set_user(user("manager"))
		doc = frappe.get_doc(CASE, case.name)
		doc.status = "Released"
		with refused(frappe, "write a Release File with consent and proof, and submit it"):
			doc.save()


class TestPeople:
	def test_who_sees_which_case(self, frappe) -> None:
		case = in_contact(frappe, SHOP)
		for persona, sees in (
			("east", 1),
			("west", 1),
			("manager", 1),
			("auditor", 1),
			("desk", 0),
			("team", 0),
		):
			frappe.set_user(user(persona))
			assert len(frappe.get_list(CASE, pluck="name")) == sees, persona
			assert bool(frappe.has_permission(CASE, "read", case.name)) == bool(sees), persona

	def test_the_desk_does_not_see_the_notes(self, frappe) -> None:
		frappe.set_user(user("desk"))
		name = open_at_desk(frappe, SHOP)["name"]
		frappe.set_user(user("east"))
		doc = frappe.get_doc(CASE, name)
		doc.churn_notes = "the owner drinks"
		doc.save()
		frappe.set_user(user("desk"))
		seen = frappe.get_doc(CASE, name)
		seen.apply_fieldlevel_read_permissions()
		assert seen.get("churn_notes") is None
		seen.competitor = "Other Telecom"
		seen.save()
		assert frappe.db.get_value(CASE, name, "churn_notes") == "the owner drinks"

	def test_a_hand_over_takes_open_cases_along(self, frappe) -> None:
		from cs_retention.churn_retention.case_customer import count_cases, move_cases

		case = in_contact(frappe, SHOP)
		closed = lost(frappe, "Key shop")
		assert dict(count_cases([SHOP, "Key shop"], user("east"))) == {SHOP: 1}
		move_cases([SHOP, "Key shop"], user("east"), user("west"))
		found = [frappe.db.get_value(CASE, each.name, "account_manager") for each in (case, closed)]
		assert found == [user("west"), user("east")]

	def test_merging_hands_cases_over_and_refuses_two_open_ones(self, frappe) -> None:
		case = in_contact(frappe, SHOP)
		other = in_contact(frappe, "Key shop")
		frappe.set_user("Administrator")
		with refused(frappe, case.name, other.name, "then merge"):
			frappe.rename_doc("Customer", SHOP, "Key shop", merge=True, force=True)
		from cs_retention.churn_retention import case_actions

		case_actions.customer_leaves(other.name, "closes down")
		frappe.rename_doc("Customer", SHOP, "Key shop", merge=True, force=True)
		state = frappe.db.get_value("Customer Retention State", {"customer": "Key shop"})
		stored = frappe.db.get_value(CASE, case.name, ["customer", "state", "open_key"])
		assert stored == ("Key shop", state, state)

	def test_the_timeline_and_the_calendar_show_a_case(self, frappe) -> None:
		from cs_retention.churn_retention.case_calendar import get_events
		from cs_retention.churn_retention.timeline import get_content

		name = open_at_desk(frappe, SHOP, words=None)["name"]
		assert name in get_content("Customer", SHOP)[0]["content"]
		(event,) = get_events("2026-11-01", "2026-11-30")
		assert (event["name"], str(event["start"])) == (name, "2026-11-27")
		assert get_events("2026-11-01", "2026-11-26") == []
		frappe.db.set_value(CASE, name, "next_action_on", "2026-12-03")
		assert get_events("2026-11-01", "2026-11-30") == []
		assert [event["name"] for event in get_events("2026-12-01", "2026-12-31")] == [name]


def test_what_a_site_begins_with(frappe) -> None:
	from cs_retention.setup.case_seeds import REASONS

	frappe.set_user("Administrator")
	workflow = frappe.get_doc("Workflow", CASE)
	assert (workflow.is_active, workflow.workflow_state_field) == (1, "status")
	assert frappe.db.count("Churn Reason", {"is_group": 1}) == 1 + sum(map(bool, REASONS.values()))
	tree = frappe.get_all("Churn Reason", ["name", "lft", "rgt"], order_by="lft")
	assert tree[0].rgt == 2 * len(tree)
	assert [column.column_name for column in frappe.get_doc("Kanban Board", "Retention Cases").columns] == [
		*("Open", "In Contact", "Offer Pending"),
		*("Saved", "Lost", "Released"),
	]


@pytest.mark.parametrize(
	("doctype", "values", "words"),
	[
		("Retention Exit Rule", {"exit_type": "x", "allows_offers": 0}, "Working Days to Let Go"),
		("Retention Exit Rule", {"exit_type": "x", "has_clock": 1, "clock_days": 61}, "from 0 to 60"),
		(
			"Retention Offer",
			{"offer_name": "x", "cost": 1, "from_date": "2026-02-01", "to_date": "2026-01-01"},
			"To Date",
		),
		("CS Retention Settings", {"offers_per_year": 0}, "from 1 to 52"),
		("CS Retention Settings", {"leaver_days": 200}, "from 1 to 180"),
	],
)
def test_rules_that_cannot_be(frappe, doctype: str, values: dict, words: str) -> None:
	frappe.set_user("Administrator")
	doc = frappe.get_doc(doctype) if doctype.startswith("CS") else frappe.new_doc(doctype)
	doc.update(values)
	with refused(frappe, words):
		doc.save()


class TestTheNight:
	def kept(self, frappe, customer: str) -> Any:
		"""Return a case kept on the fixed day of these tests."""
		from cs_retention.churn_retention import case_actions

		case = in_contact(frappe, customer)
		case_actions.customer_stays(case.name, "the bill is explained")
		return case.reload()

	def work(self, as_of: str) -> None:
		from cs_retention.churn_retention.case_night import work_on_cases

		work_on_cases(as_of)

	def test_a_save_notes_what_it_is_measured_by(self, frappe) -> None:
		case = self.kept(frappe, SHOP)
		assert (case.verification, str(case.next_check_on), case.monthly_before) == (
			"Pending",
			"2026-12-24",
			100,
		)
		assert (case.usual_days, case.had_contract) == (0, 0)
		case.verification = "Verified"
		case.churn_notes = "call in spring"
		case.save()
		assert case.reload().verification == "Pending", "the night verifies, not a request"

	def test_no_request_says_that_a_customer_is_back_or_whose_a_case_is(self, frappe) -> None:
		case = self.kept(frappe, SHOP)
		state = case.state
		other = frappe.get_all("Customer Retention State", {"name": ("!=", state)}, pluck="name")[0]
		case.update({"back_on": "2026-11-24", "state": other, "churn_notes": "call in spring"})
		case.save()
		assert (case.reload().back_on, case.state) == (None, state)

	def test_an_invoice_verifies_a_save_once(self, frappe) -> None:
		from cs_retention.churn_retention.case_actions import get_checks

		case = self.kept(frappe, SHOP)
		frappe.set_user("Administrator")
		make_invoice(frappe, SHOP, 110, "2026-12-01")
		self.work("2026-12-23")
		assert case.reload().verification == "Pending"
		for _night in range(2):
			self.work("2026-12-24")
		case.reload()
		assert (case.verification, str(case.next_check_on)) == ("Verified", "2027-01-23")
		assert [(row.days, row.result, str(row.checked_on)) for row in case.checks] == [
			(30, "Verified", "2026-12-24")
		]
		assert get_checks(case.name) == ["day 30: Verified, 110 bought from 24 Nov 2026 to 24 Dec 2026"]
		make_invoice(frappe, SHOP, 500, "2026-12-02")
		self.work("2026-12-25")
		assert len(case.reload().checks) == 1, "an invoice dated back speaks in the next check"

	def test_a_save_that_does_not_hold_is_taken_up_again(self, frappe) -> None:
		case = self.kept(frappe, SHOP)
		frappe.set_user("Administrator")
		self.work("2027-03-01")
		case.reload()
		assert (case.verification, case.next_check_on, len(case.checks)) == ("Relapsed", None, 1)
		(again,) = frappe.get_all(CASE, {"previous_case": case.name}, ["source", "status", "customer"])
		assert tuple(again.values()) == ("Relapse", "Open", SHOP)
		self.work("2027-03-02")
		assert frappe.db.count(CASE, {"previous_case": case.name}) == 1

	def test_a_late_first_contact_is_told_once(self, frappe) -> None:
		name = open_at_desk(frappe, SHOP, words=None)["name"]
		frappe.set_user("Administrator")
		self.work("2026-11-27")
		assert not frappe.db.get_value(CASE, name, "escalated_on")
		for _night in range(2):
			self.work("2026-11-28")
		assert str(frappe.db.get_value(CASE, name, "escalated_on")) == "2026-11-28"
		alerts = frappe.get_all(
			"Notification Log", {"document_name": name, "for_user": user("manager")}, pluck="subject"
		)
		assert len(alerts) == 1 and "without a first contact in time" in alerts[0]

	def test_a_night_over_many_cases_asks_as_often_as_over_one(self, frappe) -> None:
		case = self.kept(frappe, SHOP)
		frappe.set_user("Administrator")
		make_invoice(frappe, SHOP, 110, "2026-12-01")
		asked: list[str] = []
		counts = []
		run = frappe.db.sql
		for size in (1, 1, 25):
			for number in range(size):
				copy = frappe.copy_doc(case)
				copy.update({"name": f"COPY-{len(counts)}-{number}", "status": "Saved", "closed_on": TODAY})
				copy.update({"state": case.state, "opened_on": TODAY, "next_check_on": "2026-12-24"})
				copy.db_insert()
			asked.clear()
			frappe.db.sql = lambda *given, **more: (asked.append(given[0]), run(*given, **more))[1]
			try:
				self.work("2026-12-24")
			finally:
				frappe.db.sql = run
			counts.append(len(asked))
		assert counts[1] == counts[2], "the first night also learns what a case is"


class TestTheReport:
	def test_figures_by_reason_and_the_cases_behind_them(self, frappe) -> None:
		from cs_retention.churn_retention import case_actions
		from cs_retention.churn_retention.report.churn_and_save.churn_and_save import execute

		kept = in_contact(frappe, SHOP)
		case_actions.make_offer(kept.name, "Free month")
		answer(kept.name, "Accepted")
		case_actions.customer_stays(kept.name, "a month free")
		left = lost(frappe, "Key shop")
		filters = {"from_date": "2026-11-01", "to_date": "2026-11-30"}
		for by, key in (("Reason", "Too Expensive"), ("Person", user("east")), ("Exit Type", "Cancellation")):
			_columns, (row,), _message, _chart, summary = execute({**filters, "group_by": by})
			assert (row["key"], row["closed"], row["kept"], row["lost"], row["verified"]) == (key, 2, 1, 1, 0)
			assert (row["strict"], row["value"]) == (50, 2400)
			assert summary[0]["value"] == 2
		for figure, names in (
			("kept", {kept.name}),
			("lost", {left.name}),
			("closed", {kept.name, left.name}),
		):
			_columns, lines = execute({**filters, "figure": figure, "row": "Too Expensive"})
			assert {line["case"] for line in lines} == names
		frappe.set_user(user("team"))
		assert execute(filters)[1] == []

	def test_what_offers_bought_and_the_offers_behind_it(self, frappe) -> None:
		from cs_retention.churn_retention import case_actions
		from cs_retention.churn_retention.report.retention_offers.retention_offers import execute

		for customer, said in ((SHOP, "Accepted"), ("Key shop", "Declined")):
			case = in_contact(frappe, customer)
			case_actions.make_offer(case.name, "Free month")
			answer(case.name, said)
			if said == "Accepted":
				case_actions.customer_stays(case.name, "a month free")
		filters = {"from_date": "2026-11-01", "to_date": "2026-11-30"}
		_columns, (row,), _message, _chart, summary = execute(filters)
		figures = (
			"key",
			"made",
			"accepted",
			"declined",
			"holding",
			"accepted_share",
			"cost",
			"cost_per_hold",
		)
		assert [row[name] for name in figures] == ["Free month", 2, 1, 1, 1, 50, 40, 40]
		assert summary[0]["value"] == 2
		for figure, count in (("made", 2), ("accepted", 1), ("declined", 1), ("holding", 1)):
			_columns, lines = execute({**filters, "figure": figure, "row": "Free month"})
			assert len(lines) == count
			assert {line["offer"] for line in lines} == {"Free month"}


class TestRecommendations:
	def make(self, frappe, **fields: Any) -> Any:
		"""Insert a recommendation for the shop."""
		document = {
			"doctype": "Retention Recommendation",
			"customer": SHOP,
			"recommendation": "show the smaller tariff",
			"reason": "the bill rose twice",
			"until": "2026-12-31",
		}
		return frappe.get_doc({**document, **fields}).insert()

	def test_whoever_meets_the_customer_sees_it_first_and_is_credited_with_its_use(self, frappe) -> None:
		from cs_retention.callbacks.talking_points import collect
		from cs_retention.churn_retention.recommendations import get_open, use

		made = self.make(frappe, offer="Free month")
		in_contact(frappe, SHOP)
		first, second = collect([SHOP], "en")[SHOP][:2]
		assert (first["kind"], second["kind"]) == ("recommendation", "case")
		assert (
			"recommends: show the smaller tariff · Free month (why: the bill rose twice; until Thu 31 Dec)"
			in first["text"]
		)
		frappe.set_user(user("desk"))
		assert [row["name"] for row in get_open(SHOP)] == [made.name]
		use(made.name, "took the tariff")
		made.reload()
		assert (made.status, made.used_by, str(made.used_on), made.made_by) == (
			*("Used", user("desk"), TODAY),
			user("east"),
		)
		assert get_open(SHOP) == []

	def test_what_was_recommended_stays_and_ends_once(self, frappe) -> None:
		from cs_retention.churn_retention.recommendations import use, withdraw

		made = self.make(frappe)
		made.reason = "something else"
		with refused(frappe, "Why", "stays as it was recommended"):
			made.save()
		with refused(frappe, "What Came of It"):
			use(made.name, " ")
		withdraw(made.name)
		with refused(frappe, "it is Withdrawn already; make a new one"):
			use(made.name, "took the tariff")

	def test_it_is_made_for_own_customers_and_a_day_to_come(self, frappe) -> None:
		with refused(frappe, "Until", "give today or a later date"):
			self.make(frappe, until="2026-11-23")
		with pytest.raises(frappe.PermissionError):
			self.make(frappe, customer="West shop")


class TestCandidates:
	def listed(self, offer: str, **filters: Any) -> list[dict[str, Any]]:
		from cs_retention.churn_retention.report.offer_candidates.offer_candidates import execute

		return execute({"offer": offer, **filters})[1]

	def names(self, offer: str, **filters: Any) -> list[str]:
		return sorted(row["customer"] for row in self.listed(offer, **filters))

	def test_who_meets_the_conditions_now_of_the_customers_the_reader_sees(self, frappe) -> None:
		assert self.names("Free month") == [SHOP, "Key shop"]
		assert self.names("For key accounts") == ["Key shop"]
		assert self.names("Prepaid plan") == []
		frappe.set_user(user("manager"))
		assert self.names("Free month") == [SHOP, "Key shop", "Lone shop", "West shop"]
		assert self.names("Free month", account_manager=user("west")) == ["West shop"]
		row = next(row for row in self.listed("New router") if row["customer"] == SHOP)
		assert (row["revenue"], row["needs_approval"], row["star_level"]) == (1200, 1, "New")
		frappe.set_user(user("team"))
		assert self.names("Free month") == []

	def test_who_has_an_open_offer_leaves_without_one_or_was_released_is_none(self, frappe) -> None:
		from cs_retention.churn_retention import case_actions

		case = in_contact(frappe, SHOP)
		assert SHOP in self.names("New router"), "a case alone is no hindrance"
		case_actions.make_offer(case.name, "Free month")
		assert self.names("New router") == ["Key shop"]
		left = lost(frappe, "Key shop")
		frappe.set_user(user("manager"))
		release_file(frappe, left).submit()
		frappe.set_user(user("east"))
		assert self.names("New router") == []

	def test_a_port_out_that_is_applied_for_has_no_candidate(self, frappe) -> None:
		open_at_desk(frappe, SHOP, exit_type="Port-out Applied", asked_on=TODAY)
		assert self.names("Free month") == ["Key shop"]

	def test_an_offer_is_asked_for_and_a_disabled_one_has_nobody(self, frappe) -> None:
		with refused(frappe, "Give", "Retention Offer"):
			self.listed("")
		frappe.db.set_value("Retention Offer", "Free month", "disabled", 1)
		assert self.listed("Free month") == []

	def test_it_is_recommended_for_many_in_one_set_and_only_for_those_who_may_get_it(self, frappe) -> None:
		from cs_retention.churn_retention.recommendations import get_open, recommend_offer

		given = {"recommendation": "offer a free month", "reason": "the fourth year", "until": "2026-12-31"}
		said = recommend_offer("Free month", [SHOP, "Key shop", "West shop"], **given)
		assert said == "Recommended: 2. Passed over, because they have it already or may not get it now: 1."
		for shop in (SHOP, "Key shop"):
			(row,) = get_open(shop)
			assert "offer a free month · Free month (why: the fourth year; until Thu 31 Dec)" in row["text"]
		rows = frappe.get_all("Retention Recommendation", fields=["customer", "status", "made_by", "owner"])
		assert {(row.status, row.made_by, row.owner) for row in rows} == {
			("Open", user("east"), user("east"))
		}
		assert {str(row["recommended_until"]) for row in self.listed("Free month")} == {"2026-12-31"}
		said = recommend_offer("Free month", json.dumps([SHOP, "Key shop"]), **given)
		assert said.startswith("Recommended: 0.") and said.endswith(": 2.")
		with refused(frappe, "Until", "give today or a later date"):
			recommend_offer("For key accounts", ["Key shop"], **{**given, "until": "2026-11-01"})
		with refused(frappe, "0 customers are named"):
			recommend_offer("Free month", [], **given)
		frappe.set_user(user("auditor"))
		with pytest.raises(frappe.PermissionError):
			recommend_offer("Free month", [SHOP], **given)

	def test_a_customer_that_no_night_has_seen_yet_is_a_candidate_too(self, frappe) -> None:
		from cs_retention.churn_retention.recommendations import recommend_offer

		frappe.set_user(user("manager"))
		frappe.get_doc({"doctype": "Customer", "name": "Unseen", "customer_name": "Unseen"}).db_insert()
		assert "Unseen" in self.names("New router")
		given = {"recommendation": "offer a router", "reason": "the fourth year", "until": "2026-12-31"}
		assert recommend_offer("New router", ["Unseen"], **given) == "Recommended: 1."

	def test_many_candidates_take_as_many_statements_as_few(self, frappe, monkeypatch) -> None:
		from cs_retention.churn_retention.recommendations import recommend_offer

		given = {"recommendation": "offer a router", "reason": "the fourth year", "until": "2026-12-31"}
		frappe.set_user(user("manager"))
		counts, sql, made = [], frappe.local.db.sql, []

		def counting(*args: Any, **kwargs: Any) -> Any:
			counts[-1] += 1
			return sql(*args, **kwargs)

		for number in (1, 2, 40):
			batch = [f"More {number} {place}" for place in range(number)]
			for name in batch:
				frappe.get_doc({"doctype": "Customer", "name": name, "customer_name": name}).db_insert()
				state = {"doctype": "Customer Retention State", "customer": name}
				frappe.get_doc(state).db_insert()
			made += batch
			counts.append(0)
			monkeypatch.setattr(frappe.local.db, "sql", counting)
			assert set(made) <= set(self.names("New router"))
			recommend_offer("New router", batch, **given)
			monkeypatch.setattr(frappe.local.db, "sql", sql)
		assert counts[2] <= counts[1] + 1, "the first also learns what a recommendation is"
		assert frappe.db.count("Retention Recommendation") == 43
