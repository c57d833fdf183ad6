"""Contact Pressure: figures worked out by hand, equal to the rows they open, and only what the reader may see."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from personas import make_customer, make_personas, user

REPORT, DAY = "Contact Pressure", "2026-11-26"
FIGURES = {
	"touches": "Touches",
	"people": "People",
	"sent": "Sent",
	"merged": "Merged",
	"skipped": "Skipped",
	"held": "Held",
}
CUSTOMERS = {"customers": "Customers", "over": "Over Cap"}
TOUCHES = [
	("Corner shop", "2026-11-03", {"outcome": "Reached"}),
	("Corner shop", "2026-11-05", {"outcome": "Not Reached"}),
	("Corner shop", "2026-11-10", {"decision": "Sent", "message_class": "Care", "was_held": 1}),
	("Corner shop", "2026-11-12", {"decision": "Sent", "message_class": "Legal and Service"}),
	("Corner shop", "2026-11-12", {"decision": "Merged", "message_class": "Marketing"}),
	("Corner shop", "2026-10-27", {"decision": "Sent", "message_class": "Care"}),
	("West shop", "2026-11-12", {"decision": "Skipped", "message_class": "Marketing"}),
	("West shop", "2026-11-13", {"decision": "Held", "message_class": "Care", "was_held": 1}),
	*(("West shop", f"2026-11-{day}", {"outcome": "Reached"}) for day in range(14, 19)),
]


@pytest.fixture(scope="module")
def branch(site: str) -> Iterator[Any]:
	"""Customers of account managers east and west, touched as above; undone at the end."""
	import frappe

	from cs_retention.cs_retention.states import ensure_state

	make_personas()
	for customer, persona in (("Corner shop", "east"), ("West shop", "west")):
		make_customer(customer, account_manager=persona)
		ensure_state(customer)
	for customer, day, values in TOUCHES:
		channel = (
			{"channel": "Message", "message_channel": "Email"}
			if "decision" in values
			else {"channel": "Phone"}
		)
		touch = {"doctype": "Customer Touch", "customer": customer, "touch_date": day, **channel, **values}
		frappe.get_doc(touch).db_insert()
	yield frappe
	frappe.set_user("Administrator")
	frappe.db.rollback()


def run(persona: str, **filters: str) -> dict[str, Any]:
	"""Run the report as the desk does, for a persona."""
	import frappe
	from frappe.desk.query_report import run as run_report

	frappe.set_user(user(persona))
	return run_report(REPORT, {"to_date": DAY, **filters})


def test_levels_count_their_customers_touches_within_thirty_days(branch) -> None:
	(row,) = [row for row in run("manager")["result"] if row["key"] == "New"]
	shown = {
		name: row[name] for name in ("cap", "touches", "people", "sent", "merged", "skipped", "held", "over")
	}
	assert shown == {
		**{"cap": 4, "touches": 9, "people": 7, "sent": 2, "merged": 1, "skipped": 1, "held": 2, "over": 1},
	}
	(row,) = run("east")["result"]
	assert (row["customers"], row["touches"], row["per_customer"], row["over_share"]) == (1, 4, 4.0, 0.0)
	assert (row["held_share"], row["merged_share"]) == (33.3, 33.3)


def test_classes_tell_people_and_house_apart(branch) -> None:
	rows = {row["key"]: row for row in run("manager", group_by="Class")["result"]}
	assert list(rows) == ["People", "Legal and Service", "Care", "Marketing"]
	assert [rows["Care"][name] for name in ("touches", "sent", "held", "skipped")] == [1, 1, 2, 0]
	assert [rows["Marketing"][name] for name in ("touches", "merged", "skipped", "merged_share")] == [
		0,
		1,
		1,
		50.0,
	]


@pytest.mark.parametrize("persona", ["manager", "east", "west", "auditor"])
@pytest.mark.parametrize("by", ["Level", "Class"])
def test_every_figure_opens_as_many_rows_of_what_the_reader_sees(branch, persona: str, by: str) -> None:
	rows = run(persona, group_by=by)["result"]
	assert sum(row["touches"] for row in rows) > 0
	for row in rows:
		for fieldname, figure in {**FIGURES, **(CUSTOMERS if by == "Level" else {})}.items():
			opened = run(persona, group_by=by, figure=figure, row=row["key"])["result"]
			assert len(opened) == row[fieldname], (row, figure)
			seen = branch.get_list("Customer Retention State", pluck="customer", limit_page_length=0)
			assert {line["customer"] for line in opened} <= set(seen)


def test_the_chart_and_the_export_hold_nothing_else(branch) -> None:
	found = run("east")
	assert found["chart"]["data"]["datasets"][0]["values"] == [4.0]
	assert [card["value"] for card in found["report_summary"]] == ["4.00", "33.3 %", "33.3 %", "0.0 %"]
	assert "West shop" not in json.dumps(run("east", figure="Customers", row="New"), default=str)


@pytest.mark.parametrize("persona", ["desk", "clerk", "alliance"])
def test_who_has_no_right_to_the_report_is_refused(branch, persona: str) -> None:
	with pytest.raises(branch.PermissionError):
		run(persona)
