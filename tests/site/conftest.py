from __future__ import annotations

from collections.abc import Iterator

import pytest
from bench_fixtures import bench, installed_dump, prepared_dump, site

__all__ = ["bench", "installed_dump", "prepared_dump", "site"]


@pytest.fixture(autouse=True)
def no_limit_left(site: str) -> Iterator[None]:
	"""Lift the second that Frappe gives the counts of a form: it would hold for the connection, and so for later tests."""
	import frappe

	yield
	frappe.db.set_execution_timeout(0)


@pytest.fixture
def frappe(site: str) -> Iterator[object]:
	"""Frappe on the site; what a test writes is rolled back."""
	import frappe

	yield frappe
	frappe.db.rollback()
	frappe.set_user("Administrator")
