"""Completeness of customers' files: on the form, among the talking points, in the report, with what a manager asks for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from personas import as_person, user
from private_bench import PrivateBench
from support_calls import branch_at_work

SITE = "files.localhost"
REPORT, STATE, SETTINGS = "Customer File Completeness", "Customer Retention State", "CS Retention Settings"


@pytest.fixture(scope="module")
def branch(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Any]:
	"""Frappe on a site where Corner shop lacks a birthday only and the others nearly everything."""
	with branch_at_work(bench, installed_dump, SITE) as frappe:
		frappe.db.set_value(STATE, {"customer": "Corner shop"}, "star_level", "Five Star")
		link = {"link_doctype": "Customer", "link_name": "Corner shop"}
		phones = [{"phone": "0571 8800 1234", "is_primary_phone": 1}]
		contact = {"doctype": "Contact", "first_name": "Nora", "phone_nos": phones, "links": [link]}
		frappe.get_doc({**contact, "retention_decision_maker": 1}).insert()
		consent = {"channel": "Email", "status": "Withdrawn", "evidence": "said so on the phone"}
		frappe.get_doc({"doctype": "Customer Consent", "customer": "Corner shop", **consent}).insert()
		frappe.db.commit()
		yield frappe


@pytest.fixture
def frappe(branch: Any) -> Iterator[Any]:
	with as_person(branch, "manager", SETTINGS) as frappe:
		yield frappe


def run(frappe: Any, **filters: Any) -> list[dict[str, Any]]:
	from frappe.desk.query_report import run as run_report

	return run_report(REPORT, filters, ignore_prepared_report=True)["result"]


def test_the_form_says_what_is_there_and_what_is_missing(frappe) -> None:
	from cs_retention.callbacks.customer import get_next_call

	assert get_next_call("Corner shop")["file"] == "85 % of what is required is there · missing: Birthday"
	assert get_next_call("West shop")["file"].endswith("missing: Contact, Phone Number, Consent")
	frappe.local.lang = "zh"
	assert get_next_call("Corner shop")["file"] == "必备项已完成 85% · 缺少：生日"
	frappe.set_user(user("east"))
	assert get_next_call("West shop")["file"] is None


def test_completing_the_file_rides_on_the_next_call_and_makes_none(frappe) -> None:
	from cs_retention.callbacks.talking_points import collect

	found = collect(["Corner shop", "West shop"], "en")
	texts = {customer: [point["text"] for point in points] for customer, points in found.items()}
	assert "complete the file, missing: Birthday" in texts["Corner shop"]
	assert "complete the file, missing: Contact, Phone Number, Consent" in texts["West shop"]
	kinds = set(frappe.get_all("Customer Callback Purpose", pluck="kind"))
	assert kinds <= {"Quota", "Visit"}


@pytest.mark.parametrize(("persona", "seen"), [("manager", 4), ("east", 2), ("west", 3), ("auditor", 4)])
def test_every_figure_of_the_report_opens_the_reader_s_customers(frappe, persona: str, seen: int) -> None:
	frappe.set_user(user(persona))
	rows = run(frappe)
	assert sum(row["customers"] for row in rows) == seen
	figures = {"customers": "Customers", "complete": "Complete", "incomplete": "Incomplete"}
	for row in rows:
		for name, figure in {**figures, "birthday": "Birthday", "phone_number": "Phone Number"}.items():
			opened = run(frappe, figure=figure, row=row["key"])
			assert len(opened) == row[name], (row["key"], figure)
	frappe.set_user(user("clerk"))
	with pytest.raises(frappe.PermissionError):
		run(frappe)


def test_what_is_required_is_data(frappe) -> None:
	frappe.set_user("Administrator")
	settings = frappe.get_doc(SETTINGS)
	assert len(settings.file_requirements) == 7
	next(row for row in settings.file_requirements if row.part == "Birthday").required_from = ""
	settings.save()
	frappe.set_user(user("manager"))
	(complete,) = run(frappe, figure="Complete")
	assert (complete["customer"], complete["share"], complete["missing"]) == ("Corner shop", 100, "")
	frappe.set_user("Administrator")
	settings.phone_format = "[0-9"
	with pytest.raises(frappe.ValidationError, match=r"Format of Phone Numbers.*regular expression"):
		settings.save()
	settings.phone_format = "[0-9 ]+"
	settings.append("file_requirements", {"part": "Consent"})
	with pytest.raises(frappe.ValidationError, match=r"Consent.*stands twice"):
		settings.save()


def test_the_report_reads_each_fact_once_whatever_the_size_of_the_book(frappe, monkeypatch) -> None:
	def queries() -> int:
		asked: list[Any] = []
		ask = frappe.db.sql
		monkeypatch.setattr(frappe.local.db, "sql", lambda *a, **k: asked.append(a) or ask(*a, **k))
		run(frappe)
		monkeypatch.undo()
		return len(asked)

	queries()
	before = queries()
	frappe.set_user("Administrator")
	from cs_retention.cs_retention.states import ensure_states

	for number in range(5):
		customer = {"doctype": "Customer", "customer_type": "Company", "customer_name": f"More {number}"}
		frappe.get_doc(customer).insert()
	ensure_states()
	frappe.set_user(user("manager"))
	queries()
	assert queries() == before
