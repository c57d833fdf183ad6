"""Every test carries the name of its tier as a marker."""

from __future__ import annotations

from pathlib import Path

import pytest

TESTS = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
	for item in items:
		item.add_marker(item.path.relative_to(TESTS).parts[0])
