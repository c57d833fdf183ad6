"""Permissions in the DocType files are the one table's; rows of a customer are guarded by both hooks."""

from __future__ import annotations

import ast
import runpy

import pytest
from app_files import APP, doctypes, fixture, syntax

from cs_retention.setup.permission_table import HIGHER_LEVELS, PERMISSIONS

HOOKS = runpy.run_path(str(APP / "hooks.py"))
RIGHTS = {
	*("read", "write", "create", "delete", "submit", "cancel", "amend"),
	*("report", "export", "import", "print", "email", "share"),
}
ROLES = {role["name"] for role in fixture("role")} | {"System Manager"}
WITH_PERMISSIONS = sorted(name for name, document in doctypes().items() if not document.get("istable"))
OF_A_CUSTOMER = {
	name
	for name in WITH_PERMISSIONS
	if any(field["fieldname"] == "customer" for field in doctypes()[name]["fields"])
}

OF_A_PERSON = {"Retention Target"}
"""Records that are for one person, who sees no colleague's."""
OF_THE_HOST = {"Prepared Report"}
"""What Frappe keeps of our reports."""


def rights(row: dict) -> set[str]:
	return {right for right in RIGHTS if row.get(right)}


def test_the_table_speaks_of_every_doctype_and_of_known_roles_and_rights() -> None:
	assert sorted(PERMISSIONS) == WITH_PERMISSIONS
	assert {role for roles in PERMISSIONS.values() for role in roles} == ROLES
	assert {
		right for roles in PERMISSIONS.values() for words in roles.values() for right in words.split()
	} <= RIGHTS


@pytest.mark.parametrize("name", WITH_PERMISSIONS)
def test_a_doctype_grants_exactly_what_the_table_says(name: str) -> None:
	rows = doctypes()[name]["permissions"]
	granted: dict[int, dict[str, set[str]]] = {}
	for row in rows:
		granted.setdefault(row.get("permlevel", 0), {})[row["role"]] = rights(row)
	assert sum(map(len, granted.values())) == len(rows), "one row per role and level"
	assert not any(row.get("if_owner") for row in rows)
	levels = {0: PERMISSIONS[name], **HIGHER_LEVELS.get(name, {})}
	assert granted == {
		level: {role: set(words.split()) for role, words in roles.items()}
		for level, roles in levels.items()
		if roles
	}
	fields = doctypes()[name]["fields"]
	assert {field.get("permlevel", 0) for field in fields} == set(levels)


@pytest.mark.parametrize("name", WITH_PERMISSIONS)
def test_rights_fit_the_doctype(name: str) -> None:
	granted = {right for words in PERMISSIONS[name].values() for right in words.split()}
	document = doctypes()[name]
	assert bool(granted & {"submit", "cancel", "amend"}) is bool(document.get("is_submittable"))
	assert ("import" in granted) is bool(document.get("allow_import"))
	assert "share" not in granted, "a shared record would be opened by somebody whose list has not got it"


def test_the_rows_of_a_customer_are_guarded_in_lists_and_when_opened_and_keep_their_customer() -> None:
	assert set(HOOKS["has_permission"]) == OF_A_CUSTOMER | OF_A_PERSON | OF_THE_HOST
	assert set(HOOKS["permission_query_conditions"]) >= OF_A_CUSTOMER | OF_A_PERSON
	for name in OF_A_CUSTOMER:
		(customer,) = (field for field in doctypes()[name]["fields"] if field["fieldname"] == "customer")
		assert customer.get("set_only_once") or customer.get("read_only"), name


def test_the_roles_that_see_all_are_those_of_the_house() -> None:
	"""Read from the source: the module imports Frappe."""
	tree = syntax(APP / "cs_retention/permissions.py")
	(listed,) = (
		node.value
		for node in tree.body
		if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "SEES_ALL"
	)
	assert ast.literal_eval(listed.args[0]) == {"Retention Manager", "Retention Auditor", "System Manager"}


def test_the_doctypes_that_hide_fields_are_those_with_a_higher_level() -> None:
	"""Read from the source: the module imports Frappe."""
	(listed,) = (
		node.value
		for node in syntax(APP / "cs_retention/hidden_fields.py").body
		if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "HIDING"
	)
	assert sorted(ast.literal_eval(listed)) == sorted(HIGHER_LEVELS)
