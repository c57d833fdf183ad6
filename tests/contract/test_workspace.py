"""The workspace and its onboarding lead to what is there, everything of ours can be reached from it, nothing stands twice."""

from __future__ import annotations

import json
from collections.abc import Iterator

import host
import pytest
from app_files import APP, desk_records, doctypes, fixture, modules, reports, scrub

NAME = "Customer Retention"
WORKSPACE = desk_records("Workspace")[NAME]
PAGES = set(desk_records("Page"))
NOT_LINKED = {"Book Handover Row", "Outbox Pulse"}
"""Records that the app keeps for itself; a person meets them in the document they belong to."""
MOST_STEPS = 7
TODAY = "frappe.datetime.get_today()"


def names(table: str, key: str) -> list[str]:
	return [row[key] for row in WORKSPACE[table]]


def linked(kind: str) -> list[str]:
	return [row["link_to"] for row in WORKSPACE["links"] if row.get("link_type") == kind]


def filters() -> Iterator[tuple[str, list[list]]]:
	"""Yield the filters of shortcuts, quick lists and number cards with the DocType they are over."""
	for row in WORKSPACE["shortcuts"]:
		if row.get("stats_filter"):
			yield row["link_to"], parsed(row["stats_filter"])
	for row in WORKSPACE["quick_lists"]:
		yield row["document_type"], parsed(row["quick_list_filter"])
	for card in desk_records("Number Card").values():
		for key in ("filters_json", "dynamic_filters_json"):
			yield card["document_type"], json.loads(card[key])


def parsed(expression: str) -> list[list]:
	"""Return filters that the desk evaluates as a script."""
	return json.loads(expression.replace(TODAY, json.dumps(TODAY)))


def test_it_stands_in_the_module_of_the_house_and_is_not_the_landing_page() -> None:
	assert WORKSPACE["module"] == "CS Retention"
	assert WORKSPACE["file"] == APP / "cs_retention/workspace" / scrub(NAME) / f"{scrub(NAME)}.json"
	assert (WORKSPACE["public"], WORKSPACE["is_hidden"], WORKSPACE["label"]) == (1, 0, NAME)
	assert WORKSPACE["sequence_id"] >= 50
	assert {row["role"] for row in WORKSPACE["roles"]} == {
		*(role["name"] for role in fixture("role")),
		"System Manager",
	}


def test_everything_of_ours_is_linked_once() -> None:
	standing = {name for name, document in doctypes().items() if not document.get("istable")}
	assert sorted(set(linked("DocType")) - host.DOCTYPES) == sorted(standing - NOT_LINKED)
	assert sorted(linked("Report")) == sorted(reports())
	assert sorted(linked("Page")) == sorted(PAGES)
	assert len(linked("DocType")) == len(set(linked("DocType")))


def test_links_and_shortcuts_lead_to_what_is_there() -> None:
	known = {"DocType": set(doctypes()) | host.DOCTYPES, "Report": set(reports()), "Page": PAGES}
	shortcuts = [(row["type"], row["link_to"]) for row in WORKSPACE["shortcuts"]]
	for kind, to in [*shortcuts, *((of, to) for of in known for to in linked(of))]:
		assert to in known[kind], to
	assert set(names("number_cards", "number_card_name")) <= set(desk_records("Number Card"))
	assert set(names("charts", "chart_name")) <= set(desk_records("Dashboard Chart"))


def test_the_page_shows_each_block_once() -> None:
	shown: dict[str, list[str]] = {}
	for block in json.loads(WORKSPACE["content"]):
		shown.setdefault(block["type"], []).extend(
			value for key, value in block["data"].items() if key.endswith("_name")
		)
	groups = [row["label"] for row in WORKSPACE["links"] if row["type"] == "Card Break"]
	assert shown == {
		"onboarding": [NAME],
		"shortcut": names("shortcuts", "label"),
		"spacer": [],
		"number_card": names("number_cards", "label"),
		"chart": names("charts", "label"),
		"quick_list": names("quick_lists", "label"),
		"card": groups,
	}


def test_a_group_says_how_many_links_it_has() -> None:
	counts: list[list[int]] = []
	for row in WORKSPACE["links"]:
		if row["type"] == "Card Break":
			counts.append([row["link_count"], 0])
		else:
			counts[-1][1] += 1
	assert all(said == held for said, held in counts)


def test_filters_are_over_fields_and_words_of_their_doctype() -> None:
	for doctype, found in filters():
		fields = {field["fieldname"]: field for field in doctypes().get(doctype, {"fields": []})["fields"]}
		for of, name, operator, value, _hidden in found:
			assert of == doctype
			if doctype in doctypes() and name != "docstatus":
				assert name in fields, (doctype, name)
			if fields.get(name, {}).get("fieldtype") == "Select":
				words = value if operator == "in" else [value]
				assert set(words) <= set(fields[name]["options"].split("\n")), (doctype, name)


@pytest.mark.parametrize("chart", sorted(desk_records("Dashboard Chart")))
def test_no_chart_is_one_that_frappe_keeps_for_everybody(chart: str) -> None:
	"""Frappe keeps what a chart of a document counted under the chart's name, whoever asked first."""
	document = desk_records("Dashboard Chart")[chart]
	assert document["chart_type"] in ("Custom", "Report")
	# While it is animated, a chart that the page draws again is not where its script looks for it.
	assert (
		json.loads(document["custom_options"]).items() >= {"animate": 0, "disableEntryAnimation": 1}.items()
	)
	if document["chart_type"] == "Custom":
		assert document["source"] in desk_records("Dashboard Chart Source")
		assert document["document_type"] in doctypes()


def test_the_onboarding_leads_in_at_most_seven_steps_to_pages_that_are_there() -> None:
	(onboarding,) = desk_records("Module Onboarding").values()
	steps = [row["step"] for row in onboarding["steps"]]
	assert onboarding["module"] in modules() and onboarding["name"] == NAME
	assert sorted(steps) == sorted(desk_records("Onboarding Step")) and len(steps) <= MOST_STEPS
	routes = {name.lower().replace(" ", "-") for name in [*doctypes(), *host.DOCTYPES]} | PAGES
	for step in desk_records("Onboarding Step").values():
		assert (step["action"], step["is_complete"]) == ("Go to Page", 0)
		assert step["path"] in routes
	assert desk_records("Onboarding Step")[steps[-1]]["path"] == "callback-desk"
