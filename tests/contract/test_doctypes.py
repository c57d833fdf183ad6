"""DocType files say what Frappe would need to find: order, links, controllers, options, permissions."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from dataclasses import fields, is_dataclass
from enum import Enum

import host
import pytest
from app_files import APP, doctypes, fixture, modules, scrub, syntax

from cs_retention import engine
from cs_retention.engine import vocabulary

OURS = sorted(doctypes())
ROLES = {role["name"] for role in fixture("role")}
ENGINE = [
	importlib.import_module(f"cs_retention.engine.{found.name}")
	for found in pkgutil.iter_modules(engine.__path__)
]
CLASSES = [words for module in ENGINE for words in vars(module).values() if isinstance(words, type)]
VOCABULARIES = [[member.value for member in words] for words in CLASSES if issubclass(words, Enum)]
LEVELS_AND_KEY = [vocabulary.KEY_ACCOUNT, *(level.value for level in vocabulary.Level)]
FIELDS_OF_POLICIES = [[field.name for field in fields(words)] for words in CLASSES if is_dataclass(words)]
CHANGING = ("write", "create", "delete", "submit", "cancel", "amend", "import")


@pytest.fixture(params=OURS)
def doctype(request: pytest.FixtureRequest) -> dict:
	return doctypes()[request.param]


def fields_of(doctype: dict, *fieldtypes: str) -> list[dict]:
	return [field for field in doctype["fields"] if field["fieldtype"] in fieldtypes]


def test_a_doctype_lies_where_its_module_says(doctype: dict) -> None:
	folder = scrub(doctype["name"])
	assert doctype["doctype"] == "DocType"
	assert doctype["module"] in modules()
	assert doctype["path"] == APP / scrub(doctype["module"]) / "doctype" / folder / f"{folder}.json"


def test_the_field_order_lists_every_field_once(doctype: dict) -> None:
	names = [field["fieldname"] for field in doctype["fields"]]
	assert doctype["field_order"] == names
	assert len(set(names)) == len(names)
	assert not set(names) & host.RESERVED_FIELDNAMES


def test_a_list_has_no_column_of_random_names(doctype: dict) -> None:
	if doctype.get("autoname") == "hash" and not doctype.get("istable"):
		settings = doctype["path"].with_name(f"{scrub(doctype['name'])}_list.js")
		assert "hide_name_column: true" in settings.read_text(encoding="utf-8")


def test_a_form_that_begins_with_today_begins_with_the_date_of_the_site(doctype: dict) -> None:
	script = (APP / "public/js/site_date.js").read_text(encoding="utf-8")
	for field in doctype["fields"]:
		if field.get("default") == "Today":
			assert f'"{doctype["name"]}": "{field["fieldname"]}"' in script


def test_no_script_asks_for_the_date_of_the_reader() -> None:
	asking = {
		file.name
		for file in APP.rglob("*.js")
		if "datetime.get_today" in (text := file.read_text(encoding="utf-8")) or "datetime.nowdate" in text
	}
	assert asking == {"site_date.js"}


def test_links_lead_to_a_doctype_that_exists(doctype: dict) -> None:
	targets = {field["options"] for field in fields_of(doctype, "Link", "Table", "Table MultiSelect")}
	assert targets <= set(OURS) | host.DOCTYPES


def test_table_fields_hold_child_tables_and_children_have_no_permissions(doctype: dict) -> None:
	for field in fields_of(doctype, "Table", "Table MultiSelect"):
		assert doctypes()[field["options"]].get("istable") == 1, field["fieldname"]
	assert bool(doctype.get("istable")) is (doctype["permissions"] == [])


def test_the_controller_defines_the_class_frappe_looks_for(doctype: dict) -> None:
	wanted = doctype["name"].replace(" ", "")
	classes = [
		node for node in syntax(doctype["path"].with_suffix(".py")).body if isinstance(node, ast.ClassDef)
	]
	bases = {found.name: [ast.unparse(base) for base in found.bases] for found in classes}
	is_policy = any(field["fieldname"] == "active_key" for field in doctype["fields"])
	usual = "Document" if doctype.get("istable") else "PolicyDocument" if is_policy else "Record"
	assert bases.get(wanted) == (["Record", "NestedSet"] if doctype.get("is_tree") else [usual])
	assert (doctype["path"].parent / "__init__.py").exists()
	assert (doctype["path"].parents[1] / "__init__.py").exists()


def test_select_options_are_words_of_the_engine(doctype: dict) -> None:
	"""A select offers a vocabulary, or a part of it in its order, or the fields of a policy as titles."""
	for field in fields_of(doctype, "Select"):
		options = field["options"].removeprefix("\n").split("\n")
		titles = [scrub(option) for option in options]
		said = any(is_part(options, words) for words in (*VOCABULARIES, LEVELS_AND_KEY))
		assert said or any(is_part(titles, names) for names in FIELDS_OF_POLICIES), field["fieldname"]


def is_part(options: list[str], words: list[str]) -> bool:
	"""Whether the options are some of the words, in their order."""
	return [word for word in words if word in options] == options


def test_permissions_name_roles_that_exist(doctype: dict) -> None:
	assert {row["role"] for row in doctype["permissions"]} <= ROLES | {"System Manager"}


def test_the_auditor_reads_everything_and_changes_nothing(doctype: dict) -> None:
	rows = [row for row in doctype["permissions"] if row["role"] == "Retention Auditor"]
	assert bool(rows) is not bool(doctype.get("istable"))
	assert all(row.get("read") == 1 for row in rows)
	assert not any(row.get(right) for row in rows for right in CHANGING)


SET_WRITTEN = (
	"Book Handover Row",
	"Customer Health Change",
	"Customer Retention State",
	"Message Outbox",
	"Outbox Pulse",
	"Quarterly Cohort Customer",
	"Quarterly Report Row",
	"Retention Run",
	"Retention Run Chunk",
	"Star Rating",
)


@pytest.mark.parametrize("name", SET_WRITTEN)
def test_what_only_the_set_writers_write_is_read_only_to_every_role(name: str) -> None:
	rows = doctypes()[name]["permissions"]
	assert not any(row.get(right) for row in rows for right in CHANGING)


def test_every_module_has_contents_and_every_folder_of_doctypes_a_module() -> None:
	with_doctypes = {file.parents[2].name for file in APP.glob("*/doctype/*/*.json")}
	assert with_doctypes == {scrub(module) for module in modules()}
