"""The app comes, stays the same through migrations and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from app_files import APP, doctypes, fixture, modules
from private_bench import PrivateBench, database_of

SITE = "lifecycle.localhost"


def quoted(names: object) -> str:
	return ", ".join(f"'{name}'" for name in names)


def rows_of_ours(bench: PrivateBench, site: str) -> dict[str, list[tuple]]:
	"""Return every row and column on the site that belongs to the app, by kind; empty kinds left out."""
	ours, roles = quoted(doctypes()), quoted(role["name"] for role in fixture("role"))
	tables = quoted(f"tab{name}" for name in doctypes())
	schema = f"table_schema = '{database_of(site)}'"
	queries = {
		"installed": "SELECT 1 FROM tabDefaultValue WHERE defkey = 'installed_apps' AND defvalue LIKE '%cs_retention%'",
		"listed": "SELECT app_name FROM `tabInstalled Application` WHERE app_name = 'cs_retention'",
		"modules": "SELECT name, app_name FROM `tabModule Def` WHERE app_name = 'cs_retention' ORDER BY name",
		"doctypes": f"SELECT name, module, issingle FROM tabDocType WHERE module IN ({quoted(modules())}) ORDER BY name",
		"fields": f"SELECT parent, fieldname, fieldtype, options, label, idx FROM tabDocField WHERE parent IN ({ours})"
		" ORDER BY parent, idx",
		"permissions": "SELECT parent, role, permlevel, `read`, `write`, `create`, `delete`, submit, cancel FROM tabDocPerm"
		f" WHERE parent IN ({ours}) OR role IN ({roles}) ORDER BY parent, role, permlevel",
		"custom permissions": f"SELECT name FROM `tabCustom DocPerm` WHERE role IN ({roles})",
		"tables": f"SELECT table_name, column_name, column_type FROM information_schema.columns WHERE {schema}"
		f" AND table_name IN ({tables}) ORDER BY 1, 2",
		"indexes": f"SELECT DISTINCT table_name, index_name, column_name, seq_in_index FROM information_schema.statistics"
		f" WHERE {schema} AND table_name IN ({tables}) ORDER BY 1, 2, 4",
		"roles": f"SELECT name, desk_access, is_custom FROM tabRole WHERE name IN ({roles}) ORDER BY name",
		"users with roles": f"SELECT parent, role FROM `tabHas Role` WHERE role IN ({roles})",
		"custom fields": "SELECT name, dt, fieldtype, label, options, insert_after, idx, read_only FROM `tabCustom Field`"
		f" WHERE module IN ({quoted(modules())}) OR fieldname LIKE 'retention\\_%' ORDER BY name",
		"property setters": f"SELECT name, value FROM `tabProperty Setter` WHERE module IN ({quoted(modules())})",
		"columns": f"SELECT table_name, column_name, column_type FROM information_schema.columns WHERE {schema}"
		" AND column_name LIKE 'retention\\_%' ORDER BY 1, 2",
		"patches": "SELECT patch FROM `tabPatch Log` WHERE patch LIKE 'cs_retention.%' ORDER BY 1",
		"jobs": "SELECT method, frequency FROM `tabScheduled Job Type` WHERE method LIKE 'cs_retention.%' ORDER BY 1",
	}
	found = {kind: bench.sql(site, query) for kind, query in queries.items()}
	return {kind: rows for kind, rows in found.items() if rows}


@pytest.fixture
def installed(bench: PrivateBench, installed_dump: Path) -> Iterator[str]:
	"""Name of a site of this test's own, with the app installed."""
	bench.restore(SITE, installed_dump)
	yield SITE


def test_an_installed_site_has_everything_the_app_brings(bench: PrivateBench, installed: str) -> None:
	found = rows_of_ours(bench, installed)
	assert {row[0] for row in found["modules"]} == set(modules())
	assert {row[0] for row in found["doctypes"]} == set(doctypes())
	assert {row[0] for row in found["roles"]} == {role["name"] for role in fixture("role")}
	assert {row[0] for row in found["custom fields"]} == {field["name"] for field in fixture("custom_field")}
	with_values = {
		field["fieldname"] for field in fixture("custom_field") if "Break" not in field["fieldtype"]
	}
	assert {row[1] for row in found["columns"] if row[0] == "tabCustomer"} == with_values
	assert "jobs" not in found, "nothing runs by schedule yet"


def test_migrating_twice_changes_nothing_of_ours(bench: PrivateBench, installed: str) -> None:
	before = rows_of_ours(bench, installed)
	bench.frappe(installed, "migrate", "--skip-search-index")
	once = rows_of_ours(bench, installed)
	bench.frappe(installed, "migrate", "--skip-search-index")
	assert once == before
	assert rows_of_ours(bench, installed) == before


def test_a_dry_run_of_uninstalling_changes_nothing(bench: PrivateBench, installed: str) -> None:
	before = rows_of_ours(bench, installed)
	bench.frappe(installed, "uninstall-app", "cs_retention", "--yes", "--no-backup", "--dry-run")
	assert rows_of_ours(bench, installed) == before


def test_uninstalling_leaves_nothing_and_installing_again_brings_everything_back(
	bench: PrivateBench, installed: str
) -> None:
	before = rows_of_ours(bench, installed)
	give_a_user_every_role(bench, installed)
	bench.frappe(installed, "uninstall-app", "cs_retention", "--yes", "--no-backup")
	assert rows_of_ours(bench, installed) == {}
	bench.frappe(installed, "install-app", "cs_retention")
	assert rows_of_ours(bench, installed) == before


def give_a_user_every_role(bench: PrivateBench, site: str) -> None:
	for number, role in enumerate(fixture("role")):
		bench.sql(
			site,
			"INSERT INTO `tabHas Role` (name, parent, parenttype, parentfield, role)"
			f" VALUES ('given-{number}', 'test@erpnext.com', 'User', 'roles', '{role['name']}')",
		)


def test_the_bench_runs_this_checkout(site: str) -> None:
	import cs_retention

	assert Path(cs_retention.__file__).parent == APP
