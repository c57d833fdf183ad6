"""Fixtures hold records of ours only, and hooks.py exports exactly what the files hold."""

from __future__ import annotations

import runpy

from app_files import APP, fixture, modules, scrub

from cs_retention.engine.vocabulary import Band, Level
from cs_retention.facts.erpnext_schema import ERPNEXT

CUSTOM_FIELDS = {field["fieldname"]: field for field in fixture("custom_field")}
COLUMN_TYPES = {"Select": "varchar(140)", "Link": "varchar(140)", "Check": "int(1)", "Small Text": "text"}


def exported() -> dict[str, list]:
	entries = runpy.run_path(str(APP / "hooks.py"))["fixtures"]
	return {entry["dt"]: entry["filters"] for entry in entries}


def test_there_is_a_file_for_every_exported_kind_and_no_other() -> None:
	assert {file.stem for file in (APP / "fixtures").iterdir()} == {scrub(doctype) for doctype in exported()}


def test_roles_are_those_the_export_names() -> None:
	assert exported()["Role"] == [["name", "in", [role["name"] for role in fixture("role")]]]


def test_roles_open_the_desk() -> None:
	for role in fixture("role"):
		assert (role["role_name"], role["desk_access"], role["disabled"]) == (role["name"], 1, 0)


def test_custom_fields_carry_our_prefix_and_module_so_that_frappe_removes_them() -> None:
	assert exported()["Custom Field"] == [["module", "=", "CS Retention"]]
	for name, field in CUSTOM_FIELDS.items():
		assert name.startswith("retention_")
		assert field["name"] == f"{field['dt']}-{name}"
		assert field["module"] in modules()


def test_custom_fields_follow_one_another() -> None:
	begins_after = {"Customer": "portal_users", "Contact": "gender", "Issue": "issue_type"}
	for doctype, first in begins_after.items():
		own = [field for field in fixture("custom_field") if field["dt"] == doctype]
		names = [field["fieldname"] for field in own]
		assert [field["insert_after"] for field in own] == [first, *names[:-1]]


def test_the_mirrors_are_read_only_and_speak_the_engine_s_words() -> None:
	mirrors = {"retention_star_level": Level, "retention_health_band": Band}
	for name, words in mirrors.items():
		field = CUSTOM_FIELDS[name]
		assert (field["read_only"], field["no_copy"], field["in_standard_filter"]) == (1, 1, 1)
		assert field["options"] == "\n".join(["", *(word.value for word in words)])


def test_the_columns_our_queries_read_on_customer_are_the_custom_fields() -> None:
	read = {name: kind for name, kind in ERPNEXT["Customer"].items() if name.startswith("retention_")}
	made = {
		name: COLUMN_TYPES[field["fieldtype"]]
		for name, field in CUSTOM_FIELDS.items()
		if field["dt"] == "Customer" and field["fieldtype"] in COLUMN_TYPES
	}
	assert read == made
