"""The app comes, stays the same through migrations and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from app_files import APP, desk_records, doctypes, fixture, modules
from private_bench import PrivateBench
from rows_of_ours import ON_THE_DESK, rows_of_ours

SITE = "lifecycle.localhost"
Rows = dict[str, list[tuple]]
GAP_OF_TWO_STARS = "SELECT min_gap_days FROM `tabStar Level` WHERE name = 'Two Star'"
FOLDERS = {"Dashboard": "*_dashboard"}
"""Where the files of a kind are, if not in a folder of its name."""


@pytest.fixture
def installed(bench: PrivateBench, installed_dump: Path) -> Iterator[str]:
	"""Name of a site of this test's own, with the app installed."""
	bench.restore(SITE, installed_dump)
	yield SITE


def test_an_installed_site_has_everything_the_app_brings(bench: PrivateBench, installed: str) -> None:
	found = rows_of_ours(bench, installed)
	assert {row[0] for row in found["modules"]} == set(modules())
	assert {row[0] for row in found["doctypes"]} == set(doctypes())
	for kind in (*ON_THE_DESK, "Onboarding Step"):
		assert {row[0] for row in found[kind]} == set(desk_records(FOLDERS.get(kind, kind))), kind
	assert {row[0] for row in found["roles"]} == {role["name"] for role in fixture("role")}
	assert {row[0] for row in found["custom fields"]} == {field["name"] for field in fixture("custom_field")}
	with_values = {
		(f"tab{field['dt']}", field["fieldname"])
		for field in fixture("custom_field")
		if not field["fieldtype"].endswith("Break") and field["fieldtype"] != "HTML"
	}
	assert {
		row[:2] for row in found["columns"] if row[0] in ("tabContact", "tabCustomer", "tabIssue")
	} == with_values
	assert found["jobs"] == [
		("cs_retention.callbacks.retention_handover.resume_lost", "Hourly"),
		("cs_retention.callbacks.retention_reminders.remind", "Cron"),
		("cs_retention.callbacks.retention_touches.release", "Hourly"),
		("cs_retention.cs_retention.retention_night.wake", "Cron"),
		("cs_retention.cs_retention.retention_outbox.sweep", "Cron"),
		("cs_retention.merchant_alliance.retention_alliance.look_after", "Hourly"),
	]


@dataclass(frozen=True)
class Migrated:
	"""What of ours was on a site before and after a migration, and after another that found edits and a lost index."""

	before: Rows
	once: Rows
	edited: Rows
	without_index: Rows
	twice: Rows


@pytest.fixture(scope="module")
def migrated(bench: PrivateBench, installed_dump: Path) -> Migrated:
	bench.restore(SITE, installed_dump)
	before = rows_of_ours(bench, SITE)
	bench.frappe(SITE, "migrate", "--skip-search-index")
	once = rows_of_ours(bench, SITE)
	edit_as_a_manager(bench, SITE)
	edited = rows_of_ours(bench, SITE)
	bench.sql(SITE, "ALTER TABLE tabCustomer DROP INDEX retention_people")
	without_index = rows_of_ours(bench, SITE)
	bench.frappe(SITE, "migrate", "--skip-search-index")
	assert bench.sql(SITE, GAP_OF_TWO_STARS) == [(9,)]
	return Migrated(before, once, edited, without_index, rows_of_ours(bench, SITE))


def edit_as_a_manager(bench: PrivateBench, site: str) -> None:
	bench.sql(site, "UPDATE `tabStar Level` SET min_gap_days = 9 WHERE name = 'Two Star'")
	bench.sql(site, "DELETE FROM `tabRole Profile` WHERE name = 'Alliance Manager'")
	bench.sql(
		site,
		"UPDATE tabSingles SET value = '12' WHERE doctype = 'CS Retention Settings' AND field = 'capacity'",
	)


def test_migrating_changes_nothing_of_ours(migrated: Migrated) -> None:
	assert migrated.once == migrated.before


def test_migrating_again_changes_nothing_that_a_manager_edited(migrated: Migrated) -> None:
	assert migrated.edited != migrated.once
	assert without(migrated.twice, "indexes") == without(migrated.edited, "indexes")


def test_a_migration_makes_an_index_again_that_was_lost(migrated: Migrated) -> None:
	assert migrated.without_index["indexes"] != migrated.before["indexes"]
	assert migrated.twice["indexes"] == migrated.before["indexes"]


def without(rows: Rows, kind: str) -> Rows:
	return {name: found for name, found in rows.items() if name != kind}


def test_a_dry_run_of_uninstalling_changes_nothing(bench: PrivateBench, installed: str) -> None:
	before = rows_of_ours(bench, installed)
	bench.frappe(installed, "uninstall-app", "cs_retention", "--yes", "--no-backup", "--dry-run")
	assert rows_of_ours(bench, installed) == before


def test_uninstalling_leaves_nothing_and_installing_again_brings_everything_back_and_every_customer_has_a_state(
	bench: PrivateBench, installed: str
) -> None:
	before = rows_of_ours(bench, installed)
	give_a_user_every_role(bench, installed)
	use_the_app(bench, installed)
	bench.frappe(installed, "uninstall-app", "cs_retention", "--yes", "--no-backup")
	assert rows_of_ours(bench, installed) == {}
	for name in ("Before the app", "Also before"):
		bench.sql(installed, f"INSERT INTO tabCustomer (name, customer_name) VALUES ('{name}', '{name}')")
	bench.frappe(installed, "install-app", "cs_retention")
	states = bench.sql(
		installed, "SELECT customer, COUNT(*) FROM `tabCustomer Retention State` GROUP BY customer"
	)
	assert {("Before the app", 1), ("Also before", 1)} <= set(states)
	after = rows_of_ours(bench, installed)
	assert {kind: after.get(kind) for kind in before} == before


def give_a_user_every_role(bench: PrivateBench, site: str) -> None:
	for number, role in enumerate(fixture("role")):
		bench.sql(
			site,
			"INSERT INTO `tabHas Role` (name, parent, parenttype, parentfield, role)"
			f" VALUES ('given-{number}', 'test@erpnext.com', 'User', 'roles', '{role['name']}')",
		)


def use_the_app(bench: PrivateBench, site: str) -> None:
	"""Leave traces as people do: a profile given away, a version, a comment and a share of records of ours."""
	for statement in (
		"UPDATE tabUser SET role_profile_name = 'Retention Manager' WHERE name = 'test@erpnext.com'",
		"INSERT INTO tabVersion (name, ref_doctype, docname) VALUES ('v', 'Star Level', 'Two Star')",
		"INSERT INTO tabComment (name, reference_doctype, reference_name) VALUES ('c', 'Star Policy', 'Standard v1')",
		"INSERT INTO tabDocShare (name, share_doctype, share_name) VALUES ('s', 'Star Level', 'Two Star')",
	):
		bench.sql(site, statement)


def test_the_bench_runs_this_checkout(site: str) -> None:
	import cs_retention

	assert Path(cs_retention.__file__).parent == APP
