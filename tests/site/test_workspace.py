"""The workspace: what each role may see of it, figures of the reader's customers only, and the way from a fresh site to the first calls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from app_files import desk_records
from personas import make_customer, user
from private_bench import PrivateBench
from support_calls import TODAY, branch_at_work

SITE = "workspace.localhost"
WORKSPACE = desk_records("Workspace")["Customer Retention"]
CARDS = {row["number_card_name"] for row in WORKSPACE["number_cards"]}
STATE, CASE, CALL = "Customer Retention State", "Retention Case", "Customer Callback"
SHOPS = ("Corner shop", "Key shop", "Lone shop", "West shop")


@pytest.fixture(scope="module")
def branch(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Any]:
	"""Frappe on a site whose four customers have something of everything the workspace counts."""
	with branch_at_work(bench, installed_dump, SITE) as frappe:
		for shop in SHOPS:
			give_everything(frappe, shop)
		frappe.db.commit()
		yield frappe


@pytest.fixture
def frappe(branch: Any) -> Iterator[Any]:
	yield branch
	branch.set_user("Administrator")
	branch.db.rollback()
	branch.local.lang = "en"


def give_everything(frappe: Any, shop: str) -> None:
	"""Give a customer an overdue call, a touch, a signal, a case at work and one kept in this quarter."""
	from cs_retention.cs_retention.states import ensure_state

	state = ensure_state(shop)
	at_risk = {"health_band": "Critical", "value_at_risk": 100, "star_level": "Two Star"}
	frappe.db.set_value(STATE, state, at_risk)
	of = {"customer": shop, "state": state}
	insert(frappe, CALL, due_date="2026-11-20", channel="Phone", status="Planned", **of)
	insert(frappe, "Customer Touch", touch_date="2026-11-17", channel="Phone", outcome="Reached", **of)
	insert(frappe, "Churn Signal", rule="Lateness", status="Open", raised_on="2026-11-01", reasons="[]", **of)
	case = {"exit_type": "Cancellation", "source": "Manual", **of}
	late = {"status": "Open", "first_contact_due": "2026-11-20"}
	insert(frappe, CASE, open_key=state, opened_on="2026-11-18", **late, **case)
	kept = {"status": "Saved", "verification": "Pending", "closed_on": "2026-10-20"}
	insert(frappe, CASE, opened_on="2026-10-01", **kept, **case)


def insert(frappe: Any, doctype: str, **fields: Any) -> None:
	frappe.get_doc({"doctype": doctype, "name": frappe.generate_hash(length=10), **fields}).db_insert()


def shown(frappe: Any) -> dict[str, list[str]]:
	"""Return what the desk shows the reader of the workspace, by kind."""
	from frappe.desk.desktop import get_desktop_page

	# Frappe writes translated labels into the document it keeps for the request.
	frappe.clear_document_cache("Workspace", WORKSPACE["name"])
	page = {key: WORKSPACE[key] for key in ("name", "title", "public")}
	answer = get_desktop_page(json.dumps(page))
	links = [link.link_to for group in answer["cards"]["items"] for link in group["links"]]
	return {
		"links": links,
		**{kind: [item.get("label") for item in answer[kind]["items"]] for kind in ("shortcuts", "charts")},
		"cards": [item.number_card_name for item in answer["number_cards"]["items"]],
		"lists": [item.document_type for item in answer["quick_lists"]["items"]],
		"onboarding": [step["title"] for item in answer["onboardings"]["items"] for step in item["items"]],
	}


def evaluated(expression: str) -> list[list]:
	return json.loads(expression.replace("frappe.datetime.get_today()", json.dumps(TODAY)))


def count_of(frappe: Any, card: str) -> float:
	"""Return a number card as the desk asks for it."""
	from frappe.desk.doctype.number_card.number_card import get_result

	document = frappe.get_doc("Number Card", card)
	filters = evaluated(document.filters_json) + evaluated(
		document.dynamic_filters_json.replace('"frappe.datetime.get_today()"', json.dumps(TODAY))
	)
	return get_result(document.as_json(), filters)


def listed(frappe: Any, doctype: str, expression: str) -> int:
	"""Return how many rows the list behind a shortcut has."""
	from frappe.desk.reportview import get_count

	filters = json.dumps(evaluated(expression))
	frappe.local.form_dict = frappe._dict(doctype=doctype, filters=filters, fields="[]", distinct="false")
	return get_count()


def charted(frappe: Any) -> dict[str, float]:
	"""Return the sum of every chart of our own that counts customers; that of submitted reports counts none."""
	sums = {}
	for name, chart in desk_records("Dashboard Chart").items():
		if chart["chart_type"] == "Custom" and name != "Retention by Quarter":
			script = desk_records("Dashboard Chart Source")[name]["file"].with_suffix(".js").read_text()
			drawn = frappe.get_attr(script.split('method: "')[1].split('"')[0])()
			sums[name] = sum(sum(dataset["values"]) for dataset in drawn.get("datasets", ()))
	return sums


@pytest.mark.parametrize(("persona", "seen"), [("manager", 4), ("east", 2), ("west", 3), ("auditor", 4)])
def test_cards_shortcuts_and_charts_count_the_readers_customers_only(frappe, persona: str, seen: int) -> None:
	frappe.set_user(user(persona))
	for card in CARDS - {"At Risk by Value", "Overdue Callbacks"}:
		assert count_of(frappe, card) == seen, card
	assert count_of(frappe, "At Risk by Value") == 100 * seen
	assert count_of(frappe, "Overdue Callbacks") == len(
		frappe.get_list(CALL, {"status": "Planned", "due_date": ("<", TODAY)})
	)
	for row in WORKSPACE["shortcuts"]:
		if row["link_to"] in (CASE, "Churn Signal"):
			assert listed(frappe, row["link_to"], row["stats_filter"]) == seen, row["label"]
	charts = charted(frappe)
	assert charts.pop("Value at Risk by Band") == 100 * seen
	assert set(charts.values()) == {seen}, charts


def test_who_answers_for_nobody_counts_nothing_whoever_looked_before(frappe) -> None:
	frappe.set_user(user("manager"))
	assert set(charted(frappe).values()) == {4, 400}
	frappe.set_user(user("team"))
	assert set(charted(frappe).values()) == {0}
	assert {count_of(frappe, card) for card in CARDS} == {0}
	frappe.set_user(user("clerk"))
	with pytest.raises(frappe.PermissionError):
		charted(frappe)


def test_each_role_sees_what_it_may_open(frappe) -> None:
	frappe.set_user(user("manager"))
	manager = shown(frappe)
	everything = {row["link_to"] for row in WORKSPACE["links"] if row["type"] == "Link"}
	assert set(manager["links"]) == everything
	assert set(manager["cards"]) == CARDS and len(manager["shortcuts"]) == len(WORKSPACE["shortcuts"])
	assert len(manager["charts"]) == len(WORKSPACE["charts"]) and len(manager["lists"]) == 3
	assert manager["onboarding"] == [
		row["step"] for row in desk_records("Module Onboarding")["Customer Retention"]["steps"]
	]
	frappe.set_user(user("east"))
	east = shown(frappe)
	assert everything - set(east["links"]) >= {"Retention Run", "Star Review", "Message Outbox"}
	assert {"callback-desk", "Customer Callback", CASE, "Callback Compliance"} <= set(east["links"])
	assert not {"Nights That Failed", "Star Reviews to Submit", "Messages Held"} & {*east["shortcuts"]}
	assert east["onboarding"] == []
	frappe.set_user(user("desk"))
	front = shown(frappe)
	assert CASE in front["links"] and "Callback Compliance" not in front["links"]
	frappe.set_user(user("alliance"))
	assert "Late First Contacts" not in shown(frappe)["cards"]


def test_it_is_in_the_sidebar_of_our_roles_only_and_not_the_first_page(frappe) -> None:
	from frappe.desk.desktop import get_workspace_sidebar_items

	def pages(persona: str) -> list[str]:
		frappe.set_user(user(persona))
		return [page["name"] for page in get_workspace_sidebar_items()["pages"]]

	for persona in ("manager", "east", "desk", "alliance", "auditor"):
		assert "Customer Retention" in pages(persona)[1:], persona
	assert "Customer Retention" not in pages("clerk")


def test_a_reader_of_chinese_finds_the_same_page_in_chinese(frappe) -> None:
	frappe.set_user(user("manager"))
	frappe.local.lang = "zh"
	page = shown(frappe)
	assert {"回访工作台", "到期回访", "进行中的挽留个案"} <= set(page["shortcuts"])
	assert "每周回访结果" in page["charts"]
	from cs_retention.callbacks.charts import calls_by_week
	from cs_retention.cs_retention.charts import customers_by_level

	assert [dataset["name"] for dataset in calls_by_week()["datasets"]] == [
		"已接通",
		"已拜访",
		"未接通",
		"拒访",
	]
	assert calls_by_week()["labels"][-1] == "W48"
	assert customers_by_level()["labels"][0] == "五星"


def test_the_page_costs_as_many_queries_with_twice_the_customers(frappe, monkeypatch) -> None:
	def queries() -> int:
		asked: list[Any] = []
		run = frappe.db.sql
		monkeypatch.setattr(frappe.local.db, "sql", lambda *a, **k: asked.append(a) or run(*a, **k))
		shown(frappe)
		for card in CARDS:
			count_of(frappe, card)
		for row in WORKSPACE["shortcuts"]:
			if row.get("stats_filter"):
				listed(frappe, row["link_to"], row["stats_filter"])
		charted(frappe)
		monkeypatch.undo()
		return len(asked)

	frappe.set_user(user("manager"))
	queries()
	before = queries()
	frappe.set_user("Administrator")
	for number in range(8):
		make_customer(f"New shop {number}", account_manager="east")
		give_everything(frappe, f"New shop {number}")
	frappe.set_user(user("manager"))
	queries()
	assert queries() == before
	assert count_of(frappe, "Customers at Risk") == 12


def test_the_way_from_a_fresh_site_ends_at_the_first_callback_list(
	bench: PrivateBench, site: str, installed_dump: Path
) -> None:
	with branch_at_work(bench, installed_dump, "onboarding.localhost") as frappe:
		from cs_retention.callbacks.desk import get_desk

		frappe.set_user(user("manager"))
		assert len(shown(frappe)["onboarding"]) == 7
		for step in desk_records("Onboarding Step").values():
			frappe.db.set_value("Onboarding Step", step["name"], "is_complete", 1)
		assert shown(frappe)["onboarding"] == []
		frappe.set_user(user("east"))
		desk = get_desk()
		assert sum(section["count"] for section in desk["sections"]) > 0
		frappe.set_user("Administrator")
