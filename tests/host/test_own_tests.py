"""Frappe's and ERPNext's own tests of what our hooks, fields and indexes touch pass with the app as they pass without."""

from __future__ import annotations

from pathlib import Path

import pytest
from own_tests import run_own_tests
from private_bench import PrivateBench

DOCTYPES = (
	*("Customer", "Contract", "Issue", "Service Level Agreement", "Sales Invoice"),
	*("Contact", "Communication", "Event", "ToDo"),
)
WITHOUT, WITH = "without.localhost", "with.localhost"


@pytest.fixture(scope="module")
def sites(bench: PrivateBench, prepared_dump: Path, installed_dump: Path) -> tuple[str, str]:
	"""Two sites of one making, without the app and with it."""
	for site, dump in ((WITHOUT, prepared_dump), (WITH, installed_dump)):
		bench.restore(site, dump)
	return WITHOUT, WITH


def test_one_site_has_the_app_and_the_other_has_not(bench: PrivateBench, sites: tuple[str, str]) -> None:
	assert [is_installed(bench, site) for site in sites] == [False, True]


def is_installed(bench: PrivateBench, site: str) -> bool:
	return "cs_retention" in bench.frappe(site, "list-apps")


@pytest.mark.parametrize("doctype", DOCTYPES)
def test_what_passes_without_the_app_passes_with_it(
	bench: PrivateBench, sites: tuple[str, str], doctype: str
) -> None:
	made = run_own_tests(bench, doctype, *sites)
	assert made.passed(made.without), "none of them runs on this bench"
	assert set(made.with_app) == set(made.without)
	assert made.broken == []
