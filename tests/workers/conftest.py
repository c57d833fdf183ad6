"""A site with a generated book that workers work on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fault_table
import pytest
from bench_fixtures import bench, installed_dump, prepared_dump, site
from personas import make_personas
from private_bench import PrivateBench
from support_reviews import connected, fill_book
from support_workers import Branch

__all__ = ["bench", "installed_dump", "prepared_dump", "site"]

SITE = "workers.localhost"
CUSTOMERS = 500


@pytest.fixture(scope="session")
def at_work(site: str, bench: PrivateBench, installed_dump: Path) -> Iterator[Branch]:
	with connected(bench, installed_dump, SITE) as frappe:
		fill_book(frappe, CUSTOMERS)
		make_personas()
		for name, value in {"night_hour": 0, "night_chunk": 10, "night_workers": 2}.items():
			frappe.db.set_single_value("CS Retention Settings", name, value)
		frappe.db.commit()
		branch = Branch(frappe, bench)
		branch.keep_states()
		yield branch


@pytest.fixture(scope="session")
def reference(at_work: Branch) -> dict[str, list[tuple[Any, ...]]]:
	"""What a night leaves that nothing disturbs, run in this process."""
	from cs_retention.cs_retention import retention_night

	at_work.forget()
	at_work.wake()
	retention_night.work(at_work.run().name, "1")
	assert at_work.run().status == "Done"
	return at_work.outcome()


@pytest.fixture
def branch(at_work: Branch, reference: dict) -> Iterator[Branch]:
	"""The site before its first night."""
	at_work.forget()
	yield at_work
	at_work.frappe.set_user("Administrator")


def pytest_terminal_summary(terminalreporter: Any) -> None:
	fault_table.print_table(terminalreporter)
