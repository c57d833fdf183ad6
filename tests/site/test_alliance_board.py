"""The board of the alliance, a quarter's reviews in sets, notices of ending contracts, exchanges that are due."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from personas import as_person, make_customer, make_personas, user
from private_bench import PrivateBench
from support_alliance import MANAGER, MERCHANT, REVIEW, act, admitted, contract, judged, review
from support_reviews import connected

from cs_retention.engine.workdays import WorkCalendar, next_working_day

SITE = "alliance-board.localhost"
SHOPS = ("Corner Optics", "Harbour Bakery", "Ring Road Tyres", "Sunrise Pharmacy")


@pytest.fixture(scope="module")
def branch(site: str, bench: PrivateBench, installed_dump: Any) -> Iterator[Any]:
	with connected(bench, installed_dump, SITE) as frappe:
		make_personas()
		frappe.get_doc({"doctype": "Industry Type", "industry": "Food"}).insert(ignore_if_duplicate=True)
		for shop in SHOPS:
			make_customer(shop)
			contract(frappe, shop)
		frappe.set_user(MANAGER)
		for shop in SHOPS:
			admitted(frappe, shop)
		frappe.db.commit()
		yield frappe


@pytest.fixture
def frappe(branch: Any) -> Iterator[Any]:
	with as_person(branch, "alliance") as frappe:
		yield frappe
	branch.clear_cache(doctype=MERCHANT)


def merchant(frappe: Any, shop: str) -> Any:
	return frappe.get_doc(MERCHANT, {"customer": shop})


def board() -> Any:
	from cs_retention.merchant_alliance import board

	return board


def complete(frappe: Any, shop: str, *scores: float) -> Any:
	"""Fill in a draft as a person does."""
	doc = frappe.get_doc(REVIEW, {"merchant": merchant(frappe, shop).name, "docstatus": 0})
	for row in [row for row in doc.scores if not row.source]:
		doc.remove(row)
	for criterion, score in zip(("Quality", "Price", "Cooperation", "Satisfaction"), scores, strict=True):
		part = {"criterion": criterion, "part": "floor", "weight": 1, "score": score, "evidence": "seen"}
		doc.append("scores", part)
	return doc.save()


class TestQuarter:
	def test_every_merchant_gets_a_draft_once_with_what_is_on_record(self, frappe) -> None:
		judged(frappe, merchant(frappe, SHOPS[0]), "2026-Q1", 4, 4, 4, 4)
		inspection = {"doctype": "Alliance Inspection", "merchant": merchant(frappe, SHOPS[1]).name}
		doc = frappe.get_doc({**inspection, "inspected_on": "2026-02-10"}).insert()
		for row in doc.items:
			row.answer = "Yes"
		doc.save()
		doc.submit()
		assert (board().draft_reviews(2026, "Q1"), board().draft_reviews(2026, "Q1")) == (3, 0)
		names = frappe.get_all(REVIEW, pluck="name", order_by="name")
		assert len(set(names)) == 4
		drafted = frappe.get_doc(REVIEW, {"merchant": doc.merchant, "docstatus": 0})
		assert [(row.criterion, row.source, row.score) for row in drafted.scores] == [
			("Quality", "Inspections", 5),
			("Price", None, 0),
			("Cooperation", "Inspections", 5),
			("Satisfaction", "Complaints", 5),
		]
		later = review(frappe, merchant(frappe, SHOPS[0]), "2026-Q2", 3, 3, 3, 3)
		assert later.name not in names

	def test_those_that_are_complete_are_submitted_as_one_by_one(self, frappe) -> None:
		from frappe.desk.form.load import get_versions

		one, other, third = SHOPS[:3]
		judged(frappe, merchant(frappe, third), "2026-Q2", 3, 3, 3, 3)
		board().draft_reviews(2026, "Q1")
		complete(frappe, one, 4.5, 4.2, 3, 3)
		complete(frappe, other, 2, 3, 3, 3)
		complete(frappe, third, 5, 5, 5, 5)
		assert board().submit_reviews(2026, "Q1") == 2
		found = merchant(frappe, other)
		assert (found.tier, found.reviews_in_probation) == ("Probation", 1)
		assert merchant(frappe, one).tier == "Preferred"
		assert merchant(frappe, third).tier == "Standard", "a later quarter stands"
		written = frappe.get_doc(REVIEW, {"merchant": found.name, "quarter": "Q1"})
		assert (written.docstatus, written.tier, written.quarter_key) == (
			1,
			"Probation",
			f"{found.name}|2026-Q1",
		)
		assert {row.docstatus for row in written.scores} == {1}
		history = [frappe.parse_json(row.data)["changed"] for row in get_versions(found)]
		assert [["tier", None, "Probation"]] in history
		written.cancel()
		assert (merchant(frappe, other).tier, merchant(frappe, other).reviews_in_probation) == (None, 0)
		single = judged(frappe, merchant(frappe, other), "2026-Q1", 2, 3, 3, 3)
		same = ("tier", "earned_tier", "reasons", "lacks", "next_tier", "quality", "reviews_in_probation")
		assert all(single.get(field) == written.get(field) for field in same)

	def test_more_merchants_take_no_more_statements(self, frappe, monkeypatch) -> None:
		counts, sql = [], frappe.local.db.sql

		def counting(*given: Any, **more: Any) -> Any:
			counts[-1] += 1
			return sql(*given, **more)

		for wave, quarter in enumerate(("Q1", "Q2")):
			counts.append(0)
			monkeypatch.setattr(frappe.local.db, "sql", counting)
			drafted = board().draft_reviews(2026, quarter)
			monkeypatch.setattr(frappe.local.db, "sql", sql)
			part = frappe.qb.DocType("Alliance Review Score")
			entered = frappe.qb.update(part).set(part.score, 4 - wave).set(part.evidence, "seen")
			entered.where(part.source.isnull()).run()
			monkeypatch.setattr(frappe.local.db, "sql", counting)
			assert board().submit_reviews(2026, quarter) == drafted == 4 + 30 * wave
			monkeypatch.setattr(frappe.local.db, "sql", sql)
			for number in range(30 if not wave else 0):
				name = f"Shop {number}"
				shop = {"doctype": MERCHANT, "name": f"AM-S{number}", "customer": name, "merchant_name": name}
				frappe.get_doc({**shop, "status": "Admitted", "admitted_on": "2024-01-01"}).db_insert()
		assert counts[0] >= counts[1] - 2 and max(counts) <= 60, counts

	def test_the_board_shows_tiers_scores_and_the_queue(self, frappe) -> None:
		judged(frappe, merchant(frappe, SHOPS[0]), "2026-Q1", 4.5, 4.2, 4.1, 4.3)
		act(merchant(frappe, SHOPS[1]), "Suspend")
		found = board().get_board()
		shown = {
			column["tier"]: [card["merchant_name"] for card in column["cards"]] for column in found["columns"]
		}
		assert shown == {
			"Strategic": [SHOPS[0]],
			"Preferred": [],
			"Standard": [],
			"Probation": [],
			"": list(SHOPS[1:]),
		}
		assert found["columns"][0]["cards"][0]["scores"] == [4.5, 4.2, 4.1, 4.3]
		assert found["bars"] == {"earned_at": 4, "probation_below": 2.5}
		assert (found["queue"]["missing"], found["queue"]["may_judge"]) == (4, True)

	def test_who_may_not_judge_sees_no_board_and_drafts_nothing(self, frappe) -> None:
		for name in ("east", "desk", "clerk"):
			frappe.set_user(user(name))
			for method, values in (
				(board().get_board, ()),
				(board().draft_reviews, (2026, "Q1")),
				(board().submit_reviews, (2026, "Q1")),
			):
				with pytest.raises(frappe.PermissionError):
					method(*values)
		frappe.set_user(user("auditor"))
		assert board().get_board()["queue"]["may_judge"] is False
		frappe.set_user(MANAGER)
		for values, said in (((2026, "Q9"), "is no quarter"), ((2099, "Q1"), "has not begun")):
			with pytest.raises(frappe.ValidationError, match=said):
				board().draft_reviews(*values)


class TestReports:
	def test_migration_counts_from_which_tier_to_which_and_opens_the_merchants(self, frappe) -> None:
		from frappe.desk.query_report import run

		for shop, first, second in ((SHOPS[0], 4.5, 2), (SHOPS[1], 3, 4.5), (SHOPS[2], 3, 3)):
			judged(frappe, merchant(frappe, shop), "2026-Q1", first, first, 3, 3)
			judged(frappe, merchant(frappe, shop), "2026-Q2", second, second, 3, 3)
		result = run("Alliance Migration", {"year": 2026, "quarter": "Q2"})
		rows = {row["key"]: row for row in result["result"] if isinstance(row, dict)}
		assert (
			rows["Preferred"]["probation"],
			rows["Standard"]["preferred"],
			rows["Standard"]["standard"],
		) == (1, 1, 1)
		assert sum(row["all"] for row in rows.values()) == 3
		assert [each["value"] for each in result["report_summary"]] == [1, 1, 1]
		behind = run(
			"Alliance Migration", {"year": 2026, "quarter": "Q2", "before": "Preferred", "after": "Probation"}
		)
		assert [row["merchant_name"] for row in behind["result"] if isinstance(row, dict)] == [SHOPS[0]]
		first = run("Alliance Migration", {"year": 2026, "quarter": "Q1"})
		new = next(
			row for row in first["result"] if isinstance(row, dict) and row["before"] == "Not Judged Yet"
		)
		opened = {"year": 2026, "quarter": "Q1", "before": new["key"], "after": "Standard"}
		rows = [row for row in run("Alliance Migration", opened)["result"] if isinstance(row, dict)]
		assert new["standard"] == len(rows) == 2
		assert {row["merchant_name"] for row in rows} == {SHOPS[1], SHOPS[2]}

	def test_exchanges_due_names_who_was_not_met_and_who_is_to_call(self, frappe) -> None:
		from frappe.desk.query_report import run

		from cs_retention.cs_retention.states import ensure_state

		today = frappe.utils.nowdate()
		frappe.db.set_value("Customer Retention State", ensure_state(SHOPS[0]), "last_contact", today)
		frappe.db.set_value("Customer", SHOPS[1], "account_manager", user("east"))
		call = {
			"doctype": "Customer Callback",
			"customer": SHOPS[1],
			"due_date": next_working_day(frappe.utils.getdate(today), WorkCalendar()),
			"channel": "Phone",
			"responsible": user("east"),
			"purposes": [
				{"kind": "Care", "obligation_key": f"exchange|s|{merchant(frappe, SHOPS[1]).name}|2026-Q4"}
			],
		}
		frappe.set_user("Administrator")
		planned = frappe.get_doc(call).insert()
		frappe.set_user(MANAGER)
		# A request cannot name the key of an obligation; the night writes it.
		key = f"exchange|s|{merchant(frappe, SHOPS[1]).name}|2026-Q4"
		frappe.db.set_value("Customer Callback Purpose", {"parent": planned.name}, "obligation_key", key)
		frappe.db.set_value(
			"Customer Callback", planned.name, {"status": "Planned", "responsible": user("east")}
		)
		result = run("Exchanges Due", {})
		rows = {row["merchant_name"]: row for row in result["result"] if isinstance(row, dict)}
		assert sorted(rows) == sorted(SHOPS[1:])
		assert (rows[SHOPS[1]]["planned_for"], rows[SHOPS[1]]["months"]) == (user("east"), 3)
		assert [each["value"] for each in result["report_summary"]] == [4, 1, 3, 2]
		everybody = run("Exchanges Due", {"with_met": 1})["result"]
		assert len([row for row in everybody if isinstance(row, dict)]) == 4

	def test_the_appraisal_is_printed_with_why(self, frappe) -> None:
		found = judged(frappe, merchant(frappe, SHOPS[0]), "2026-Q1", 4.5, 4.2, 3, 3)
		html = frappe.get_print(REVIEW, found.name, "Alliance Appraisal")
		for said in ("Appraisal of a Merchant", SHOPS[0], "Double Excellent with 4.5 and 4.2", "inspection"):
			assert said in html, said


class TestNotices:
	def test_an_ending_contract_is_told_twice_and_each_notice_once(self, frappe) -> None:
		from cs_retention.merchant_alliance.notices import warn_of_contracts

		today = frappe.utils.getdate()
		doc = merchant(frappe, SHOPS[0])
		ends = frappe.utils.add_days(today, 60)
		frappe.db.set_value("Contract", doc.contract, "end_date", ends)
		told = []
		for days in (-1, 0, 0, 20, 46, 46, 60):
			warn_of_contracts(frappe.utils.add_days(today, days))
			told.append(frappe.db.count("Notification Log", {"document_name": doc.name, "for_user": MANAGER}))
		assert told == [0, 1, 1, 1, 2, 2, 2]
		bell = frappe.get_last_doc("Notification Log", {"document_name": doc.name, "for_user": MANAGER})
		assert bell.subject.startswith("The contract with Corner Optics ends on ")
		mails = frappe.get_all(
			"Message Outbox", {"dedupe_key": ("like", "contract_notice%"), "recipient": MANAGER}
		)
		assert len(mails) == 2

	def test_whoever_looks_after_the_merchant_is_told(self, frappe) -> None:
		from cs_retention.merchant_alliance.notices import warn_of_contracts

		doc, today = merchant(frappe, SHOPS[1]), frappe.utils.getdate()
		frappe.db.set_value(
			MERCHANT, doc.name, {"alliance_manager": user("west"), "backup_manager": user("team")}
		)
		frappe.db.set_value("Contract", doc.contract, "end_date", frappe.utils.add_days(today, 5))
		warn_of_contracts(today)
		told = frappe.get_all("Notification Log", {"document_name": doc.name}, pluck="for_user")
		assert sorted(told) == [user("team"), user("west")]
		act(doc, "Eliminate")
		frappe.db.delete("Notification Log", {"document_name": doc.name})
		warn_of_contracts(today)
		assert frappe.db.count("Notification Log", {"document_name": doc.name}) == 0
