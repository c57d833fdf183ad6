"""Sites of a throw-away bench with ERPNext's own tests or an older version of the app on them."""

from __future__ import annotations

from typing import Any

import own_tests
from bench_fixtures import bench, installed_dump, prepared_dump

__all__ = ["bench", "installed_dump", "prepared_dump"]


def pytest_terminal_summary(terminalreporter: Any) -> None:
	own_tests.print_table(terminalreporter)
