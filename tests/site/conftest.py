from __future__ import annotations

from collections.abc import Iterator

import pytest
from bench_fixtures import bench, installed_dump, prepared_dump, site

__all__ = ["bench", "installed_dump", "prepared_dump", "site"]


@pytest.fixture
def frappe(site: str) -> Iterator[object]:
	"""Frappe on the site; what a test writes is rolled back."""
	import frappe

	yield frappe
	frappe.db.rollback()
	frappe.set_user("Administrator")
