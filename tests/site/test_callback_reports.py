"""Callback reports: figures worked out by hand, equal to the rows they open, and only what the reader may see."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from personas import user
from private_bench import PrivateBench
from support_calls import branch_at_work

SITE = "figures.localhost"
NOVEMBER = {"from_date": "2026-11-01", "to_date": "2026-11-30"}
COMPLIANCE, FULFILMENT = "Callback Compliance", "Quota Fulfilment"
CALLS = [
	("Corner shop", "east", "2026-11-02", {"status": "Done", "outcome": "Reached", "done_on": "2026-11-02"}),
	("Corner shop", "east", "2026-11-09", {"status": "Done", "outcome": "Visited", "done_on": "2026-11-10"}),
	("Corner shop", "east", "2026-11-10", {"status": "Done", "outcome": "Refused", "done_on": "2026-11-10"}),
	("Corner shop", "east", "2026-11-11", {"status": "Skipped"}),
	("Corner shop", "east", "2026-11-12", {"status": "Met"}),
	("West shop", "west", "2026-11-11", {"status": "Unreached"}),
	("West shop", "west", "2026-11-12", {"status": "Missed"}),
	("Lone shop", None, "2026-11-13", {"status": "Planned"}),
]
TOUCHES = [("Corner shop", "Reached"), ("Corner shop", "Not Reached"), ("West shop", "Refused")]
FIGURES = {"due": "Due", "in_time": "In Time", "late": "Late", "attempted": "Attempted", "skipped": "Skipped"}


@pytest.fixture(scope="module")
def branch(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Any]:
	"""Frappe on a site where the callbacks and touches of November are those above."""
	with branch_at_work(bench, installed_dump, SITE) as frappe:
		frappe.db.delete("Customer Callback")
		for customer, person, day, values in CALLS:
			state = frappe.db.get_value("Customer Retention State", {"customer": customer})
			given = {"customer": customer, "state": state, "due_date": day, "channel": "Phone", **values}
			given["responsible"] = person and user(person)
			frappe.get_doc({"doctype": "Customer Callback", **given}).db_insert()
		for customer, outcome in TOUCHES:
			given = {"customer": customer, "touch_date": "2026-11-03", "channel": "Phone", "outcome": outcome}
			frappe.get_doc({"doctype": "Customer Touch", **given}).db_insert()
		frappe.db.commit()
		yield frappe


@pytest.fixture(params=["manager", "east", "west"])
def person(request: pytest.FixtureRequest, branch: Any) -> Iterator[str]:
	branch.set_user(user(request.param))
	yield request.param
	branch.set_user("Administrator")


def run(report: str, **filters: Any) -> dict[str, Any]:
	"""Run a report as the desk does."""
	from frappe.desk.query_report import run as run_report

	return run_report(report, {**NOVEMBER, **filters})


def test_compliance_counts_by_person_what_became_of_every_call(branch) -> None:
	branch.set_user(user("manager"))
	rows = {row["key"]: row for row in run(COMPLIANCE)["result"]}
	east, west, nobody = rows[user("east")], rows[user("west")], rows["-"]
	figures = ("due", "in_time", "late", "attempted", "skipped", "not_called", "completion")
	assert [east[name] for name in figures] == [4, 1, 1, 1, 1, 0, 25.0]
	assert [west[name] for name in figures] == [2, 0, 0, 1, 0, 1, 0.0]
	assert [nobody[name] for name in figures] == [1, 0, 0, 0, 0, 1, 0.0]
	branch.set_user("Administrator")


@pytest.mark.parametrize("by", ["Person", "Level", "Week"])
def test_every_figure_of_compliance_opens_as_many_calls(branch, person: str, by: str) -> None:
	found = run(COMPLIANCE, group_by=by)
	assert (
		found["result"]
		and found["report_summary"][0]["value"] == {"manager": 7, "east": 4, "west": 6}[person]
	)
	for row in found["result"]:
		for fieldname, figure in FIGURES.items():
			opened = run(COMPLIANCE, group_by=by, figure=figure, row=row["key"])["result"]
			assert len(opened) == row[fieldname], (row, figure)
			assert {line["customer"] for line in opened} <= set(
				branch.get_list("Customer Callback", pluck="customer")
			)


def test_grace_turns_a_late_call_into_one_in_time(branch) -> None:
	branch.db.set_single_value("CS Retention Settings", "grace_days", 1)
	branch.clear_document_cache("CS Retention Settings", "CS Retention Settings")
	row = next(row for row in run(COMPLIANCE)["result"] if row["key"] == user("east"))
	assert (row["in_time"], row["late"]) == (2, 0)
	branch.db.rollback()
	branch.clear_document_cache("CS Retention Settings", "CS Retention Settings")


def test_fulfilment_counts_customers_with_their_minimum_of_contacts(branch) -> None:
	branch.set_user(user("manager"))
	rows = run(FULFILMENT)["result"]
	new = next(row for row in rows if row["level_key"] == "New")
	assert (new["period"], new["customers"], new["met"], new["short"]) == ("2026-11", 3, 1, 2)
	weeks = [row["period"] for row in rows if row["level_key"] == "Key Account"]
	assert weeks == ["2026-W45", "2026-W46", "2026-W47", "2026-W48"]
	branch.set_user("Administrator")


def test_every_figure_of_fulfilment_opens_as_many_customers(branch, person: str) -> None:
	rows = run(FULFILMENT)["result"]
	assert rows
	for row in rows:
		for fieldname, figure in {"customers": "Customers", "met": "Met", "short": "Short"}.items():
			opened = run(FULFILMENT, figure=figure, row=row["key"])["result"]
			assert len(opened) == row[fieldname], (row, figure)


@pytest.mark.parametrize("report", [COMPLIANCE, FULFILMENT])
@pytest.mark.parametrize(
	("filters", "sentence"),
	[
		({"from_date": None}, "Give .*Start"),
		({"from_date": "2026-12-01"}, "The start lies after the end"),
		({"from_date": "2024-12-01"}, "Choose a shorter period"),
	],
)
def test_a_period_that_cannot_be_used_is_refused(branch, report: str, filters: dict, sentence: str) -> None:
	with pytest.raises(branch.ValidationError, match=sentence):
		run(report, **filters)


@pytest.mark.parametrize("report", [COMPLIANCE, FULFILMENT])
def test_who_has_no_right_to_a_report_gets_nothing(branch, report: str) -> None:
	branch.set_user(user("clerk"))
	with pytest.raises(branch.PermissionError):
		run(report)
	branch.set_user("Administrator")
