"""What signals were worth, in a report whose figures open their rows; value at risk on a dashboard; who is told at night."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from personas import as_person, user
from private_bench import PrivateBench
from support_calls import TODAY, branch_at_work

SITE = "quality.localhost"
SIGNAL, STATE, CHANGE = "Churn Signal", "Customer Retention State", "Customer Health Change"
REPORT = "Warning Quality"
PERIOD = {"from_date": "2026-06-01", "to_date": TODAY}
RAISED = (
	("Corner shop", "Lateness", "2026-07-01", "True Warning", "2026-07-21"),
	("Corner shop", "Complaints", "2026-08-01", "False Alarm", "2026-08-05"),
	("Key shop", "Lateness", "2026-09-01", "Customer Lost", "2026-10-01"),
	("Key shop", "Unreached", "2026-10-01", None, None),
	("West shop", "Lateness", "2026-10-01", "Known Cause", "2026-10-02"),
	("Lone shop", "Lateness", "2026-10-01", "Fact Gone", "2026-10-02"),
	("Lone shop", "Bill Trend", "2025-10-01", "Fact Gone", "2025-10-02"),
)


@pytest.fixture(scope="module")
def branch(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Any]:
	"""Frappe on a site with signals of half a year."""
	with branch_at_work(bench, installed_dump, SITE) as frappe:
		raise_signals(frappe)
		frappe.db.commit()
		yield frappe


@pytest.fixture
def frappe(branch: Any) -> Iterator[Any]:
	with as_person(branch, "manager") as frappe:
		yield frappe


def raise_signals(frappe: Any) -> None:
	states = dict(frappe.get_all(STATE, fields=["customer", "name"], as_list=True))
	fields = ("customer", "state", "rule", "raised_on", "closed_as", "closed_on", "status", "reasons")
	rows = [
		(shop, states[shop], rule, raised, closed_as, closed_on, "Closed" if closed_as else "Open", "[]")
		for shop, rule, raised, closed_as, closed_on in RAISED
	]
	store(frappe).insert_rows(SIGNAL, fields, rows)
	(name,) = frappe.get_all(SIGNAL, {"rule": "Unreached"}, pluck="name")
	frappe.db.set_value(
		SIGNAL, name, "callback", frappe.get_all("Customer Callback", pluck="name", limit=1)[0]
	)


def store(frappe: Any) -> Any:
	from cs_retention.cs_retention.states import open_store

	return open_store()


def report(frappe: Any, **filters: Any) -> dict[str, Any]:
	from frappe.desk.query_report import run

	return run(REPORT, filters={**PERIOD, **filters}, ignore_prepared_report=True)


def rows(frappe: Any, **filters: Any) -> list[dict[str, Any]]:
	return [row for row in report(frappe, **filters)["result"] if isinstance(row, dict)]


def test_every_rule_says_how_often_it_was_right_and_how_long_before(frappe) -> None:
	found = {row["key"]: row for row in rows(frappe)}
	late = found["Lateness"]
	assert (late["raised"], late["true"], late["lost"], late["known"], late["otherwise_closed"]) == (
		4,
		1,
		1,
		1,
		1,
	)
	assert (late["precision"], late["lead"]) == (66.7, 25)
	assert (found["Complaints"]["false"], found["Complaints"]["precision"]) == (1, 0)
	assert (found["Unreached"]["acted_on"], found["Unreached"]["not_closed"]) == (1, 1)
	assert found["Unreached"]["precision"] is None
	assert "Bill Trend" not in found
	frappe.local.lang = "zh"
	assert {row["label"] for row in rows(frappe)} >= {"迟购程度", "投诉"}


def test_a_figure_opens_the_signals_it_counted(frappe) -> None:
	for row in rows(frappe):
		for figure in (
			"Raised",
			"Acted On",
			"True",
			"Known",
			"False",
			"Lost",
			"Otherwise Closed",
			"Not Closed",
		):
			listed = rows(frappe, figure=figure, row=row["key"])
			assert len(listed) == row[frappe.scrub(figure)], (row["key"], figure)
	everything = rows(frappe, figure="Raised")
	assert len(everything) == 6
	assert {row["customer"] for row in everything} == {"Corner shop", "Key shop", "West shop", "Lone shop"}


@pytest.mark.parametrize(("persona", "seen"), [("east", 4), ("west", 5), ("team", 0), ("auditor", 6)])
def test_grid_chart_lists_and_export_show_only_the_readers_customers(frappe, persona, seen) -> None:
	frappe.set_user(user(persona))
	answer = report(frappe)
	grid = sum(row["raised"] for row in answer["result"] if isinstance(row, dict))
	charted = sum(sum(dataset["values"]) for dataset in answer["chart"]["data"]["datasets"])
	assert (grid, charted, answer["report_summary"][0]["value"]) == (seen, seen, seen)
	assert len(rows(frappe, figure="Raised")) == seen


def test_who_has_no_role_of_ours_is_refused(frappe) -> None:
	frappe.set_user(user("clerk"))
	with pytest.raises(frappe.PermissionError):
		report(frappe)


def test_a_period_that_cannot_be_is_refused(frappe) -> None:
	with pytest.raises(frappe.ValidationError, match="Exchange the two dates"):
		report(frappe, from_date=TODAY, to_date="2026-01-01")


def test_the_dashboard_counts_what_the_reader_sees(frappe) -> None:
	from frappe.desk.doctype.number_card.number_card import get_result

	from cs_retention.churn_retention import charts

	for shop, value in (("Corner shop", 100), ("Lone shop", 40)):
		frappe.db.set_value(STATE, {"customer": shop}, {"health_band": "At Risk", "value_at_risk": value})
	assert frappe.get_doc("Dashboard", "Early Warning").cards[0].card == "At Risk by Value"
	for persona, value, signals in (("manager", 140, 1), ("east", 100, 1), ("team", 0, 0)):
		frappe.set_user(user(persona))
		card = frappe.get_doc("Number Card", "At Risk by Value")
		assert float(get_result(card.as_json(), card.filters_json) or 0) == value
		card = frappe.get_doc("Number Card", "Signals That Speak")
		assert get_result(card.as_json(), card.filters_json) == signals
		for draw, total in ((charts.value_at_risk_by_band, value), (charts.signals_by_rule, signals)):
			chart = draw()
			assert sum(chart["datasets"][0]["values"] if chart else ()) == total
	frappe.set_user(user("manager"))
	frappe.local.lang = "zh"
	assert charts.value_at_risk_by_band()["labels"] == ["健康", "关注", "有风险", "高危"]
	frappe.set_user(user("clerk"))
	for draw in (charts.value_at_risk_by_band, charts.signals_by_rule):
		with pytest.raises(frappe.PermissionError):
			draw()


def test_charts_have_a_source_that_asks_for_them(frappe) -> None:
	from frappe.desk.doctype.dashboard_chart_source.dashboard_chart_source import get_config

	for name in ("Value at Risk by Band", "Signals by Rule"):
		chart = frappe.get_doc("Dashboard Chart", name)
		assert (chart.chart_type, chart.source) == ("Custom", name)
		assert f"charts.{frappe.scrub(name)}" in get_config(name)


def changed(frappe: Any, customer: str, band: str, day: str = TODAY, worse: int = 1) -> None:
	from cs_retention.engine.reasons import Reason
	from cs_retention.nightly.outcomes import CHANGE_FIELDS
	from cs_retention.nightly.reason_json import dump_reasons

	state = frappe.db.get_value(STATE, {"customer": customer})
	why = dump_reasons([Reason.of("unreached_in_a_row", times=2)])
	row = (customer, state, day, "Watch", 45, "a", band, 30, "unreached_in_a_row", why, worse, 0)
	# The clock stands: what came before must still be older.
	frappe.db.sql(
		f"UPDATE `tab{CHANGE}` SET creation = creation - INTERVAL 1 HOUR WHERE customer = %s", customer
	)
	store(frappe).insert_rows(CHANGE, CHANGE_FIELDS, [row])
	frappe.db.set_value(STATE, state, "health_band", band)


def told(frappe: Any) -> dict[str, list[str]]:
	alerts = frappe.get_all("Notification Log", ["for_user", "subject", "type"], order_by="creation")
	assert {alert.type for alert in alerts} <= {"Alert"}
	found: dict[str, list[str]] = {}
	for alert in alerts:
		found.setdefault(alert.for_user.partition("@")[0], []).append(alert.subject)
	return found


def test_account_manager_and_backup_are_told_once_and_managers_of_the_dearest(frappe) -> None:
	from cs_retention.churn_retention.alerts import tell_who_answers

	frappe.set_user("Administrator")
	frappe.db.delete("Notification Log")
	changed(frappe, "Corner shop", "Watch", worse=0)
	changed(frappe, "Corner shop", "At Risk")
	changed(frappe, "West shop", "Critical")
	changed(frappe, "Lone shop", "Critical")
	assert tell_who_answers(TODAY) == 3
	assert tell_who_answers(TODAY) == 0
	said = told(frappe)
	assert set(said) == {"east", "west"} and all(len(alerts) == 1 for alerts in said.values())
	assert "Corner shop" in said["east"][0] and "West shop" not in said["east"][0]
	assert "Corner shop" in said["west"][0] and "West shop" in said["west"][0]
	frappe.db.delete("Notification Log")
	changed(frappe, "Key shop", "Critical")
	tell_who_answers(TODAY)
	assert set(told(frappe)) == {"east", "west", "manager", "second-manager"}


def test_of_who_turned_twice_by_day_the_last_is_told_and_nothing_of_who_recovered(frappe) -> None:
	from cs_retention.churn_retention.alerts import tell_who_answers

	frappe.set_user("Administrator")
	frappe.db.delete("Notification Log")
	changed(frappe, "Corner shop", "At Risk")
	changed(frappe, "Corner shop", "Critical")
	changed(frappe, "West shop", "At Risk")
	changed(frappe, "West shop", "Healthy", worse=0)
	assert tell_who_answers(TODAY) == 3
	said = told(frappe)
	assert "Corner shop" in said["east"][0]
	assert not any("West shop" in subject for alerts in said.values() for subject in alerts)
	(content,) = frappe.get_all("Notification Log", {"for_user": user("east")}, pluck="email_content")
	assert content.count("<li>") == 1
	assert "30 Critical" in content
	assert tell_who_answers(TODAY) == 0


def test_a_night_that_ended_too_early_is_made_up_for_and_everybody_reads_the_own_language(frappe) -> None:
	from cs_retention.churn_retention.alerts import tell_who_answers

	frappe.set_user("Administrator")
	frappe.db.delete("Notification Log")
	frappe.db.set_value("User", user("west"), "language", "zh")
	changed(frappe, "Corner shop", "At Risk", "2026-11-22")
	changed(frappe, "Corner shop", "At Risk", "2026-11-02")
	assert tell_who_answers(TODAY) == 1
	said = told(frappe)
	assert said["east"][0].startswith("Turned At Risk or Critical:")
	assert said["west"][0].startswith("转为有风险或危急：")
	(content,) = frappe.get_all("Notification Log", {"for_user": user("west")}, pluck="email_content")
	assert "30 有风险" in content
