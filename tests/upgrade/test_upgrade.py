"""A site of the first release, with data of all kinds on it, becomes one of this version and loses nothing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import first_release
import pytest
from app_files import doctypes
from private_bench import PrivateBench, database_of
from rows_of_ours import rows_of_ours

SITE, FRESH = "upgrade.localhost", "fresh.localhost"
OF_THE_SITE = (
	*("Customer", "Sales Invoice", "Sales Invoice Item", "Contract", "Issue", "Contact", "ToDo", "User"),
	*("Role", "Role Profile", "Has Role"),
)
"""DocTypes of Frappe's and ERPNext's that the app writes to, or that people wrote beside it."""
BROUGHT = {"Has Role", "Role", "Role Profile"}
"""Those to which a version may bring rows of its own."""

STAMPED = {"Role", "Customer Fact"}
"""Those whose rows a migration saves anew."""

BY_VERSION = (
	*("modules", "doctypes", "fields", "permissions", "tables"),
	*("roles", "custom fields", "columns"),
	*("workflows", "workflow words", "Workspace", "Report", "Number Card", "Dashboard Chart", "Page", "jobs"),
)
"""Kinds that are the version's own, whatever was on the site."""

NEW_SEEDS = ("Churn Policy", "Contact Policy", "Message Template", "Churn Reason", "Retention Exit Rule")

GO_ON = """
import sys, frappe
frappe.init(site=sys.argv[1])
frappe.connect()
from cs_retention.callbacks.work import log_done, prepare
from cs_retention.cs_retention import retention_night
retention_night.wake()
frappe.db.commit()
(run,) = frappe.get_all("Retention Run", {"status": "Running"}, pluck="name")
retention_night.work(run, "1")
frappe.db.commit()
planned = {"status": "Planned", "responsible": "west@branch.example", "channel": "Phone"}
name = frappe.get_all("Customer Callback", planned, pluck="name", order_by="due_date, name")[0]
frappe.set_user("west@branch.example")
said = {"summary": "asks when the second line comes", "spoken_to": "Mr Wu"}
log_done(name, "Reached", **said, next_date=prepare(name)["proposed"]["date"])
frappe.db.commit()
"""
"""A night and a call, as the version that the site now has does them."""

Rows = dict[str, tuple[object, ...]]


@dataclass(frozen=True)
class Table:
	"""The rows of a table by name, and its columns."""

	columns: tuple[str, ...]
	rows: Rows

	def cut(self, columns: tuple[str, ...]) -> Rows:
		"""Return the rows with some of the columns, in that order."""
		places = [self.columns.index(column) for column in columns]
		return {name: tuple(row[place] for place in places) for name, row in self.rows.items()}


@dataclass(frozen=True)
class Upgrade:
	"""The tables and settings of a site before its upgrade and after it."""

	bench: PrivateBench
	before: dict[str, Table]
	after: dict[str, Table]
	settings: tuple[dict[tuple, object], dict[tuple, object]]

	def sql(self, query: str) -> list[tuple]:
		return self.bench.sql(SITE, query)


@pytest.fixture(scope="module")
def upgrade(bench: PrivateBench, prepared_dump: Path, tmp_path_factory: pytest.TempPathFactory) -> Upgrade:
	checkout = first_release.unpack(tmp_path_factory.mktemp("first") / "cs_retention")
	doctypes = first_release.doctypes_of(checkout)
	old = bench.with_checkout(checkout)
	old.restore(SITE, prepared_dump)
	old.frappe(SITE, "install-app", "cs_retention")
	old.python(str(first_release.USE), SITE)
	tables = (*OF_THE_SITE, *(name for name, is_single in doctypes.items() if not is_single))
	before = {doctype: read(old, doctype) for doctype in tables}
	settings = read_settings(old)
	new = old.with_checkout(first_release.CHECKOUT)
	new.frappe(SITE, "migrate", "--skip-search-index")
	after = {doctype: read(new, doctype) for doctype in tables}
	return Upgrade(new, before, after, (settings, read_settings(new)))


def read(bench: PrivateBench, doctype: str) -> Table:
	"""Return the rows of a DocType past every cache."""
	columns = bench.sql(
		SITE,
		"SELECT column_name FROM information_schema.columns"
		f" WHERE table_schema = '{database_of(SITE)}' AND table_name = 'tab{doctype}' ORDER BY column_name",
	)
	names = tuple(name for (name,) in columns)
	listed = ", ".join(f"`{name}`" for name in names)
	rows = bench.sql(SITE, f"SELECT {listed} FROM `tab{doctype}`")
	return Table(names, {str(row[names.index("name")]): row for row in rows})


def read_settings(bench: PrivateBench) -> dict[tuple, object]:
	"""Return the app's Singles by DocType and field."""
	rows = bench.sql(SITE, "SELECT doctype, field, value FROM tabSingles WHERE doctype LIKE 'CS Retention%'")
	return {(doctype, field): value for doctype, field, value in rows}


