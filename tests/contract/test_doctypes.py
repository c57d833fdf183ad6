"""DocType files say what Frappe would need to find: order, links, controllers, options, permissions."""

from __future__ import annotations

import ast
import importlib
import pkgutil
from enum import Enum

import host
import pytest
from app_files import APP, doctypes, fixture, modules, scrub, syntax

from cs_retention import engine
from cs_retention.engine import vocabulary

OURS = sorted(doctypes())
ROLES = {role["name"] for role in fixture("role")}
LEVELS = [level.value for level in vocabulary.Level]
ENGINE = [
	importlib.import_module(f"cs_retention.engine.{found.name}")
	for found in pkgutil.iter_modules(engine.__path__)
]
VOCABULARIES = [
	[member.value for member in words]
	for module in ENGINE
	for words in vars(module).values()
	if isinstance(words, type) and issubclass(words, Enum) and words is not Enum
]
ALLOWED_OPTIONS = [*VOCABULARIES, [vocabulary.KEY_ACCOUNT, *LEVELS]]
CHANGING = ("write", "create", "delete", "submit", "cancel", "amend", "import")


@pytest.fixture(params=OURS)
def doctype(request: pytest.FixtureRequest) -> dict:
	return doctypes()[request.param]


def fields(doctype: dict, *fieldtypes: str) -> list[dict]:
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


def test_links_lead_to_a_doctype_that_exists(doctype: dict) -> None:
	targets = {field["options"] for field in fields(doctype, "Link", "Table", "Table MultiSelect")}
	assert targets <= set(OURS) | host.DOCTYPES


def test_table_fields_hold_child_tables_and_children_have_no_permissions(doctype: dict) -> None:
	for field in fields(doctype, "Table", "Table MultiSelect"):
		assert doctypes()[field["options"]].get("istable") == 1, field["fieldname"]
	assert bool(doctype.get("istable")) is (doctype["permissions"] == [])


def test_the_controller_defines_the_class_frappe_looks_for(doctype: dict) -> None:
	wanted = doctype["name"].replace(" ", "")
	classes = [
		node for node in syntax(doctype["path"].with_suffix(".py")).body if isinstance(node, ast.ClassDef)
	]
	bases = {found.name: [ast.unparse(base) for base in found.bases] for found in classes}
	assert bases.get(wanted) == ["Document"]
	assert (doctype["path"].parent / "__init__.py").exists()
	assert (doctype["path"].parents[1] / "__init__.py").exists()


def test_select_options_are_the_values_of_the_engine(doctype: dict) -> None:
	for field in fields(doctype, "Select"):
		options = field["options"].removeprefix("\n").split("\n")
		assert options in ALLOWED_OPTIONS, f"{field['fieldname']}: {options}"


def test_permissions_name_roles_that_exist(doctype: dict) -> None:
	assert {row["role"] for row in doctype["permissions"]} <= ROLES | {"System Manager"}


def test_the_auditor_reads_everything_and_changes_nothing(doctype: dict) -> None:
	rows = [row for row in doctype["permissions"] if row["role"] == "Retention Auditor"]
	assert bool(rows) is not bool(doctype.get("istable"))
	assert all(row.get("read") == 1 for row in rows)
	assert not any(row.get(right) for row in rows for right in CHANGING)


@pytest.mark.parametrize("name", ["Customer Retention State", "Star Rating"])
def test_what_only_the_set_writers_write_is_read_only_to_every_role(name: str) -> None:
	rows = doctypes()[name]["permissions"]
	assert not any(row.get(right) for row in rows for right in CHANGING)


def test_every_module_has_contents_and_every_folder_of_doctypes_a_module() -> None:
	with_doctypes = {file.parents[2].name for file in APP.glob("*/doctype/*/*.json")}
	assert with_doctypes == {scrub(module) for module in modules()}
