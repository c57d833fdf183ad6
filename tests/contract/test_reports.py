"""Report files say what Frappe would need to find: module, folder, code, a DocType of ours, roles that may read it."""

from __future__ import annotations

import pytest
from app_files import APP, defines, doctypes, fixture, modules, reports, scrub

from cs_retention.setup.permission_table import PERMISSIONS

ROLES = {role["name"] for role in fixture("role")} | {"System Manager"}


@pytest.fixture(params=sorted(reports()))
def report(request: pytest.FixtureRequest) -> dict:
	return reports()[request.param]


def test_a_report_lies_where_its_module_says_with_its_code(report: dict) -> None:
	folder = scrub(report["name"])
	assert report["module"] in modules()
	assert report["path"] == APP / scrub(report["module"]) / "report" / folder / f"{folder}.json"
	dotted = f"cs_retention.{scrub(report['module'])}.report.{folder}.{folder}.execute"
	assert defines(dotted)
	assert report["path"].with_suffix(".js").exists()
	assert (report["path"].parent / "__init__.py").exists()
	assert (report["path"].parents[1] / "__init__.py").exists()


def test_a_standard_report_speaks_of_a_doctype_its_roles_may_report_on(report: dict) -> None:
	assert (report["is_standard"], report["report_type"]) == ("Yes", "Script Report")
	assert report["ref_doctype"] in doctypes()
	roles = {row["role"] for row in report["roles"]}
	assert roles <= ROLES
	assert all("report" in PERMISSIONS[report["ref_doctype"]][role].split() for role in roles)