def test_the_first_release_was_used_in_all_its_parts(upgrade: Upgrade) -> None:
	empty = {name for name, table in upgrade.before.items() if not table.rows}
	assert empty == set(), "what holds nothing proves nothing"
	callbacks = upgrade.before["Customer Callback"].cut(("status",)).values()
	assert {"Planned", "Done", "Skipped"} <= {status for (status,) in callbacks}
	ratings = upgrade.before["Star Rating"].cut(("kind", "status")).values()
	assert sum(row == ("Annual", "Applied") for row in ratings) > 100


def test_every_row_is_as_it_was(upgrade: Upgrade) -> None:
	for doctype, table in upgrade.before.items():
		left_out = {"creation", "modified"} if doctype in STAMPED else set()
		columns = tuple(column for column in table.columns if column not in left_out)
		now = upgrade.after[doctype].cut(columns)
		if doctype in BROUGHT:
			now = {name: row for name, row in now.items() if name in table.rows}
		assert now == table.cut(columns), doctype


def test_settings_stay_and_new_ones_have_their_defaults(upgrade: Upgrade) -> None:
	before, after = upgrade.settings
	stamp = ("CS Retention Settings", "modified")
	assert {key: after[key] for key in before if key != stamp} == {
		key: value for key, value in before.items() if key != stamp
	}
	assert before["CS Retention Settings", "capacity"] == "12"
	assert after["CS Retention Settings", "send_messages"] == "1"


def test_seeds_that_were_edited_deleted_or_superseded_stay_so(upgrade: Upgrade) -> None:
	assert upgrade.sql("SELECT min_gap_days FROM `tabStar Level` WHERE name = 'Two Star'") == [(9,)]
	assert upgrade.sql("SELECT name FROM `tabRole Profile` WHERE name = 'Alliance Manager'") == []
	standing = "SELECT status, COUNT(*) FROM `tabStar Policy` GROUP BY 1 ORDER BY 1"
	assert upgrade.sql(standing) == [("Active", 1), ("Draft", 1), ("Retired", 1)]


def test_the_site_has_all_that_a_new_one_has(
	upgrade: Upgrade, bench: PrivateBench, installed_dump: Path
) -> None:
	bench.restore(FRESH, installed_dump)
	fresh, upgraded = rows_of_ours(bench, FRESH), rows_of_ours(upgrade.bench, SITE)
	for kind in BY_VERSION:
		assert upgraded[kind] == fresh[kind], kind
	assert indexes(upgrade.bench, SITE) == indexes(bench, FRESH)
	for doctype in NEW_SEEDS:
		names = f"SELECT name FROM `tab{doctype}` ORDER BY name"
		assert upgrade.sql(names) == bench.sql(FRESH, names) != [], doctype


def indexes(bench: PrivateBench, site: str) -> set[tuple]:
	"""Return the indexes of our tables over several columns, and the unique ones; names of others are Frappe's affair."""
	ours = ", ".join(f"'tab{doctype}'" for doctype in doctypes())
	rows = bench.sql(
		site,
		"SELECT table_name, non_unique, GROUP_CONCAT(column_name ORDER BY seq_in_index) AS listed"
		f" FROM information_schema.statistics WHERE table_schema = '{database_of(site)}' AND table_name IN ({ours})"
		" GROUP BY table_name, non_unique, index_name HAVING non_unique = 0 OR listed LIKE '%,%'",
	)
	return set(rows)


def test_nights_and_work_go_on(upgrade: Upgrade) -> None:
	(policy,) = upgrade.sql("SELECT name FROM `tabStar Policy` WHERE status = 'Active'")
	done = "SELECT name, done_on, satisfaction, touch FROM `tabCustomer Callback` WHERE status = 'Done' ORDER BY name"
	ratings = "SELECT * FROM `tabStar Rating` WHERE kind = 'Annual' ORDER BY name"
	kept = upgrade.sql(done), upgrade.sql(ratings)
	upgrade.bench.play(GO_ON, SITE)
	nights = "SELECT status, customers_spared, error, policy_version FROM `tabRetention Run` ORDER BY name"
	assert upgrade.sql(nights)[-1] == ("Done", 0, None, *policy)
	assert len(upgrade.sql(nights)) == len(upgrade.before["Retention Run"].rows) + 1
	assert set(kept[0]) < set(upgrade.sql(done))
	assert upgrade.sql(ratings) == kept[1]
	counts = "SELECT COUNT(DISTINCT customer), COUNT(*), COUNT(health) > 100 FROM `tab{}`"
	customers = len(upgrade.before["Customer"].rows)
	assert upgrade.sql(counts.format("Customer Retention State")) == [(customers, customers, 1)]
	assert upgrade.sql("SELECT method, error FROM `tabError Log`") == []
