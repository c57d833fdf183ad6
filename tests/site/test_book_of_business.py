"""Everybody's book: figures equal to the rows they open, only the reader's customers, and who could take calls over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from personas import as_person, user
from private_bench import PrivateBench
from support_calls import TODAY, branch_at_work
from support_cases import make_invoice

SITE = "books.localhost"
REPORT, STATE, CALL = "Book of Business", "Customer Retention State", "Customer Callback"
SUMS = {
	"revenue": "Revenue",
	"value_at_risk": "Value at Risk",
	"owed": "Owed",
	"made": "Made",
}
COUNTS = {
	"customers": "Customers",
	"key_account": "Key Account",
	"new": "New",
	"five_star": "Five Star",
	"at_risk": "At Risk",
	"prospect": "Prospect",
	"overdue": "Overdue",
	"planned": "Planned",
	"no_day": "No Day",
}


@pytest.fixture(scope="module")
def branch(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Any]:
	"""Frappe on a site whose calls are those of a night, with one overdue, an invoice and a customer without a day."""
	with branch_at_work(bench, installed_dump, SITE) as frappe:
		at_risk = {"health_band": "At Risk", "star_level": "Five Star", "value_at_risk": 250}
		frappe.db.set_value(STATE, {"customer": "Corner shop"}, {**at_risk, "owed_in_period": 3})
		frappe.db.set_value(STATE, {"customer": "West shop"}, "plan_shortfall", "[]")
		name = frappe.get_all(CALL, {"customer": "Corner shop", "status": "Planned"}, pluck="name")[0]
		frappe.db.set_value(CALL, name, "due_date", "2026-11-20")
		make_invoice(frappe, "Corner shop", 900, "2026-10-05")
		make_invoice(frappe, "Corner shop", 400, "2025-10-05")
		frappe.db.commit()
		yield frappe


@pytest.fixture
def frappe(branch: Any) -> Iterator[Any]:
	with as_person(branch, "manager", "CS Retention Settings") as frappe:
		yield frappe


def run(frappe: Any, **filters: Any) -> dict[str, Any]:
	from frappe.desk.query_report import run as run_report

	company = frappe.get_all("Company", pluck="name")[0]
	return run_report(REPORT, {"company": company, **filters}, ignore_prepared_report=True)


def rows(frappe: Any, **filters: Any) -> dict[str, dict[str, Any]]:
	return {row["key"]: row for row in run(frappe, **filters)["result"]}


def test_every_person_s_book_stands_beside_the_others(frappe) -> None:
	found = rows(frappe)
	east, west, nobody = found[user("east")], found[user("west")], found["-"]
	assert [*found] == [user("east"), user("west"), "-"]
	assert (east["customers"], east["key_account"], east["five_star"], east["at_risk"]) == (2, 1, 1, 1)
	assert (east["revenue"], east["value_at_risk"], east["overdue"]) == (900, 250, 1)
	assert (west["customers"], west["no_day"], west["proposal"]) == (1, 1, "1 calls to East")
	assert (nobody["customers"], nobody["proposal"], nobody["capacity"]) == (1, "Name account managers", 0)
	assert east["capacity"] == 8 * 5 * 20 and east["used"] == round(
		100 * (east["planned"] + east["overdue"]) / 800, 1
	)


@pytest.mark.parametrize("persona", ["manager", "east", "west", "auditor"])
def test_a_figure_opens_exactly_the_reader_s_rows(frappe, persona: str) -> None:
	frappe.set_user(user(persona))
	seen = set(frappe.get_list(STATE, pluck="customer"))
	found = rows(frappe)
	assert sum(row["customers"] for row in found.values()) == len(seen)
	for key, row in found.items():
		for name, figure in COUNTS.items():
			opened = run(frappe, figure=figure, row=key)["result"]
			assert len(opened) == row[name], (key, figure)
			assert {line["customer"] for line in opened} <= seen
		for name, figure in SUMS.items():
			opened = run(frappe, figure=figure, row=key)["result"]
			assert sum(line[name] for line in opened) == row[name], (key, figure)


def test_capacity_opens_the_coming_weeks(frappe) -> None:
	east = rows(frappe)[user("east")]
	weeks = run(frappe, figure="Capacity", row=user("east"))["result"]
	assert len(weeks) == 8 and sum(week["capacity"] for week in weeks) == east["capacity"]
	assert sum(week["planned"] for week in weeks) == east["planned"] + east["overdue"]


def test_who_has_more_calls_than_room_is_told_who_has_room(frappe) -> None:
	frappe.db.set_single_value("CS Retention Settings", "capacity", 0)
	frappe.clear_document_cache("CS Retention Settings", "CS Retention Settings")
	assert rows(frappe)[user("east")]["proposal"] == "Nobody has room"
	assert rows(frappe)[user("east")]["used"] is None


def test_in_chinese_and_refused_without_a_role(frappe) -> None:
	frappe.local.lang = "zh"
	answer = run(frappe)
	labels = {column["label"] for column in answer["columns"]}
	assert {"客户经理", "八周可回访量", "有风险"} <= labels
	assert answer["result"][-1]["label"] == "无人负责"
	frappe.set_user(user("clerk"))
	with pytest.raises(frappe.PermissionError):
		run(frappe)


def test_the_report_costs_as_many_queries_with_more_people(frappe, monkeypatch) -> None:
	def queries() -> int:
		asked: list[Any] = []
		ask = frappe.db.sql
		monkeypatch.setattr(frappe.local.db, "sql", lambda *a, **k: asked.append(a) or ask(*a, **k))
		run(frappe)
		monkeypatch.undo()
		return len(asked)

	queries()
	before = queries()
	for person in ("team", "desk", "alliance", "second-manager"):
		frappe.db.set_value("Customer", "Lone shop", "account_manager", user(person))
		frappe.db.set_value(CALL, {"customer": "Lone shop"}, "responsible", user(person))
	assert queries() == before
	assert str(frappe.utils.nowdate()) == TODAY
