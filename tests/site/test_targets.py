"""Targets: refused where they cannot be, split to the unit by last year's count, compared in one place, told once in a bulletin."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from personas import as_person, user
from private_bench import PrivateBench
from support_calls import TODAY, branch_at_work

SITE = "targets.localhost"
TARGET, BULLETIN = "Retention Target", "Retention Bulletin"
IN_TIME = "Callbacks in Time"
DONE = {"status": "Done", "outcome": "Reached"}
CALLS = [
	*(("Corner shop", "east", f"2025-{month:02d}-10", DONE) for month in (1, 1, 1, 4, 4, 10)),
	*(("West shop", "west", f"2025-{month:02d}-11", DONE) for month in (1, 4)),
	*(("Corner shop", "east", f"2026-10-{day:02d}", DONE) for day in (5, 6, 7)),
	("Corner shop", "east", "2026-10-08", {"status": "Missed"}),
	*(("West shop", "west", f"2026-10-{day}", DONE) for day in (12, 13)),
]


@pytest.fixture(scope="module")
def branch(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Any]:
	"""Frappe on a site with the calls of two years, and no others."""
	with branch_at_work(bench, installed_dump, SITE) as frappe:
		frappe.db.delete("Customer Callback")
		states = dict(frappe.get_all("Customer Retention State", ["customer", "name"], as_list=True))
		for shop, person, day, values in CALLS:
			of = {"customer": shop, "state": states[shop], "due_date": day, "channel": "Phone"}
			done = {"done_on": day} if values is DONE else {}
			frappe.get_doc(
				{"doctype": "Customer Callback", "responsible": user(person), **of, **values, **done}
			).db_insert()
		frappe.db.commit()
		yield frappe


@pytest.fixture
def frappe(branch: Any) -> Iterator[Any]:
	with as_person(branch, "manager") as frappe:
		yield frappe


def company(frappe: Any) -> str:
	return frappe.get_all("Company", pluck="name")[0]


def target(frappe: Any, **fields: Any) -> Any:
	usual = {"kpi": IN_TIME, "measure": "Number", "value": 100, "period": "Year", "from_date": "2026-01-01"}
	return frappe.get_doc({"doctype": TARGET, "company": company(frappe), **usual, **fields}).insert()


def split(frappe: Any, whole: Any, into: str) -> dict[str, float]:
	"""Split as the dialog does, with the values proposed."""
	from cs_retention.retention_reports.target_split import propose, split_target

	values = {part["key"]: part["value"] for part in propose(whole.name, into)}
	split_target(whole.name, into, json.dumps(values))
	return values


@pytest.mark.parametrize(
	("fields", "sentence"),
	[
		({"period": "Week", "from_date": "2026-11-24"}, "begins no Week. Give the Monday"),
		({"from_date": "2026-01-30"}, "begins no Year. Give a day from the 1st to the 28th"),
		({"kpi": "Customers Retained"}, "does not add up"),
		({"value": 10.5}, "no whole number"),
		({"value": -1, "measure": "Figure"}, "negative"),
	],
)
def test_a_target_that_cannot_be_is_refused(frappe, fields: dict, sentence: str) -> None:
	with pytest.raises(frappe.ValidationError, match=sentence):
		target(frappe, **fields)


def test_a_second_target_of_the_same_is_refused_and_names_the_first(frappe) -> None:
	first = target(frappe)
	assert str(first.to_date) == "2026-12-31"
	with pytest.raises(frappe.ValidationError, match=f"already a target.*{first.name}"):
		target(frappe, measure="Figure", value=90)


def test_a_year_splits_to_months_by_last_years_calls_and_every_month_to_weeks(frappe) -> None:
	whole = target(frappe, value=101)
	months = split(frappe, whole, "Month")
	assert sum(months.values()) == 101 and len(months) == 12
	assert (months["2026-01-01"], months["2026-04-01"], months["2026-10-01"], months["2026-02-01"]) == (
		50,
		38,
		13,
		0,
	)
	january = frappe.get_doc(TARGET, {"split_from": whole.name, "from_date": "2026-01-01"})
	weeks = split(frappe, january, "Week")
	assert sum(weeks.values()) == 50 and next(iter(weeks)) == "2025-12-29"
	january.value = 60
	january.save()
	again = split(frappe, whole, "Month")
	assert again == months and frappe.db.count(TARGET, {"split_from": whole.name}) == 12


def test_a_company_splits_to_people_and_a_figure_holds_for_everybody(frappe) -> None:
	people = split(frappe, target(frappe, value=9, period="Month", from_date="2026-10-01"), "Person")
	assert people == {user("east"): 9, user("west"): 0}
	figure = target(
		frappe, kpi="Customers Contacted", measure="Figure", value=95, period="Month", from_date="2026-10-01"
	)
	assert set(split(frappe, figure, "Person").values()) == {95}


def test_a_figure_is_split_where_a_year_before_has_rows_that_count_on_no_day(frappe) -> None:
	contact = {"doctype": "Customer Touch", "customer": "Corner shop", "touch_date": "2025-10-09"}
	frappe.get_doc({**contact, "channel": "Phone", "outcome": "Reached", "docstatus": 1}).db_insert()
	whole = {"measure": "Figure", "value": 95, "period": "Quarter", "from_date": "2026-10-01"}
	for kpi in ("Customers Contacted", "Customers Retained"):
		assert list(split(frappe, target(frappe, kpi=kpi, **whole), "Month").values()) == [95, 95, 95]


def test_parts_that_do_not_add_up_are_refused_and_nothing_is_written(frappe) -> None:
	from cs_retention.retention_reports.target_split import propose, split_target

	whole = target(frappe, period="Quarter", from_date="2026-10-01", value=11_000)
	values = {part["key"]: 1 for part in propose(whole.name, "Month")}
	for given, sentence in (
		(values, "add up to.*3.*11,000.*by.*10,997"),
		({**values, "2026-10-01": -8}, "negative"),
		({"2026-10-01": 11_000}, "changed meanwhile"),
	):
		with pytest.raises(frappe.ValidationError, match=f"(?s){sentence}"):
			split_target(whole.name, "Month", json.dumps(given))
	with pytest.raises(frappe.ValidationError, match="cannot be split into"):
		propose(whole.name, "Year")
	assert frappe.db.count(TARGET, {"split_from": whole.name}) == 0
	frappe.set_user(user("east"))
	with pytest.raises(frappe.PermissionError):
		propose(whole.name, "Month")


def run(frappe: Any, **filters: Any) -> list[dict[str, Any]]:
	from frappe.desk.query_report import run as run_report

	october = {"company": company(frappe), "period": "Month", "from_date": "2026-10-01", **filters}
	found = run_report("Targets and Results", october, ignore_prepared_report=True)["result"]
	return [row for row in found if row["kpi"] == IN_TIME]


def october_targets(frappe: Any) -> None:
	october = {"period": "Month", "from_date": "2026-10-01"}
	target(frappe, person=user("east"), value=4, **october)
	target(frappe, person=user("west"), value=2, **october)
	target(frappe, measure="Figure", value=100, **october)


def test_value_target_achieved_and_rank_of_everybody(frappe) -> None:
	october_targets(frappe)
	rows = {row["holder"]: row for row in run(frappe)}
	told = ("value", "target", "achieved", "rank", "numerator", "denominator")
	assert [rows["West"][name] for name in told] == [2, 2, 100, 1, 2, 2]
	assert [rows["East"][name] for name in told] == [3, 4, 75, 2, 3, 4]
	(whole,) = run(frappe, by="Company")
	assert [whole[name] for name in told] == [83.3, 100, 83.3, 1, 5, 6]
	assert run(frappe, from_date="2026-12-01") == []
	with pytest.raises(frappe.ValidationError, match="No such period"):
		run(frappe, from_date="2026-10-31")


def test_the_chart_is_of_what_was_achieved_and_there_is_none_of_nothing(frappe) -> None:
	from cs_retention.retention_reports.report.targets_and_results.targets_and_results import execute

	october_targets(frappe)
	october = {"company": company(frappe), "period": "Month", "from_date": "2026-10-01", "only_targets": 1}
	(values,) = (each["values"] for each in execute(october)[3]["data"]["datasets"])
	assert sorted(values) == [75, 100]
	none = {**october, "from_date": "2026-12-01"}
	target(frappe, person=user("east"), value=4, period="Month", from_date="2026-12-01")
	assert len(execute(none)[1]) >= 1
	assert execute(none)[3] is None


def test_an_account_manager_sees_the_own_line_and_the_own_target(frappe) -> None:
	october_targets(frappe)
	frappe.set_user(user("east"))
	assert [(row["holder"], row["rank"]) for row in run(frappe)] == [("East", 2)]
	assert [row["holder"] for row in run(frappe, by="Company")] == ["East"]
	seen = frappe.get_list(TARGET, pluck="person")
	assert user("west") not in seen and user("east") in seen
	wests = frappe.get_all(TARGET, {"person": user("west")}, pluck="name")[0]
	assert not frappe.has_permission(TARGET, "read", wests)
	frappe.set_user(user("clerk"))
	with pytest.raises(frappe.PermissionError):
		run(frappe)


def opened(frappe: Any, row: dict[str, Any], figure: str, **filters: Any) -> list[dict[str, Any]]:
	from frappe.desk.query_report import run as run_report

	asked = {"company": company(frappe), "period": "Month", "from_date": "2026-10-01", **filters}
	asked |= {"figure": figure, "row": row["key"]}
	return run_report("Targets and Results", asked, ignore_prepared_report=True)["result"]


def test_a_figure_opens_the_rows_it_counted(frappe) -> None:
	(east,) = [row for row in run(frappe) if row["holder"] == "East"]
	due, in_time = (opened(frappe, east, figure) for figure in ("Of", "Counted"))
	assert (len(in_time), len(due)) == (east["numerator"], east["denominator"]) == (3, 4)
	assert {row["responsible"] for row in due} == {user("east")}
	assert {row["result"] for row in in_time} == {"In Time"}
	assert all(frappe.db.exists("Customer Callback", row["callback"]) for row in due)
	(whole,) = run(frappe, by="Company")
	assert sum(row["numerator"] for row in opened(frappe, whole, "Counted")) == whole["numerator"]
	with pytest.raises(frappe.ValidationError, match="no such line"):
		opened(frappe, {"key": "NOTHING|PERSON|x"}, "Of")


def test_an_account_manager_opens_the_own_rows_only(frappe) -> None:
	east, west = (next(row for row in run(frappe) if row["holder"] == name) for name in ("East", "West"))
	(whole,) = run(frappe, by="Company")
	frappe.set_user(user("east"))
	seen = set(frappe.get_list("Customer Retention State", pluck="customer"))
	assert {row["customer"] for row in opened(frappe, east, "Of")} <= seen
	for line in (west, whole):
		with pytest.raises(frappe.PermissionError, match="somebody else"):
			opened(frappe, line, "Of")


def made_by_night(frappe: Any, day: str) -> list[str]:
	from cs_retention.retention_reports.bulletin import make_due_bulletins

	frappe.set_user("Administrator")
	return make_due_bulletins(day)


def test_the_first_working_night_makes_the_bulletin_once_for_every_manager(frappe) -> None:
	assert made_by_night(frappe, "2026-11-03") == []
	frappe.db.rollback()
	october_targets(frappe)
	assert made_by_night(frappe, "2026-11-01") == [], "a Sunday"
	(name,) = made_by_night(frappe, "2026-11-02")
	assert made_by_night(frappe, "2026-11-02") == made_by_night(frappe, "2026-11-03") == []
	told = frappe.get_all("Notification Log", {"document_type": BULLETIN}, pluck="for_user")
	assert sorted(told) == [user("manager"), user("second-manager")]
	mails = frappe.get_all("Message Outbox", {"subject": ("like", "%bulletin%")}, ["recipient", "body"])
	assert len(mails) == 2 and all(name in mail.body for mail in mails)
	frappe.delete_doc(BULLETIN, name)
	assert made_by_night(frappe, "2026-11-04") == [], "what somebody deleted stays deleted"


def test_the_workbook_holds_numbers_as_numbers_and_no_formula(frappe) -> None:
	from cs_retention.retention_reports.bulletin import make_bulletin

	october_targets(frappe)
	frappe.db.set_value("User", user("west"), "full_name", "=HYPERLINK(1)")
	name = make_bulletin(company(frappe), "2026-10-20")
	assert make_bulletin(company(frappe), "2026-10-01") == name
	file = frappe.get_doc("File", {"attached_to_doctype": BULLETIN, "attached_to_name": name})
	assert file.is_private and file.file_url == frappe.get_doc(BULLETIN, name).workbook
	book = load_workbook(BytesIO(file.get_content()))
	assert book.sheetnames == ["Person", "Territory", "Company"]
	rows = [row for row in book["Person"].iter_rows(values_only=True) if row[0] == IN_TIME]
	assert rows == [
		(IN_TIME, "'=HYPERLINK(1)", "Number", 2, 2, 100, 1, 2, 2),
		(IN_TIME, "East", "Number", 3, 4, 75, 2, 3, 4),
	]
	assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
	with pytest.raises(frappe.ValidationError, match="is not over"):
		make_bulletin(company(frappe), TODAY)
	frappe.set_user(user("east"))
	with pytest.raises(frappe.PermissionError):
		make_bulletin(company(frappe), "2026-10-01")
